package read_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

func TestAWalkBackInHistoryPassesEveryEntryOnce(t *testing.T) {
	r := newMemory()
	rapid.Check(t, func(t *rapid.T) {
		said := texts(lengths(20).Draw(t, "lengths"))
		c := r.group(t, 2, said...)
		var limit *int
		if n := rapid.IntRange(0, 8).Draw(t, "limit"); n > 0 {
			limit = &n
		}
		var before *chat.Seq
		var got []string
		for {
			page, err := r.History(ctx, as("m000"), wire.History{Conversation: c.ID, Before: before, Limit: limit})
			if err != nil {
				t.Fatal(err)
			}
			fits(t, page)
			if page.Head != chat.Seq(len(said)) || page.Entries == nil || limit != nil && len(page.Entries) > *limit {
				t.Fatalf("head %d, %d entries", page.Head, len(page.Entries))
			}
			if page.More && len(page.Entries) == 0 {
				t.Fatal("a page without progress")
			}
			for _, e := range slices.Backward(page.Entries) {
				if want := chat.Seq(len(said) - len(got)); e.Seq != want {
					t.Fatalf("seq %d, want %d", e.Seq, want)
				}
				got = append(got, e.Body.Text)
			}
			if !page.More {
				break
			}
			before = &page.Entries[0].Seq
		}
		slices.Reverse(got)
		if !slices.Equal(got, said) {
			t.Fatalf("%d entries of %d, or other texts", len(got), len(said))
		}
	})
}

func TestWhereAHistoryPageBegins(t *testing.T) {
	r := newRig(t)
	c := r.group(t, 2, some(60)...)
	for _, test := range []struct {
		name        string
		before      *chat.Seq
		limit       *int
		first, last chat.Seq
		more        bool
	}{
		{"the newest", nil, nil, 11, 60, true},
		{"the newest two", nil, pointer(2), 59, 60, true},
		{"before one", pointer(chat.Seq(20)), pointer(5), 15, 19, true},
		{"to the first", pointer(chat.Seq(6)), pointer(5), 1, 5, false},
		{"before what was never said", pointer(chat.MaxSeq), pointer(1), 60, 60, true},
		{"before the first", pointer(chat.Seq(1)), pointer(5), 0, 0, false},
		{"all", nil, pointer(chat.MaxHistory), 1, 60, false},
	} {
		page, err := r.History(ctx, as("ann"), wire.History{Conversation: c.ID, Before: test.before, Limit: test.limit})
		if err != nil {
			t.Fatal(err)
		}
		var first, last chat.Seq
		if n := len(page.Entries); n > 0 {
			first, last = page.Entries[0].Seq, page.Entries[n-1].Seq
		}
		if first != test.first || last != test.last || page.More != test.more || page.Head != 60 {
			t.Errorf("%s: %d to %d of %d, more %v", test.name, first, last, page.Head, page.More)
		}
		if want := int(test.last - test.first + 1); test.first > 0 && len(page.Entries) != want {
			t.Errorf("%s: %d entries, want %d", test.name, len(page.Entries), want)
		}
	}
}

func TestTheHistoryOfAConversationInWhichNothingWasSaid(t *testing.T) {
	r := newRig(t)
	page, err := r.History(ctx, as("ann"), wire.History{Conversation: r.group(t, 2).ID})
	if err != nil || page.Head != 0 || page.More || len(page.Entries) != 0 {
		t.Errorf("%+v, %v", page, err)
	}
}
