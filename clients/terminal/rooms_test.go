package main

import (
	"slices"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func entry(id chat.ConversationID, seq chat.Seq, from chat.UserID) wire.Entry {
	return wire.Entry{
		Event: chat.Message, Conversation: id, Seq: seq, From: from, Body: wire.Body{Text: "x"},
		At: wire.Time(noon.Add(time.Duration(seq) * time.Minute)),
	}
}

func TestARoomHasWhatCameAndWhoeverWritesHasRead(t *testing.T) {
	rs := newRooms("ann")
	for seq, from := range []chat.UserID{"bob", "ann", "bob"} {
		rs.add(entry("g_1", chat.Seq(seq+1), from))
	}
	if r := rs.get("g_1"); r.head != 3 || !r.full || r.stands.read != 0 {
		t.Errorf("head %d, full %v, %+v", r.head, r.full, r.stands)
	}
	bob := rs.direct("bob")
	for seq, from := range []chat.UserID{"ann", "bob", "ann"} {
		rs.add(entry(bob.id, chat.Seq(seq+1), from))
	}
	bob.reaches("cat", wire.Receipt{Read: 3})
	bob.reaches("bob", wire.Receipt{Delivered: 3})
	var ticks []string
	for _, m := range bob.now.Messages() {
		ticks = append(ticks, bob.tick(m, "ann"))
	}
	if want := []string{good.Render(" ✓✓"), "", dim.Render(" ✓✓")}; !slices.Equal(ticks, want) || bob.stands.read != 2 {
		t.Errorf("%q, %+v", ticks, bob.stands)
	}
}

func TestHistoryIsPutBeforeWhatIsThereWithoutOverlapOrGap(t *testing.T) {
	for name, c := range map[string]struct {
		page        []chat.Seq
		more        bool
		first, size int
		full        bool
	}{
		"what is just before":  {[]chat.Seq{8, 9}, true, 8, 4, false},
		"what overlaps":        {[]chat.Seq{9, 10}, true, 9, 3, false},
		"the beginning":        {[]chat.Seq{1, 2, 3, 4, 5, 6, 7, 8, 9}, false, 1, 11, true},
		"what leaves a gap":    {[]chat.Seq{7, 8}, true, 10, 2, false},
		"nothing but the same": {[]chat.Seq{10, 11}, true, 10, 2, false},
	} {
		rs := newRooms("ann")
		rs.add(entry("g_1", 10, "bob"))
		rs.add(entry("g_1", 11, "bob"))
		page := wire.Page{More: c.more}
		for _, seq := range c.page {
			page.Entries = append(page.Entries, entry("g_1", seq, "bob"))
		}
		r := rs.get("g_1")
		r.prepend(page)
		if int(r.first()) != c.first || len(r.entries) != c.size || r.full != c.full {
			t.Errorf("%s: %d entries from %d, full %v", name, len(r.entries), r.first(), r.full)
		}
		for i, e := range r.entries {
			if e.Seq != r.first()+chat.Seq(i) {
				t.Errorf("%s: seq %d in place %d", name, e.Seq, i)
			}
		}
	}
}

func TestAnEntryFarBeyondTheLastReplacesWhatWasFetched(t *testing.T) {
	rs := newRooms("ann")
	rs.add(entry("g_1", 3, "bob"))
	rs.add(entry("g_1", 9, "bob"))
	if r := rs.get("g_1"); r.first() != 9 || r.full {
		t.Errorf("begins at %d, full %v", r.first(), r.full)
	}
}

func TestRoomsAreNamedAndTheNewestIsFirst(t *testing.T) {
	rs := newRooms("ann")
	e := entry("d_1", 1, "ann")
	e.To = "bob"
	rs.add(e)
	created := entry("g_1", 2, "cat")
	created.Event, created.Body = chat.Created, wire.Body{Name: "lunch\x1b", Size: 3}
	rs.add(created)
	last := entry("g_2", 5, "dan")
	rs.list([]wire.Conversation{{Conversation: "g_2", Name: "trip", Head: 5, Last: &last}, {Conversation: "d_2", Peer: "eve", Head: 1}})
	rs.get("g_3")
	var titles []string
	for _, r := range rs.sorted() {
		titles = append(titles, r.title())
	}
	want := []string{"trip", "lunch", "bob", "(group)", "eve"}
	for i := range want {
		if titles[i] != want[i] {
			t.Fatalf("sorted %q", titles)
		}
	}
	if r := rs.beside("", 1); r.title() != "trip" {
		t.Errorf("first is %s", r.title())
	}
	if r := rs.beside("g_2", -1); r.title() != "eve" {
		t.Errorf("before the first is %s", r.title())
	}
	if r := newRooms("ann").beside("", 1); r != nil {
		t.Errorf("nothing is %v", r)
	}
}

func TestCleanKeepsLettersAndDropsControls(t *testing.T) {
	for text, want := range map[string]string{
		"plain 語 ❤️ 👩‍👧":                "plain 語 ❤️ 👩‍👧",
		"a\r\nb\rc\u2028d":              "a b c d",
		"tab\there":                     "tab    here",
		"\x1b[31mred\x1b[0m\x00\x7f":    "[31mred[0m",
		"\u009b1m \u202e\u2066x\u2069 ": "1m x ",
	} {
		if got := clean(text); got != want {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestAgoAndSize(t *testing.T) {
	for d, want := range map[time.Duration]string{
		10 * time.Second: "just now", 5 * time.Minute: "5 min ago", 3 * time.Hour: "3 h ago", 50 * time.Hour: "2 d ago",
	} {
		if got := ago(wire.Time(noon.Add(-d)), noon); got != want {
			t.Errorf("%v is %s", d, got)
		}
	}
	if got := ago("", noon); got != "" {
		t.Errorf("nothing is %s", got)
	}
	for n, want := range map[int64]string{1: "1 B", 1500: "1.5 kB", 2_340_000: "2.3 MB"} {
		if got := size(n); got != want {
			t.Errorf("%d is %s", n, got)
		}
	}
}
