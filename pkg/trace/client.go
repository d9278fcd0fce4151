package trace

import (
	"context"
	"errors"
	"reflect"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// Watch makes each request of every client of a configuration a span of the trace that its context belongs to, if that is kept. Like
// the meter it knows the fields of inputs by name, so that a function links the clients that it uses and no other.
func (t *Tracer) Watch(cfg *aws.Config) {
	if t == nil {
		return
	}
	cfg.APIOptions = append(cfg.APIOptions, func(stack *middleware.Stack) error {
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("parleyTrace", t.watch), middleware.After)
	})
}

func (t *Tracer) watch(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
	if !trace.SpanFromContext(ctx).IsRecording() {
		return next.HandleInitialize(ctx, in)
	}
	service, operation := awsmiddleware.GetServiceID(ctx), awsmiddleware.GetOperationName(ctx)
	input := reflect.Indirect(reflect.ValueOf(in.Parameters))
	kind := trace.SpanKindClient
	attributes, carries := attributesOf(service, operation, input)
	if carries {
		kind = trace.SpanKindProducer
	}
	ctx, span := t.tracer.Start(ctx, service+"."+operation, trace.WithSpanKind(kind), trace.WithAttributes(
		attribute.String("rpc.system.name", "aws-api"), attribute.String("rpc.service", service), attribute.String("rpc.method", operation),
	))
	defer span.End()
	if carries {
		carry(ctx, attributes)
	}
	out, metadata, err := next.HandleInitialize(ctx, in)
	if attempts, ok := retry.GetAttemptResults(metadata); ok && len(attempts.Results) > 1 {
		span.SetAttributes(attribute.Int("http.request.resend_count", len(attempts.Results)-1))
	}
	if err != nil {
		span.SetStatus(codes.Error, code(err))
	}
	return out, metadata, err
}

// attributesOf returns the attributes of a message that is queued or published for a function; ok is false for all else. Those of
// a notification to a phone are the platform's.
func attributesOf(service, operation string, input reflect.Value) (attributes reflect.Value, ok bool) {
	switch service + "." + operation {
	case "SQS.SendMessage":
	case "SNS.Publish":
		if input.FieldByName("TopicArn").IsNil() {
			return attributes, false
		}
	default:
		return attributes, false
	}
	return input.FieldByName("MessageAttributes"), true
}

// carry adds the trace of the context to the attributes of a message.
func carry(ctx context.Context, attributes reflect.Value) {
	carrier := propagation.MapCarrier{}
	format.Inject(ctx, carrier)
	if attributes.IsNil() {
		attributes.Set(reflect.MakeMap(attributes.Type()))
	}
	value := reflect.New(attributes.Type().Elem()).Elem()
	value.FieldByName("DataType").Set(reflect.ValueOf(aws.String("String")))
	value.FieldByName("StringValue").Set(reflect.ValueOf(aws.String(carrier[traceparent])))
	attributes.SetMapIndex(reflect.ValueOf(traceparent), value)
}

// code names an error without its message, which may quote what somebody wrote.
func code(err error) string {
	var refused smithy.APIError
	if errors.As(err, &refused) {
		return refused.ErrorCode()
	}
	return "no answer"
}
