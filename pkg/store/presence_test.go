package store_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
)

func newPresences(t testing.TB) *store.Sessions {
	return store.NewSessions(dynamo.NewFromIface(dynamodbtest.Start(t)), topology.Sessions.Name)
}

func present(t testing.TB, s *store.Sessions, user chat.UserID) chat.Session {
	t.Helper()
	return must[[]chat.Session](t)(s.Present(t.Context(), []chat.UserID{user}))[0]
}

func TestWhoLeavesIsKnownToHaveLeftUntilTheyAreBack(t *testing.T) {
	s := newPresences(t)
	at := func(n int) time.Time { return epoch.Add(time.Duration(n) * time.Second) }
	first := must[chat.Session](t)(s.Connect(t.Context(), "ann", chat.Connection{ID: "1", Device: "phone", Since: at(0)}))
	if !first.Left.IsZero() || len(first.Connections) != 1 || first.User != "ann" || !first.LastSeen.Equal(at(0)) {
		t.Errorf("first %+v", first)
	}
	left := must[chat.Session](t)(s.Leave(t.Context(), "ann", at(1), "1"))
	if !left.Left.Equal(at(1)) || len(left.Connections) != 0 || !left.LastSeen.Equal(at(1)) {
		t.Errorf("left %+v", left)
	}
	again := must[chat.Session](t)(s.Leave(t.Context(), "ann", at(5), "1")) // a retry of what was done
	if !again.Left.Equal(at(1)) || !again.LastSeen.Equal(at(1)) {
		t.Errorf("left once more %+v", again)
	}
	back := must[chat.Session](t)(s.Connect(t.Context(), "ann", chat.Connection{ID: "2", Since: at(2)}))
	if !back.Left.Equal(at(1)) || len(back.Connections) != 1 {
		t.Errorf("back %+v", back)
	}
	if now := present(t, s, "ann"); !now.Left.IsZero() {
		t.Errorf("now %+v", now)
	}
	if lapsed := must[chat.Session](t)(s.Lapse(t.Context(), "ann", at(1))); len(lapsed.Connections) != 1 {
		t.Errorf("lapsed %+v", lapsed)
	}
	must[chat.Session](t)(s.Leave(t.Context(), "ann", at(3), "2"))
	if lapsed := must[chat.Session](t)(s.Lapse(t.Context(), "ann", at(1))); !lapsed.Left.Equal(at(3)) {
		t.Errorf("an older absence ends a newer one: %+v", lapsed)
	}
	for _, want := range []time.Time{at(3), {}} { // the second time there is nothing to end
		if lapsed := must[chat.Session](t)(s.Lapse(t.Context(), "ann", at(3))); !lapsed.Left.Equal(want) || len(lapsed.Connections) != 0 {
			t.Errorf("lapsed %+v", lapsed)
		}
	}
	if nobody := must[chat.Session](t)(s.Lapse(t.Context(), "nobody", at(3))); nobody.User != "nobody" || !nobody.LastSeen.IsZero() {
		t.Errorf("%+v", nobody)
	}
}

func TestTheEndOfADeviceThatNobodyIsAtIsNoActivity(t *testing.T) {
	s := newPresences(t)
	must[chat.Session](t)(s.Connect(t.Context(), "ann", chat.Connection{ID: "1", Since: epoch}))
	idle := epoch.Add(time.Minute)
	must[chat.Session](t)(s.Connect(t.Context(), "ann", chat.Connection{ID: "2", Since: epoch}))
	must[chat.Session](t)(s.Leave(t.Context(), "ann", epoch, "2"))
	before, after, err := s.SetAway(t.Context(), "ann", "1", true, idle)
	if now := present(t, s, "ann"); before.Left.IsZero() || !after.Left.IsZero() || !now.Left.IsZero() {
		t.Errorf("who is told the truth needs no grace: %+v, %+v, %+v", before, after, now)
	}
	if err != nil || before.Connections[0].Away || !after.Connections[0].Away || !after.LastSeen.Equal(idle) {
		t.Errorf("%+v, %+v, %v", before, after, err)
	}
	left := must[chat.Session](t)(s.Leave(t.Context(), "ann", epoch.Add(time.Hour), "1"))
	if !left.LastSeen.Equal(idle) || !left.Idle || !left.Left.Equal(epoch.Add(time.Hour)) || len(left.Connections) != 0 {
		t.Errorf("left %+v", left)
	}
}

func TestWhatWasFoundDeadIsNoActivityEither(t *testing.T) {
	s := newPresences(t)
	must[chat.Session](t)(s.Connect(t.Context(), "ann", chat.Connection{ID: "1", Since: epoch}))
	if err := s.Disconnect(t.Context(), "ann", epoch.Add(time.Hour), "1"); err != nil {
		t.Fatal(err)
	}
	if now := present(t, s, "ann"); !now.LastSeen.Equal(epoch) || !now.Left.Equal(epoch.Add(time.Hour)) {
		t.Errorf("%+v", now)
	}
}

