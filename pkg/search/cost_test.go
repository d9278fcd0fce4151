package search_test

import (
	"context"
	"maps"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/guregu/dynamo/v2"
	"github.com/guregu/dynamo/v2/dynamodbiface"

	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
	"github.com/parley-im/parley/pkg/wire"
)

// meter counts what DynamoDB says that reads consumed, by what was read.
type meter struct {
	dynamodbiface.DynamoDBAPI
	mu    sync.Mutex
	units map[string]float64
}

func (m *meter) count(what string, c *types.ConsumedCapacity) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.units[what] += *c.CapacityUnits
}

func (m *meter) Query(ctx context.Context, in *dynamodb.QueryInput, opts ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := m.DynamoDBAPI.Query(ctx, in, opts...)
	switch {
	case err != nil:
	case in.IndexName != nil:
		m.count("list", out.ConsumedCapacity)
	case *in.Limit == 2:
		m.count("tails", out.ConsumedCapacity)
	default:
		m.count("entries", out.ConsumedCapacity)
	}
	return out, err
}

func (m *meter) GetItem(ctx context.Context, in *dynamodb.GetItemInput, opts ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := m.DynamoDBAPI.GetItem(ctx, in, opts...)
	if err == nil {
		m.count("single", out.ConsumedCapacity)
	}
	return out, err
}

// What a thousand messages cost to look through: README, "What a message costs".
func TestWhatASearchCosts(t *testing.T) {
	m := &meter{DynamoDBAPI: dynamodbtest.Start(t), units: map[string]float64{}}
	log := store.NewConversations(dynamo.NewFromIface(m), topology.Conversations.Name, topology.ConversationsByUser.Name)
	r := over(log, log)
	for _, peer := range []chat.UserID{"bob", "cat", "dan", "eve"} {
		c := r.direct(t, "ann", peer)
		for n := range 250 {
			e := said(peer, "Shall we meet at eight, where we met the last time?")
			e.To = "ann"
			r.put(t, c, n+1, e)
		}
	}
	for name, test := range map[string]struct {
		query wire.Query
		want  map[string]float64
	}{
		"all":         {wire.Query{Words: "lake"}, map[string]float64{"list": 0.5, "tails": 4, "entries": 52}},
		"one":         {wire.Query{Words: "lake", In: chat.DirectID("ann", "bob")}, map[string]float64{"tails": 1, "entries": 13}},
		"from":        {wire.Query{Words: "lake", From: "bob"}, map[string]float64{"list": 0.5, "tails": 4, "entries": 13}},
		"long ago":    {wire.Query{Words: "lake", In: chat.DirectID("ann", "bob"), Before: wire.Time(epoch)}, map[string]float64{"tails": 1, "single": 2, "entries": 3}},
		"enough soon": {wire.Query{Words: "eight"}, map[string]float64{"list": 0.5, "tails": 1, "entries": 5}},
	} {
		clear(m.units)
		page, err := r.Search(t.Context(), as("ann"), wire.Search{Query: test.query})
		if err != nil {
			t.Fatal(err)
		}
		if !maps.Equal(m.units, test.want) {
			t.Errorf("%s consumes %v for %d entries, want %v", name, m.units, page.Scanned, test.want)
		}
	}
}
