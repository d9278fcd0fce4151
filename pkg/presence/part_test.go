package presence_test

import (
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

func TestWhoIsPartedSeesNobodyThereAtOnceAndWatchesNoMore(t *testing.T) {
	w := newTown(t)
	cat := as("cat", "phone")
	for _, who := range []chat.Identity{ann, annsTablet, bob} {
		w.connects(who)
	}
	w.watches(bob, "ann", "cat")
	w.watches(ann, "bob")
	w.watches(annsTablet, "bob")
	w.watches(cat, "ann", "bob")
	w.relates("bob", chat.Relation{User: "ann", Blocked: w.now})
	w.Part(t.Context(), "bob", "ann")
	for who, other := range map[*chat.Identity]chat.UserID{&ann: "bob", &annsTablet: "bob", &bob: "ann"} {
		want := wire.NewChanged(chat.Concealed(other), w.now)
		if got := w.posted[who.Connection]; len(got) != 1 || got[0] != want {
			t.Errorf("%s hears %+v, want %+v", who.Connection, got, want)
		}
		w.hears(*who, "blocked", chat.Offline)
	}
	w.hears(cat, "whom it does not concern")
	for _, user := range []chat.UserID{"ann", "bob"} {
		all, err := w.sessions.Watchers(t.Context(), user)
		if err != nil || len(all) != 1 || all[0].User != "cat" {
			t.Errorf("%s is watched by %+v, %v", user, all, err)
		}
	}
	w.Part(t.Context(), "ann", "bob")
	for _, who := range []chat.Identity{ann, annsTablet, bob} {
		w.hears(who, "once more")
	}

	w.relates("bob", chat.Relation{User: "ann"})
	w.sets(bob, wire.SetStatus{Status: chat.Busy})
	w.hears(ann, "unblocked, not having watched anew")
	if got := w.watches(ann, "bob"); got.Presences[0].Status != chat.Busy || len(got.Full) != 0 {
		t.Errorf("who watches anew sees %+v", got)
	}
	w.sets(bob, wire.SetStatus{Status: chat.Online})
	w.hears(ann, "watching anew", chat.Online)
}

func TestNobodyIsToldWhoseTimeIsOver(t *testing.T) {
	w := newTown(t)
	w.connects(bob)
	w.watches(ann, "bob")
	w.later(chat.ConnectionLife + chat.ConnectionMargin + time.Minute)
	w.Part(t.Context(), "bob", "ann")
	w.hears(ann, "long gone")
}