func TestAStatusIsKeptAndAnInvisibilityBeginsOnce(t *testing.T) {
	s := newPresences(t)
	must[chat.Session](t)(s.Connect(t.Context(), "ann", chat.Connection{ID: "1", Since: epoch}))
	at := func(n int) time.Time { return epoch.Add(time.Duration(n) * time.Minute) }
	for i, test := range []struct {
		set  chat.Status
		want chat.Status
	}{
		{chat.Status{Presence: chat.Busy, Until: at(60)}, chat.Status{Presence: chat.Busy, Until: at(60)}},
		{chat.Status{Presence: chat.Invisible}, chat.Status{Presence: chat.Invisible, Since: at(2)}},
		{chat.Status{Presence: chat.Invisible, Until: at(90)}, chat.Status{Presence: chat.Invisible, Since: at(2), Until: at(90)}},
		{chat.Status{}, chat.Status{}},
		{chat.Status{Presence: chat.Invisible}, chat.Status{Presence: chat.Invisible, Since: at(5)}},
	} {
		was := present(t, s, "ann").Status
		before, after, err := s.SetStatus(t.Context(), "ann", "1", test.set, at(i+1))
		stored := present(t, s, "ann")
		if err != nil || before.Status != was || after.Status != test.want || stored.Status != test.want || !stored.LastSeen.Equal(after.LastSeen) {
			t.Errorf("%d: before %+v, after %+v, stored %+v, %v", i, before.Status, after.Status, stored.Status, err)
		}
	}
	if _, _, err := s.SetStatus(t.Context(), "ann", "gone", chat.Status{}, at(9)); err == nil || chat.AsError(err).Code != chat.Forbidden {
		t.Errorf("an unknown connection: %v", err)
	}
	if _, _, err := s.SetAway(t.Context(), "ann", "gone", true, at(9)); err == nil || chat.AsError(err).Code != chat.Forbidden {
		t.Errorf("an unknown connection: %v", err)
	}
	if now := present(t, s, "ann"); now.Status.Presence != chat.Invisible || len(now.Connections) != 1 {
		t.Errorf("what was refused changed %+v", now)
	}
}

func TestQuittingLeavesNoGrace(t *testing.T) {
	s := newPresences(t)
	for i := range 3 {
		must[chat.Session](t)(s.Connect(t.Context(), "ann", chat.Connection{ID: chat.ConnectionID(fmt.Sprint(i)), Since: epoch}))
	}
	must[chat.Session](t)(s.Leave(t.Context(), "ann", epoch.Add(time.Second), "0"))
	rest := must[chat.Session](t)(s.Quit(t.Context(), "ann", epoch.Add(time.Minute), "1", "2", "never was"))
	if !rest.Left.IsZero() || len(rest.Connections) != 0 || !rest.LastSeen.Equal(epoch.Add(time.Minute)) {
		t.Errorf("%+v", rest)
	}
}

func watcher(i int, until time.Time) chat.Watcher {
	return chat.Watcher{User: chat.UserID(fmt.Sprintf("u%d", i)), Connection: chat.ConnectionID(fmt.Sprintf("c%03d=", i)), Until: until}
}

func TestWatchersAreBoundedWhoeverComesAtTheSameTime(t *testing.T) {
	s := newPresences(t)
	now, until := epoch.Truncate(time.Second), epoch.Truncate(time.Second).Add(time.Hour)
	var added atomic.Int32
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for i := worker; i < chat.MaxWatchers+20; i += 8 {
				ok, err := s.Watch(t.Context(), "bob", watcher(i, until), now)
				if err != nil {
					t.Error(err)
				}
				if ok {
					added.Add(1)
				}
			}
		})
	}
	wg.Wait()
	all := must[[]chat.Watcher](t)(s.Watchers(t.Context(), "bob"))
	if added.Load() != chat.MaxWatchers || len(all) != chat.MaxWatchers {
		t.Fatalf("%d added, %d there", added.Load(), len(all))
	}
	if ok, err := s.Watch(t.Context(), "bob", all[7], now); !ok || err != nil {
		t.Errorf("one who is there already: %v, %v", ok, err)
	}
	if err := s.Unwatch(t.Context(), "bob", all[3]); err != nil {
		t.Fatal(err)
	}
	late := watcher(999, until.Add(time.Hour))
	if ok, err := s.Watch(t.Context(), "bob", late, now); !ok || err != nil {
		t.Errorf("in the free place: %v, %v", ok, err)
	}
	// An hour later only the late one is left of them, and gives no way.
	if ok, err := s.Watch(t.Context(), "bob", watcher(1000, until.Add(time.Hour)), until); !ok || err != nil {
		t.Errorf("in the place of those whose time is over: %v, %v", ok, err)
	}
	if all := must[[]chat.Watcher](t)(s.Watchers(t.Context(), "bob")); len(all) != 2 || all[1] != late {
		t.Errorf("%+v", all)
	}
}

