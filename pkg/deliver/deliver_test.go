package deliver_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

type (
	connections = []chat.ConnectionID
	users       = []chat.UserID
)

func TestS7EveryConnectionOfEveryMemberGetsTheEntryExceptTheOneThatSentIt(t *testing.T) {
	r := newRig()
	r.connect("ann", "ann-phone", "ann-laptop")
	r.connect("bob", "bob-phone", "bob-laptop")
	r.connect("eve", "eve-phone") // not a member
	c := group("ann", "bob", "cat")
	e := said(c, "hi")
	if err := r.Deliver(t.Context(), c, e, "ann-phone"); err != nil {
		t.Fatal(err)
	}
	if got, want := r.gateway.reached(), (connections{"ann-laptop", "bob-laptop", "bob-phone"}); !slices.Equal(got, want) {
		t.Errorf("reached %v, want %v", got, want)
	}
	for id, frames := range r.gateway.got {
		if len(frames) != 1 || !reflect.DeepEqual(frames[0], wire.FromEntry(e)) {
			t.Errorf("%s got %+v", id, frames)
		}
	}
	if got := r.topic.notified(); !slices.Equal(got, users{"cat"}) {
		t.Errorf("notified %v, want only who has no connection", got)
	}
	if r.logs.Len() > 0 || len(r.queue.shares) > 0 {
		t.Errorf("logs %q, shares %v", r.logs, r.queue.shares)
	}
}

func TestTheSenderIsNeverNotified(t *testing.T) {
	for name, own := range map[string]connections{"one device": {"ann-phone"}, "a device that just went": {}, "a second that is gone": {"ann-phone", "ann-old"}} {
		r := newRig()
		r.connect("ann", own...)
		r.connect("bob", "bob-phone")
		r.gateway.answers["ann-old"] = always(chat.ErrGone)
		c := group("ann", "bob")
		if err := r.Deliver(t.Context(), c, said(c, "hi"), "ann-phone"); err != nil {
			t.Fatal(err)
		}
		if len(r.topic.notices) != 0 {
			t.Errorf("%s: notices %+v", name, r.topic.notices)
		}
	}
}

func TestANoticeNamesTheEntryAndSaysNothingOfIt(t *testing.T) {
	r := newRig()
	c := group("ann", "bob", "cat")
	if err := r.Deliver(t.Context(), c, said(c, "canary"), "x"); err != nil {
		t.Fatal(err)
	}
	if len(r.topic.notices) != 1 {
		t.Fatalf("%d notices for one entry", len(r.topic.notices))
	}
	n := r.topic.notices[0]
	slices.Sort(n.Users)
	if want := (chat.Notice{Conversation: c.ID, Seq: 7, Title: "friends", Users: users{"bob", "cat"}}); !reflect.DeepEqual(n, want) {
		t.Errorf("%+v, want %+v", n, want)
	}
}

func TestWhatIsHiddenReachesItsSendersDevicesOnly(t *testing.T) {
	r := newRig()
	r.connect("ann", "ann-phone", "ann-laptop")
	r.connect("bob", "bob-phone")
	c := group("ann", "bob", "cat")
	e := said(c, "hi")
	e.Hidden = true
	if err := r.Deliver(t.Context(), c, e, "ann-phone"); err != nil {
		t.Fatal(err)
	}
	if got := r.gateway.reached(); !slices.Equal(got, connections{"ann-laptop"}) || len(r.topic.notices) != 0 {
		t.Errorf("posted to %v, notified %v", got, r.topic.notified())
	}
}

func TestWhatAStrangerWritesWaitsWithoutASound(t *testing.T) {
	r := newRig()
	r.connect("ann", "ann-phone", "ann-laptop")
	r.connect("bob", "bob-phone")
	c := group("ann", "bob")
	c.Request = "bob"
	if err := r.Deliver(t.Context(), c, said(c, "hi"), "ann-phone"); err != nil {
		t.Fatal(err)
	}
	delete(r.people.connections, "bob")
	if err := r.Deliver(t.Context(), c, said(c, "hi"), "ann-phone"); err != nil {
		t.Fatal(err)
	}
	if got := r.gateway.reached(); !slices.Equal(got, connections{"ann-laptop"}) || len(r.topic.notices) != 0 {
		t.Errorf("posted to %v, notified %v", got, r.topic.notified())
	}
}

