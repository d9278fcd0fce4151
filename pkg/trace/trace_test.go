package trace_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"go.uber.org/goleak"

	"github.com/parley-im/parley/pkg/trace"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// span is what the receiver reads of one.
type span struct {
	TraceID, SpanID, ParentSpanID, Name string
	Kind                                int
	Status                              struct{ Message string }
	Links                               []struct{ TraceID string }
	Attributes                          []struct {
		Key   string
		Value map[string]any
	}
}

// receiver takes OTLP and answers with a status.
type receiver struct {
	*httptest.Server
	status   int
	requests []*http.Request
	spans    []span
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{status: http.StatusOK}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		var batch struct {
			ResourceSpans []struct {
				ScopeSpans []struct{ Spans []span }
			}
		}
		if err := json.NewDecoder(q.Body).Decode(&batch); err != nil {
			t.Error(err)
		}
		r.requests = append(r.requests, q)
		for _, of := range batch.ResourceSpans {
			for _, scope := range of.ScopeSpans {
				r.spans = append(r.spans, scope.Spans...)
			}
		}
		w.WriteHeader(r.status)
	}))
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	t.Cleanup(r.Close)
	return r
}

func function(endpoint string, rate float64) trace.Function {
	return trace.Function{
		Name: "message", Stage: "dev", Version: "1", Endpoint: endpoint, Rate: rate, Region: "eu-west-1", Client: http.DefaultClient,
		Now: time.Now, Out: io.Discard, Credentials: credentials.NewStaticCredentialsProvider("AKID", "secret", ""),
	}
}

// service takes what functions publish and queue, and keeps the bodies.
func service(t *testing.T) (cfg aws.Config, bodies func() []string) {
	var got []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // an empty one is no message
		got = append(got, string(body))
		if strings.HasPrefix(r.Header.Get("X-Amz-Target"), "AmazonSQS") {
			_, _ = io.WriteString(w, `{}`)
			return
		}
		_, _ = io.WriteString(w, `<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>`)
	}))
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	t.Cleanup(server.Close)
	return aws.Config{
		Region: "eu-west-1", BaseEndpoint: &server.URL, Credentials: credentials.NewStaticCredentialsProvider("AKID", "secret", ""),
		HTTPClient: http.DefaultClient,
	}, func() []string { return got }
}

const frame = `{"requestContext":{"routeKey":"send"},"body":"{}"}`

func invoke(t *testing.T, h lambda.Handler, event string) {
	t.Helper()
	if _, err := h.Invoke(t.Context(), []byte(event)); err != nil {
		t.Fatal(err)
	}
}

// handler does something with the context.
func handler(do func(context.Context) error) lambda.Handler {
	return lambda.NewHandler(func(ctx context.Context, _ any) error {
		trace.Name(ctx, "send")
		return do(ctx)
	})
}

func TestWithoutAnEndpointNothingIsWrapped(t *testing.T) {
	tracer := trace.New(function("", 1))
	h := handler(func(context.Context) error { return nil })
	if tracer.Wrap(h) != h {
		t.Error("the handler is another one")
	}
	var cfg aws.Config
	if tracer.Watch(&cfg); len(cfg.APIOptions) != 0 {
		t.Error("clients are watched")
	}
}

// A trace that is not kept costs some allocations and no time to speak of: nothing is sent, parsed or carried.
func TestWhatIsNotKeptCostsNextToNothing(t *testing.T) {
	r := newReceiver(t)
	tracer := trace.New(function(r.URL, 0))
	bare := bareHandler{}
	h := tracer.Wrap(bare)
	event := []byte(frame)
	if more := testing.AllocsPerRun(1000, func() { _, _ = h.Invoke(context.Background(), event) }); more > 8 { // bare fails never
		t.Errorf("%v allocations", more)
	}
	result := testing.Benchmark(func(b *testing.B) {
		for b.Loop() {
			_, _ = h.Invoke(context.Background(), event)
		}
	})
	if each := time.Duration(result.NsPerOp()); each > 100*time.Microsecond { // measured: one or two
		t.Errorf("%v", each)
	}
	t.Logf("%v, %d allocations", time.Duration(result.NsPerOp()), result.AllocsPerOp())
	invoke(t, tracer.Wrap(bare), published("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"))
	if len(r.requests) != 0 {
		t.Errorf("%d requests", len(r.requests))
	}
}

