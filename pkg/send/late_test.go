package send_test

import (
	"testing"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/send"
	"github.com/parley-im/parley/pkg/wire"
)

// What was stored is acknowledged to who repeats it, whatever has become of the conversation since.
func TestAResendIsFoundThoughWhatItSaysIsNotAllowedAnyMore(t *testing.T) {
	r := newRig(t)
	group, err := r.Create(t.Context(), as("ann"), wire.Create{ID: id(1), Name: "friends", Members: []chat.UserID{"bob", "cat"}})
	if err != nil {
		t.Fatal(err)
	}
	zero := chat.Seq(0)
	q := wire.Send{ID: id(2), To: wire.Target{Conversation: group.Conversation}, After: &zero, Body: wire.Content{
		Text: "hi", Regard: wire.Regard{Mentions: []chat.UserID{"cat"}},
	}}
	stored := r.mustSend(t, "bob", q)
	groups := &send.Groups{Sender: r.Sender, Gate: r.log.Log.(chat.Gate)}
	if _, err := groups.Remove(t.Context(), as("ann"), wire.Remove{
		Govern: wire.Govern{ID: id(3), Conversation: group.Conversation}, Users: []chat.UserID{"cat"},
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := groups.Amend(t.Context(), as("ann"), wire.Amend{
		Govern: wire.Govern{ID: id(4), Conversation: group.Conversation}, Setup: &wire.Amendment{Announce: new(true)},
	}); err != nil {
		t.Fatal(err)
	}
	if again := r.mustSend(t, "bob", q); again.Seq != stored.Seq || !again.At.Equal(stored.At) {
		t.Errorf("%+v, want %+v", again, stored)
	}
	q.ID = id(5)
	_, err = r.Send(t.Context(), as("bob"), q)
	wantCode(t, err, chat.Forbidden)
}
