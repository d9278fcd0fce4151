package search_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/search"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
	"github.com/parley-im/parley/pkg/wire"
)

var (
	ctx   = context.Background()
	epoch = time.Date(2026, 11, 21, 22, 23, 0, 123e6, time.UTC)
)

// watched is a log that notes what is read of it.
type watched struct {
	chat.Log
	mu      sync.Mutex
	tails   map[chat.ConversationID]int
	reads   int // of entries, in ranges
	lookups int // of single entries
	before  func()
}

func watch(log chat.Log) *watched {
	return &watched{Log: log, tails: map[chat.ConversationID]int{}, before: func() {}}
}

func (w *watched) Tail(ctx context.Context, id chat.ConversationID, read chat.Read) (chat.Tail, bool, error) {
	w.mu.Lock()
	w.tails[id]++
	w.mu.Unlock()
	if read != chat.Strong {
		return chat.Tail{}, false, fmt.Errorf("the tail of %s is not read strongly", id)
	}
	return w.Log.Tail(ctx, id, read)
}

func (w *watched) Before(ctx context.Context, id chat.ConversationID, before chat.Seq, limit int) ([]chat.Entry, error) {
	w.mu.Lock()
	w.before()
	w.mu.Unlock()
	entries, err := w.Log.Before(ctx, id, before, limit)
	w.mu.Lock()
	w.reads += len(entries)
	w.mu.Unlock()
	return entries, err
}

func (w *watched) Entry(ctx context.Context, id chat.ConversationID, seq chat.Seq) (chat.Entry, bool, error) {
	w.mu.Lock()
	w.lookups++
	w.mu.Unlock()
	return w.Log.Entry(ctx, id, seq)
}

// rig is a searcher over a log, on a clock that stands unless it is moved.
type rig struct {
	*search.Searcher
	log  *watched
	now  time.Time
	made int
}

// newRig is over real tables.
func newRig(t testing.TB) *rig {
	db := dynamo.NewFromIface(dynamodbtest.Start(t))
	log := store.NewConversations(db, topology.Conversations.Name, topology.ConversationsByUser.Name)
	return over(log, log)
}

func over(log chat.Log, standings chat.Standings) *rig {
	r := &rig{log: watch(log), now: epoch}
	r.Searcher = &search.Searcher{Log: r.log, Standings: standings, Now: func() time.Time { return r.now }}
	return r
}

// failer is what testing and rapid have in common.
type failer interface {
	Helper()
	Errorf(format string, args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// group makes a group of members, the first of whom is its owner.
func (r *rig) group(t failer, members ...chat.UserID) chat.Conversation {
	t.Helper()
	r.made++
	places := map[chat.UserID]chat.Place{}
	for _, m := range members {
		places[m] = chat.Place{Role: chat.Member}
	}
	places[members[0]] = chat.Place{Role: chat.Owner}
	return r.make(t, chat.Conversation{
		ID: chat.GroupID(members[0], chat.MessageID(fmt.Sprint(r.made))), Kind: chat.Group, Setup: chat.Setup{Name: "friends"}, Creator: members[0],
	}, places)
}

// direct makes the conversation between two people.
func (r *rig) direct(t failer, a, b chat.UserID) chat.Conversation {
	t.Helper()
	return r.make(t, chat.Conversation{ID: chat.DirectID(a, b), Kind: chat.Direct, Creator: a}, map[chat.UserID]chat.Place{a: {Role: chat.Member}, b: {Role: chat.Member}})
}

func (r *rig) make(t failer, c chat.Conversation, places map[chat.UserID]chat.Place) chat.Conversation {
	t.Helper()
	c.Created, c.Size, c.Members = epoch, len(places), places
	if _, _, err := r.log.Create(ctx, c, places); err != nil {
		t.Fatal(err)
	}
	return c
}

// put writes an entry under a seq.
func (r *rig) put(t failer, c chat.Conversation, seq int, e chat.Entry) chat.Entry {
	t.Helper()
	e.Conversation, e.Seq, e.ID = c.ID, chat.Seq(seq), chat.MessageID(fmt.Sprintf("018f0000-0000-7000-8000-%012d", seq))
	if e.Kind == "" {
		e.Kind = chat.Message
	}
	if e.At.IsZero() {
		e.At = epoch.Add(time.Duration(seq) * time.Second)
	}
	if _, wrote, err := r.log.Put(ctx, e); err != nil || !wrote {
		t.Fatal(wrote, err)
	}
	return e
}

func said(from chat.UserID, text string) chat.Entry {
	return chat.Entry{From: from, Body: chat.Body{Text: text}}
}

func as(user chat.UserID) chat.Identity { return chat.Identity{User: user} }

// worst is the longest ref in bytes: each character takes six in JSON.
var worst = func() string {
	ref := make([]byte, chat.MaxRef)
	for i := range ref {
		ref[i] = 1
	}
	return string(ref)
}()

// all follows a search to its end and returns what it found, and how many pages that took. It fails the test at a page that
// is more than a frame, has too many hits, has looked at too much, or at a search that has no end.
func (r *rig) all(t failer, user chat.UserID, q wire.Query, limit *int) (hits []wire.Hit, pages int) {
	t.Helper()
	most := chat.DefaultHits
	if limit != nil {
		most = *limit
	}
	for next := ""; ; pages++ {
		page, err := r.Search(ctx, as(user), wire.Search{Query: q, Limit: limit, Next: next})
		if err != nil {
			t.Fatal(err)
		}
		frame, err := wire.Encode(wire.NewReply(worst, page))
		if err != nil {
			t.Fatalf("a page of %d bytes: %v", len(frame), err)
		}
		if len(page.Hits) > most || page.Scanned > chat.MaxScanned || page.Hits == nil {
			t.Fatalf("%d hits, %d looked at", len(page.Hits), page.Scanned)
		}
		hits = append(hits, page.Hits...)
		if page.Next == "" {
			return hits, pages + 1
		}
		if page.Next == next || pages > 1000 {
			t.Fatalf("the search stands at %s", next)
		}
		next = page.Next
	}
}

// texts are what hits say.
func texts(hits []wire.Hit) []string {
	out := []string{}
	for _, h := range hits {
		out = append(out, h.Entry.Body.Text)
	}
	return out
}

func wantCode(t failer, err error, code chat.Code) {
	t.Helper()
	if err == nil || chat.AsError(err).Code != code {
		t.Errorf("error %v, want %s", err, code)
	}
}
