package search_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// M2: who may read a group from some seq on finds nothing that was said before, and it is not even read.
func TestM2ASearchBeginsWhereTheMemberMayRead(t *testing.T) {
	for name, r := range map[string]*rig{"tables": newRig(t), "memory": newMemory()} {
		c := r.make(t, chat.Conversation{ID: chat.GroupID("ann", "1"), Kind: chat.Group, Creator: "ann"}, map[chat.UserID]chat.Place{
			"ann": {Role: chat.Owner}, "bob": {Role: chat.Member, From: 150}, "cat": {Role: chat.Member, From: 300},
		})
		for n := range 200 {
			r.put(t, c, n+1, said("ann", fmt.Sprint("lake ", n+1)))
		}
		for user, want := range map[chat.UserID]int{"ann": 200, "bob": 51, "cat": 0} {
			r.log.reads = 0
			for _, q := range []wire.Query{{Words: "lake"}, {Words: "lake", In: c.ID}, {From: "ann", Before: wire.Time(epoch.AddDate(1, 0, 0))}} {
				hits, _ := r.all(t, user, q, nil)
				if len(hits) != want || want > 0 && hits[want-1].Entry.Seq != chat.Seq(201-want) {
					t.Errorf("%s, %s: %d hits, want %d", name, user, len(hits), want)
				}
			}
			if want == 0 && r.log.reads > 0 {
				t.Errorf("%s, %s: %d entries were read", name, user, r.log.reads)
			}
		}
	}
}

// What nobody else is to see, and what somebody has hidden from themselves, is found by whom it is shown to.
func TestWhatIsHiddenFromSomebodyIsNotFoundByThem(t *testing.T) {
	r := newMemory()
	c := r.direct(t, "ann", "bob")
	r.put(t, c, 1, said("ann", "lake"))
	blocked := said("ann", "lake, to one who has blocked ann")
	blocked.Hidden = true
	r.put(t, c, 2, blocked)
	hidden := said("ann", "lake, deleted by bob for himself")
	hidden.State.Hides = []chat.UserID{"bob"}
	r.put(t, c, 3, hidden)
	for user, want := range map[chat.UserID][]string{
		"ann": {hidden.Body.Text, blocked.Body.Text, "lake"}, "bob": {"lake"},
	} {
		if hits, _ := r.all(t, user, wire.Query{Words: "lake"}, nil); !slices.Equal(texts(hits), want) {
			t.Errorf("%s finds %q, want %q", user, texts(hits), want)
		}
	}
}

func TestWhatSomebodyHasClearedIsNotFoundByThem(t *testing.T) {
	r := newRig(t)
	c := r.direct(t, "ann", "bob")
	for n := range 4 {
		r.put(t, c, n+1, said("ann", fmt.Sprint("lake ", n+1)))
	}
	two := chat.Seq(2)
	if _, err := r.Standings.Prefer(t.Context(), chat.Membership{Conversation: c.ID, User: "bob"}, chat.Preference{Cleared: &two}, epoch); err != nil {
		t.Fatal(err)
	}
	for user, want := range map[chat.UserID]int{"ann": 4, "bob": 2} {
		if hits, _ := r.all(t, user, wire.Query{Words: "lake"}, nil); len(hits) != want {
			t.Errorf("%s finds %v", user, texts(hits))
		}
	}
}
