package faults_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	apitypes "github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/smithy-go"

	"github.com/parley-im/parley/infra/local/faults"
	localsns "github.com/parley-im/parley/infra/local/sns"
	"github.com/parley-im/parley/pkg/topology"
)

// once is the rule by which each test has one fault, of the first event.
func once(name faults.Name) faults.Rule { return faults.Rule{Fault: name, Probability: 1, Times: 1} }

// wantStatus checks the status of an answer that the SDK makes an error of.
func wantStatus(t *testing.T, err error, status int) {
	t.Helper()
	if response, ok := errors.AsType[*awshttp.ResponseError](err); !ok || response.HTTPStatusCode() != status {
		t.Errorf("error %v, want status %d", err, status)
	}
}

// wantReached checks how many requests a service got.
func wantReached(t *testing.T, s *services, service string, n int) {
	t.Helper()
	if got := s.reached(service); got != n {
		t.Errorf("%d requests have reached %s, want %d", got, service, n)
	}
}

func wantType[E error](t *testing.T, err error) {
	t.Helper()
	if e, ok := errors.AsType[E](err); !ok {
		t.Errorf("error %v is no %T", err, e)
	}
}

// ofCalls shows each fault of calls, through the SDK: what the caller gets, and what the service.
var ofCalls = map[faults.Name]func(*testing.T, *services){
	"post.half_open": func(t *testing.T, s *services) {
		if err := s.post(t.Context()); err != nil {
			t.Error(err)
		}
		wantReached(t, s, "apigateway", 0)
	},
	"post.gone": func(t *testing.T, s *services) {
		wantType[*apitypes.GoneException](t, s.post(t.Context()))
		wantReached(t, s, "apigateway", 0)
	},
	"post.gone_delivered": func(t *testing.T, s *services) {
		wantType[*apitypes.GoneException](t, s.post(t.Context()))
		wantReached(t, s, "apigateway", 1)
	},
	"post.busy": func(t *testing.T, s *services) {
		wantType[*apitypes.LimitExceededException](t, s.post(t.Context()))
		wantReached(t, s, "apigateway", 0)
	},
	"post.error": func(t *testing.T, s *services) {
		wantStatus(t, s.post(t.Context()), http.StatusInternalServerError)
		wantReached(t, s, "apigateway", 0)
	},
	"post.late": func(t *testing.T, s *services) {
		s.plan(t, faults.Rule{Fault: "post.late", Probability: 1, Times: 1, Delay: faults.Duration(30 * time.Millisecond)})
		begin := time.Now()
		if err := s.post(t.Context()); err != nil || time.Since(begin) < 30*time.Millisecond {
			t.Errorf("after %v: %v", time.Since(begin), err)
		}
		wantReached(t, s, "apigateway", 1)

		s.plan(t, faults.Rule{Fault: "post.late", Probability: 1, Times: 1, Delay: faults.Duration(time.Hour)})
		impatient, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		if err := s.post(impatient); err == nil {
			t.Error("a post was answered before its time")
		}
		wantReached(t, s, "apigateway", 0)
	},
	"dynamodb.throttle": func(t *testing.T, s *services) {
		wantType[*types.ProvisionedThroughputExceededException](t, s.put(t.Context(), "1"))
		wantReached(t, s, "dynamodb", 0)
	},
	"dynamodb.conflict": func(t *testing.T, s *services) {
		_ = s.get(t, true) // a read meets no conflict
		wantType[*types.TransactionConflictException](t, s.put(t.Context(), "1"))
		if got := s.get(t, true); got != "" {
			t.Errorf("stored is %q", got)
		}
	},
	"dynamodb.error": func(t *testing.T, s *services) {
		err := s.put(t.Context(), "1")
		wantType[*types.InternalServerError](t, err)
		wantStatus(t, err, http.StatusInternalServerError)
		if got := s.get(t, true); got != "" {
			t.Errorf("stored is %q", got)
		}
	},
	"dynamodb.error_after_commit": func(t *testing.T, s *services) {
		wantType[*types.InternalServerError](t, s.put(t.Context(), "1"))
		if got := s.get(t, true); got != "1" {
			t.Errorf("stored is %q", got)
		}
	},
	"dynamodb.unprocessed": func(t *testing.T, s *services) {
		if err := s.put(t.Context(), "1"); err != nil {
			t.Fatal(err)
		}
		out, err := s.batch(t.Context())
		if err != nil || len(out.Responses[topology.Sessions.Name]) != 0 || len(out.UnprocessedKeys[topology.Sessions.Name].Keys) != 1 {
			t.Errorf("%+v, %v", out, err)
		}
		if out, err = s.batch(t.Context()); err != nil || len(out.Responses[topology.Sessions.Name]) != 1 {
			t.Errorf("the next: %+v, %v", out, err)
		}
	},
	"dynamodb.stale": func(t *testing.T, s *services) {
		s.plan(t, faults.Rule{Fault: "dynamodb.stale", Probability: 1, Times: 2, Delay: faults.Duration(time.Minute)})
		if err := s.put(t.Context(), "1"); err != nil {
			t.Fatal(err)
		}
		before := s.get(t, false)
		if err := s.put(t.Context(), "2"); err != nil {
			t.Fatal(err)
		}
		strong, eventual, again, healed := s.get(t, true), s.get(t, false), s.get(t, false), s.get(t, false)
		if got := []string{before, strong, eventual, again, healed}; !slices.Equal(got, []string{"1", "2", "1", "1", "2"}) {
			t.Errorf("read before, strong, stale twice, after: %q", got)
		}
	},
	"s3.unavailable": func(t *testing.T, s *services) {
		get := func() error {
			out, err := s.s3.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("media"), Key: aws.String("m_1")})
			if err == nil {
				_ = out.Body.Close()
			}
			return err
		}
		err := get()
		wantStatus(t, err, http.StatusServiceUnavailable)
		if e, ok := errors.AsType[smithy.APIError](err); !ok || e.ErrorCode() != "SlowDown" {
			t.Errorf("error %v", err)
		}
		if err := get(); err != nil {
			t.Errorf("the next: %v", err)
		}
		wantReached(t, s, "s3", 1)
	},
	"sns.endpoint_disabled": func(t *testing.T, s *services) {
		endpoint, err := s.sns.CreatePlatformEndpoint(t.Context(), &sns.CreatePlatformEndpointInput{
			PlatformApplicationArn: aws.String(s.inbox.ApplicationARN(localsns.Application{Platform: "GCM", Name: "parley"})),
			Token:                  aws.String("token"),
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.publish(t.Context(), ""); err != nil { // a topic cannot be disabled
			t.Error(err)
		}
		wantType[*snstypes.EndpointDisabledException](t, s.publish(t.Context(), *endpoint.EndpointArn))
		if n := len(s.inbox.Notifications(localsns.Filter{})); n != 0 {
			t.Errorf("%d notifications", n)
		}
	},
	"sns.throttle": func(t *testing.T, s *services) {
		err := s.publish(t.Context(), "")
		e, ok := errors.AsType[smithy.APIError](err)
		if !ok {
			t.Fatalf("error %v", err)
		}
		if _, throttle := retry.DefaultThrottleErrorCodes[e.ErrorCode()]; !throttle {
			t.Errorf("the SDK does not take %v for a throttle", err)
		}
		wantReached(t, s, "sns", 0)
	},
	"sns.duplicate": func(t *testing.T, s *services) {
		if err := s.publish(t.Context(), ""); err != nil {
			t.Error(err)
		}
		wantReached(t, s, "sns", 2)
	},
	"sqs.duplicate": func(t *testing.T, s *services) {
		if _, err := s.sqs.SendMessage(t.Context(), &sqs.SendMessageInput{
			QueueUrl: aws.String(s.queues.URL("fanout")), MessageBody: aws.String("share"),
		}); err != nil {
			t.Error(err)
		}
		got, err := s.queues.Receive(t.Context(), "fanout", 10, 0)
		if err != nil || len(got) != 2 || got[0].Body != "share" || got[1].Body != "share" || got[0].ID == got[1].ID {
			t.Errorf("received %+v, %v", got, err)
		}
	},
	"lambda.kill_before": func(t *testing.T, s *services) {
		if err := s.put(t.Context(), "1"); err == nil {
			t.Error("the dead got an answer")
		}
		if got := s.get(t, true); got != "" || !slices.Equal(s.lambda.deaths(), []string{trace}) {
			t.Errorf("stored is %q, killed %q", got, s.lambda.deaths())
		}
	},
	"lambda.kill_after": func(t *testing.T, s *services) {
		if err := s.put(t.Context(), "1"); err == nil {
			t.Error("the dead got an answer")
		}
		if got := s.get(t, true); got != "1" || !slices.Equal(s.lambda.deaths(), []string{trace}) {
			t.Errorf("stored is %q, killed %q", got, s.lambda.deaths())
		}
	},
}

func TestFaultsOfCallsAsTheSDKSeesThem(t *testing.T) {
	for name, show := range ofCalls {
		t.Run(string(name), func(t *testing.T) {
			s := start(t)
			s.plan(t, once(name))
			show(t, s)
			counts, times := s.Injected(), s.Plan().Rules[0].Times
			if counts[0].Injected != uint64(times) {
				t.Errorf("injected %+v, want %d", counts, times)
			}
			s.plan(t)
			if err := errors.Join(s.post(t.Context()), s.put(t.Context(), "3"), s.publish(t.Context(), "")); err != nil {
				t.Errorf("without a plan: %v", err)
			}
		})
	}
}

func TestACallIsKnownByFunctionAndOperation(t *testing.T) {
	s := start(t)
	rule := func(function, operation string) faults.Rule {
		return faults.Rule{Fault: "dynamodb.error", Probability: 1, Times: 1, Function: function, Operation: operation}
	}
	s.plan(t, rule("sync", ""), rule("", "GetItem"), rule("message", "PutItem"))
	wantType[*types.InternalServerError](t, s.put(t.Context(), "1"))
	if counts := s.Injected(); counts[0].Asked != 0 || counts[1].Asked != 0 || counts[2].Injected != 1 {
		t.Errorf("counts %+v", counts)
	}
}

func TestWhoIsNotAFunctionIsNotKilled(t *testing.T) {
	s := start(t)
	t.Setenv("_X_AMZN_TRACE_ID", "Root=of-somebody-else")
	s.plan(t, once("lambda.kill_before"))
	if err := s.put(t.Context(), "1"); err != nil || len(s.lambda.deaths()) != 0 {
		t.Errorf("killed %v, %v", s.lambda.deaths(), err)
	}
}

func TestABodyGoesThroughUnchanged(t *testing.T) {
	s := start(t)
	s.plan(t, faults.Rule{Fault: "sqs.duplicate", Probability: 1, Function: "another"})
	body := strings.Repeat("ü&=<>", 1000)
	if _, err := s.sqs.SendMessage(t.Context(), &sqs.SendMessageInput{
		QueueUrl: aws.String(s.queues.URL("fanout")), MessageBody: &body,
	}); err != nil {
		t.Fatal(err)
	}
	got, err := s.queues.Receive(t.Context(), "fanout", 10, 0)
	if err != nil || len(got) != 1 || got[0].Body != body {
		t.Errorf("%d messages, %v", len(got), err)
	}
}
