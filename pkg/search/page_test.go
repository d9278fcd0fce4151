package search_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

func TestTheNextsOfASearchPassEveryHitOnceAndInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := newMemory()
		var want []string
		var conversations []chat.Conversation
		for range rapid.IntRange(0, 6).Draw(t, "conversations") {
			conversations = append(conversations, r.group(t, "ann", "bob"))
		}
		slices.SortFunc(conversations, func(a, b chat.Conversation) int { return strings.Compare(string(a.ID), string(b.ID)) })
		for i, c := range conversations {
			var hits []string
			length := rapid.SampledFrom([]int{0, 30, 300, 2_000}).Draw(t, "length")
			every := rapid.IntRange(1, 9).Draw(t, "every")
			for n := range rapid.IntRange(0, 120).Draw(t, "entries") {
				text := "nothing"
				if n%every == 0 {
					text = fmt.Sprintf("lake %d %d ", i, n) + strings.Repeat("x", length)
					hits = append(hits, text)
				}
				r.put(t, c, n+1, said("ann", text))
			}
			slices.Reverse(hits)
			want = append(want, hits...)
		}
		var limit *int
		if n := rapid.IntRange(0, chat.MaxHits).Draw(t, "limit"); n > 0 {
			limit = &n
		}
		hits, _ := r.all(t, "bob", wire.Query{Words: "lake"}, limit)
		if !slices.Equal(texts(hits), want) {
			t.Fatalf("%d hits of %d, or others", len(hits), len(want))
		}
		for _, c := range conversations {
			hits, _ := r.all(t, "bob", wire.Query{Words: "lake", In: c.ID}, limit)
			if slices.ContainsFunc(hits, func(h wire.Hit) bool { return h.Conversation != c.ID }) {
				t.Fatalf("a hit of another conversation: %q", texts(hits))
			}
		}
	})
}

func TestThereIsNoNextWhenAllWasLookedAt(t *testing.T) {
	r := newMemory()
	c := r.group(t, "ann", "bob")
	r.put(t, c, 1, said("ann", "lake"))
	one := 1
	for _, q := range []wire.Search{
		{Query: wire.Query{Words: "lake", In: c.ID}},
		{Query: wire.Query{Words: "lake", In: c.ID}, Limit: &one},
		{Query: wire.Query{Words: "lake"}},
	} {
		if page, err := r.Search(ctx, as("ann"), q); err != nil || len(page.Hits) != 1 || page.Scanned != 1 || page.Next != "" {
			t.Errorf("%+v, %v", page, err)
		}
	}
	if page, err := r.Search(ctx, as("eve"), wire.Search{Query: wire.Query{Words: "lake"}}); err != nil || page.Hits == nil || page.Next != "" {
		t.Errorf("who is nowhere: %+v, %v", page, err)
	}
}

func TestARequestLooksAtSoMuchAndNoMore(t *testing.T) {
	const groups, each = 20, 1000
	r := newMemory()
	for range groups {
		c := r.group(t, "ann", "bob")
		for n := range each {
			r.put(t, c, n+1, said("ann", "nothing"))
		}
	}
	found, pages := r.all(t, "bob", wire.Query{Words: "lake"}, nil)
	if least := groups * each / chat.MaxScanned; len(found) > 0 || pages < least || pages > least+1 {
		t.Errorf("%d pages, want %d or one more", pages, least)
	}
	r.log.reads = 0
	page, err := r.Search(ctx, as("bob"), wire.Search{Query: wire.Query{Words: "lake"}})
	if err != nil || page.Scanned != r.log.reads || page.Scanned > chat.MaxScanned || page.Scanned < chat.MaxScanned-100 || page.Next == "" {
		t.Errorf("%+v, %v: %d entries were read", page, err, r.log.reads)
	}
}

func TestARequestReadsSoManyBytesAndNotManyMore(t *testing.T) {
	r := newMemory()
	c := r.group(t, "ann", "bob")
	for n := range 1000 {
		r.put(t, c, n+1, said("ann", strings.Repeat("x", 16_000)))
	}
	page, err := r.Search(ctx, as("bob"), wire.Search{Query: wire.Query{Words: "lake"}})
	if err != nil || page.Next == "" || page.Scanned > 400 {
		t.Errorf("%+v, %v: more than 6 MB", page, err)
	}
}

