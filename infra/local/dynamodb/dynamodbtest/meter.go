package dynamodbtest

import (
	"context"
	"maps"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/guregu/dynamo/v2/dynamodbiface"
)

// Meter counts what DynamoDB says that requests consumed. It is safe for concurrent use.
type Meter struct {
	dynamodbiface.DynamoDBAPI

	mu    sync.Mutex
	units map[string]float64
}

// NewMeter meters an API.
func NewMeter(api dynamodbiface.DynamoDBAPI) *Meter {
	return &Meter{DynamoDBAPI: api, units: map[string]float64{}}
}

// Take returns the units of each operation since the last time.
func (m *Meter) Take() map[string]float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	defer clear(m.units)
	return maps.Clone(m.units)
}

func (m *Meter) count(operation string, capacity ...types.ConsumedCapacity) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range capacity {
		m.units[operation] += *c.CapacityUnits
	}
}

// Query implements dynamodbiface.DynamoDBAPI.
func (m *Meter) Query(ctx context.Context, in *dynamodb.QueryInput, opts ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := m.DynamoDBAPI.Query(ctx, in, opts...)
	if err == nil {
		m.count("Query", *out.ConsumedCapacity)
	}
	return out, err
}

// GetItem implements dynamodbiface.DynamoDBAPI.
func (m *Meter) GetItem(ctx context.Context, in *dynamodb.GetItemInput, opts ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := m.DynamoDBAPI.GetItem(ctx, in, opts...)
	if err == nil {
		m.count("GetItem", *out.ConsumedCapacity)
	}
	return out, err
}

// BatchGetItem implements dynamodbiface.DynamoDBAPI.
func (m *Meter) BatchGetItem(ctx context.Context, in *dynamodb.BatchGetItemInput, opts ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := m.DynamoDBAPI.BatchGetItem(ctx, in, opts...)
	if err == nil {
		m.count("BatchGetItem", out.ConsumedCapacity...)
	}
	return out, err
}

// UpdateItem implements dynamodbiface.DynamoDBAPI. A refused one is billed as well, for what it would have written, and DynamoDB
// does not say how much: it is counted as one unit.
func (m *Meter) UpdateItem(ctx context.Context, in *dynamodb.UpdateItemInput, opts ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := m.DynamoDBAPI.UpdateItem(ctx, in, opts...)
	if err != nil {
		one := 1.0
		m.count("UpdateItem", types.ConsumedCapacity{CapacityUnits: &one})
		return out, err
	}
	m.count("UpdateItem", *out.ConsumedCapacity)
	return out, err
}
