package app

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"go.uber.org/goleak"

	"github.com/parley-im/parley/events"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/contract"
	"github.com/parley-im/parley/pkg/meter"
	"github.com/parley-im/parley/pkg/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// canary is what must be seen in no log: tests put it wherever people write.
const canary = "canary-7f3a"

// schemas are compiled once.
var schemas = sync.OnceValues(contract.New)

// payload is one of the events that AWS sends, as JSON that a test can change.
func payload(t *testing.T, name string) map[string]any {
	t.Helper()
	text, err := events.FS.ReadFile("lambda/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var v map[string]any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// at returns the object at a path of keys.
func at(v map[string]any, path ...string) map[string]any {
	for _, key := range path {
		v = v[key].(map[string]any)
	}
	return v
}

// frame is the event of a frame on a route, sent by a connection whose token is good for an hour.
func frame(t *testing.T, route, body string) map[string]any {
	t.Helper()
	v := payload(t, "message")
	v["body"] = body
	at(v, "requestContext")["routeKey"] = route
	expire(v, time.Now().Add(time.Hour))
	return v
}

func expire(v map[string]any, when time.Time) {
	at(v, "requestContext", "authorizer")["expires"] = strconv.FormatInt(when.Unix(), 10)
}

// invoke calls a handler as Lambda does: with JSON, and for JSON.
func invoke(t *testing.T, handler any, event any) ([]byte, error) {
	t.Helper()
	in, err := json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	ctx := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{AwsRequestID: "request-1"})
	return lambda.NewHandler(handler).Invoke(ctx, in)
}

// answer is the frame that the caller gets.
type answer struct {
	Event, Ref string
	Result     json.RawMessage
	Code       chat.Code
	Message    string
	RetryAfter float64 `json:"retry_after"`
}

// ask invokes a handler of routes and returns the frame it answers, which is checked against the contract unless its action
// is made up.
func ask(t *testing.T, handler any, event map[string]any) answer {
	t.Helper()
	out, err := invoke(t, handler, event)
	if err != nil {
		t.Fatal(err)
	}
	var r struct {
		StatusCode int
		Body       string
	}
	var a answer
	if err := json.Unmarshal(out, &r); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(r.Body), &a); err != nil {
		t.Fatalf("%v in %q", err, r.Body)
	}
	// Above 399 the gateway throws the body away (aws.md §1.5).
	if r.StatusCode != 200 || len(r.Body) > chat.MaxFrame {
		t.Errorf("status %d, %d bytes", r.StatusCode, len(r.Body))
	}
	if a.Event == wire.EventError {
		v, err := schemas()
		if err != nil {
			t.Fatal(err)
		}
		if err := v.Event([]byte(r.Body), ""); err != nil {
			t.Error(err)
		}
	}
	return a
}

// newParts returns parts without an environment, and what they log.
func newParts() (*Parts, *bytes.Buffer) {
	logs := &bytes.Buffer{}
	return &Parts{meter: meter.New(time.Now()), logger: slog.New(slog.NewJSONHandler(logs, &slog.HandlerOptions{Level: slog.LevelDebug}))}, logs
}

func wantNoCanary(t *testing.T, logs *bytes.Buffer) {
	t.Helper()
	if strings.Contains(logs.String(), canary) {
		t.Errorf("logs %s", logs)
	}
}

// replies is an action that answers v.
func replies(v any) action {
	return func(context.Context, chat.Identity, []byte) (any, error) { return v, nil }
}

// fails is an action that fails.
func fails(err error) action {
	return func(context.Context, chat.Identity, []byte) (any, error) { return nil, err }
}
