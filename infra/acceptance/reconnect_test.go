package acceptance

import (
	"reflect"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/wire"
)

// shows is what a device would draw now of the entries that it has.
func shows(entries []wire.Entry, hidden ...chat.Seq) (messages []wire.Entry, pins []chat.Seq) {
	var room client.Room
	for _, e := range entries {
		room.Apply(e)
	}
	room.Hide(hidden...)
	room.Expire(time.Now())
	return room.Messages(), room.Pins()
}

// Everything that can become of a message happens while a tablet is off. It asks once, and shows what the phone shows, which
// was there all the time.
func TestADeviceThatWasOffDuringEveryKindOfChangeShowsWhatTheOthersShow(t *testing.T) {
	t.Parallel()
	ann, bob, cat := person(t, "ann"), person(t, "bob"), person(t, "cat")
	annsPhone, bobsPhone, catsPhone := ann.connect("phone"), bob.connect("phone"), cat.connect("phone")
	bobsTablet := bob.connect("tablet")
	created := annsPhone.creates("team", bob, cat)
	group := created.Conversation
	var before []wire.Accepted
	for _, text := range []string{"edited", "deleted", "reacted", "pinned", "root", "hidden", "quoted", "deleted and hidden"} {
		before = append(before, annsPhone.says(in(group), text))
	}
	for _, ack := range append([]wire.Accepted{created}, before...) {
		bobsTablet.gets(ack)
	}
	had := bobsTablet.entries(group)
	bobsTablet.cut()

	edited, deleted, reacted, pinned, root, hidden, quoted, both := before[0], before[1], before[2], before[3], before[4], before[5], before[6], before[7]
	seconds := 5
	brief := catsPhone.message(in(group), "brief")
	brief.Expires = &seconds
	sent := catsPhone.sends(brief)
	catsPhone.reacts(sent, "👀")
	catsPhone.reacts(reacted, "👍", "🎉")
	annsPhone.edits(edited, "once")
	annsPhone.edits(edited, "twice")
	catsPhone.reacts(reacted, "🎉")
	annsPhone.deletes(deleted)
	annsPhone.pins(pinned, false)
	annsPhone.pins(quoted, false)
	annsPhone.pins(quoted, true)
	annsPhone.pins(edited, false)
	reply := catsPhone.sends(catsPhone.message(about(root), "in the thread"))
	annsPhone.sends(annsPhone.message(in(reply.Conversation), "me too"))
	answer := catsPhone.message(in(group), "answer")
	answer.Body.Reply = quoted.Seq
	catsPhone.sends(answer)
	bobsPhone.hides(group, hidden.Seq)
	bobsPhone.hides(group, both.Seq)
	annsPhone.edits(hidden, "bob does not see this")
	annsPhone.deletes(both)
	own := bobsPhone.sends(bobsPhone.message(in(group), "bob himself"))
	bobsPhone.edits(own, "bob himself, again")
	annsPhone.sends(annsPhone.forward(in(group), quoted))
	eventually(t, "it expires", func() bool { return catsPhone.history(group)[sent.Seq-1].Expired })
	last := annsPhone.says(in(group), "last")
	bobsPhone.gets(last)

	// The phone has what it was told live, and for what it did itself what the log says.
	live := map[chat.Seq]wire.Entry{}
	for _, e := range bobsPhone.entries(group) {
		if e.Event != wire.EventHides {
			live[e.Seq] = e
		}
	}
	log := bobsPhone.catchesUp(group, 0)
	var there []wire.Entry
	for _, e := range log {
		if e.From == bob.ID {
			live[e.Seq] = e
		}
		if _, ok := live[e.Seq]; !ok {
			t.Fatalf("the phone was not told of %+v", e)
		}
		there = append(there, live[e.Seq])
	}
	phone, phonesPins := shows(there, hidden.Seq, both.Seq)

	bobsTablet = bob.connect("tablet")
	line := bobsTablet.line(group)
	if line.Hides == nil {
		t.Fatalf("the list does not tell what is hidden: %+v", line)
	}
	missed := bobsTablet.syncs(group, both.Seq)
	if missed.More || len(missed.Conversations) != 1 {
		t.Fatalf("once is not enough: %+v", missed)
	}
	tablet, tabletsPins := shows(append(had, missed.Conversations[0].Entries...), line.Hides.Seqs...)
	fresh, freshPins := shows(log)
	if !reflect.DeepEqual(phone, tablet) || !reflect.DeepEqual(phone, fresh) {
		t.Errorf("the phone shows\n%+v\nthe tablet\n%+v\na new device\n%+v", phone, tablet, fresh)
	}
	if !reflect.DeepEqual(phonesPins, tabletsPins) || !reflect.DeepEqual(phonesPins, freshPins) || len(phonesPins) != 2 {
		t.Errorf("pinned are %v, %v, %v", phonesPins, tabletsPins, freshPins)
	}
	if thread := bobsTablet.history(reply.Conversation); len(thread) != 2 {
		t.Errorf("the thread is %+v", thread)
	}
}
