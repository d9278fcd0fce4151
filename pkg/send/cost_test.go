package send_test

import (
	"context"
	"log/slog"
	"maps"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/guregu/dynamo/v2"
	"github.com/guregu/dynamo/v2/dynamodbiface"

	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/deliver"
	"github.com/parley-im/parley/pkg/send"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
	"github.com/parley-im/parley/pkg/wire"
)

// meter counts what DynamoDB says that operations consumed: all those that functions are granted.
type meter struct {
	dynamodbiface.DynamoDBAPI
	mu    sync.Mutex
	units map[string]float64
	calls map[string]int
}

func (m *meter) count(operation string, capacity ...types.ConsumedCapacity) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls[operation]++
	for _, c := range capacity {
		m.units[operation] += *c.CapacityUnits
	}
}

func (m *meter) Query(ctx context.Context, in *dynamodb.QueryInput, opts ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := m.DynamoDBAPI.Query(ctx, in, opts...)
	if err == nil {
		m.count("Query", *out.ConsumedCapacity)
	}
	return out, err
}

func (m *meter) PutItem(ctx context.Context, in *dynamodb.PutItemInput, opts ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := m.DynamoDBAPI.PutItem(ctx, in, opts...)
	if err == nil {
		m.count("PutItem", *out.ConsumedCapacity)
	}
	return out, err
}

func (m *meter) BatchGetItem(ctx context.Context, in *dynamodb.BatchGetItemInput, opts ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := m.DynamoDBAPI.BatchGetItem(ctx, in, opts...)
	if err == nil {
		m.count("BatchGetItem", out.ConsumedCapacity...)
	}
	return out, err
}

func (m *meter) GetItem(ctx context.Context, in *dynamodb.GetItemInput, opts ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := m.DynamoDBAPI.GetItem(ctx, in, opts...)
	if err == nil {
		m.count("GetItem", *out.ConsumedCapacity)
	}
	return out, err
}

func (m *meter) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, opts ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := m.DynamoDBAPI.TransactWriteItems(ctx, in, opts...)
	if err == nil {
		m.count("TransactWriteItems", out.ConsumedCapacity...)
	}
	return out, err
}

func (m *meter) UpdateItem(ctx context.Context, in *dynamodb.UpdateItemInput, opts ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := m.DynamoDBAPI.UpdateItem(ctx, in, opts...)
	if err == nil {
		m.count("UpdateItem", *out.ConsumedCapacity)
	}
	return out, err
}

// posts counts posts, all of which succeed, and takes notices.
type posts struct {
	mu sync.Mutex
	n  int
}

func (p *posts) Post(context.Context, chat.ConnectionID, []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.n++
	return nil
}

func (p *posts) Close(context.Context, chat.ConnectionID) error { return nil }
func (p *posts) Notify(context.Context, chat.Notice) error      { return nil }

// counted is a sender over a metered table, with ann and bob connected.
type counted struct {
	*send.Sender
	meter *meter
	posts *posts
}

func newCounted(t *testing.T) counted {
	t.Helper()
	m := &meter{DynamoDBAPI: dynamodbtest.Start(t), units: map[string]float64{}, calls: map[string]int{}}
	db := dynamo.NewFromIface(m)
	log := store.NewConversations(db, topology.Conversations.Name, topology.ConversationsByUser.Name)
	sessions := store.NewSessions(db, topology.Sessions.Name)
	people, out := store.NewPeople(db, topology.People.Name), &posts{}
	s := &send.Sender{
		Log: log, Attachments: uploads{}, Begin: people, Now: ticking(time.Second), Directs: log, Standings: log, People: people, Sessions: sessions,
		Deliver: &deliver.Deliverer{Sessions: sessions, Poster: out, Notifier: out, Log: log, Now: time.Now, Logger: slog.New(slog.DiscardHandler)},
	}
	for _, user := range []chat.UserID{"ann", "bob"} {
		if _, err := sessions.Connect(t.Context(), user, chat.Connection{ID: "c-" + chat.ConnectionID(user), Since: time.Now()}); err != nil {
			t.Fatal(err)
		}
	}
	return counted{s, m, out}
}

