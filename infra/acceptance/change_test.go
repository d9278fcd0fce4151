package acceptance

import (
	"reflect"
	"testing"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// change names a message that was acknowledged.
func (d *device) change(action string, of wire.Accepted) wire.Change {
	return wire.Change{Head: d.head(action), ID: newID(), Conversation: of.Conversation, Seq: of.Seq}
}

func (d *device) edits(of wire.Accepted, text string) wire.Accepted {
	d.t.Helper()
	return ask[wire.Accepted](d, wire.Edit{Change: d.change("edit", of), Body: &wire.Revision{Text: text}})
}

func (d *device) deletes(of wire.Accepted) wire.Accepted {
	d.t.Helper()
	return ask[wire.Accepted](d, wire.Delete{Change: d.change("delete", of)})
}

func (d *device) reacts(of wire.Accepted, marks ...string) wire.Accepted {
	d.t.Helper()
	return ask[wire.Accepted](d, wire.React{Change: d.change("react", of), Reactions: marks})
}

func TestWhatBecomesOfAMessageReachesWhoIsThereAndWhoComesLater(t *testing.T) {
	t.Parallel()
	ann, bob := person(t, "ann"), person(t, "bob")
	annsPhone, bobsPhone := ann.connect("phone"), bob.connect("phone")
	typo := annsPhone.says(to(bob), "helo")
	secret := annsPhone.says(to(bob), "my password is hunter2")
	answer := bobsPhone.sends(wire.Send{
		Head: bobsPhone.head("send"), ID: newID(), To: to(ann), Body: wire.Content{Text: "hello to you", Reply: typo.Seq},
	})

	edited := bobsPhone.gets(annsPhone.edits(typo, "hello"))
	if edited.Event != chat.Edited || edited.Body.Target != typo.Seq || edited.Body.Text != "hello" || edited.Version != 1 {
		t.Errorf("bob hears of the edit by %+v", edited)
	}
	reacted := annsPhone.gets(bobsPhone.reacts(typo, "👋", "❤️"))
	if want := []string{"👋", "❤️"}; reacted.Event != chat.Reacted || !reflect.DeepEqual(reacted.Body.Reactions, want) {
		t.Errorf("ann hears of the reaction by %+v", reacted)
	}
	annsPhone.gets(bobsPhone.reacts(typo, "👋"))
	deleted := bobsPhone.gets(annsPhone.deletes(secret))
	if deleted.Event != chat.Deleted || deleted.Body.Target != secret.Seq {
		t.Errorf("bob hears of the deletion by %+v", deleted)
	}

	// Later, on a device that was off all the time, by sync and by history.
	log := bob.connect("tablet").catchesUp(typo.Conversation, 0)
	page := ask[wire.Page](annsPhone, wire.History{Head: annsPhone.head("history"), Conversation: typo.Conversation})
	if !reflect.DeepEqual(log, page.Entries) {
		t.Errorf("sync says %+v, history %+v", log, page.Entries)
	}
	if m := log[0]; m.Body.Text != "hello" || m.Version != 1 || len(m.Reactions) != 1 || m.Reactions[0].Mark != "👋" || m.Reactions[0].Count != 1 {
		t.Errorf("the edited message is %+v", m)
	}
	if m := log[1]; !m.Deleted || !reflect.DeepEqual(m.Body, wire.Body{}) {
		t.Errorf("the deleted message is %+v", m)
	}
	if m := log[2]; m.Body.Reply != typo.Seq || m.ID != answer.ID {
		t.Errorf("the answer is %+v", m)
	}
	for _, e := range log {
		if e.Event == chat.Edited && (e.Body.Text != "hello" || e.Body.Target != typo.Seq) {
			t.Errorf("the edit is %+v", e)
		}
	}
}

func TestAnEditOfWhatWasDeletedSinceSaysNothing(t *testing.T) {
	t.Parallel()
	ann, bob := person(t, "ann"), person(t, "bob")
	phone := ann.connect("phone")
	message := phone.says(to(bob), "first")
	phone.edits(message, "second")
	phone.deletes(message)
	for _, e := range bob.connect("phone").catchesUp(message.Conversation, 0) {
		if e.Body.Text != "" {
			t.Errorf("%s %d still says %q", e.Event, e.Seq, e.Body.Text)
		}
	}
	if code := phone.refused(wire.Edit{Change: phone.change("edit", message), Body: &wire.Revision{Text: "back"}}); code != chat.NotFound {
		t.Errorf("an edit of it is refused with %s", code)
	}
}

func TestOthersCannotChangeAMessage(t *testing.T) {
	t.Parallel()
	ann, bob, eve := person(t, "ann"), person(t, "bob"), person(t, "eve")
	annsPhone, bobsPhone, evesPhone := ann.connect("phone"), bob.connect("phone"), eve.connect("phone")
	message := annsPhone.says(to(bob), "mine")
	before := annsPhone.catchesUp(message.Conversation, 0)
	for _, d := range []*device{bobsPhone, evesPhone} {
		for name, frame := range map[string]any{
			"edit":   wire.Edit{Change: d.change("edit", message), Body: &wire.Revision{Text: "yours"}},
			"delete": wire.Delete{Change: d.change("delete", message)},
		} {
			if code := d.refused(frame); code != chat.Forbidden {
				t.Errorf("%s: %s is refused with %s", d, name, code)
			}
		}
	}
	if code := evesPhone.refused(wire.React{Change: evesPhone.change("react", message), Reactions: []string{"👎"}}); code != chat.Forbidden {
		t.Errorf("a stranger's reaction is refused with %s", code)
	}
	if after := annsPhone.catchesUp(message.Conversation, 0); !reflect.DeepEqual(after, before) {
		t.Errorf("the log was %+v and is %+v", before, after)
	}
}
