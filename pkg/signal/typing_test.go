package signal_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/guregu/dynamo/v2"
	"github.com/guregu/dynamo/v2/dynamodbiface"

	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/deliver"
	"github.com/parley-im/parley/pkg/send"
	"github.com/parley-im/parley/pkg/signal"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
	"github.com/parley-im/parley/pkg/wire"
)

// rig is a signaller over real tables, and a gateway that takes everything.
type rig struct {
	*signal.Signaller
	t        *testing.T
	send     *send.Sender
	sessions *store.Sessions
	directs  chat.Directs
	mu       sync.Mutex
	posted   map[chat.ConnectionID]wire.Composing
	now      time.Time
}

func newRig(t *testing.T, api dynamodbiface.DynamoDBAPI) *rig {
	db := dynamo.NewFromIface(api)
	r := &rig{
		t: t, sessions: store.NewSessions(db, topology.Sessions.Name),
		posted: map[chat.ConnectionID]wire.Composing{}, now: time.Date(2026, 11, 21, 22, 23, 0, 0, time.UTC),
	}
	now := func() time.Time { return r.now }
	log := store.NewConversations(db, topology.Conversations.Name, topology.ConversationsByUser.Name)
	r.Signaller = &signal.Signaller{Log: log, Teller: &deliver.Deliverer{
		Sessions: r.sessions, Poster: r, Now: now, Logger: slog.New(slog.DiscardHandler),
	}}
	r.directs = log
	r.send = &send.Sender{
		Log: log, Deliver: nowhere{}, Attachments: nothing{}, Begin: nothing{}, Now: now,
		Directs: log, People: store.NewPeople(db, topology.People.Name), Sessions: r.sessions,
	}
	return r
}

// nowhere and nothing are what a sender needs and these tests do not.
type (
	nowhere struct{}
	nothing struct{}
)

func (nowhere) Deliver(context.Context, chat.Conversation, chat.Entry, chat.ConnectionID) error {
	return nil
}
func (nothing) Begin(context.Context, chat.UserID, time.Time) error { return nil }
func (nothing) CheckFor(context.Context, chat.UserID, []chat.Attachment, time.Duration) error {
	return nil
}
func (nothing) Check(context.Context, chat.UserID, []chat.Attachment) error { return nil }

// Post implements chat.Poster.
func (r *rig) Post(_ context.Context, id chat.ConnectionID, frame []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var c wire.Composing
	if err := json.Unmarshal(frame, &c); err != nil {
		r.t.Error(err)
	}
	r.posted[id] = c
	return nil
}

// Close implements chat.Poster.
func (r *rig) Close(context.Context, chat.ConnectionID) error { panic("nothing is closed") }

func (r *rig) connect(user chat.UserID, change ...func(*chat.Connection)) {
	r.t.Helper()
	c := chat.Connection{ID: chat.ConnectionID(user) + "-phone", Since: r.now}
	for _, f := range change {
		f(&c)
	}
	if _, err := r.sessions.Connect(r.t.Context(), user, c); err != nil {
		r.t.Fatal(err)
	}
}

func as(user chat.UserID) chat.Identity {
	return chat.Identity{User: user, Connection: chat.ConnectionID(user) + "-phone"}
}

func id(n int) chat.MessageID { return chat.MessageID(fmt.Sprintf("018f0000-0000-7000-8000-%012d", n)) }

// direct makes a conversation of ann and bob.
func (r *rig) direct() chat.ConversationID {
	r.t.Helper()
	e, err := r.send.Send(r.t.Context(), as("ann"), wire.Send{ID: id(1), To: wire.Target{User: "bob"}, Body: wire.Content{Text: "hi"}})
	if err != nil {
		r.t.Fatal(err)
	}
	return e.Conversation
}

// group makes one of ann and n-1 others, m0 and so on.
func (r *rig) group(n int) chat.ConversationID {
	r.t.Helper()
	var members []chat.UserID
	for i := range n - 1 {
		members = append(members, chat.UserID(fmt.Sprint("m", i)))
	}
	e, err := r.send.Create(r.t.Context(), as("ann"), wire.Create{ID: id(n), Name: "g", Members: members})
	if err != nil {
		r.t.Fatal(err)
	}
	return e.Conversation
}

func (r *rig) types(user chat.UserID, c chat.ConversationID, kind wire.Doing) error {
	_, err := r.Typing(r.t.Context(), as(user), wire.Typing{Conversation: c, Kind: kind})
	return err
}