func (c counted) reset() {
	clear(c.meter.units)
	clear(c.meter.calls)
	c.posts.n = 0
}

// The cost of a text between two people who are both connected, once their conversation exists: README, "What a message
// costs".
func TestWhatAMessageCosts(t *testing.T) {
	c := newCounted(t)
	m, out := c.meter, c.posts
	cost := func(n int) {
		c.reset()
		if _, err := c.Send(t.Context(), as("ann"), text(n, "Shall we meet at eight, where we met the last time?")); err != nil {
			t.Fatal(err)
		}
	}

	cost(1)
	if want := map[string]int{"Query": 2, "GetItem": 4, "PutItem": 4, "UpdateItem": 1, "BatchGetItem": 2}; !maps.Equal(m.calls, want) {
		t.Errorf("the first message makes the calls %v, want %v", m.calls, want)
	}
	for n := range 5 {
		cost(n + 2)
		if want := map[string]int{"Query": 1, "PutItem": 1, "BatchGetItem": 1}; !maps.Equal(m.calls, want) {
			t.Errorf("a message makes the calls %v, want %v", m.calls, want)
		}
		if want := map[string]float64{"Query": 0.5, "PutItem": 1, "BatchGetItem": 1}; !maps.Equal(m.units, want) {
			t.Errorf("a message consumes %v, want %v", m.units, want)
		}
		if out.n != 1 {
			t.Errorf("%d posts, want 1", out.n)
		}
	}
}

// What happens to a message later costs a transaction of two items, twice two writes, and reads the message before; an edit
// reads it again to say what it says.
func TestWhatAChangeCosts(t *testing.T) {
	c := newCounted(t)
	message, err := c.Send(t.Context(), as("ann"), text(1, "Shall we meet at eight, where we met the last time?"))
	if err != nil {
		t.Fatal(err)
	}
	reads := map[string]float64{"Query": 0.5, "GetItem": 1, "TransactWriteItems": 4, "BatchGetItem": 1}
	edit := maps.Clone(reads)
	edit["BatchGetItem"]++
	for _, test := range []struct {
		name string
		act  func() error
		want map[string]float64
	}{
		{"edit", func() error {
			_, err := c.Edit(t.Context(), as("ann"), wire.Edit{Change: of(message, 2), Body: says("Shall we meet at nine?")})
			return err
		}, edit},
		{"react", func() error {
			_, err := c.React(t.Context(), as("bob"), wire.React{Change: of(message, 3), Reactions: []string{"👍"}})
			return err
		}, reads},
		{"delete", func() error {
			_, err := c.Delete(t.Context(), as("ann"), wire.Delete{Change: of(message, 4)})
			return err
		}, reads},
	} {
		c.reset()
		if err := test.act(); err != nil {
			t.Fatal(err)
		}
		if !maps.Equal(c.meter.units, test.want) || c.posts.n != 1 {
			t.Errorf("%s consumes %v and %d posts, want %v and 1", test.name, c.meter.units, c.posts.n, test.want)
		}
	}
}

// A group costs its members, its header and its first entry, and before that for each of the others a session and what the two
// have decided about each other.
func TestWhatAGroupCosts(t *testing.T) {
	c := newCounted(t)
	if _, err := c.Sessions.Connect(t.Context(), "cat", chat.Connection{ID: "c-cat", Since: time.Now()}); err != nil {
		t.Fatal(err)
	}
	c.reset()
	if _, err := c.Create(t.Context(), as("ann"), wire.Create{ID: id(1), Name: "trip", Members: []chat.UserID{"bob", "cat"}}); err != nil {
		t.Fatal(err)
	}
	if got, want := c.meter.units["BatchGetItem"], 2*1.5+3*0.5; got != want || c.posts.n != 2 {
		t.Errorf("reads %v units, %d posts; want %v and 2", got, c.posts.n, want)
	}
	if got, want := c.meter.calls, (map[string]int{"Query": 1, "BatchGetItem": 4, "PutItem": 5}); !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
