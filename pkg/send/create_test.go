package send_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

func TestAGroupBeginsWithTheEntryThatAnnouncesIt(t *testing.T) {
	r := newRig(t)
	q := wire.Create{ID: id(1), Name: "friends", Members: []chat.UserID{"bob", "cat", "ann"}}
	e, err := r.Create(t.Context(), as("ann"), q)
	if err != nil {
		t.Fatal(err)
	}
	if e.Seq != 1 || e.Kind != chat.Created || e.Body.Name != "friends" || e.Body.Size != 3 {
		t.Errorf("entry %+v", e)
	}
	tail, ok, err := r.log.Tail(t.Context(), e.Conversation, chat.Strong)
	if err != nil || !ok || tail.Conversation.Members["ann"].Role != chat.Owner || tail.Conversation.Members["cat"].Role != chat.Member {
		t.Errorf("header %+v, %v", tail.Conversation, err)
	}
	// A resend, even after others have spoken.
	r.mustSend(t, "cat", wire.Send{ID: id(2), To: wire.Target{Conversation: e.Conversation}, Body: wire.Content{Text: "hi"}})
	again, err := r.Create(t.Context(), as("ann"), q)
	if err != nil || again.Seq != 1 || again.Conversation != e.Conversation {
		t.Errorf("again %+v, %v", again, err)
	}
	for name, other := range map[string]wire.Create{
		"name":    {ID: id(1), Name: "foes", Members: q.Members},
		"members": {ID: id(1), Name: "friends", Members: []chat.UserID{"bob", "eve"}},
	} {
		_, err := r.Create(t.Context(), as("ann"), other)
		if err == nil || chat.AsError(err).Code != chat.Conflict {
			t.Errorf("the same id with other %s: %v", name, err)
		}
	}
	if n := len(r.entries(t, e.Conversation)); n != 2 {
		t.Errorf("%d entries", n)
	}
}

func TestSizeOfAGroup(t *testing.T) {
	r := newRig(t)
	crowd := func(n int) (users []chat.UserID) {
		for i := range n {
			users = append(users, chat.UserID(fmt.Sprint("u", i)))
		}
		return users
	}
	_, err := r.Create(t.Context(), as("ann"), wire.Create{ID: id(1), Name: "all", Members: crowd(chat.MaxMembers)})
	wantCode(t, err, chat.TooLarge) // with the creator it is one too many
	_, err = r.Create(t.Context(), as("ann"), wire.Create{ID: id(2), Name: "me", Members: []chat.UserID{"ann"}})
	wantCode(t, err, chat.Invalid)
	e, err := r.Create(t.Context(), as("ann"), wire.Create{ID: id(3), Name: "all", Members: crowd(chat.MaxMembers - 1)})
	if err != nil || e.Body.Size != chat.MaxMembers {
		t.Errorf("%+v, %v", e, err)
	}
	// Its members are items, and may write.
	if e := r.mustSend(t, "u7", wire.Send{ID: id(4), To: wire.Target{Conversation: e.Conversation}, Body: wire.Content{Text: "hi"}}); e.Seq != 2 {
		t.Errorf("seq %d", e.Seq)
	}
	_, err = r.Send(t.Context(), as("eve"), wire.Send{ID: id(5), To: wire.Target{Conversation: e.Conversation}, Body: wire.Content{Text: "hi"}})
	wantCode(t, err, chat.Forbidden)
}

func TestNobodyIsPutIntoAGroupWhoDoesNotWantThat(t *testing.T) {
	r := newRig(t)
	create := func(n int, members ...chat.UserID) error {
		_, err := r.Create(t.Context(), as("ann"), wire.Create{ID: id(n), Name: "trip", Members: members})
		return err
	}
	if err := create(1, "ann", "bob", "cat"); err != nil {
		t.Fatal(err)
	}
	r.block(t, "bob", "ann")
	if err := create(1, "ann", "bob", "cat"); err != nil {
		t.Errorf("sent again: %v", err)
	}
	wantCode(t, create(2, "cat", "bob"), chat.Forbidden)
	r.unblock(t, "bob", "ann")
	r.block(t, "ann", "bob")
	wantCode(t, create(2, "bob", "cat"), chat.Forbidden)
	r.unblock(t, "ann", "bob")
	if _, err := r.sessions.ChangeSettings(t.Context(), "cat", chat.SettingsChange{Groups: chat.Contacts}, time.Now()); err != nil {
		t.Fatal(err)
	}
	err := create(2, "bob", "cat", "dan")
	if wantCode(t, err, chat.Forbidden); err == nil || !strings.Contains(err.Error(), "cat") {
		t.Errorf("%v does not say who", err)
	}
	if _, exists, err := r.log.Tail(t.Context(), chat.GroupID("ann", id(2)), chat.Strong); err != nil || exists {
		t.Errorf("the group exists: %v", err)
	}
	if err := r.people.Befriend(t.Context(), "cat", "ann", true, ""); err != nil {
		t.Fatal(err)
	}
	if err := create(2, "bob", "cat", "dan"); err != nil {
		t.Error(err)
	}
}

func TestAGroupCanBeginWithItsRules(t *testing.T) {
	r := newRig(t)
	q := wire.Create{
		ID: id(1), Name: "trip", Members: []chat.UserID{"bob"}, Announce: true, History: new(chat.FromStart), Slow: new(30),
		Timer: &wire.Timer{After: 60, From: chat.SinceRead},
	}
	e, err := r.Create(t.Context(), as("ann"), q)
	if err != nil {
		t.Fatal(err)
	}
	tail, _, err := r.log.Tail(t.Context(), e.Conversation, chat.Strong)
	want := chat.Setup{
		Name: "trip", Announce: true, History: chat.FromStart, Slow: 30 * time.Second, Timer: chat.Timer{After: time.Minute, From: chat.SinceRead}, Timed: true,
	}
	if err != nil || tail.Conversation.Setup != want {
		t.Errorf("%+v, %v", tail.Conversation.Setup, err)
	}
	if again, err := r.Create(t.Context(), as("ann"), q); err != nil || again.Seq != e.Seq {
		t.Errorf("%+v, %v", again, err)
	}
	q.Slow = new(31)
	_, err = r.Create(t.Context(), as("ann"), q)
	wantCode(t, err, chat.Conflict)
}
