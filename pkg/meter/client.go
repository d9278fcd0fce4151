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
	switch awsmiddleware.GetServiceID(ctx) {
	case "DynamoDB":
		m.Use(ctx, capacityUnit[operation], consumed(input, out.Result, err))
	case "ApiGatewayManagementApi":
		if operation == "PostToConnection" && err == nil {
			m.Use(ctx, price.Frame, started(input.FieldByName("Data").Len(), frame))
		}
	case "SNS":
		if err != nil {
			break
		}
		if operation != "Publish" {
			m.Use(ctx, price.Publish, 1)
			break
		}
		m.Use(ctx, price.Publish, started(length(input.FieldByName("Message")), publish))
		if !input.FieldByName("TargetArn").IsNil() {
			m.Use(ctx, price.Push, 1)
		}
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
		var refused smithy.APIError
		if !errors.As(err, &refused) {
			return 0
		}
		switch refused.ErrorCode() {
		case "ConditionalCheckFailedException":
			return 1
		case "TransactionCanceledException":
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
