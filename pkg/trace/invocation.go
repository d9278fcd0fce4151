package trace

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// Wrap makes each invocation of a handler a span, and sends its spans before it returns. A nil tracer returns the handler itself.
//
// What a queue or a topic hands over belongs to the trace that it carries, if it carries one, and begins none: the send has
// been decided about already.
func (t *Tracer) Wrap(h lambda.Handler) lambda.Handler {
	if t == nil {
		return h
	}
	return &traced{handler: h, tracer: t}
}

type traced struct {
	handler lambda.Handler
	tracer  *Tracer
}

// Invoke implements lambda.Handler. Lambda calls it for one event at a time.
func (f *traced) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	t, cold := f.tracer, !f.tracer.warm
	t.warm = true
	kind, options := trace.SpanKindServer, []trace.SpanStartOption{}
	if handed(payload) {
		parents := carried(payload)
		if len(parents) == 0 {
			return f.handler.Invoke(ctx, payload)
		}
		kind, ctx = trace.SpanKindConsumer, trace.ContextWithRemoteSpanContext(ctx, parents[0])
		for _, more := range parents[1:] { // of a batch: the span is in one trace and tells of the others
			options = append(options, trace.WithLinks(trace.Link{SpanContext: more}))
		}
	}
	ctx, span := t.tracer.Start(ctx, t.Name, append(options, trace.WithSpanKind(kind))...)
	if !span.IsRecording() {
		return f.handler.Invoke(ctx, payload)
	}
	span.SetAttributes(attribute.Bool("faas.coldstart", cold))
	if c, ok := lambdacontext.FromContext(ctx); ok {
		span.SetAttributes(attribute.String("faas.invocation_id", c.AwsRequestID))
	}
	out, err := f.handler.Invoke(ctx, payload)
	if err != nil {
		span.SetStatus(codes.Error, "failed")
	}
	span.End()
	t.send(ctx)
	return out, err
}

// handed reports whether an event is one of a queue or a topic.
func handed(payload []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(payload, " \n"), []byte(`{"Records"`))
}

// carried are the spans that an event of a queue or a topic names, those that are kept.
func carried(payload []byte) (parents []trace.SpanContext) {
	if !bytes.Contains(payload, []byte(traceparent)) {
		return nil
	}
	var event struct {
		Records []struct {
			Queued map[string]struct {
				Value string `json:"stringValue"`
			} `json:"messageAttributes"`
			Published struct {
				Attributes map[string]struct{ Value string } `json:"MessageAttributes"`
			} `json:"Sns"`
		}
	}
	_ = json.Unmarshal(payload, &event) // what cannot be read carries nothing
	for _, r := range event.Records {
		carrier := propagation.MapCarrier{traceparent: r.Queued[traceparent].Value + r.Published.Attributes[traceparent].Value}
		if parent := trace.SpanContextFromContext(format.Extract(context.Background(), carrier)); parent.IsSampled() {
			parents = append(parents, parent)
		}
	}
	return parents
}
