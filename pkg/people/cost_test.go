package people_test

import (
	"context"
	"log/slog"
	"maps"
	"testing"
	"time"

	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/people"
	"github.com/parley-im/parley/pkg/presence"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
	"github.com/parley-im/parley/pkg/wire"
)

// What each action costs: README, "What a message costs".
func TestWhatActionsAboutPeopleCost(t *testing.T) {
	meter := dynamodbtest.NewMeter(dynamodbtest.Start(t))
	db := dynamo.NewFromIface(meter)
	keep, log := store.NewPeople(db, topology.People.Name), store.NewConversations(db, topology.Conversations.Name, topology.ConversationsByUser.Name)
	r := &rig{log: log, bucket: &bucket{types: map[string]string{}}}
	r.Keeper = &people.Keeper{
		People: keep, Profiles: keep, Sessions: store.NewSessions(db, topology.Sessions.Name), Directs: log, Stances: log, Log: log,
		Objects: r.bucket, Poster: posts{}, Now: time.Now,
	}
	sessions := store.NewSessions(db, topology.Sessions.Name)
	r.Board = &presence.Board{Watchers: sessions, Pairs: keep, Poster: quiet{}, Now: time.Now, Logger: slog.New(slog.DiscardHandler)}
	for user, by := range map[chat.UserID]chat.UserID{"bob": "ann", "ann": "cat"} {
		w := chat.Watcher{User: by, Connection: chat.ConnectionID(by) + "-phone", Until: time.Now().Add(time.Hour)}
		if _, err := sessions.Watch(t.Context(), user, w, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	id := r.talk(t, chat.Conversation{}, "ann", "bob")
	meter.Take()
	ann := as("ann")
	type units = map[string]float64
	for _, test := range []struct {
		name string
		act  func() error
		want units
	}{
		{"profile", with(t, r.Profile, ann, wire.Profile{Name: "Ann"}), units{"UpdateItem": 1, "BatchGetItem": 0.5}},
		{"profiles of two", with(t, r.ProfilesOf, ann, wire.Profiles{Users: []chat.UserID{"bob", "cat"}}), units{"BatchGetItem": 2}},
		{"contact", with(t, r.Contact, ann, wire.Contact{User: "bob"}), units{"UpdateItem": 1}},
		{"contacts, one of them", with(t, r.Contacts, ann, wire.Contacts{}), units{"Query": 0.5, "BatchGetItem": 0.5}},
		{"block of one who is watched", with(t, r.Block, ann, wire.Block{User: "bob"}), units{"UpdateItem": 3, "GetItem": 2, "BatchGetItem": 0.5}},
		{"block", with(t, r.Block, ann, wire.Block{User: "bob"}), units{"UpdateItem": 2, "GetItem": 2, "BatchGetItem": 0.5}},
		{"blocked", with(t, r.BlockedBy, ann, wire.Blocked{}), units{"Query": 0.5}},
		{"unblock", with(t, r.Unblock, ann, wire.Unblock{User: "bob"}), units{"UpdateItem": 2, "BatchGetItem": 0.5}},
		{"mute a user", with(t, r.Mute, ann, wire.Mute{User: "bob"}), units{"UpdateItem": 1, "BatchGetItem": 0.5}},
		{"mute a conversation", with(t, r.Mute, ann, wire.Mute{Conversation: id}), units{"Query": 0.5, "UpdateItem": 1, "BatchGetItem": 0.5}},
		{"muted", with(t, r.MutedBy, ann, wire.Muted{}), units{"Query": 0.5}},
		{"settings", with(t, r.Settings, ann, wire.Settings{Seen: chat.Nobody}), units{"UpdateItem": 1}},
		{"settings, asked for", with(t, r.Settings, ann, wire.Settings{}), units{"BatchGetItem": 0.5}},
		{"accept", with(t, r.Accept, ann, wire.Accept{Conversation: id}), units{"Query": 0.5, "UpdateItem": 1}},
	} {
		if err := test.act(); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		if got := meter.Take(); !maps.Equal(got, test.want) {
			t.Errorf("%s consumes %v, want %v", test.name, got, test.want)
		}
	}
}

// quiet takes frames that nobody gets.
type quiet struct{}

func (quiet) Post(context.Context, []byte, []chat.ConnectionID) []chat.ConnectionID { return nil }

// with calls a use case later.
func with[Q, R any](t *testing.T, use func(context.Context, chat.Identity, Q) (R, error), who chat.Identity, q Q) func() error {
	return func() error {
		_, err := use(t.Context(), who, q)
		return err
	}
}
