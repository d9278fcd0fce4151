package presence_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

var (
	ann, annsTablet = as("ann", "phone"), as("ann", "tablet")
	bob             = as("bob", "phone")
)

func TestZ1WatchersHearOfTheMostPresentDevice(t *testing.T) {
	w := newTown(t)
	if got := w.watches(bob, "ann").Presences[0]; got.Status != chat.Unknown {
		t.Errorf("%+v", got)
	}
	w.connects(ann)
	w.hears(bob, "she comes", chat.Online)
	w.connects(annsTablet)
	w.hears(bob, "with a tablet")
	w.sets(ann, wire.SetStatus{Status: chat.Away})
	w.hears(bob, "she leaves the phone alone")
	w.sets(annsTablet, wire.SetStatus{Status: chat.Away})
	w.hears(bob, "and the tablet", chat.Away)
	w.sets(ann, wire.SetStatus{Status: chat.Online, Scope: wire.ScopeDevice})
	w.hears(bob, "she is back at the phone", chat.Online)
	w.sets(annsTablet, wire.SetStatus{Status: chat.Busy})
	w.hears(bob, "she is busy", chat.Busy)
	w.sets(ann, wire.SetStatus{Status: chat.Away})
	w.sets(ann, wire.SetStatus{Status: chat.Online, Scope: wire.ScopeDevice})
	w.hears(bob, "with whatever device")
	w.sets(ann, wire.SetStatus{Status: chat.Online})
	w.hears(bob, "and no longer", chat.Online)
	w.sets(annsTablet, wire.SetStatus{Status: chat.Away})
	w.leaves(ann)
	w.hears(bob, "the phone goes")
	w.lapse()
	w.hears(bob, "and does not come back: the tablet lies there", chat.Away)
}

func TestZ1InvisiblePeopleCauseNoEvents(t *testing.T) {
	w := newTown(t)
	w.connects(ann)
	w.watches(bob, "ann")
	w.later(time.Minute)
	began := w.now.Add(time.Second)
	if got := w.sets(ann, wire.SetStatus{Status: chat.Invisible}); got.Status != chat.Invisible || got.Until != "" {
		t.Errorf("%+v", got)
	}
	if got := w.posted[bob.Connection]; len(got) != 1 || got[0].Seen != wire.Time(began) {
		t.Errorf("%+v", got)
	}
	w.hears(bob, "she hides", chat.Offline)
	w.connects(annsTablet)
	w.sets(ann, wire.SetStatus{Status: chat.Away})
	w.sets(ann, wire.SetStatus{Status: chat.Invisible})
	w.leaves(ann)
	w.leaves(annsTablet)
	if len(w.left) != 0 {
		t.Errorf("nobody is to hear that she left: %v", w.left)
	}
	w.connects(ann)
	w.hears(bob, "whatever she does")
	if got := w.watches(bob, "ann").Presences[0]; got.Status != chat.Offline || got.Seen != wire.Time(began) {
		t.Errorf("who asks sees %+v", got)
	}
	w.sets(ann, wire.SetStatus{Status: chat.Online})
	w.hears(bob, "she shows herself", chat.Online)
}

func TestAStatusThatEndsByItself(t *testing.T) {
	w := newTown(t)
	hour := 3600
	w.connects(ann)
	w.watches(bob, "ann")
	chosen := w.sets(ann, wire.SetStatus{Status: chat.Busy, For: &hour})
	until := wire.Time(w.now.Add(time.Hour))
	if got := w.posted[bob.Connection]; len(got) != 1 || got[0].Until != until || chosen.Until != until {
		t.Errorf("%+v, %+v", got, chosen)
	}
	w.hears(bob, "she is busy for an hour", chat.Busy)
	w.later(time.Hour)
	w.sets(ann, wire.SetStatus{Status: chat.Online})
	w.hears(bob, "he knew when that ends")

	w.sets(ann, wire.SetStatus{Status: chat.Invisible, For: &hour})
	w.hears(bob, "she hides for an hour", chat.Offline)
	w.later(time.Hour)
	if got := w.watches(bob, "ann").Presences[0]; got.Status != chat.Online {
		t.Errorf("who asks sees %+v", got)
	}
	w.leaves(ann)
	w.lapse()
	w.hears(bob, "some were told that she is back and some were not, so all are told", chat.Offline)
	w.connects(ann)
	w.hears(bob, "she comes", chat.Online)
}