func TestARequestEndsInTimeWithWhatItHas(t *testing.T) {
	r := newMemory()
	c := r.group(t, "ann", "bob")
	for n := range 450 {
		r.put(t, c, n+1, said("ann", fmt.Sprint("lake ", n)))
	}
	r.log.before = func() { r.now = r.now.Add(time.Minute) } // each read takes too long
	limit := chat.MaxHits
	page, err := r.Search(ctx, as("bob"), wire.Search{Query: wire.Query{Words: "4"}, Limit: &limit})
	if err != nil || page.Scanned != 100 || page.Next == "" {
		t.Errorf("%+v, %v: want one read", page, err)
	}
	if hits, pages := r.all(t, "bob", wire.Query{Words: "lake"}, &limit); len(hits) != 450 || pages != 5 {
		t.Errorf("%d hits on %d pages", len(hits), pages)
	}
}

func TestASearchThatFindsEnoughAtOnceLooksIntoOneConversation(t *testing.T) {
	r := newMemory()
	for range 30 {
		c := r.group(t, "ann", "bob")
		for n := range chat.DefaultHits {
			r.put(t, c, n+1, said("ann", "lake"))
		}
	}
	if page, err := r.Search(ctx, as("bob"), wire.Search{Query: wire.Query{Words: "lake"}}); err != nil || len(page.Hits) != chat.DefaultHits {
		t.Fatalf("%+v, %v", page, err)
	}
	if len(r.log.tails) != 1 || r.log.reads != chat.DefaultHits {
		t.Errorf("%d entries of %d conversations were read", r.log.reads, len(r.log.tails))
	}
}

func TestWhatWasSaidLaterOrEarlierIsNotReadWhenItIsMuch(t *testing.T) {
	r := newMemory()
	c := r.group(t, "ann", "bob")
	const n = 100_000 // a minute apart: ten weeks
	at := func(minute int) time.Time { return epoch.Add(time.Duration(minute) * time.Minute) }
	for i := range n {
		e := said("ann", fmt.Sprint("lake ", i))
		e.At = at(i)
		r.put(t, c, i+1, e)
	}
	q := wire.Query{Words: "lake", After: wire.Time(at(20_000)), Before: wire.Time(at(20_003))}
	hits, pages := r.all(t, "bob", q, nil)
	if want := []string{"lake 20002", "lake 20001", "lake 20000"}; !slices.Equal(texts(hits), want) || pages != 1 {
		t.Errorf("%q on %d pages", texts(hits), pages)
	}
	if r.log.reads > 300 || r.log.lookups > 12 {
		t.Errorf("%d entries and %d single ones were read", r.log.reads, r.log.lookups)
	}
}

// The times of entries come from several machines: they may be off by a little against the order.
func TestTimesMayDifferFromTheOrderByALittle(t *testing.T) {
	r := newMemory()
	c := r.group(t, "ann", "bob")
	var want []string
	limit := epoch.Add(1500 * time.Second)
	for i := range 3000 {
		e := said("ann", fmt.Sprint("lake ", i))
		e.At = epoch.Add(time.Duration(i) * time.Second).Add([]time.Duration{0, -20 * time.Second, 20 * time.Second}[i%3])
		r.put(t, c, i+1, e)
		if e.At.Before(limit) && !e.At.Before(limit.Add(-time.Minute)) {
			want = append(want, e.Body.Text)
		}
	}
	slices.Reverse(want)
	hits, _ := r.all(t, "bob", wire.Query{Words: "lake", Before: wire.Time(limit), After: wire.Time(limit.Add(-time.Minute))}, nil)
	if !slices.Equal(texts(hits), want) {
		t.Errorf("%q, want %q", texts(hits), want)
	}
}

