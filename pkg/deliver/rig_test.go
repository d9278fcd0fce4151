package deliver_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/deliver"
	"github.com/parley-im/parley/pkg/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// port lets people stand for all of chat.Sessions; what a delivery has no business with panics.
type port interface{ chat.Sessions }

// people are sessions in memory.
type people struct {
	port
	mu          sync.Mutex
	connections map[chat.UserID][]chat.Connection
	status      map[chat.UserID]chat.Status
	readErr     error
	pruneErr    error
}

func (p *people) Sessions(_ context.Context, users []chat.UserID) ([]chat.Session, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var sessions []chat.Session
	for _, user := range users {
		sessions = append(sessions, chat.Session{
			User: user, Connections: slices.Clone(p.connections[user]), Status: p.status[user], LastSeen: time.Unix(1, 0),
		})
	}
	return sessions, p.readErr
}

func (p *people) Disconnect(_ context.Context, user chat.UserID, _ time.Time, ids ...chat.ConnectionID) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pruneErr == nil {
		p.connections[user] = slices.DeleteFunc(p.connections[user], func(c chat.Connection) bool { return slices.Contains(ids, c.ID) })
	}
	return p.pruneErr
}

func (p *people) of(user chat.UserID) (ids []chat.ConnectionID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.connections[user] {
		ids = append(ids, c.ID)
	}
	return ids
}

// gateway takes posts. A connection without an answer of its own takes everything at once.
type gateway struct {
	answers map[chat.ConnectionID]func(ctx context.Context, try int) error
	mu      sync.Mutex
	tries   map[chat.ConnectionID]int
	got     map[chat.ConnectionID][]wire.Entry
}

func (g *gateway) Post(ctx context.Context, id chat.ConnectionID, frame []byte) error {
	g.mu.Lock()
	g.tries[id]++
	try := g.tries[id]
	g.mu.Unlock()
	if answer := g.answers[id]; answer != nil {
		if err := answer(ctx, try); err != nil {
			return err
		}
	}
	var e wire.Entry
	if err := json.Unmarshal(frame, &e); err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.got[id] = append(g.got[id], e)
	return nil
}

func (g *gateway) Close(context.Context, chat.ConnectionID) error { panic("a delivery closes nothing") }

// reached are the connections that got something, sorted.
func (g *gateway) reached() []chat.ConnectionID { return slices.Sorted(maps.Keys(g.got)) }

func always(err error) func(context.Context, int) error {
	return func(context.Context, int) error { return err }
}

// hangs answers when the post is given up.
func hangs(ctx context.Context, _ int) error {
	<-ctx.Done()
	return ctx.Err()
}

// topic and queue take what is handed over.
type topic struct {
	notices []chat.Notice
	err     error
}

func (t *topic) Notify(_ context.Context, n chat.Notice) error {
	t.notices = append(t.notices, n)
	return t.err
}

// notified are the users of all notices, sorted.
func (t *topic) notified() []chat.UserID {
	users := []chat.UserID{}
	for _, n := range t.notices {
		users = append(users, n.Users...)
	}
	slices.Sort(users)
	return users
}

type queue struct {
	shares []chat.Share
	err    error
}

func (q *queue) Hand(_ context.Context, shares []chat.Share) error {
	q.shares = append(q.shares, shares...)
	return q.err
}

// absences takes those who left.
type absences struct {
	left []chat.Absence
	err  error
}

func (a *absences) Hand(_ context.Context, absence chat.Absence) error {
	a.left = append(a.left, absence)
	return a.err
}

// rig is a deliverer in a small world.
type rig struct {
	*deliver.Deliverer
	people  *people
	gateway *gateway
	topic   *topic
	queue   *queue
	logs    *bytes.Buffer
	now     time.Time
}

func newRig() *rig {
	r := &rig{
		people: &people{connections: map[chat.UserID][]chat.Connection{}},
		gateway: &gateway{
			answers: map[chat.ConnectionID]func(context.Context, int) error{},
			tries:   map[chat.ConnectionID]int{}, got: map[chat.ConnectionID][]wire.Entry{},
		},
		topic: &topic{}, queue: &queue{}, logs: &bytes.Buffer{},
		now: time.Date(2026, 11, 21, 22, 23, 0, 123e6, time.UTC),
	}
	r.Deliverer = &deliver.Deliverer{
		Sessions: r.people, Poster: r.gateway, Notifier: r.topic, Shards: r.queue,
		Now: func() time.Time { return r.now }, Logger: slog.New(slog.NewTextHandler(r.logs, nil)),
	}
	return r
}

// connect gives a user connections that were just made.
func (r *rig) connect(user chat.UserID, ids ...chat.ConnectionID) {
	for _, id := range ids {
		r.people.connections[user] = append(r.people.connections[user], chat.Connection{ID: id, Since: r.now})
	}
}

// group is a conversation whose members are in the header.
func group(users ...chat.UserID) chat.Conversation {
	c := chat.Conversation{ID: chat.GroupID("ann", "1"), Kind: chat.Group, Setup: chat.Setup{Name: "friends"}, Size: len(users), Members: map[chat.UserID]chat.Place{}}
	for _, user := range users {
		c.Members[user] = chat.Place{Role: chat.Member}
	}
	return c
}

func said(c chat.Conversation, text string) chat.Entry {
	return chat.Entry{
		Conversation: c.ID, Seq: 7, Kind: chat.Message, ID: "018f7d9b-3c1a-7b2e-9d4f-0a1b2c3d4e5f", From: "ann",
		At: time.Date(2026, 11, 21, 22, 22, 59, 0, time.UTC), Body: chat.Body{Text: text},
	}
}