func TestADeviceWatchesByItsNewestConnection(t *testing.T) {
	s := newPresences(t)
	now := epoch.Truncate(time.Second)
	on := func(device chat.DeviceID, c chat.ConnectionID) chat.Watcher {
		return chat.Watcher{User: "ann", Device: device, Connection: c, Until: now.Add(time.Hour)}
	}
	want := func(what string, want ...chat.Watcher) {
		t.Helper()
		if all := must[[]chat.Watcher](t)(s.Watchers(t.Context(), "bob")); !slices.Equal(all, want) {
			t.Errorf("%s: %+v, want %+v", what, all, want)
		}
	}
	for _, w := range []chat.Watcher{on("phone", "1"), on("tablet", "2"), on("phone", "3"), on("", "4"), on("", "5")} {
		if ok, err := s.Watch(t.Context(), "bob", w, now); !ok || err != nil {
			t.Fatal(ok, err)
		}
	}
	want("one for each device", on("tablet", "2"), on("phone", "3"), on("", "4"), on("", "5"))
	if err := s.Unwatch(t.Context(), "bob", on("phone", "1")); err != nil {
		t.Fatal(err)
	}
	want("the phone has a newer one", on("tablet", "2"), on("phone", "3"), on("", "4"), on("", "5"))
	if err := s.Unwatch(t.Context(), "bob", on("phone", "3"), on("", "4")); err != nil {
		t.Fatal(err)
	}
	want("two are gone", on("tablet", "2"), on("", "5"))
}

func TestAllWatchersCanBeGoneAtOnce(t *testing.T) {
	s := newPresences(t)
	now := epoch.Truncate(time.Second)
	for i := range 120 {
		if _, err := s.Watch(t.Context(), "bob", watcher(i, now.Add(time.Hour)), now); err != nil {
			t.Fatal(err)
		}
	}
	all := must[[]chat.Watcher](t)(s.Watchers(t.Context(), "bob"))
	if err := s.Unwatch(t.Context(), "bob", all...); err != nil {
		t.Fatal(err)
	}
	if left := must[[]chat.Watcher](t)(s.Watchers(t.Context(), "bob")); len(all) != 120 || len(left) != 0 {
		t.Errorf("%d, and then %d", len(all), len(left))
	}
}

func TestNobodyWatchesWhoWasNeverWatched(t *testing.T) {
	s := newPresences(t)
	if all := must[[]chat.Watcher](t)(s.Watchers(t.Context(), "bob")); len(all) != 0 {
		t.Errorf("%+v", all)
	}
	if err := s.Unwatch(t.Context(), "bob", chat.Watcher{User: "ann", Connection: "1"}); err != nil {
		t.Error(err)
	}
	if now := present(t, s, "bob"); !now.LastSeen.IsZero() {
		t.Errorf("%+v", now)
	}
}

func TestWhatPeopleDecidedAboutEachOtherComesInPairs(t *testing.T) {
	p := store.NewPeople(dynamo.NewFromIface(dynamodbtest.Start(t)), topology.People.Name)
	others := []chat.UserID{"bob", "ann", "bob"}
	for i := range 60 { // more than a batch holds
		others = append(others, chat.UserID(fmt.Sprintf("u%02d", i)))
	}
	for owner, r := range map[chat.UserID]chat.Relation{"ann": {User: "bob", Contact: true}, "bob": {User: "ann", Blocked: epoch}, "u59": {User: "ann", Contact: true}} {
		befriended := p.Befriend(t.Context(), owner, r.User, r.Contact, "")
		if err := errors.Join(befriended, p.Block(t.Context(), owner, r.User, r.Blocked)); err != nil {
			t.Fatal(err)
		}
	}
	pairs := must[[]chat.Pair](t)(p.Between(t.Context(), "ann", others))
	if len(pairs) != 63 || !pairs[0].Ours.Contact || !pairs[0].Apart() || pairs[2] != pairs[0] || pairs[1] != (chat.Pair{}) {
		t.Errorf("%d pairs, %+v", len(pairs), pairs[:3])
	}
	if last := pairs[62]; !last.Theirs.Contact || last.Ours.Contact || last.Apart() {
		t.Errorf("%+v", last)
	}
}
