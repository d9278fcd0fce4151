package acceptance

import (
	"testing"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// A timer that counts from reading starts with the receipt of the first who reads, or with what they answer.
func TestWhatIsReadDisappearsAndWhatIsNotStays(t *testing.T) {
	t.Parallel()
	ann, bob, cat := person(t, "ann"), person(t, "bob"), person(t, "cat")
	annsPhone, bobsPhone, catsPhone := ann.connect("phone"), bob.connect("phone"), cat.connect("phone")
	group := annsPhone.creates("team", bob, cat).Conversation
	ask[wire.Governed](annsPhone, wire.Amend{
		Govern: wire.Govern{Head: annsPhone.head("change"), ID: newID(), Conversation: group},
		Setup:  &wire.Amendment{Timer: &wire.Timer{After: 5, From: chat.SinceRead}},
	})
	first, second, third := annsPhone.says(in(group), "one"), annsPhone.says(in(group), "two"), annsPhone.says(in(group), "three")
	expired := func(e wire.Accepted) bool { return catsPhone.history(group)[e.Seq-1].Expired }

	annsPhone.tellsRead(group, third.Seq) // its own author does not count
	bobsPhone.gets(first)
	bobsPhone.tellsRead(group, first.Seq)
	eventually(t, "what bob has read expires", func() bool { return expired(first) })
	if expired(second) || expired(third) {
		t.Error("what nobody has read has expired")
	}
	answer := bobsPhone.says(in(group), "I see") // whoever writes has read what stands before
	eventually(t, "what bob has answered expires", func() bool { return expired(second) && expired(third) })
	if expired(answer) {
		t.Error("the answer was read by nobody and has expired")
	}
}