type bareHandler struct{}

func (bareHandler) Invoke(context.Context, []byte) ([]byte, error) { return nil, nil }

func published(traceparent string) string {
	return `{"Records":[{"EventSource":"aws:sns","Sns":{"Message":"{}","MessageAttributes":{"traceparent":{"Type":"String","Value":"` + traceparent + `"}}}}]}`
}

func queued(traceparents ...string) string {
	var records []string
	for _, p := range traceparents {
		records = append(records, `{"messageId":"1","body":"{}","messageAttributes":{"traceparent":{"dataType":"String","stringValue":"`+p+`"}}}`)
	}
	return `{"Records":[` + strings.Join(records, ",") + `]}`
}

func TestATraceIsCarriedByWhatIsPublishedAndQueued(t *testing.T) {
	r := newReceiver(t)
	tracer := trace.New(function(r.URL, 1))
	cfg, bodies := service(t)
	tracer.Watch(&cfg)
	topics, queues := sns.NewFromConfig(cfg), sqs.NewFromConfig(cfg)
	invoke(t, tracer.Wrap(handler(func(ctx context.Context) error {
		_, err := topics.Publish(ctx, &sns.PublishInput{TopicArn: aws.String("arn:aws:sns:eu-west-1:1:offline"), Message: aws.String("{}")})
		_, second := queues.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: cfg.BaseEndpoint, MessageBody: aws.String("{}")})
		_, third := topics.Publish(ctx, &sns.PublishInput{TargetArn: aws.String("arn:aws:sns:eu-west-1:1:endpoint/x"), Message: aws.String("{}")})
		return errors.Join(err, second, third)
	})), frame)
	if len(r.requests) != 1 || len(r.spans) != 4 {
		t.Fatalf("%d requests with %d spans", len(r.requests), len(r.spans))
	}
	root := r.spans[3]
	if root.Name != "send" || root.Kind != 2 || root.ParentSpanID != "" {
		t.Errorf("%+v", root)
	}
	for i, want := range []struct {
		name string
		kind int
	}{{"SNS.Publish", 4}, {"SQS.SendMessage", 4}, {"SNS.Publish", 3}} {
		got := r.spans[i]
		if got.Name != want.name || got.Kind != want.kind || got.ParentSpanID != root.SpanID || got.TraceID != root.TraceID {
			t.Errorf("%+v", got)
		}
		carried := strings.Contains(bodies()[i], "00-"+root.TraceID+"-"+got.SpanID+"-01")
		if carried != (want.kind == 4) {
			t.Errorf("%s carries the trace: %v, in %s", got.Name, carried, bodies()[i])
		}
	}

	for name, event := range map[string]string{
		"published": published("00-" + root.TraceID + "-" + r.spans[0].SpanID + "-01"),
		"queued":    queued("00-" + root.TraceID + "-" + r.spans[0].SpanID + "-01"),
	} {
		before := len(r.spans)
		other := trace.New(function(r.URL, 0)) // it was decided where it began
		invoke(t, other.Wrap(handler(func(context.Context) error { return nil })), event)
		if len(r.spans) != before+1 {
			t.Fatalf("%s: %d spans", name, len(r.spans)-before)
		}
		if got := r.spans[before]; got.TraceID != root.TraceID || got.ParentSpanID != r.spans[0].SpanID || got.Kind != 5 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestWhatIsHandedOverWithoutATraceBeginsNone(t *testing.T) {
	r := newReceiver(t)
	h := trace.New(function(r.URL, 1)).Wrap(handler(func(context.Context) error { return nil }))
	for _, event := range []string{`{"Records":[]}`, published(""), published("made up"), queued("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")} {
		invoke(t, h, event)
	}
	if len(r.spans) != 0 {
		t.Errorf("%+v", r.spans)
	}
}

func TestABatchIsInOneTraceAndTellsOfTheOthers(t *testing.T) {
	r := newReceiver(t)
	h := trace.New(function(r.URL, 0)).Wrap(handler(func(context.Context) error { return nil }))
	invoke(t, h, queued("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "00-1af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"))
	if len(r.spans) != 1 || len(r.spans[0].Links) != 1 || r.spans[0].Links[0].TraceID != "1af7651916cd43dd8448eb211c80319c" {
		t.Errorf("%+v", r.spans)
	}
}

func TestAnInvocationThatFailsSaysSoAndHasAPlaceAmongManySpans(t *testing.T) {
	r := newReceiver(t)
	tracer := trace.New(function(r.URL, 1))
	cfg, _ := service(t)
	tracer.Watch(&cfg)
	topics := sns.NewFromConfig(cfg)
	h := tracer.Wrap(handler(func(ctx context.Context) error {
		trace.Note(ctx, trace.Seq, "42")
		for range 200 {
			if _, err := topics.Publish(ctx, &sns.PublishInput{TargetArn: aws.String("arn:x"), Message: aws.String("{}")}); err != nil {
				return err
			}
		}
		return errors.New("what ann wrote")
	}))
	if _, err := h.Invoke(t.Context(), []byte(frame)); err == nil {
		t.Fatal("it did not fail")
	}
	last := r.spans[len(r.spans)-1]
	notes := map[string]any{}
	for _, a := range last.Attributes {
		for _, value := range a.Value {
			notes[a.Key] = value
		}
	}
	if len(r.spans) != 128 || last.Name != "send" || last.Status.Message != "failed" || notes[trace.Seq] != "42" || notes["parley.spans_dropped"] != "73" {
		t.Errorf("%d spans, the last is %+v", len(r.spans), last)
	}
}

func TestATraceThatIsNotTakenIsSaidToBeLostAndFailsNothing(t *testing.T) {
	r := newReceiver(t)
	r.status = http.StatusForbidden
	f := function(r.URL, 1)
	var out bytes.Buffer
	f.Out = &out
	invoke(t, trace.New(f).Wrap(handler(func(context.Context) error { return nil })), frame)
	var line struct {
		Level, Msg string
		Spans      int
	}
	if err := json.Unmarshal(out.Bytes(), &line); err != nil || line.Level != "WARN" || line.Msg != "trace lost" || line.Spans != 1 {
		t.Errorf("%s: %v", out.String(), err)
	}
}

// The OTLP endpoint of X-Ray asks for a signature, and others must not get one.
func TestWhatGoesToXRayIsSigned(t *testing.T) {
	r := newReceiver(t)
	toXRay := http.Client{Transport: redirect{r.Listener.Addr().String()}}
	defer toXRay.CloseIdleConnections()
	f := function("http://xray.eu-west-1.amazonaws.com/v1/traces", 1)
	f.Client = &toXRay
	h := handler(func(context.Context) error { return nil })
	invoke(t, trace.New(f).Wrap(h), frame)
	invoke(t, trace.New(function(r.URL, 1)).Wrap(h), frame)
	if len(r.requests) != 2 {
		t.Fatal(len(r.requests))
	}
	if got := r.requests[0].Header.Get("Authorization"); !strings.Contains(got, "/eu-west-1/xray/aws4_request") {
		t.Errorf("%q", got)
	}
	if got := r.requests[1].Header.Get("Authorization"); got != "" {
		t.Errorf("%q", got)
	}
}

// redirect sends every request to one address.
type redirect struct{ to string }

func (d redirect) RoundTrip(r *http.Request) (*http.Response, error) {
	r.URL.Host = d.to
	return http.DefaultTransport.RoundTrip(r)
}
