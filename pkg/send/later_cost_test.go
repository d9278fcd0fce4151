package send_test

import (
	"context"
	"log/slog"
	"maps"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/deliver"
	"github.com/parley-im/parley/pkg/draft"
	"github.com/parley-im/parley/pkg/schedule"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
	"github.com/parley-im/parley/pkg/wire"
)

func (m *meter) DeleteItem(ctx context.Context, in *dynamodb.DeleteItemInput, opts ...func(*dynamodb.Options)) (*dynamodb.DeleteItemOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := m.DynamoDBAPI.DeleteItem(ctx, in, opts...)
	if err == nil {
		m.count("DeleteItem", *out.ConsumedCapacity)
	}
	return out, err
}

// What is not said yet costs: README, "What a message costs". ann has two devices, of which the other is told.
func TestWhatIsNotSaidYetCosts(t *testing.T) {
	c := newCounted(t)
	db := dynamo.NewFromIface(c.meter)
	people, planned := store.NewPeople(db, topology.People.Name), store.NewSchedule(db, topology.People.Name, topology.PeopleByDue.Name)
	sessions := store.NewSessions(db, topology.Sessions.Name)
	devices := &deliver.Deliverer{Sessions: sessions, Poster: c.posts, Now: time.Now, Logger: slog.New(slog.DiscardHandler)}
	keeper := &draft.Keeper{Drafts: people, Log: c.Log, Others: devices, Now: time.Now}
	scheduler := &schedule.Scheduler{Schedules: planned, Checker: c.Sender, Now: time.Now}
	ticker := &schedule.Ticker{Schedules: planned, Sender: c.Sender, Log: c.Log, Devices: devices, Logger: slog.New(slog.DiscardHandler)}
	c.Drafts = people
	if _, err := sessions.Connect(t.Context(), "ann", chat.Connection{ID: "c-ann-2", Since: time.Now()}); err != nil {
		t.Fatal(err)
	}
	first, err := c.Send(t.Context(), as("ann"), text(1, "the first makes the conversation"))
	if err != nil {
		t.Fatal(err)
	}
	begun := &wire.Unfinished{Text: "Shall we meet at eight, where we met the last"}
	plan := wire.Schedule{
		ID: id(3), To: wire.Target{User: "bob"}, Body: wire.Content{Text: "Happy birthday!"}, At: wire.Time(time.Now().Add(time.Hour)),
	}
	tick := func(in time.Duration) func() error {
		return func() error { return ticker.Tick(t.Context(), time.Now().Add(in)) }
	}
	for _, test := range []struct {
		name  string
		act   func() error
		want  map[string]float64
		posts int
	}{
		{"a draft to a person", func() error {
			_, err := keeper.Draft(t.Context(), as("ann"), wire.SetDraft{To: wire.Target{User: "bob"}, Body: begun})
			return err
		}, map[string]float64{"PutItem": 1, "BatchGetItem": 0.5}, 1},
		{"a draft in a conversation", func() error {
			_, err := keeper.Draft(t.Context(), as("ann"), wire.SetDraft{To: wire.Target{Conversation: first.Conversation}, Body: begun})
			return err
		}, map[string]float64{"Query": 0.5, "PutItem": 1, "BatchGetItem": 0.5}, 1},
		{"the list of drafts", func() error {
			_, err := keeper.List(t.Context(), as("ann"), wire.Drafts{})
			return err
		}, map[string]float64{"Query": 0.5}, 0},
		{"a message that was a draft", func() error {
			m := text(2, "Shall we meet at eight, where we met the last time?")
			m.Draft = true
			_, err := c.Send(t.Context(), as("ann"), m)
			return err
		}, map[string]float64{"Query": 0.5, "PutItem": 1, "BatchGetItem": 1, "DeleteItem": 1}, 2},
		{"to schedule", func() error {
			_, err := scheduler.Schedule(t.Context(), as("ann"), plan)
			return err
		}, map[string]float64{"Query": 1, "PutItem": 2}, 0},
		{"the list of what is scheduled", func() error {
			_, err := scheduler.List(t.Context(), as("ann"), wire.ListScheduled{})
			return err
		}, map[string]float64{"Query": 0.5}, 0},
		{"a tick without anything due", tick(0), map[string]float64{"Query": 0.5}, 0},
		{"to send when it is due", tick(2 * time.Hour), map[string]float64{
			"Query": 1.5, "GetItem": 1, "UpdateItem": 1, "PutItem": 1, "BatchGetItem": 1, "DeleteItem": 2,
		}, 3},
	} {
		c.reset()
		if err := test.act(); err != nil {
			t.Fatal(err)
		}
		if !maps.Equal(c.meter.units, test.want) || c.posts.n != test.posts {
			t.Errorf("%s consumes %v and %d posts, want %v and %d", test.name, c.meter.units, c.posts.n, test.want, test.posts)
		}
	}
}