func TestANextIsForTheSameSearchOfTheSameUser(t *testing.T) {
	r := newMemory()
	c := r.group(t, "ann", "bob", "eve")
	for n := range 50 {
		r.put(t, c, n+1, said("ann", "lake"))
	}
	q := wire.Query{Words: "lake", After: "2026-11-21T00:00:00.000Z"}
	page, err := r.Search(ctx, as("bob"), wire.Search{Query: q})
	if err != nil || page.Next == "" || len(page.Next) > 60 {
		t.Fatalf("%+v, %v", page, err)
	}
	with := func(change func(*wire.Search)) wire.Search {
		s := wire.Search{Query: q, Next: page.Next}
		change(&s)
		return s
	}
	for name, s := range map[string]wire.Search{
		"other words":        with(func(s *wire.Search) { s.Words = "lak" }),
		"from somebody":      with(func(s *wire.Search) { s.From = "ann" }),
		"in a conversation":  with(func(s *wire.Search) { s.In = c.ID }),
		"another time":       with(func(s *wire.Search) { s.After = "2026-11-20T00:00:00.000Z" }),
		"times swapped":      with(func(s *wire.Search) { s.After, s.Before = "", s.After }),
		"media":              with(func(s *wire.Search) { s.Has = []string{wire.HasMedia} }),
		"another place":      with(func(s *wire.Search) { s.Next = strings.Replace(s.Next, ".", ".1", 1) }),
		"something behind":   with(func(s *wire.Search) { s.Next += "a" }),
		"something before":   with(func(s *wire.Search) { s.Next = "a" + s.Next }),
		"nothing but a dot":  with(func(s *wire.Search) { s.Next = "." }),
		"no seq":             with(func(s *wire.Search) { s.Next = string(c.ID) }),
		"a seq of no number": with(func(s *wire.Search) { s.Next = string(c.ID) + ".x.y" }),
		"a seq that is huge": with(func(s *wire.Search) { s.Next = string(c.ID) + "." + strings.Repeat("9", 40) + ".y" }),
	} {
		got, err := r.Search(ctx, as("bob"), s)
		if err == nil {
			t.Errorf("%s: %+v", name, got)
			continue
		}
		wantCode(t, err, chat.Invalid)
	}
	_, err = r.Search(ctx, as("eve"), wire.Search{Query: q, Next: page.Next})
	wantCode(t, err, chat.Invalid)
	limit := 1 // may change from page to page
	if got, err := r.Search(ctx, as("bob"), wire.Search{Query: q, Next: page.Next, Limit: &limit}); err != nil || len(got.Hits) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestALargestMessageIsAPageOfItsOwn(t *testing.T) {
	r := newMemory()
	c := r.direct(t, chat.UserID(strings.Repeat("a", 128)), "bob")
	e := said(chat.UserID(strings.Repeat("a", 128)), "lake ")
	e.To = "bob"
	frame, err := wire.Encode(wire.FromEntry(r.put(t, c, 1, e)))
	if err != nil {
		t.Fatal(err)
	}
	for n := range 3 {
		e.Body.Text = "lake " + strings.Repeat("x", wire.MaxEntry-len(frame))
		r.put(t, c, n+2, e)
	}
	if hits, pages := r.all(t, "bob", wire.Query{Words: "lake"}, nil); len(hits) != 4 || pages > 5 {
		t.Errorf("%d hits on %d pages", len(hits), pages)
	}
}

// broken is a log that fails.
type broken struct {
	chat.Log
	tail, read, list error
}

func (b broken) Tail(ctx context.Context, id chat.ConversationID, read chat.Read) (chat.Tail, bool, error) {
	tail, ok, err := b.Log.Tail(ctx, id, read)
	return tail, ok, errors.Join(err, b.tail)
}

func (b broken) Before(ctx context.Context, id chat.ConversationID, before chat.Seq, limit int) ([]chat.Entry, error) {
	entries, err := b.Log.Before(ctx, id, before, limit)
	return entries, errors.Join(err, b.read)
}

func (b broken) Conversations(ctx context.Context, user chat.UserID, after chat.ConversationID, limit int) ([]chat.ConversationID, error) {
	ids, err := b.Log.Conversations(ctx, user, after, limit)
	return ids, errors.Join(err, b.list)
}

// A search that could not look must not say that there is nothing.
func TestAFailureIsNoEmptyPage(t *testing.T) {
	r := newMemory()
	c := r.group(t, "ann", "bob")
	r.put(t, c, 1, said("ann", "lake"))
	down := &chat.Error{Code: chat.Unavailable}
	for name, log := range map[string]broken{"tail": {tail: down}, "read": {read: down}, "list": {list: down}} {
		log.Log = r.log
		r.Log = log
		for _, in := range []chat.ConversationID{"", c.ID} {
			if in != "" && name == "list" {
				continue
			}
			_, err := r.Search(ctx, as("bob"), wire.Search{Query: wire.Query{Words: "lake", In: in}})
			if err == nil {
				t.Errorf("%s fails in %q and nobody hears of it", name, in)
				continue
			}
			wantCode(t, err, chat.Unavailable)
		}
	}
}
