package acceptance

import (
	"net/http"
	"reflect"
	"slices"
	"testing"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

func (d *device) hides(id chat.ConversationID, seqs ...chat.Seq) wire.Hid {
	d.t.Helper()
	return ask[wire.Hid](d, wire.Hide{Head: d.head("hide"), Conversation: id, Seqs: seqs})
}

func (d *device) pins(of wire.Accepted, off bool) wire.Accepted {
	d.t.Helper()
	return ask[wire.Accepted](d, wire.Pin{Change: d.change("pin", of), Off: off})
}

func (d *device) pinned(id chat.ConversationID) wire.Pinned {
	d.t.Helper()
	return ask[wire.Pinned](d, wire.Pins{Head: d.head("pins"), Conversation: id})
}

func (d *device) follows(thread chat.ConversationID, off bool) wire.Followed {
	d.t.Helper()
	return ask[wire.Followed](d, wire.Follow{Head: d.head("follow"), Conversation: thread, Off: off})
}

// about addresses the thread about a message.
func about(of wire.Accepted) wire.Target {
	return wire.Target{Thread: &wire.Place{Conversation: of.Conversation, Seq: of.Seq}}
}

// forward is a message that repeats another one.
func (d *device) forward(target wire.Target, of wire.Accepted) wire.Send {
	m := d.message(target, "")
	m.Body.Forward = &wire.Place{Conversation: of.Conversation, Seq: of.Seq}
	return m
}

// history is the newest page of a conversation.
func (d *device) history(id chat.ConversationID) []wire.Entry {
	d.t.Helper()
	return ask[wire.Page](d, wire.History{Head: d.head("history"), Conversation: id}).Entries
}

// downloads gets an attachment of an entry.
func (d *device) downloads(of wire.Accepted, media chat.MediaID) []byte {
	d.t.Helper()
	where := ask[wire.Location](d, wire.Download{Head: d.head("download"), Conversation: of.Conversation, Seq: new(of.Seq), Media: media})
	request, err := http.NewRequestWithContext(d.t.Context(), http.MethodGet, where.URL, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	_, body := fetch(d.t, request)
	return body
}

// line is the conversation's in the list; its zero value if it is not there.
func (d *device) line(id chat.ConversationID) wire.Conversation {
	d.t.Helper()
	for _, line := range d.list() {
		if line.Conversation == id {
			return line
		}
	}
	return wire.Conversation{}
}

func TestHidingAMessageConcernsOnlyOneUserOnAllDevices(t *testing.T) {
	t.Parallel()
	ann, bob := person(t, "ann"), person(t, "bob")
	annsPhone, bobsPhone, bobsTablet := ann.connect("phone"), bob.connect("phone"), bob.connect("tablet")
	message := annsPhone.says(to(bob), "embarrassing")
	bobsPhone.gets(message)
	hid := bobsPhone.hides(message.Conversation, message.Seq)
	told := bobsTablet.hears("what is hidden", func(f frame) bool { return f.Event == wire.EventHides })
	if told.Conversation != message.Conversation || hid.Hides.Count != 1 {
		t.Errorf("told %s, answered %+v", told.raw, hid)
	}
	for name, entries := range map[string][]wire.Entry{
		"sync": bobsPhone.catchesUp(message.Conversation, 0), "history": bobsPhone.history(message.Conversation),
	} {
		if want := (wire.Entry{Event: chat.Hidden, Conversation: message.Conversation, Seq: message.Seq}); !reflect.DeepEqual(entries, []wire.Entry{want}) {
			t.Errorf("%s says %+v", name, entries)
		}
	}
	line := bob.connect("laptop").line(message.Conversation)
	if line.Hides == nil || !slices.Equal(line.Hides.Seqs, []chat.Seq{message.Seq}) || line.Last.Event != chat.Hidden {
		t.Errorf("the list has %+v", line)
	}
	if got := annsPhone.history(message.Conversation); got[0].Body.Text != "embarrassing" {
		t.Errorf("ann sees %+v", got)
	}
	if code := bobsPhone.refused(bobsPhone.forward(to(ann), message)); code != chat.NotFound {
		t.Errorf("it is forwarded: %s", code)
	}
}

func TestForwardingCopiesWhatIsSaidAndTheRightToItsFiles(t *testing.T) {
	t.Parallel()
	ann, bob, cat := person(t, "ann"), person(t, "bob"), person(t, "cat")
	annsPhone, bobsPhone, catsPhone := ann.connect("phone"), bob.connect("phone"), cat.connect("phone")
	pixels := []byte("pixels")
	picture := attachment(annsPhone.uploads(pixels), pixels)
	m := annsPhone.message(to(bob), "look")
	m.Body.Attachments = []wire.Attachment{picture}
	message := annsPhone.sends(m)
	if code := catsPhone.refused(catsPhone.forward(to(bob), message)); code != chat.NotFound {
		t.Errorf("who cannot read it forwards it: %s", code)
	}
	copied := bobsPhone.sends(bobsPhone.forward(to(cat), message))
	got := catsPhone.gets(copied)
	if got.Body.Text != "look" || !got.Body.Forwarded || !reflect.DeepEqual(got.Body.Attachments, []wire.Attachment{picture}) || got.From != bob.ID {
		t.Errorf("cat gets %+v", got)
	}
	annsPhone.deletes(message)
	if content := catsPhone.downloads(copied, picture.Media); string(content) != "pixels" {
		t.Errorf("cat downloads %q", content)
	}
}

func TestPinsAreForEverybodyAndFollowTheMessage(t *testing.T) {
	t.Parallel()
	ann, bob := person(t, "ann"), person(t, "bob")
	annsPhone, bobsPhone := ann.connect("phone"), bob.connect("phone")
	first, second := annsPhone.says(to(bob), "street"), annsPhone.says(to(bob), "time")
	got := annsPhone.gets(bobsPhone.pins(first, false))
	if got.Event != chat.Pinned || got.Body.Target != first.Seq || got.Body.Off {
		t.Errorf("ann hears %+v", got)
	}
	bobsPhone.pins(second, false)
	annsPhone.edits(first, "address")
	list := annsPhone.pinned(first.Conversation)
	if !slices.Equal(list.Pins, []chat.Seq{1, 2}) || !slices.Equal(texts(list.Entries), []string{"time", "address"}) {
		t.Errorf("pinned %+v", list)
	}
	annsPhone.deletes(second)
	if list := bobsPhone.pinned(first.Conversation); !slices.Equal(list.Pins, []chat.Seq{1}) {
		t.Errorf("pinned %+v", list)
	}
	annsPhone.pins(first, true)
	if list := bobsPhone.pinned(first.Conversation); len(list.Pins) != 0 {
		t.Errorf("pinned %+v", list)
	}
}

func TestU9AThreadIsAConversationOfItsFollowers(t *testing.T) {
	t.Parallel()
	ann, bob, cat := person(t, "ann"), person(t, "bob"), person(t, "cat")
	annsPhone, bobsPhone, catsPhone := ann.connect("phone"), bob.connect("phone"), cat.connect("phone")
	group := annsPhone.creates("team", bob, cat)
	root := annsPhone.says(in(group.Conversation), "lunch?")
	first := bobsPhone.sends(bobsPhone.message(about(root), "yes"))
	if got := annsPhone.gets(first); got.Body.Text != "yes" {
		t.Errorf("ann gets %+v", got)
	}
	// Everybody hears that there is a thread, also the connection that began it; what is said there, who follows it.
	for _, d := range []*device{annsPhone, bobsPhone, catsPhone} {
		e := d.entry(d.hears("the thread", func(f frame) bool { return f.Event == string(chat.Threaded) }))
		if e.Conversation != group.Conversation || e.Body.Target != root.Seq || e.Body.Thread != first.Conversation {
			t.Errorf("%s hears %+v", d, e)
		}
	}
	if n := len(catsPhone.entries(first.Conversation)); n != 0 || catsPhone.line(first.Conversation).Head != 0 {
		t.Errorf("cat, who does not follow it, got %d entries of it", n)
	}
	if log := catsPhone.catchesUp(first.Conversation, 0); !slices.Equal(texts(log), []string{"yes"}) {
		t.Errorf("cat reads %+v", log)
	}
	catsPhone.follows(first.Conversation, false)
	second := annsPhone.says(in(first.Conversation), "where?")
	catsPhone.gets(second)
	line := catsPhone.line(first.Conversation)
	if line.Kind != chat.Thread || line.Parent != group.Conversation || line.Root != root.Seq || line.Head != 2 || line.Size != 3 {
		t.Errorf("cat's list has %+v", line)
	}
	threads := ask[wire.ThreadList](catsPhone, wire.Threads{Head: catsPhone.head("threads"), Conversation: group.Conversation, Roots: []chat.Seq{1, root.Seq}})
	if len(threads.Threads) != 1 || threads.Threads[0].Head != 2 || threads.Threads[0].From != ann.ID || !threads.Threads[0].Following {
		t.Errorf("threads %+v", threads)
	}
	if got := catsPhone.history(group.Conversation)[1]; got.Thread != first.Conversation {
		t.Errorf("the root is %+v", got)
	}
	// U9: what is said in the thread is no entry of the parent.
	if line := catsPhone.line(group.Conversation); line.Head != root.Seq+1 {
		t.Errorf("the parent's head is %d", line.Head)
	}
	catsPhone.follows(first.Conversation, true)
	catsPhone.reacts(second, "👍")
	if line := catsPhone.line(first.Conversation); line.Head != 0 {
		t.Errorf("cat's list still has %+v", line)
	}
	eve := person(t, "eve").connect("phone")
	if code := eve.refused(eve.message(in(first.Conversation), "hi")); code != chat.Forbidden {
		t.Errorf("a stranger's message is refused with %s", code)
	}
	if code := eve.refused(eve.message(about(root), "hi")); code != chat.Forbidden {
		t.Errorf("a stranger's thread is refused with %s", code)
	}
	if missed := eve.syncs(first.Conversation, 0); !missed.Conversations[0].Gone {
		t.Errorf("a stranger syncs %+v", missed)
	}
}

func TestI20WhatHasExpiredIsReadableNowhere(t *testing.T) {
	t.Parallel()
	ann, bob := person(t, "ann"), person(t, "bob")
	annsPhone, bobsPhone := ann.connect("phone"), bob.connect("phone")
	pixels := []byte("pixels")
	picture := attachment(annsPhone.uploads(pixels), pixels)
	seconds := 5
	m := annsPhone.message(to(bob), "the code is 7351")
	m.Expires, m.Body.Attachments = &seconds, []wire.Attachment{picture}
	secret := annsPhone.sends(m)
	if got := bobsPhone.gets(secret); got.Body.Text != m.Body.Text || got.Until == "" {
		t.Errorf("bob gets %+v", got)
	}
	answer := bobsPhone.message(to(ann), "thanks")
	answer.Body.Reply = secret.Seq
	bobsPhone.sends(answer)
	annsPhone.edits(secret, "the code is 1537")
	annsPhone.pins(secret, false)
	bobsPhone.reacts(secret, "👍")
	if code := bobsPhone.refused(bobsPhone.forward(to(ann), secret)); code != chat.Forbidden {
		t.Errorf("it is forwarded: %s", code)
	}
	eventually(t, "it expires", func() bool { return bobsPhone.history(secret.Conversation)[0].Expired })
	tablet := bob.connect("tablet")
	for name, entries := range map[string][]wire.Entry{
		"sync": tablet.catchesUp(secret.Conversation, 0), "history": tablet.history(secret.Conversation), "pins": tablet.pinned(secret.Conversation).Entries,
	} {
		for _, e := range entries {
			if e.Body.Text != "" && e.Body.Text != "thanks" || len(e.Body.Attachments) > 0 || len(e.Reactions) > 0 {
				t.Errorf("%s still says %+v", name, e)
			}
		}
	}
	for name, request := range map[string]any{
		"download": wire.Download{Head: tablet.head("download"), Conversation: secret.Conversation, Seq: new(secret.Seq), Media: picture.Media},
		"edit":     wire.Edit{Change: annsPhone.change("edit", secret), Body: &wire.Revision{Text: "back"}},
		"pin":      wire.Pin{Change: annsPhone.change("pin", secret)},
		"react":    wire.React{Change: annsPhone.change("react", secret), Reactions: []string{"👍"}},
		"thread":   annsPhone.message(about(secret), "?"),
	} {
		d := annsPhone
		if name == "download" {
			d = tablet
		}
		if code := d.refused(request); code != chat.NotFound {
			t.Errorf("%s of it is refused with %s", name, code)
		}
	}
	// Its place is taken for ever.
	if next := annsPhone.says(to(bob), "next"); next.Seq != 6 {
		t.Errorf("the next entry is %d", next.Seq)
	}
}

func TestAGroupsTimerIsForAllThatFollows(t *testing.T) {
	t.Parallel()
	ann, bob := person(t, "ann"), person(t, "bob")
	annsPhone, bobsPhone := ann.connect("phone"), bob.connect("phone")
	group := annsPhone.creates("team", bob).Conversation
	before := annsPhone.says(in(group), "stays")
	set := ask[wire.Governed](annsPhone, wire.Amend{
		Govern: wire.Govern{Head: annsPhone.head("change"), ID: newID(), Conversation: group},
		Setup:  &wire.Amendment{Timer: &wire.Timer{After: 5, From: chat.SinceSent}},
	})
	changed := bobsPhone.gets(wire.Accepted{Conversation: group, Seq: set.Seq})
	if changed.Event != chat.Changed || changed.Body.Setup.Timer.After != 5 {
		t.Errorf("bob hears %+v", changed)
	}
	brief := annsPhone.says(in(group), "goes")
	if got := bobsPhone.gets(brief); got.Until == "" {
		t.Errorf("bob gets %+v", got)
	}
	eventually(t, "it expires", func() bool { return bobsPhone.history(group)[brief.Seq-1].Expired })
	if got := bobsPhone.history(group)[before.Seq-1]; got.Body.Text != "stays" {
		t.Errorf("what was said before is %+v", got)
	}
	if line := bobsPhone.line(group); line.Timer == nil || line.Timer.After != 5 {
		t.Errorf("the list has %+v", line)
	}
}
