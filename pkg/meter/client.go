package meter

import (
	"context"
	"errors"
	"reflect"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"

	"github.com/parley-im/parley/pkg/price"
)

// Sizes by which requests are billed (pricing pages of each service).
const (
	frame   = 32 << 10
	publish = 64 << 10
)

// Watch makes every client of a configuration count what its requests consume. DynamoDB is asked to say it; the others are
// billed by requests and their size. It knows the fields of their inputs and outputs by name, so that a function links the
// clients that it uses and no other.
func (m *Meter) Watch(cfg *aws.Config) {
	cfg.APIOptions = append(cfg.APIOptions, func(stack *middleware.Stack) error {
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("parleyMeter", m.watch), middleware.After)
	})
}

func (m *Meter) watch(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
	input := reflect.Indirect(reflect.ValueOf(in.Parameters))
	if f := input.FieldByName("ReturnConsumedCapacity"); f.IsValid() {
		f.SetString("TOTAL")
	}
	out, metadata, err := next.HandleInitialize(ctx, in)
	operation := awsmiddleware.GetOperationName(ctx)
	m.retried(ctx, metadata)
	switch awsmiddleware.GetServiceID(ctx) {
	case "DynamoDB":
		m.Use(ctx, capacityUnit[operation], consumed(input, out.Result, err))
		if conflicted(err) {
			m.Happened(ctx, Conflict)
		}
	case "ApiGatewayManagementApi":
		if operation == "PostToConnection" {
			m.post(ctx, input.FieldByName("Data").Bytes(), err)
		}
	case "SNS":
		m.publish(ctx, operation, input, err)
	case "SQS":
		m.Use(ctx, price.QueueRequest, queued(input))
	case "S3":
		if objectWrites[operation] {
			m.Use(ctx, price.ObjectWrite, 1)
		} else {
			m.Use(ctx, price.ObjectRead, 1)
		}
	}
	return out, metadata, err
}

func (m *Meter) post(ctx context.Context, data []byte, err error) {
	m.Happened(ctx, posted(err))
	if err == nil {
		m.Use(ctx, price.Frame, started(len(data), frame))
		m.told(ctx, string(data))
	}
}

func (m *Meter) publish(ctx context.Context, operation string, input reflect.Value, err error) {
	push := operation == "Publish" && !input.FieldByName("TargetArn").IsNil()
	if push {
		m.Happened(ctx, pushed(err))
	}
	switch {
	case err != nil:
	case operation != "Publish":
		m.Use(ctx, price.Publish, 1)
	default:
		m.Use(ctx, price.Publish, started(length(input.FieldByName("Message")), publish))
		if push {
			m.Use(ctx, price.Push, 1)
		}
	}
}

// capacityUnit is what an operation of DynamoDB consumes.
var capacityUnit = map[string]price.Unit{
	"Query": price.ReadUnit, "GetItem": price.ReadUnit, "BatchGetItem": price.ReadUnit, "TransactGetItems": price.ReadUnit,
	"PutItem": price.WriteUnit, "UpdateItem": price.WriteUnit, "DeleteItem": price.WriteUnit,
	"BatchWriteItem": price.WriteUnit, "TransactWriteItems": price.WriteUnit,
}

// objectWrites are the requests of S3 that cost what a PUT costs.
var objectWrites = map[string]bool{"PutObject": true, "PutObjectTagging": true, "CopyObject": true, "ListObjectsV2": true}

// consumed is the capacity that a response tells. A condition that does not hold consumes as well and tells nothing: one
// unit is counted for each item, which is exact up to 1 KB (DynamoDB guide, "Capacity unit consumption").
func consumed(input reflect.Value, result any, err error) float64 {
	if err != nil {
		switch exception(err) {
		case conditionFailed:
			return 1
		case transactionCanceled:
			return 2 * float64(input.FieldByName("TransactItems").Len())
		}
		return 0
	}
	output := reflect.Indirect(reflect.ValueOf(result))
	if !output.IsValid() {
		return 0
	}
	capacity := output.FieldByName("ConsumedCapacity")
	if !capacity.IsValid() {
		return 0
	}
	if capacity.Kind() != reflect.Slice {
		return units(capacity)
	}
	sum := 0.0
	for i := range capacity.Len() {
		sum += units(capacity.Index(i))
	}
	return sum
}

// What DynamoDB answers a write whose condition does not hold.
const (
	conditionFailed     = "ConditionalCheckFailedException"
	transactionCanceled = "TransactionCanceledException"
)

func conflicted(err error) bool {
	code := exception(err)
	return code == conditionFailed || code == transactionCanceled
}

// exception is the code of an error that a service answered, "" of any other.
func exception(err error) string {
	var refused smithy.APIError
	if !errors.As(err, &refused) {
		return ""
	}
	return refused.ErrorCode()
}

func units(capacity reflect.Value) float64 {
	capacity = reflect.Indirect(capacity)
	if !capacity.IsValid() {
		return 0
	}
	n := reflect.Indirect(capacity.FieldByName("CapacityUnits"))
	if !n.IsValid() {
		return 0
	}
	return n.Float()
}

// queued is how many requests sending messages is billed as: each started 64 KB of all of them.
func queued(input reflect.Value) float64 {
	if entries := input.FieldByName("Entries"); entries.IsValid() {
		total := 0
		for i := range entries.Len() {
			if body := entries.Index(i).FieldByName("MessageBody"); body.IsValid() {
				total += length(body)
			}
		}
		return started(total, publish)
	}
	if body := input.FieldByName("MessageBody"); body.IsValid() {
		return started(length(body), publish)
	}
	return 1
}

// length of a string that may be nil.
func length(s reflect.Value) int {
	if s = reflect.Indirect(s); !s.IsValid() {
		return 0
	}
	return s.Len()
}
