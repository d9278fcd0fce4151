// Package trace follows a message from function to function: from the send through the topic to the notification, as spans of
// OpenTelemetry that are one trace. It is decided at the beginning which traces are kept, and what is not kept costs next to
// nothing; without somewhere to send them there is no tracer at all, and nothing is wrapped.
//
// A function has one [Tracer]. Each invocation is a span (invocation.go), and so is each request of it to an AWS service
// (client.go), which carries the trace on in an attribute of what it queues or publishes. When the invocation ends its spans
// are sent (export.go): a function does nothing after its reply.
package trace

import (
	"context"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Function says whose spans these are, how many are kept and where they go.
type Function struct {
	// Name is the function's, and Stage that of the deployment.
	Name, Stage, Version string
	// Endpoint takes OTLP over HTTP, as JSON; "" keeps nothing.
	Endpoint string
	// Rate is the share of traces that are kept of those that begin here, 0 to 1. One that began elsewhere is kept if it was there.
	Rate float64
	// Region and Credentials sign what goes to X-Ray; other endpoints need none.
	Region      string
	Credentials aws.CredentialsProvider
	Client      *http.Client
	Now         func() time.Time
	// Out is where the function logs.
	Out io.Writer
}

// Tracer makes the spans of a function. A nil one makes none.
type Tracer struct {
	Function
	tracer   trace.Tracer
	provider *sdk.TracerProvider
	ended    *spans
	resource []attribute.KeyValue
	warm     bool
}

// New returns the tracer of a function, nil if its traces go nowhere.
func New(f Function) *Tracer {
	if f.Endpoint == "" {
		return nil
	}
	t := &Tracer{Function: f, ended: &spans{}, resource: []attribute.KeyValue{
		attribute.String("service.name", f.Name), attribute.String("service.namespace", "parley"),
		attribute.String("service.version", f.Version), attribute.String("deployment.environment.name", f.Stage),
		attribute.String("cloud.provider", "aws"), attribute.String("cloud.platform", "aws_lambda"), attribute.String("cloud.region", f.Region),
	}}
	t.provider = sdk.NewTracerProvider(
		sdk.WithSampler(sdk.ParentBased(sdk.TraceIDRatioBased(f.Rate))),
		sdk.WithSpanProcessor(t.ended), sdk.WithResource(resource.Empty()),
	)
	t.tracer = t.provider.Tracer("github.com/parley-im/parley")
	return t
}

// What is known of an invocation besides how long it took: the entry that it appended, the code that it was refused with.
const (
	Conversation = "parley.conversation"
	Seq          = "parley.seq"
	Refusal      = "parley.error"
	// Cost is what the invocation alone came to, in millionths of a dollar.
	Cost = "parley.microdollars"
)

// Name says what the invocation of the context is called: until then it has the name of the function.
func Name(ctx context.Context, name string) { trace.SpanFromContext(ctx).SetName(name) }

// Note adds what is known of it by now to the span of the context, if it is kept. Values never are what somebody wrote, nor who.
func Note(ctx context.Context, key, value string) {
	trace.SpanFromContext(ctx).SetAttributes(attribute.String(key, value))
}

// format is how a trace is carried on: W3C Trace Context.
var format propagation.TraceContext

// traceparent is the name of the attribute that carries it.
const traceparent = "traceparent"

// maxSpans is how many of an invocation are sent. The rest are counted: a fan-out to hundreds says nothing more.
const maxSpans = 128

// spans keeps those that have ended until the invocation has. It implements sdk.SpanProcessor.
type spans struct {
	mu      sync.Mutex
	ended   []sdk.ReadOnlySpan
	dropped int
}

// OnStart implements sdk.SpanProcessor.
func (s *spans) OnStart(context.Context, sdk.ReadWriteSpan) {}

// OnEnd implements sdk.SpanProcessor. Only what is kept gets here; the invocation itself comes last and always has a place.
func (s *spans) OnEnd(span sdk.ReadOnlySpan) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.ended) >= maxSpans-1 && isRequest(span) {
		s.dropped++
		return
	}
	s.ended = append(s.ended, span)
}

// isRequest reports whether a span is one of a request to a service, and not of the invocation.
func isRequest(span sdk.ReadOnlySpan) bool {
	return span.SpanKind() == trace.SpanKindClient || span.SpanKind() == trace.SpanKindProducer
}

// Shutdown implements sdk.SpanProcessor.
func (s *spans) Shutdown(context.Context) error { return nil }

// ForceFlush implements sdk.SpanProcessor.
func (s *spans) ForceFlush(context.Context) error { return nil }

// take returns what has ended and forgets it.
func (s *spans) take() (ended []sdk.ReadOnlySpan, dropped int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ended, dropped = s.ended, s.dropped
	s.ended, s.dropped = nil, 0
	return ended, dropped
}
