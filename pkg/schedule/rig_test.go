package schedule_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/guregu/dynamo/v2"
	"github.com/guregu/dynamo/v2/dynamodbiface"
	"go.uber.org/goleak"

	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/schedule"
	"github.com/parley-im/parley/pkg/send"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
	"github.com/parley-im/parley/pkg/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start is when every test begins.
var start = time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)

// rig is a scheduler and a ticker over real tables, with a clock that stands still.
type rig struct {
	*schedule.Scheduler
	*schedule.Ticker
	log       chat.Log
	table     *table
	sender    *sender
	delivered *delivered
	told      *told
	now       time.Time
}

func newRig(t testing.TB) *rig { return newRigOver(t, dynamodbtest.Start(t)) }

func newRigOver(t testing.TB, client dynamodbiface.DynamoDBAPI) *rig {
	t.Helper()
	db := dynamo.NewFromIface(client)
	r := &rig{delivered: &delivered{}, told: &told{}, now: start}
	clock := func() time.Time { return r.now }
	log := store.NewConversations(db, topology.Conversations.Name, topology.ConversationsByUser.Name)
	r.table = &table{Schedule: store.NewSchedule(db, topology.People.Name, topology.PeopleByDue.Name)}
	r.log = log
	people := store.NewPeople(db, topology.People.Name)
	use := &send.Sender{
		Log: r.log, Deliver: r.delivered, Attachments: uploads{}, Begin: people, Now: clock,
		Directs: log, People: people, Sessions: store.NewSessions(db, topology.Sessions.Name),
	}
	r.sender = &sender{Sender: use}
	r.Scheduler = &schedule.Scheduler{Schedules: r.table, Checker: use, Now: clock}
	r.Ticker = &schedule.Ticker{
		Schedules: r.table, Sender: r.sender, Log: r.log, Devices: r.told, Logger: slog.New(slog.DiscardHandler),
	}
	return r
}

var errLost = errors.New("500 after commit")

// table is one whose next call of an operation succeeds and says that it did not.
type table struct {
	chat.Schedule
	loseClaim, loseSettle, loseFail bool
}

func lost(flag *bool, err error) error {
	if *flag && err == nil {
		*flag = false
		return errLost
	}
	return err
}

func (b *table) Claim(ctx context.Context, m chat.Scheduled, head chat.Seq) (chat.Scheduled, bool, error) {
	claimed, ok, err := b.Schedule.Claim(ctx, m, head)
	return claimed, ok, lost(&b.loseClaim, err)
}

func (b *table) Settle(ctx context.Context, user chat.UserID, id chat.MessageID) error {
	return lost(&b.loseSettle, b.Schedule.Settle(ctx, user, id))
}

func (b *table) Fail(ctx context.Context, user chat.UserID, id chat.MessageID, why chat.Code, until time.Time) error {
	return lost(&b.loseFail, b.Schedule.Fail(ctx, user, id, why, until))
}

// sender is the use case with errors before or after it.
type sender struct {
	*send.Sender
	before, after error
}

func (s *sender) Send(ctx context.Context, who chat.Identity, r wire.Send) (chat.Entry, error) {
	if s.before != nil {
		return chat.Entry{}, s.before
	}
	e, err := s.Sender.Send(ctx, who, r)
	if err == nil {
		err = s.after
	}
	return e, err
}

// delivered counts what was handed over.
type delivered struct {
	mu sync.Mutex
	n  int
}

func (d *delivered) Deliver(context.Context, chat.Conversation, chat.Entry, chat.ConnectionID) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.n++
	return nil
}

// told are the frames that devices got.
type told struct {
	mu     sync.Mutex
	frames []string
}

func (t *told) Tell(_ context.Context, user chat.UserID, frame []byte, except chat.ConnectionID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.frames = append(t.frames, fmt.Sprintf("%s%s %s", user, except, frame))
}

// uploads are none.
type uploads struct{}

func (uploads) Check(_ context.Context, _ chat.UserID, attachments []chat.Attachment) error {
	if len(attachments) > 0 {
		return &chat.Error{Code: chat.MediaMissing}
	}
	return nil
}

func (u uploads) CheckFor(ctx context.Context, owner chat.UserID, attachments []chat.Attachment, _ time.Duration) error {
	return u.Check(ctx, owner, attachments)
}

func id(n int) chat.MessageID { return chat.MessageID(fmt.Sprintf("018f0000-0000-7000-8000-%012d", n)) }

func as(user chat.UserID) chat.Identity {
	return chat.Identity{User: user, Connection: "c-" + chat.ConnectionID(user)}
}

// to bob, some time after the start.
func later(n int, words string, in time.Duration) wire.Schedule {
	return wire.Schedule{ID: id(n), To: wire.Target{User: "bob"}, Body: wire.Content{Text: words}, At: wire.Time(start.Add(in))}
}

func replacing(r wire.Schedule) wire.Schedule {
	r.Replace = true
	return r
}

func (r *rig) plan(t testing.TB, user chat.UserID, m wire.Schedule) {
	t.Helper()
	if _, err := r.Schedule(t.Context(), as(user), m); err != nil {
		t.Fatal(err)
	}
}

// tick is one that comes some time after the start.
func (r *rig) tick(t testing.TB, in time.Duration) {
	t.Helper()
	r.now = start.Add(in)
	if err := r.Tick(t.Context(), r.now); err != nil {
		t.Fatal(err)
	}
}

// remove takes a member out of a group, or back into it, as the entry that says so does.
func (r *rig) remove(t testing.TB, c chat.ConversationID, user chat.UserID, back bool) {
	t.Helper()
	tail, _, err := r.log.Tail(t.Context(), c, chat.Strong)
	if err != nil {
		t.Fatal(err)
	}
	e := chat.Entry{
		Conversation: c, Seq: tail.Head + 1, Kind: chat.Removed, ID: id(900 + int(tail.Head)), From: "bob", At: r.now,
		Body: chat.Body{Users: []chat.UserID{user}}, Rules: tail.Head + 1,
	}
	change := chat.Change{Leave: user}
	delete(tail.Conversation.Members, user)
	if back {
		place := chat.Place{Role: chat.Member}
		e.Kind, change = chat.Added, chat.Change{Join: &chat.Seat{User: user, Place: place}}
		tail.Conversation.Members[user] = place
	}
	_, wrote, err := r.log.Commit(t.Context(), e, chat.Change{Header: &chat.Header{Conversation: tail.Conversation, Was: tail.Conversation.Rules}}, change)
	if err != nil || !wrote {
		t.Fatal(wrote, err)
	}
}

// said are the texts of a conversation, which must have no gap.
func (r *rig) said(t testing.TB, c chat.ConversationID) (texts []string) {
	t.Helper()
	entries, err := r.log.After(t.Context(), c, 0, 1000, chat.Strong)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range entries {
		if e.Seq != chat.Seq(i+1) {
			t.Fatalf("entry %d has seq %d", i, e.Seq)
		}
		texts = append(texts, e.Body.Text)
	}
	return texts
}

// waiting is what a user has scheduled.
func (r *rig) waiting(t testing.TB, user chat.UserID) []wire.Scheduled {
	t.Helper()
	list, err := r.List(t.Context(), as(user), wire.ListScheduled{})
	if err != nil {
		t.Fatal(err)
	}
	return list.Scheduled
}

func wantCode(t testing.TB, err error, code chat.Code) {
	t.Helper()
	if err == nil || chat.AsError(err).Code != code {
		t.Errorf("error %v, want %s", err, code)
	}
}