func TestZ2NobodyIsOfflineBeforeTheGraceIsOverAndFlickerSaysNothing(t *testing.T) {
	w := newTown(t)
	w.connects(ann)
	w.watches(bob, "ann")
	w.leaves(ann)
	if got := w.watches(as("cat", "phone"), "ann").Presences[0]; got.Status != chat.Online {
		t.Errorf("who begins to watch in between sees %+v, and would not be told that she is back", got)
	}
	w.connects(ann)
	w.lapse()
	w.hears(bob, "she was away for a moment")
	w.hears(as("cat", "phone"), "she was away for a moment")

	w.leaves(ann)
	left := w.now
	absences := slices.Clone(w.left)
	w.lapse()
	if got := w.posted[bob.Connection]; len(got) != 1 || got[0].Seen != wire.Time(left) {
		t.Errorf("%+v", got)
	}
	w.hears(bob, "she is gone", chat.Offline)
	w.left = absences // SQS delivers at least once, and a function can die before everybody was told
	w.lapse()
	w.hears(bob, "the absence comes again", chat.Offline)
	w.connects(ann)
	w.hears(bob, "she is back", chat.Online)
	w.left = absences
	w.lapse()
	w.hears(bob, "the absence comes again when she is back")
}

func TestZ2LogoutHasNoGrace(t *testing.T) {
	w := newTown(t)
	w.connects(ann)
	w.watches(bob, "ann")
	if _, err := w.keeper.Logout(t.Context(), ann, wire.Logout{}); err != nil {
		t.Fatal(err)
	}
	w.hears(bob, "she logs out", chat.Offline)
	w.leaves(ann)
	w.lapse()
	w.hears(bob, "her socket closes")
	w.connects(ann)
	w.hears(bob, "she is back", chat.Online)
}

func TestZ3LastSeenIsTheLastActivityNotTheEndOfASocket(t *testing.T) {
	w := newTown(t)
	w.connects(ann)
	w.watches(bob, "ann")
	w.later(time.Hour)
	w.sets(ann, wire.SetStatus{Status: chat.Away})
	idle := w.now
	if got := w.posted[bob.Connection]; len(got) != 1 || got[0].Seen != wire.Time(idle) {
		t.Errorf("%+v", got)
	}
	w.hears(bob, "she leaves the phone alone", chat.Away)
	w.later(time.Hour)
	w.leaves(ann)
	w.lapse()
	if got := w.posted[bob.Connection]; len(got) != 1 || got[0].Seen != wire.Time(idle) {
		t.Errorf("%+v", got)
	}
	w.hears(bob, "its socket ends an hour later", chat.Offline)
}

func TestZ5NoChangeNoEvent(t *testing.T) {
	w := newTown(t)
	w.connects(ann)
	w.watches(bob, "ann")
	for range 3 {
		w.sets(ann, wire.SetStatus{Status: chat.Busy})
	}
	w.hears(bob, "busy three times", chat.Busy)
	for _, q := range []wire.SetStatus{{Status: chat.Away}, {Status: chat.Online, Scope: wire.ScopeDevice}, {Status: chat.Busy}} {
		w.sets(ann, q)
	}
	w.connects(annsTablet)
	w.hears(bob, "and whatever does not show")
}

func TestZ6NothingReachesThoseWhoAreApart(t *testing.T) {
	for name, block := range map[string]func(*town){
		"blocked by her": func(w *town) { w.relates("ann", chat.Relation{User: "bob", Contact: true, Blocked: w.now}) },
		"blocked by him": func(w *town) { w.relates("bob", chat.Relation{User: "ann", Blocked: w.now}) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newTown(t)
			w.connects(ann)
			block(w)
			w.shows("dan", chat.Nobody)
			dan := as("dan", "phone")
			w.connects(dan)
			w.leaves(dan)
			w.lapse()
			got := w.watches(bob, "ann", "dan")
			if hers, his := got.Presences[0], got.Presences[1]; hers.Status != his.Status || hers.Seen != his.Seen || len(got.Full) != 0 {
				t.Errorf("%+v is told from somebody who hides", got)
			}
			w.leaves(ann)
			w.lapse()
			w.connects(ann)
			w.hears(bob, "what she does")
			if watchers, err := w.sessions.Watchers(t.Context(), "ann"); err != nil || len(watchers) != 0 {
				t.Errorf("watched by %v, %v", watchers, err)
			}
		})
	}
	t.Run("blocked since", func(t *testing.T) {
		w := newTown(t)
		w.connects(ann)
		w.watches(bob, "ann")
		w.relates("ann", chat.Relation{User: "bob", Blocked: w.now})
		w.sets(ann, wire.SetStatus{Status: chat.Busy})
		w.hears(bob, "what she does")
	})
}