func TestAConnectionThatIsGoneIsForgottenAndNoOther(t *testing.T) {
	r := newRig()
	r.connect("bob", "bob-old", "bob-phone")
	r.connect("cat", "cat-old", "cat-older")
	for _, id := range (connections{"bob-old", "cat-old", "cat-older"}) {
		r.gateway.answers[id] = always(fmt.Errorf("post: %w", chat.ErrGone))
	}
	c := group("ann", "bob", "cat")
	if err := r.Deliver(t.Context(), c, said(c, "hi"), "ann-phone"); err != nil {
		t.Fatal(err)
	}
	if got := r.people.of("bob"); !slices.Equal(got, connections{"bob-phone"}) {
		t.Errorf("bob has %v", got)
	}
	if got := r.people.of("cat"); len(got) != 0 {
		t.Errorf("cat has %v", got)
	}
	// Who has no connection left was not reached.
	if got := r.topic.notified(); !slices.Equal(got, users{"cat"}) {
		t.Errorf("notified %v", got)
	}
	if r.gateway.tries["cat-old"] != 1 {
		t.Errorf("what is gone was tried %d times", r.gateway.tries["cat-old"])
	}
}

func TestAConnectionThatIsTooOldToExistIsNotPostedTo(t *testing.T) {
	r := newRig()
	const most = chat.ConnectionLife + chat.ConnectionMargin
	r.people.connections["bob"] = []chat.Connection{{ID: "bob-old", Since: r.now.Add(-most)}}
	r.people.connections["cat"] = []chat.Connection{{ID: "cat-old", Since: r.now.Add(-most)}, {ID: "cat-phone", Since: r.now.Add(-most + time.Second)}}
	c := group("ann", "bob", "cat")
	if err := r.Deliver(t.Context(), c, said(c, "hi"), "ann-phone"); err != nil {
		t.Fatal(err)
	}
	if got := r.gateway.reached(); !slices.Equal(got, connections{"cat-phone"}) {
		t.Errorf("reached %v", got)
	}
	if got := r.topic.notified(); !slices.Equal(got, users{"bob"}) {
		t.Errorf("notified %v", got)
	}
}

func TestABusyConnectionIsTriedAgainByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		r.connect("bob", "bob-phone")
		r.connect("cat", "cat-phone")
		busy := fmt.Errorf("429: %w", chat.ErrBusy)
		r.gateway.answers["bob-phone"] = func(_ context.Context, try int) error {
			if try < 3 {
				return busy
			}
			return nil
		}
		r.gateway.answers["cat-phone"] = always(busy)
		c := group("ann", "bob", "cat")
		start := time.Now()
		if err := r.Deliver(t.Context(), c, said(c, "hi"), "ann-phone"); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took > time.Second {
			t.Errorf("took %v", took)
		}
		if n := len(r.gateway.got["bob-phone"]); n != 1 {
			t.Errorf("bob got it %d times", n)
		}
		if n := r.gateway.tries["cat-phone"]; n != 3 {
			t.Errorf("cat was tried %d times, want 3", n)
		}
		// It is slow, not gone: it stays, and a phone that is connected does not ring.
		if got := r.people.of("cat"); len(got) != 1 || len(r.topic.notices) != 0 {
			t.Errorf("cat has %v, notices %v", got, r.topic.notices)
		}
		if !strings.Contains(r.logs.String(), "failed=1 posts=2") {
			t.Errorf("logs %q", r.logs)
		}
	})
}

func TestAnErrorThatIsNotBusyIsNotTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		r.connect("bob", "bob-phone", "bob-laptop")
		r.gateway.answers["bob-phone"] = always(errors.New("403"))
		c := group("ann", "bob")
		if err := r.Deliver(t.Context(), c, said(c, "hi"), "ann-phone"); err != nil {
			t.Fatal(err)
		}
		if n := r.gateway.tries["bob-phone"]; n != 1 || len(r.gateway.got["bob-laptop"]) != 1 {
			t.Errorf("%d tries, laptop %v", n, r.gateway.got["bob-laptop"])
		}
	})
}

// More connections hang than there are workers, and they come first or last or in between: maps are in no order.
func TestSlowConnectionsCostNobodyButThemselves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		members := users{"ann"}
		for i := range 200 {
			user := chat.UserID(fmt.Sprintf("u%03d", i))
			members = append(members, user)
			r.connect(user, "c-"+chat.ConnectionID(user))
			if i%10 == 0 {
				r.gateway.answers["c-"+chat.ConnectionID(user)] = hangs
			}
		}
		c := group(members...)
		start := time.Now()
		if err := r.Deliver(t.Context(), c, said(c, "hi"), "ann-phone"); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("took %v", took)
		}
		if n := len(r.gateway.got); n != 180 {
			t.Errorf("%d were reached, want 180", n)
		}
	})
}

