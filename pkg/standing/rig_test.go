package standing_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/guregu/dynamo/v2"
	"go.uber.org/goleak"

	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/deliver"
	"github.com/parley-im/parley/pkg/standing"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
	"github.com/parley-im/parley/pkg/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var epoch = time.Date(2026, 11, 21, 22, 23, 0, 0, time.UTC)

// rig is a keeper over real tables, and a gateway that takes everything.
type rig struct {
	*standing.Keeper
	t        *testing.T
	log      *lagging
	sessions *store.Sessions
	people   *store.People
	mu       sync.Mutex
	posted   map[chat.ConnectionID][]heard
	made     int
}

// heard is what is posted, a receipt or a choice.
type heard struct {
	Event        string
	User         chat.UserID
	Cursors      []wire.Receipt
	Conversation chat.ConversationID
	Pinned       *bool
	Archived     *bool
	Marked       *chat.Seq
	MarkedAt     chat.Seq `json:"marked_at"`
	Cleared      chat.Seq
	Messages     []wire.Due
}

// lagging is a log whose eventual tails miss the newest entries.
type lagging struct {
	chat.Log
	lag chat.Seq
}

func (l *lagging) Tail(ctx context.Context, id chat.ConversationID, read chat.Read) (chat.Tail, bool, error) {
	tail, ok, err := l.Log.Tail(ctx, id, read)
	if read == chat.Eventual && ok && l.lag > 0 {
		tail.Head -= min(tail.Head, l.lag)
		tail.Last, _, err = l.Entry(ctx, id, tail.Head)
	}
	return tail, ok, err
}

func newRig(t *testing.T) *rig {
	db := dynamo.NewFromIface(dynamodbtest.Start(t))
	now := func() time.Time { return epoch }
	stored := store.NewConversations(db, topology.Conversations.Name, topology.ConversationsByUser.Name).At(now)
	log := &lagging{Log: stored}
	r := &rig{t: t, log: log, sessions: store.NewSessions(db, topology.Sessions.Name), posted: map[chat.ConnectionID][]heard{}}
	r.people = store.NewPeople(db, topology.People.Name)
	r.Keeper = &standing.Keeper{
		Log: log, Standings: stored, Sessions: r.sessions, Pairs: r.people, Now: now,
		Teller: &deliver.Deliverer{Sessions: r.sessions, Poster: r, Now: now, Logger: slog.New(slog.DiscardHandler)},
	}
	return r
}

// Post implements chat.Poster.
func (r *rig) Post(_ context.Context, id chat.ConnectionID, frame []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var h heard
	if err := json.Unmarshal(frame, &h); err != nil {
		r.t.Error(err)
	}
	r.posted[id] = append(r.posted[id], h)
	return nil
}

// Close implements chat.Poster.
func (r *rig) Close(context.Context, chat.ConnectionID) error { panic("nothing is closed") }

// connect connects devices of users, named user-device.
func (r *rig) connect(devices ...chat.ConnectionID) {
	r.t.Helper()
	for _, d := range devices {
		if _, err := r.sessions.Connect(r.t.Context(), userOf(d), chat.Connection{ID: d, Since: epoch}); err != nil {
			r.t.Fatal(err)
		}
	}
}

func userOf(d chat.ConnectionID) chat.UserID {
	var user string
	for i, c := range d {
		if c == '-' {
			user = string(d[:i])
		}
	}
	return chat.UserID(user)
}

func on(d chat.ConnectionID) chat.Identity { return chat.Identity{User: userOf(d), Connection: d} }

// private makes users read privately.
func (r *rig) private(users ...chat.UserID) {
	r.t.Helper()
	for _, user := range users {
		yes := true
		if _, err := r.sessions.ChangeSettings(r.t.Context(), user, chat.SettingsChange{Private: &yes}, epoch); err != nil {
			r.t.Fatal(err)
		}
	}
}

// make stores a conversation whose messages are from these authors, in turn.
func (r *rig) make(c chat.Conversation, authors ...chat.UserID) chat.Conversation {
	r.t.Helper()
	c.Size, c.Created = len(c.Members), epoch
	members := c.Members
	if c.Size > chat.InlineMembers {
		c.Members = nil
	}
	if _, _, err := r.log.Create(r.t.Context(), c, members); err != nil {
		r.t.Fatal(err)
	}
	for i, author := range authors {
		e := chat.Entry{
			Conversation: c.ID, Seq: chat.Seq(i + 1), Kind: chat.Message, From: author, At: epoch,
			ID: chat.MessageID(fmt.Sprintf("018f0000-0000-7000-8000-%012d", i)), Body: chat.Body{Text: "hi"},
		}
		if _, _, err := r.log.Put(r.t.Context(), e); err != nil {
			r.t.Fatal(err)
		}
	}
	return c
}

// direct is a conversation of ann and another one.
func (r *rig) direct(other chat.UserID, authors ...chat.UserID) chat.Conversation {
	r.t.Helper()
	return r.make(chat.Conversation{
		ID: chat.DirectID("ann", other), Kind: chat.Direct,
		Members: map[chat.UserID]chat.Place{"ann": {Role: chat.Member}, other: {Role: chat.Member}},
	}, authors...)
}

// group is one of ann, bob and others, n in all.
func (r *rig) group(n int, authors ...chat.UserID) chat.Conversation {
	r.t.Helper()
	r.made++
	members := map[chat.UserID]chat.Place{"ann": {Role: chat.Owner}, "bob": {Role: chat.Member}}
	for i := range n - 2 {
		members[chat.UserID(fmt.Sprintf("m%03d", i))] = chat.Place{Role: chat.Member}
	}
	return r.make(chat.Conversation{ID: chat.GroupID("ann", chat.MessageID(fmt.Sprint(r.made))), Kind: chat.Group, Members: members}, authors...)
}

func read(id chat.ConversationID, seq chat.Seq) wire.Reached {
	return wire.Reached{Conversation: id, Read: &seq}
}

func delivered(id chat.ConversationID, seq chat.Seq) wire.Reached {
	return wire.Reached{Conversation: id, Delivered: &seq}
}

// receipts says how far a device is.
func (r *rig) receipts(d chat.ConnectionID, cursors ...wire.Reached) {
	r.t.Helper()
	if _, err := r.Receipts(r.t.Context(), on(d), wire.Receipts{Cursors: cursors}); err != nil {
		r.t.Fatal(err)
	}
}

// hears returns what a device was posted since it was asked last.
func (r *rig) hears(d chat.ConnectionID) []heard {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := r.posted[d]
	delete(r.posted, d)
	return all
}

func (r *rig) of(user chat.UserID, id chat.ConversationID) chat.Standing {
	r.t.Helper()
	all, err := r.Standings.Standings(r.t.Context(), []chat.Membership{{Conversation: id, User: user}})
	if err != nil || len(all) != 1 {
		r.t.Fatalf("%+v, %v", all, err)
	}
	return all[0]
}
