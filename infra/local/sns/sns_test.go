package sns_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/sns"
	"go.uber.org/goleak"

	"github.com/parley-im/parley/infra/local/clock"
	"github.com/parley-im/parley/infra/local/sns"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	region  = "eu-central-1"
	account = "000000000000"
)

var (
	start = time.Date(2026, 11, 21, 22, 0, 0, 123e6, time.UTC)
	gcm   = sns.Application{Platform: "GCM", Name: "parley"}
	apns  = sns.Application{Platform: "APNS", Name: "parley"}
)

// sent is what a queue got, invoked what a function got.
type sent struct {
	queue, body string
	attributes  map[string]sns.Attribute
}

type invoked struct {
	function string
	event    []byte
}

// stack is a service behind HTTP with a real SDK client, a clock that stands still, and channels for what it delivers.
type stack struct {
	*sns.Service
	client  *client.Client
	clock   *clock.Fake
	url     string // of the server
	sent    chan sent
	invoked chan invoked
}

func newStack(t *testing.T, cfg sns.Config) *stack {
	t.Helper()
	s := &stack{clock: clock.NewFake(start), sent: make(chan sent, 100), invoked: make(chan invoked, 100)}
	cfg.Region, cfg.Account, cfg.Clock = region, account, s.clock
	if cfg.Deliver == nil {
		cfg.Deliver = func(_ context.Context, function string, event []byte) error {
			s.invoked <- invoked{function, event}
			return nil
		}
	}
	if cfg.Send == nil {
		cfg.Send = func(_ context.Context, queue, body string, attributes map[string]sns.Attribute) error {
			s.sent <- sent{queue, body, attributes}
			return nil
		}
	}
	var err error
	if s.Service, err = sns.New(cfg); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s.Service)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		server.Close()
	})
	s.url = server.URL
	s.client = client.New(client.Options{
		Region:       region,
		BaseEndpoint: aws.String(server.URL),
		HTTPClient:   unhurried{server.Client()},
		Retryer:      aws.NopRetryer{},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "secret"}, nil
		}),
	})
	return s
}

// unhurried hides from net/http that the SDK's request bodies are io.WriterTo. The SDK closes the body as soon as it has the
// head of the response; when the server was so fast that net/http has not looked for the end of the body yet, WriteTo of the
// closed body says EOF, which net/http takes for a failed write and cuts the connection in the middle of a long response
// (smithy-go, transport/http/internal/io). Read of the closed body says the same and is understood. The SDK's own retries,
// which this rig does without, hide it elsewhere.
type unhurried struct{ *http.Client }

func (u unhurried) Do(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		r = r.Clone(r.Context())
		r.Body = struct{ io.ReadCloser }{r.Body}
	}
	return u.Client.Do(r)
}

// endpoint registers a token and returns its ARN.
func (s *stack) endpoint(t *testing.T, a sns.Application, token string) string {
	t.Helper()
	out, err := s.client.CreatePlatformEndpoint(t.Context(), &client.CreatePlatformEndpointInput{
		PlatformApplicationArn: aws.String(s.ApplicationARN(a)), Token: aws.String(token),
	})
	if err != nil {
		t.Fatal(err)
	}
	return *out.EndpointArn
}

func (s *stack) publish(t *testing.T, in *client.PublishInput) string {
	t.Helper()
	out, err := s.client.Publish(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return *out.MessageId
}

// take returns what comes next, and fails the test when nothing comes for ten seconds.
func take[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	select {
	case got := <-from:
		return got
	case <-time.After(10 * time.Second):
		t.Fatal("nothing came")
		panic("unreachable")
	}
}

func isA[E error](err error) bool {
	var e E
	return errors.As(err, &e)
}

func TestNewRefusesWhatCannotBe(t *testing.T) {
	deliver := func(context.Context, string, []byte) error { return nil }
	send := func(context.Context, string, string, map[string]sns.Attribute) error { return nil }
	to := func(sub sns.Subscription) []sns.Topic {
		return []sns.Topic{{Name: "offline", Subscriptions: []sns.Subscription{sub}}}
	}
	tests := map[string]sns.Config{
		"topic without name":        {Topics: []sns.Topic{{}}},
		"FIFO topic":                {Topics: []sns.Topic{{Name: "offline.fifo"}}},
		"topic twice":               {Topics: []sns.Topic{{Name: "offline"}, {Name: "offline"}}},
		"protocol":                  {Topics: to(sns.Subscription{Protocol: "email", Endpoint: "push"}), Deliver: deliver, Send: send},
		"no subscriber":             {Topics: to(sns.Subscription{Protocol: "lambda"}), Deliver: deliver},
		"raw delivery to Lambda":    {Topics: to(sns.Subscription{Protocol: "lambda", Endpoint: "push", Raw: true}), Deliver: deliver},
		"lambda without Deliver":    {Topics: to(sns.Subscription{Protocol: "lambda", Endpoint: "push"})},
		"sqs without Send":          {Topics: to(sns.Subscription{Protocol: "sqs", Endpoint: "fanout"})},
		"dead letters without Send": {Topics: to(sns.Subscription{Protocol: "lambda", Endpoint: "push", DeadLetterQueue: "dead"}), Deliver: deliver},
		"platform":                  {Applications: []sns.Application{{Platform: "FCM", Name: "parley"}}},
		"application without name":  {Applications: []sns.Application{{Platform: "GCM"}}},
		"application twice":         {Applications: []sns.Application{gcm, gcm}},
	}
	for name, cfg := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := sns.New(cfg); err == nil {
				t.Error("New accepted it")
			}
		})
	}
}