// wants checks who was told since the last time.
func (r *rig) wants(what string, want ...chat.ConnectionID) {
	r.t.Helper()
	if got := slices.Sorted(maps.Keys(r.posted)); !slices.Equal(got, want) {
		r.t.Errorf("%s: told %v, want %v", what, got, want)
	}
	clear(r.posted)
}

func TestTheOthersHearWhatSomebodyIsDoing(t *testing.T) {
	r := newRig(t, dynamodbtest.Start(t))
	c := r.group(4)
	for _, user := range []chat.UserID{"ann", "m0", "m1"} { // m2 is not there
		r.connect(user)
	}
	for _, kind := range []wire.Doing{wire.Text, wire.Audio, wire.None} {
		if err := r.types("ann", c, kind); err != nil {
			t.Fatal(err)
		}
		if want := (wire.Composing{Event: "typing", Conversation: c, User: "ann", Kind: kind, For: 10}); r.posted["m0-phone"] != want {
			t.Errorf("%+v, want %+v", r.posted["m0-phone"], want)
		}
		r.wants("ann does "+string(kind), "m0-phone", "m1-phone")
	}
	entries, err := r.Log.After(t.Context(), c, 0, 10, chat.Strong)
	if err != nil || len(entries) != 1 {
		t.Errorf("%d entries, %v: it is never stored", len(entries), err)
	}
}

func TestOnlyMembersType(t *testing.T) {
	r := newRig(t, dynamodbtest.Start(t))
	c := r.direct()
	r.connect("bob")
	for _, id := range []chat.ConversationID{c, chat.DirectID("eve", "bob"), r.group(300)} {
		if err := r.types("eve", id, wire.Text); err == nil || chat.AsError(err).Code != chat.Forbidden {
			t.Errorf("%s: %v", id, err)
		}
	}
	r.wants("a stranger types")
}

func TestWhoMayNotSendDoesNotType(t *testing.T) {
	r := newRig(t, dynamodbtest.Start(t))
	members := map[chat.UserID]chat.Role{"ann": chat.Owner, "bob": chat.Guest, "cat": chat.Member}
	c := chat.Conversation{ID: chat.GroupID("ann", id(7)), Kind: chat.Group, Creator: "ann", Size: 3}
	c.Members = map[chat.UserID]chat.Place{}
	for user, role := range members {
		c.Members[user] = chat.Place{Role: role}
	}
	if _, _, err := r.Log.Create(t.Context(), c, c.Members); err != nil {
		t.Fatal(err)
	}
	r.connect("ann")
	if err := r.types("bob", c.ID, wire.Text); err == nil || chat.AsError(err).Code != chat.Forbidden {
		t.Errorf("a guest: %v", err)
	}
	r.wants("a guest types")
	if err := r.types("cat", c.ID, wire.Text); err != nil {
		t.Error(err)
	}
	r.wants("a member types", "ann-phone")
}

func TestNobodyHearsWhoTypesInALargeConversation(t *testing.T) {
	r := newRig(t, dynamodbtest.Start(t))
	r.connect("m0")
	for _, n := range []int{chat.MaxTyping, chat.MaxTyping + 1, chat.InlineMembers + 1} {
		if err := r.types("ann", r.group(n), wire.Text); err != nil {
			t.Errorf("of %d: %v", n, err)
		}
		if n == chat.MaxTyping {
			r.wants("of 100", "m0-phone")
		} else {
			r.wants(fmt.Sprint("of ", n))
		}
	}
}

func TestTypingReachesNobodyOfThoseWhoAreApart(t *testing.T) {
	for _, owner := range []chat.UserID{"ann", "bob"} {
		r := newRig(t, dynamodbtest.Start(t))
		c := r.direct()
		r.connect("ann")
		r.connect("bob")
		if err := r.directs.Part(t.Context(), c, owner, true); err != nil {
			t.Fatal(err)
		}
		for _, user := range []chat.UserID{"ann", "bob"} {
			if err := r.types(user, c, wire.Text); err != nil {
				t.Errorf("%s is told: %v", user, err)
			}
		}
		r.wants(string(owner) + " has blocked the other")
	}
}

func TestTypingGoesToWhatIsAliveAndMayHear(t *testing.T) {
	r := newRig(t, dynamodbtest.Start(t))
	c := r.group(5)
	r.connect("m0")
	r.connect("m1", func(c *chat.Connection) { c.Since = r.now.Add(-chat.ConnectionLife - chat.ConnectionMargin) })
	r.connect("m2", func(c *chat.Connection) { c.Expires = r.now })
	r.connect("m3", func(c *chat.Connection) { c.Away = true })
	if err := r.types("ann", c, wire.Text); err != nil {
		t.Fatal(err)
	}
	r.wants("ann types", "m0-phone", "m3-phone")
}