func TestZ6LastSeenIsForItsAudience(t *testing.T) {
	w := newTown(t)
	cat := as("cat", "phone")
	w.shows("ann", chat.Contacts)
	w.relates("ann", chat.Relation{User: "bob", Contact: true})
	w.relates("cat", chat.Relation{User: "ann", Contact: true}) // which is not hers to decide
	w.connects(ann)
	w.watches(bob, "ann")
	w.watches(cat, "ann")
	w.leaves(ann)
	w.lapse()
	hisFrames, herFrames := w.posted[bob.Connection], w.posted[cat.Connection]
	if len(hisFrames) != 1 || len(herFrames) != 1 || hisFrames[0].Seen == "" || herFrames[0].Seen != "" {
		t.Errorf("a contact hears %+v, a stranger %+v", hisFrames, herFrames)
	}
	if his, hers := w.watches(bob, "ann").Presences[0], w.watches(cat, "ann").Presences[0]; his.Seen == "" || hers.Seen != "" || hers.Status != chat.Offline {
		t.Errorf("a contact sees %+v, a stranger %+v", his, hers)
	}
}

func TestOnlyThoseWhoWatchNowAreTold(t *testing.T) {
	w := newTown(t)
	w.connects(ann)
	bobsTablet, cat := as("bob", "tablet"), as("cat", "phone")
	cat.Expires = w.now.Add(time.Minute)
	for _, who := range []chat.Identity{bob, bobsTablet, cat} {
		w.watches(who, "ann")
	}
	if _, err := w.Unwatch(t.Context(), bob, wire.Unwatch{Users: []chat.UserID{"ann", "nobody"}}); err != nil {
		t.Fatal(err)
	}
	w.later(time.Hour)
	w.sets(ann, wire.SetStatus{Status: chat.Busy})
	w.hears(bob, "who unwatched")
	w.hears(bobsTablet, "whose other device did", chat.Busy)
	w.hears(cat, "whose token has expired")
	w.later(chat.ConnectionLife)
	w.sets(ann, wire.SetStatus{Status: chat.Online})
	w.hears(bobsTablet, "whose connection cannot live any more")
}

func TestAWatcherThatIsGoneIsForgotten(t *testing.T) {
	w := newTown(t)
	w.connects(ann)
	cat := as("cat", "phone")
	w.watches(bob, "ann")
	w.watches(cat, "ann")
	w.gone[bob.Connection] = true
	w.sets(ann, wire.SetStatus{Status: chat.Busy})
	w.hears(cat, "the other one", chat.Busy)
	if watchers, err := w.sessions.Watchers(t.Context(), "ann"); err != nil || len(watchers) != 1 || watchers[0].User != "cat" {
		t.Errorf("watched by %v, %v", watchers, err)
	}
}

func TestWhoIsWatchedByTooManyIsShownAndNotWatched(t *testing.T) {
	w := newTown(t)
	w.connects(ann)
	for i := range chat.MaxWatchers {
		w.watches(as(chat.UserID(fmt.Sprintf("u%d", i)), "phone"), "ann")
	}
	got := w.watches(bob, "nobody", "ann")
	if !slices.Equal(got.Full, []chat.UserID{"ann"}) || got.Presences[0].Status != chat.Unknown || got.Presences[1].Status != chat.Online {
		t.Errorf("%+v", got)
	}
	w.sets(ann, wire.SetStatus{Status: chat.Busy})
	w.hears(bob, "who came too late")
	w.hears(as("u199", "phone"), "who did not", chat.Busy)
}

func TestNoAnnouncementFailsWhoCausesIt(t *testing.T) {
	w := newTown(t)
	w.watches(bob, "ann")
	w.Watchers = broken{w.Watchers}
	w.connects(ann)
	w.sets(ann, wire.SetStatus{Status: chat.Busy})
	if n := strings.Count(w.logs.String(), "presence not announced"); n != 2 || strings.Contains(w.logs.String(), "ann-phone") {
		t.Errorf("logs %s", w.logs)
	}
	w.leaves(ann)
	if err := w.Lapse(t.Context(), w.left[0]); err == nil {
		t.Error("an absence that is not announced is to come again")
	}
	w.Watchers = w.sessions
	w.lapse()
	w.hears(bob, "it does", chat.Offline)
}

// port lets broken stand for all of chat.Watchers, which has a method of the same name.
type port interface{ chat.Watchers }

// broken does not say who watches.
type broken struct{ port }

func (broken) Watchers(context.Context, chat.UserID) ([]chat.Watcher, error) {
	return nil, errors.New("throttled")
}

func TestAStatusOfAConnectionThatWasLoggedOutIsRefused(t *testing.T) {
	w := newTown(t)
	w.connects(ann)
	if _, err := w.keeper.Logout(t.Context(), ann, wire.Logout{}); err != nil {
		t.Fatal(err)
	}
	for _, status := range []chat.Presence{chat.Online, chat.Away, chat.Busy, chat.Invisible} {
		if _, err := w.Status(t.Context(), ann, wire.SetStatus{Status: status}); err == nil || chat.AsError(err).Code != chat.Forbidden {
			t.Errorf("%s: %v", status, err)
		}
	}
}
