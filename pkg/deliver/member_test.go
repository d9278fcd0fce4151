package deliver_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/parley-im/parley/pkg/chat"
)

// about is an entry of the group about some users.
func about(c chat.Conversation, kind chat.EntryKind, users ...chat.UserID) chat.Entry {
	e := said(c, "")
	e.Kind, e.Body = kind, chat.Body{Users: users}
	return e
}

func TestM1WhoWasJustRemovedHearsThatAndNothingElse(t *testing.T) {
	r := newRig()
	for _, user := range []chat.UserID{"ann", "bob", "eve"} {
		r.connect(user, chat.ConnectionID(user))
	}
	without := group("ann", "bob")
	for _, e := range []chat.Entry{about(without, chat.Removed, "eve"), said(without, "at last")} {
		if err := r.Deliver(t.Context(), without, e, "ann"); err != nil {
			t.Fatal(err)
		}
	}
	if got := r.gateway.got["eve"]; len(got) != 1 || got[0].Event != chat.Removed {
		t.Errorf("eve hears %+v", got)
	}
	if got := r.gateway.got["bob"]; len(got) != 2 {
		t.Errorf("bob hears %+v", got)
	}
}

func TestWhoLeavesHearsItOnTheirOtherDevices(t *testing.T) {
	r := newRig()
	r.connect("eve", "eve-phone", "eve-laptop")
	r.connect("ann", "ann")
	e := about(group("ann"), chat.Left)
	e.From = "eve"
	if err := r.Deliver(t.Context(), group("ann"), e, "eve-phone"); err != nil {
		t.Fatal(err)
	}
	if got := r.gateway.reached(); !slices.Equal(got, []chat.ConnectionID{"ann", "eve-laptop"}) {
		t.Errorf("reached %v", got)
	}
}

func TestAResendOfARemovalReachesWhoIsBackOnce(t *testing.T) {
	r := newRig()
	r.connect("eve", "eve")
	c := group("ann", "eve")
	c.Members["eve"] = chat.Place{Role: chat.Member, From: 9} // added again after the removal, which is 7
	if err := r.Deliver(t.Context(), c, about(c, chat.Removed, "eve"), ""); err != nil {
		t.Fatal(err)
	}
	if got := r.gateway.got["eve"]; len(got) != 0 {
		t.Errorf("eve hears %+v", got)
	}
}

func TestM2WhoCameLaterIsNotPostedWhatWasBefore(t *testing.T) {
	r := newRig()
	for _, user := range []chat.UserID{"bob", "cat", "dan", "eve"} {
		r.connect(user, chat.ConnectionID(user))
	}
	c := group("ann", "bob", "cat", "dan", "eve")
	c.Members["cat"] = chat.Place{Role: chat.Member, From: 8}
	c.Members["dan"] = chat.Place{Role: chat.Member, From: 7}
	c.Members["eve"] = chat.Place{Role: chat.Member, From: 5}
	if err := r.Deliver(t.Context(), c, said(c, "hi"), ""); err != nil {
		t.Fatal(err)
	}
	if got := r.gateway.reached(); !slices.Equal(got, []chat.ConnectionID{"bob", "dan", "eve"}) {
		t.Errorf("reached %v", got)
	}
	// Of an edit of what they may not see they hear the place, so that they have no gap.
	edit := said(c, "secret")
	edit.Kind, edit.Seq, edit.Body.Target = chat.Edited, 9, 6
	if err := r.Deliver(t.Context(), c, edit, ""); err != nil {
		t.Fatal(err)
	}
	for _, user := range []chat.ConnectionID{"cat", "dan"} {
		got := r.gateway.got[user]
		if e := got[len(got)-1]; e.Event != chat.Hidden || e.Seq != 9 || e.Body.Text != "" || e.From != "" {
			t.Errorf("%s hears %+v", user, e)
		}
	}
	if got := r.gateway.got["eve"]; got[1].Event != chat.Edited || got[1].Body.Text != "secret" {
		t.Errorf("eve hears %+v", got)
	}
}

func TestOnlyThoseWhoWereAddedAreNotifiedOfIt(t *testing.T) {
	r := newRig()
	c := group("ann", "bob", "cat", "dan")
	r.connect("dan", "dan")
	for _, kind := range []chat.EntryKind{chat.Added, chat.Joined, chat.Removed, chat.Left, chat.Ranked, chat.Changed} {
		if err := r.Deliver(t.Context(), c, about(c, kind, "cat", "dan"), ""); err != nil {
			t.Fatal(err)
		}
	}
	if len(r.topic.notices) != 1 || !slices.Equal(r.topic.notified(), []chat.UserID{"cat"}) {
		t.Errorf("notices %+v", r.topic.notices)
	}
}

// The same in a group whose members are items: those who are gone, those who came later and the blind go through the queue.
func TestMembershipOfALargeGroupDecidesWhoIsInAShard(t *testing.T) {
	r := newRig()
	c := r.withLog(t, 300)
	place := chat.Place{Role: chat.Member, From: 3}
	e := about(c, chat.Added, "late")
	e.Seq, e.Rules = 3, 3
	if _, wrote, err := r.Log.Commit(t.Context(), e, chat.Change{Header: &chat.Header{Conversation: c}}, chat.Change{Join: &chat.Seat{User: "late", Place: place}}, chat.Change{Leave: member(7)}); err != nil || !wrote {
		t.Fatal(wrote, err)
	}
	reach := func(e chat.Entry) (users, blind []chat.UserID) {
		r.queue.shares = nil
		if err := r.Deliver(t.Context(), c, e, ""); err != nil {
			t.Fatal(err)
		}
		for _, s := range r.queue.shares {
			users, blind = append(users, s.Users...), append(blind, s.Blind...)
		}
		return users, blind
	}
	before := said(c, "before")
	before.Seq = 2
	if users, blind := reach(before); len(users) != 299 || len(blind) != 0 || slices.Contains(users, "late") || slices.Contains(users, member(7)) {
		t.Errorf("before: %d and %d", len(users), len(blind))
	}
	edit := before
	edit.Kind, edit.Seq, edit.Body.Target = chat.Edited, 4, 2
	if users, blind := reach(edit); len(users) != 299 || !slices.Equal(blind, []chat.UserID{"late"}) {
		t.Errorf("an edit of before: %d and %v", len(users), blind)
	}
	removed := about(c, chat.Removed, member(7))
	removed.Seq = 5
	if users, _ := reach(removed); len(users) != 301 || !slices.Contains(users, member(7)) {
		t.Errorf("the removal: %d", len(users))
	}
	// Of a shard, the blind get the place and nobody of them a notice.
	r.connect("late", "late")
	edit.ID = chat.MessageID(fmt.Sprint(3))
	if err := r.DeliverTo(t.Context(), c, edit, []chat.UserID{member(8)}, []chat.UserID{"late", member(9)}, ""); err != nil {
		t.Fatal(err)
	}
	if got := r.gateway.got["late"]; len(got) != 1 || got[0].Event != chat.Hidden || got[0].ID != "" {
		t.Errorf("late hears %+v", got)
	}
}
