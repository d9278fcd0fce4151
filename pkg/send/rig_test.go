package send_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/send"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
	"github.com/parley-im/parley/pkg/wire"
)

// delivered records what was handed over.
type delivered struct {
	mu      sync.Mutex
	entries []chat.Entry
	to      []chat.Conversation // who was to get each
	err     error
	started []chat.Started
}

// Timers implements send.Timers.
func (d *delivered) Timers(_ context.Context, _ chat.Conversation, started []chat.Started) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.started = append(d.started, started...)
}

func (d *delivered) Deliver(_ context.Context, c chat.Conversation, e chat.Entry, _ chat.ConnectionID) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.entries, d.to = append(d.entries, e), append(d.to, c)
	return d.err
}

// uploads knows which media exist.
type uploads map[chat.MediaID]bool

func (u uploads) Check(_ context.Context, _ chat.UserID, attachments []chat.Attachment) error {
	for _, a := range attachments {
		if !u[a.Media] {
			return &chat.Error{Code: chat.MediaMissing}
		}
	}
	return nil
}

func (u uploads) CheckFor(ctx context.Context, owner chat.UserID, attachments []chat.Attachment, _ time.Duration) error {
	return u.Check(ctx, owner, attachments)
}

// rig is a sender over a real log. A second passes whenever it looks at the clock, so that nobody is too fast by accident.
type rig struct {
	*send.Sender
	log      *unreliable
	out      *delivered
	begun    *beginnings
	people   *store.People
	sessions *store.Sessions
}

// beginnings counts what was begun, until it refuses.
type beginnings struct {
	mu  sync.Mutex
	n   int
	err error
}

func (b *beginnings) Begin(context.Context, chat.UserID, time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err == nil {
		b.n++
	}
	return b.err
}

// ticking is a clock that moves on by a step whenever it is read.
func ticking(step time.Duration) func() time.Time {
	var reads atomic.Int64
	start := time.Now()
	return func() time.Time { return start.Add(time.Duration(reads.Add(1)) * step) }
}

func newRig(t testing.TB) *rig { return newRigOn(dynamo.NewFromIface(dynamodbtest.Start(t))) }

func newRigOn(db *dynamo.DB) *rig {
	stored := store.NewConversations(db, topology.Conversations.Name, topology.ConversationsByUser.Name)
	log := &unreliable{Log: stored}
	people, sessions := store.NewPeople(db, topology.People.Name), store.NewSessions(db, topology.Sessions.Name)
	out := &delivered{}
	begun := &beginnings{}
	return &rig{&send.Sender{
		Log: log, Deliver: out, Attachments: uploads{}, Begin: begun, Now: ticking(time.Second),
		Directs: stored, People: people, Sessions: sessions, Standings: stored, Timers: out,
	}, log, out, begun, people, sessions}
}

// unreliable is a log that shows what the emulator never does: reads that lag, and writes that succeed and say they did not.
type unreliable struct {
	chat.Log
	lag         chat.Seq // an eventual tail misses this many of the newest entries
	rangeLag    chat.Seq // an eventual range misses this many more: another replica answers
	losePut     bool     // the next Put is committed and answered with an error
	beforeSpeak func()
	failPut     bool // the next Put fails and writes nothing
	beforePut   func(chat.Entry)
	hidden      bool               // an eventual read does not show that the conversation exists
	stale       *chat.Conversation // the header that an eventual tail shows that lags
	header      *chat.Conversation // the header that every eventual tail shows
}

func (u *unreliable) Tail(ctx context.Context, id chat.ConversationID, read chat.Read) (chat.Tail, bool, error) {
	if u.hidden && read == chat.Eventual {
		return chat.Tail{}, false, nil
	}
	tail, ok, err := u.Log.Tail(ctx, id, read)
	if u.header != nil && read == chat.Eventual {
		tail.Conversation = *u.header
	}
	if err != nil || !ok || u.lag == 0 || read == chat.Strong {
		return tail, ok, err
	}
	tail.Head -= min(tail.Head, u.lag)
	tail.Last, _, err = u.Entry(ctx, id, tail.Head)
	if u.stale != nil && u.stale.ID == id {
		tail.Conversation = *u.stale
	}
	return tail, ok, err
}

func (u *unreliable) After(ctx context.Context, id chat.ConversationID, after chat.Seq, limit int, read chat.Read) ([]chat.Entry, error) {
	entries, err := u.Log.After(ctx, id, after, limit, read)
	if read == chat.Eventual && err == nil {
		entries = entries[:len(entries)-min(len(entries), int(u.lag+u.rangeLag))]
	}
	return entries, err
}

var errAfterCommit = errors.New("500 after commit")

func (u *unreliable) Put(ctx context.Context, e chat.Entry) (chat.Entry, bool, error) {
	if u.beforePut != nil {
		u.beforePut(e)
	}
	if u.failPut {
		u.failPut = false
		return chat.Entry{}, false, errAfterCommit
	}
	there, wrote, err := u.Log.Put(ctx, e)
	if u.losePut && wrote {
		u.losePut = false
		return chat.Entry{}, false, errAfterCommit
	}
	return there, wrote, err
}

func (u *unreliable) Speak(ctx context.Context, id chat.ConversationID, e chat.Entry, slow time.Duration) (chat.Spoken, bool, error) {
	if u.beforeSpeak != nil {
		u.beforeSpeak()
	}
	return u.Log.Speak(ctx, id, e, slow)
}

func (u *unreliable) Commit(ctx context.Context, e chat.Entry, c ...chat.Change) (chat.Entry, bool, error) {
	if u.beforePut != nil {
		u.beforePut(e)
	}
	there, wrote, err := u.Log.Commit(ctx, e, c...)
	if u.losePut && wrote {
		u.losePut = false
		return chat.Entry{}, false, errAfterCommit
	}
	return there, wrote, err
}

func id(n int) chat.MessageID {
	return chat.MessageID(fmt.Sprintf("018f0000-0000-7000-8000-%012d", n))
}

func as(user chat.UserID) chat.Identity {
	return chat.Identity{User: user, Connection: "c-" + chat.ConnectionID(user)}
}

func text(n int, words string) wire.Send {
	return wire.Send{ID: id(n), To: wire.Target{User: "bob"}, Body: wire.Content{Text: words}}
}

func after(r wire.Send, seq chat.Seq) wire.Send {
	r.After = &seq
	return r
}

func (r *rig) mustSend(t testing.TB, user chat.UserID, m wire.Send) chat.Entry {
	t.Helper()
	e, err := r.Send(t.Context(), as(user), m)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func (r *rig) entries(t testing.TB, c chat.ConversationID) []chat.Entry {
	t.Helper()
	entries, err := r.log.Log.After(t.Context(), c, 0, 10_000, chat.Strong)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range entries {
		if e.Seq != chat.Seq(i+1) {
			t.Fatalf("entry %d has seq %d: there is a gap", i, e.Seq)
		}
	}
	return entries
}

func wantCode(t testing.TB, err error, code chat.Code) {
	t.Helper()
	if err == nil || chat.AsError(err).Code != code {
		t.Errorf("error %v, want %s", err, code)
	}
}
