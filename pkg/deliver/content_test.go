package deliver_test

import (
	"slices"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
)

func TestOfAMessageThatDisappearsANoticeSaysNothing(t *testing.T) {
	r := newRig()
	c := group("ann", "bob")
	e := said(c, "the code is 7351")
	e.Timer, e.Body.Attachments = chat.Timer{After: time.Minute, From: chat.SinceRead}, make([]chat.Attachment, 1)
	if err := r.Deliver(t.Context(), c, e, "x"); err != nil {
		t.Fatal(err)
	}
	if n := r.topic.notices[0]; n.Preview != "" || n.Attachments != 0 || n.Title != "friends" || n.From != "ann" {
		t.Errorf("%+v", n)
	}
	e.Timer, e.State = chat.Timer{}, chat.State{Expired: true}
	if err := r.Deliver(t.Context(), c, e, "x"); err != nil || len(r.topic.notices) != 1 {
		t.Errorf("what has expired is notified: %+v, %v", r.topic.notices, err)
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
