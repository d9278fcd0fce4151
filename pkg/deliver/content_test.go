package deliver_test

import (
	"slices"
	"testing"

	"github.com/parley-im/parley/pkg/chat"
)

func TestWhatHasExpiredIsNotNotified(t *testing.T) {
	r := newRig()
	c := group("ann", "bob")
	e := said(c, "")
	e.State = chat.State{Expired: true}
	if err := r.Deliver(t.Context(), c, e, "x"); err != nil || len(r.topic.notices) != 0 {
		t.Errorf("%+v, %v", r.topic.notices, err)
	}
}

func TestANoticeOfAThreadIsCalledAfterItsGroup(t *testing.T) {
	r := newRig()
	c := group("ann", "bob", "cat")
	thread := c.About(3, "ann", "bob")
	if err := r.Deliver(t.Context(), thread, said(thread, "yes"), "x"); err != nil {
		t.Fatal(err)
	}
	if n := r.topic.notices[0]; n.Title != "friends" || n.Conversation != thread.ID || !slices.Equal(n.Users, []chat.UserID{"bob"}) {
		t.Errorf("%+v", n)
	}
}
