package sqs_test

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/sqs"
	"go.uber.org/goleak"

	"github.com/parley-im/parley/infra/local/clock"
	"github.com/parley-im/parley/infra/local/sqs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	region  = "eu-central-1"
	account = "000000000000"
)

var start = time.Date(2026, 11, 21, 22, 0, 0, 0, time.UTC)

// stack is a service behind HTTP with a real SDK client and a clock that stands still.
type stack struct {
	*sqs.Service
	client *client.Client
	clock  *clock.Fake
	url    string // of the server
}

func newStack(t *testing.T, cfg sqs.Config) *stack {
	t.Helper()
	fake := clock.NewFake(start)
	if cfg.Clock == nil {
		cfg.Clock = fake
	}
	cfg.Region, cfg.Account = region, account
	server := httptest.NewUnstartedServer(nil)
	cfg.BaseURL = "http://" + server.Listener.Addr().String()
	s, err := sqs.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = s
	server.Start()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		server.Close()
	})
	return &stack{Service: s, client: newClient(t, server, "local"), clock: fake, url: cfg.BaseURL}
}

func newClient(t *testing.T, server *httptest.Server, accessKey string) *client.Client {
	t.Helper()
	return client.New(client.Options{
		Region:       region,
		BaseEndpoint: aws.String(server.URL),
		HTTPClient:   server.Client(),
		Retryer:      aws.NopRetryer{},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: accessKey, SecretAccessKey: "secret"}, nil
		}),
	})
}

func (s *stack) send(t *testing.T, queue string, bodies ...string) {
	t.Helper()
	for _, body := range bodies {
		if _, err := s.Send(queue, body, nil); err != nil {
			t.Fatal(err)
		}
	}
}

// receive returns what is there now.
func (s *stack) receive(t *testing.T, queue string) []sqs.Message {
	t.Helper()
	messages, err := s.Receive(t.Context(), queue, 10, 0)
	if err != nil {
		t.Fatal(err)
	}
	return messages
}

// one returns the only message there is now.
func (s *stack) one(t *testing.T, queue string) sqs.Message {
	t.Helper()
	messages := s.receive(t, queue)
	if len(messages) != 1 {
		t.Fatalf("%s: received %d messages, want 1", queue, len(messages))
	}
	return messages[0]
}

func (s *stack) wantDepth(t *testing.T, queue string, want sqs.Depth) {
	t.Helper()
	got, err := s.Depth(queue)
	if err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Errorf("%s: depth %+v, want %+v", queue, got, want)
	}
}

func TestNewRefusesQueuesThatCannotBe(t *testing.T) {
	tests := map[string][]sqs.Queue{
		"no name":                     {{}},
		"bad name":                    {{Name: "fan/out"}},
		"FIFO":                        {{Name: "fanout.fifo"}},
		"twice":                       {{Name: "a"}, {Name: "a"}},
		"visibility over 12 h":        {{Name: "a", VisibilityTimeout: 12*time.Hour + time.Second}},
		"delay over 15 min":           {{Name: "a", Delay: 16 * time.Minute}},
		"retention under 1 min":       {{Name: "a", Retention: 59 * time.Second}},
		"unknown dead-letter queue":   {{Name: "a", MaxReceiveCount: 1, DeadLetterQueue: "b"}},
		"itself as dead-letter queue": {{Name: "a", MaxReceiveCount: 1, DeadLetterQueue: "a"}},
		"count without dead letters":  {{Name: "a", MaxReceiveCount: 1}},
		"dead letters without count":  {{Name: "a", DeadLetterQueue: "b"}, {Name: "b"}},
		"count over 1,000":            {{Name: "a", MaxReceiveCount: 1001, DeadLetterQueue: "b"}, {Name: "b"}},
	}
	for name, queues := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := sqs.New(sqs.Config{Region: region, Account: account, Queues: queues}); err == nil {
				t.Error("New accepted it")
			}
		})
	}
}