func TestThePostsEndAtTheDeadlineEvenIfEverythingHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		members := users{"ann", "off"}
		for i := range 100 {
			user := chat.UserID(fmt.Sprintf("u%03d", i))
			members = append(members, user)
			r.connect(user, "c-"+chat.ConnectionID(user))
			r.gateway.answers["c-"+chat.ConnectionID(user)] = hangs
		}
		c := group(members...)
		start := time.Now()
		if err := r.Deliver(t.Context(), c, said(c, "hi"), "ann-phone"); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != 5*time.Second {
			t.Errorf("took %v, want the deadline of 5 s", took)
		}
		// What follows the posts has time of its own.
		if got := r.topic.notified(); !slices.Equal(got, users{"off"}) {
			t.Errorf("notified %v", got)
		}
	})
}

func TestAFailureToForgetDoesNotFailTheDelivery(t *testing.T) {
	r := newRig()
	r.connect("bob", "bob-old")
	r.gateway.answers["bob-old"] = always(chat.ErrGone)
	r.people.pruneErr = errors.New("throttled")
	c := group("ann", "bob")
	if err := r.Deliver(t.Context(), c, said(c, "hi"), "ann-phone"); err != nil {
		t.Fatal(err)
	}
	if got := r.topic.notified(); !slices.Equal(got, users{"bob"}) || !strings.Contains(r.logs.String(), "prune failed") {
		t.Errorf("notified %v, logs %q", got, r.logs)
	}
}

func TestWhatCannotBeHandedOverFailsTheDelivery(t *testing.T) {
	down := errors.New("down")
	for name, broken := range map[string]func(*rig){
		"sessions": func(r *rig) { r.people.readErr = down },
		"notices":  func(r *rig) { r.topic.err = down },
	} {
		r := newRig()
		broken(r)
		c := group("ann", "bob")
		if err := r.Deliver(t.Context(), c, said(c, "hi"), "ann-phone"); !errors.Is(err, down) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNothingIsSaidInTheLogs(t *testing.T) {
	r := newRig()
	r.connect("bob", "bob-phone", "bob-old")
	r.gateway.answers["bob-phone"] = always(errors.New("503"))
	r.gateway.answers["bob-old"] = always(chat.ErrGone)
	r.people.pruneErr = errors.New("throttled")
	c := group("ann", "bob")
	if err := r.Deliver(t.Context(), c, said(c, "canary"), "ann-phone"); err != nil {
		t.Fatal(err)
	}
	if logs := r.logs.String(); logs == "" || strings.Contains(logs, "canary") {
		t.Errorf("logs %q", logs)
	}
}

// A connection outlives the token that it was opened with; what it may hear does not.
func TestAConnectionWhoseTokenHasExpiredHearsThatAndNothingElse(t *testing.T) {
	r := newRig()
	r.connect("ann", "ann-phone")
	r.people.connections["bob"] = []chat.Connection{
		{ID: "bob-old", Since: r.now, Expires: r.now}, {ID: "bob-new", Since: r.now, Expires: r.now.Add(time.Second)},
	}
	r.people.connections["cat"] = []chat.Connection{{ID: "cat-old", Since: r.now, Expires: r.now.Add(-time.Minute)}}
	c := group("ann", "bob", "cat")
	if err := r.Deliver(t.Context(), c, said(c, "hi"), "ann-phone"); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[chat.ConnectionID]chat.EntryKind{"bob-new": chat.Message, "bob-old": wire.EventError, "cat-old": wire.EventError} {
		if got := r.gateway.got[id]; len(got) != 1 || got[0].Event != want || (want == wire.EventError) != (got[0].Body.Text == "") {
			t.Errorf("%s got %+v, want one %s", id, got, want)
		}
	}
	if got := r.people.of("bob"); !slices.Equal(got, connections{"bob-new"}) {
		t.Errorf("bob has %v", got)
	}
	if got := r.topic.notified(); !slices.Equal(got, users{"cat"}) {
		t.Errorf("notified %v, want who can hear nothing", got)
	}
}
