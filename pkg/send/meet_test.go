package send_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// between is the conversation of ann and bob.
var between = chat.DirectID("ann", "bob")

// to addresses a message.
func to(user chat.UserID, n int, words string) wire.Send {
	m := text(n, words)
	m.To = wire.Target{User: user}
	return m
}

func (r *rig) block(t *testing.T, by, other chat.UserID) {
	t.Helper()
	if err := r.people.Block(t.Context(), by, other, time.Now()); err != nil {
		t.Fatal(err)
	}
	if err := r.Directs.Part(t.Context(), chat.DirectID(by, other), by, true); err != nil {
		t.Fatal(err)
	}
}

func (r *rig) unblock(t *testing.T, by, other chat.UserID) {
	t.Helper()
	if err := r.people.Block(t.Context(), by, other, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if err := r.Directs.Part(t.Context(), chat.DirectID(by, other), by, false); err != nil {
		t.Fatal(err)
	}
}

func (r *rig) header(t *testing.T) chat.Conversation {
	t.Helper()
	tail, ok, err := r.log.Log.Tail(t.Context(), between, chat.Strong)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	return tail.Conversation
}

func (r *rig) admits(t *testing.T, user chat.UserID, audience chat.Audience) {
	t.Helper()
	if _, err := r.sessions.ChangeSettings(t.Context(), user, chat.SettingsChange{Messages: audience}, time.Now()); err != nil {
		t.Fatal(err)
	}
}

func TestWhatSomebodyBlockedWritesLooksAcceptedAndIsForThemOnly(t *testing.T) {
	r := newRig(t)
	r.mustSend(t, "ann", text(1, "before"))
	r.block(t, "bob", "ann")
	e := r.mustSend(t, "ann", text(2, "during"))
	if e.Seq != 2 || !e.Hidden {
		t.Errorf("acknowledged is %+v", e)
	}
	r.unblock(t, "bob", "ann")
	if again := r.mustSend(t, "ann", after(text(2, "during"), 1)); again.Seq != 2 || !again.Hidden {
		t.Errorf("sent again it is %+v", again)
	}
	r.mustSend(t, "ann", text(3, "after"))
	for i, e := range r.entries(t, between) {
		if hidden := e.For("bob", chat.Place{}).Kind == chat.Hidden; hidden != (i == 1) || e.For("ann", chat.Place{}).Kind == chat.Hidden {
			t.Errorf("%d is hidden from bob: %v", e.Seq, hidden)
		}
	}
}

func TestWhoBlocksCannotWriteToWhomTheyBlocked(t *testing.T) {
	r := newRig(t)
	_, err := r.Send(t.Context(), as("ann"), text(1, "before"))
	if err != nil {
		t.Fatal(err)
	}
	mine := r.mustSend(t, "bob", to("ann", 2, "mine"))
	r.block(t, "bob", "ann")
	_, err = r.Send(t.Context(), as("bob"), to("ann", 3, "during"))
	wantCode(t, err, chat.Forbidden)
	_, err = r.React(t.Context(), as("bob"), wire.React{Change: of(mine, 4), Reactions: []string{"👍"}})
	wantCode(t, err, chat.Forbidden)
	_, err = r.Edit(t.Context(), as("bob"), wire.Edit{Change: of(mine, 5), Body: says("yours")})
	wantCode(t, err, chat.Forbidden)
	if n := len(r.entries(t, between)); n != 2 {
		t.Errorf("%d entries", n)
	}
	// What was stored before is still acknowledged, and can be taken back.
	if again := r.mustSend(t, "bob", after(to("ann", 2, "mine"), 1)); again.Seq != mine.Seq {
		t.Errorf("sent again it is %+v", again)
	}
	if _, err = r.Delete(t.Context(), as("bob"), wire.Delete{Change: of(mine, 6)}); err != nil {
		t.Error(err)
	}
}

func TestAFirstMessageToWhoHasBlockedItsSenderIsHidden(t *testing.T) {
	r := newRig(t)
	r.block(t, "bob", "ann")
	e := r.mustSend(t, "ann", text(1, "hello?"))
	if c := r.header(t); e.Seq != 1 || !e.Hidden || !c.Blocked["bob"] || c.Request != "bob" || !c.Quiet() {
		t.Errorf("acknowledged is %+v in %+v", e, c)
	}
	r.block(t, "cat", "ann")
	_, err := r.Send(t.Context(), as("cat"), to("ann", 2, "hello?"))
	wantCode(t, err, chat.Forbidden)
}

func TestAfterABlockTheSettingsSayWhetherSomebodyWaits(t *testing.T) {
	for audience, request := range map[chat.Audience]chat.UserID{chat.Everyone: "", chat.Contacts: "bob"} {
		r := newRig(t)
		r.admits(t, "bob", audience)
		r.block(t, "bob", "ann")
		r.mustSend(t, "ann", text(1, "hello?"))
		r.mustSend(t, "ann", text(2, "hello?"))
		r.unblock(t, "bob", "ann")
		r.mustSend(t, "ann", after(text(2, "hello?"), 1))
		if c := r.header(t); c.Request != "bob" {
			t.Errorf("there is something to see before anything was said: %+v", c)
		}
		e := r.mustSend(t, "ann", text(3, "once more"))
		if c := r.header(t); c.Request != request || c.Reaches("bob", e) != (request == "") {
			t.Errorf("%s are admitted: %+v, %+v", audience, c, e)
		}
	}
}

func TestARequestEndsWithTheFirstMessageOfWhomItsReaderAdmitsByThen(t *testing.T) {
	for name, admit := range map[string]func(*rig){
		"everybody is": func(r *rig) { r.admits(t, "bob", chat.Everyone) },
		"a contact": func(r *rig) {
			if err := r.people.Befriend(t.Context(), "bob", "ann", true, ""); err != nil {
				t.Fatal(err)
			}
		},
	} {
		r := newRig(t)
		r.admits(t, "bob", chat.Contacts)
		m := r.mustSend(t, "ann", text(1, "may I?"))
		admit(r)
		if _, err := r.React(t.Context(), as("ann"), wire.React{Change: of(m, 2), Reactions: []string{"👍"}}); err != nil {
			t.Fatal(err)
		}
		if c := r.header(t); c.Request != "bob" {
			t.Errorf("%s: a reaction is no message: %+v", name, c)
		}
		r.block(t, "bob", "ann")
		r.mustSend(t, "ann", text(3, "hidden"))
		if c := r.header(t); c.Request != "bob" {
			t.Errorf("%s: who is blocked is welcome: %+v", name, c)
		}
		r.unblock(t, "bob", "ann")
		e := r.mustSend(t, "ann", text(4, "hi"))
		if c := r.header(t); c.Request != "" || c.Quiet() || !c.Reaches("bob", e) {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

// slow lets something happen once the conversation has been made.
type slow struct {
	chat.Log
	made func()
}

func (s slow) Create(ctx context.Context, c chat.Conversation, members map[chat.UserID]chat.Place) (chat.Conversation, bool, error) {
	s.made()
	return s.Log.Create(ctx, c, members)
}

func TestABlockThatMeetsTheFirstMessageIsNotLost(t *testing.T) {
	r := newRig(t)
	r.Log = slow{r.Log, func() { r.block(t, "bob", "ann") }} // finds no header to change
	if e := r.mustSend(t, "ann", text(1, "hello?")); !e.Hidden {
		t.Errorf("%+v", e)
	}
	if c := r.header(t); !c.Blocked["bob"] {
		t.Errorf("%+v", c)
	}
}

func TestWhatSomebodyBlockedDoesToOlderMessagesIsSeenByThemOnly(t *testing.T) {
	r := newRig(t)
	old := r.mustSend(t, "ann", text(1, "old"))
	r.block(t, "bob", "ann")
	hidden := r.mustSend(t, "ann", text(2, "hidden"))
	act := func(e chat.Entry, err error) {
		t.Helper()
		if err != nil || !e.Hidden {
			t.Errorf("%+v, %v", e, err)
		}
	}
	act(r.Edit(t.Context(), as("ann"), wire.Edit{Change: of(old, 3), Body: says("read this")}))
	act(r.React(t.Context(), as("ann"), wire.React{Change: of(old, 4), Reactions: []string{"👋"}}))
	act(r.Edit(t.Context(), as("ann"), wire.Edit{Change: of(hidden, 5), Body: says("hidden too")}))
	act(r.Edit(t.Context(), as("ann"), wire.Edit{Change: again(of(old, 3), 2), Body: says("read this")}))
	r.unblock(t, "bob", "ann")
	act(r.Edit(t.Context(), as("ann"), wire.Edit{Change: of(hidden, 6), Body: says("still hidden")}))

	entries := r.entries(t, between)
	if err := chat.Join(t.Context(), r.log, between, entries); err != nil {
		t.Fatal(err)
	}
	if m := entries[0]; m.Body.Text != "old" || m.State.Version != 0 || len(m.State.Reactions) != 0 {
		t.Errorf("the message that both have seen is %+v", m)
	}
	if m := entries[0].For("ann", chat.Place{}); m.Body.Text != "read this" || !slices.Equal(m.State.Reactions["ann"], []string{"👋"}) {
		t.Errorf("its author loads it anew as %+v", m)
	}
	if m := entries[0].For("bob", chat.Place{}); m.Body.Text != "old" || len(m.State.Reactions) != 0 {
		t.Errorf("bob loads it anew as %+v", m)
	}
	if e := entries[2]; e.Body.Text != "read this" || e.Body.Target != 1 || e.State.Version != 1 {
		t.Errorf("its author sees the edit %+v", e)
	}
	for _, e := range entries[1:] {
		if e.For("bob", chat.Place{}).Kind != chat.Hidden {
			t.Errorf("bob sees %+v", e)
		}
	}
	_, err := r.React(t.Context(), as("bob"), wire.React{Change: of(hidden, 7), Reactions: []string{"👀"}})
	wantCode(t, err, chat.NotFound)

	// What is taken back goes from everywhere, also from what only its author saw.
	if e, err := r.Delete(t.Context(), as("ann"), wire.Delete{Change: of(old, 8)}); err != nil || e.Hidden {
		t.Errorf("%+v, %v", e, err)
	}
	entries = r.entries(t, between)
	if err := chat.Join(t.Context(), r.log, between, entries); err != nil {
		t.Fatal(err)
	}
	if e := entries[2]; e.Body.Text != "" || !e.State.Deleted || !e.Hidden {
		t.Errorf("what is left of the edit is %+v", e)
	}
}

func TestAStrangersFirstMessageIsARequestIfOnlyContactsAreAdmitted(t *testing.T) {
	r := newRig(t)
	r.admits(t, "bob", chat.Contacts)
	m := r.mustSend(t, "ann", text(1, "may I?"))
	if c := r.header(t); m.Hidden || c.Request != "bob" || !c.Quiet() || c.Reaches("bob", m) || !c.Reaches("ann", m) {
		t.Errorf("%+v", c)
	}
	r.mustSend(t, "ann", text(2, "please"))
	if c := r.header(t); c.Request != "bob" {
		t.Errorf("whoever asks accepts: %+v", c)
	}
	r.mustSend(t, "bob", to("ann", 3, "well"))
	if c := r.header(t); c.Request != "" || c.Quiet() {
		t.Errorf("an answer does not accept: %+v", c)
	}
}

func TestAReactionAcceptsARequest(t *testing.T) {
	r := newRig(t)
	r.admits(t, "bob", chat.Contacts)
	m := r.mustSend(t, "ann", text(1, "may I?"))
	if _, err := r.React(t.Context(), as("bob"), wire.React{Change: of(m, 2), Reactions: []string{"👍"}}); err != nil {
		t.Fatal(err)
	}
	if c := r.header(t); c.Request != "" {
		t.Errorf("%+v", c)
	}
}

func TestAContactsFirstMessageIsNoRequest(t *testing.T) {
	r := newRig(t)
	r.admits(t, "bob", chat.Contacts)
	if err := r.people.Befriend(t.Context(), "bob", "ann", true, ""); err != nil {
		t.Fatal(err)
	}
	r.mustSend(t, "ann", text(1, "hi"))
	if c := r.header(t); c.Request != "" {
		t.Errorf("%+v", c)
	}
}

func TestWhoAdmitsNobodyIsNotWrittenToAndNothingIsSaidOrStored(t *testing.T) {
	r := newRig(t)
	r.admits(t, "bob", chat.Nobody)
	_, stranger := r.Send(t.Context(), as("ann"), text(1, "hi"))
	wantCode(t, stranger, chat.Forbidden)
	r.block(t, "bob", "cat")
	_, blocked := r.Send(t.Context(), as("cat"), text(2, "hi"))
	group := text(3, "hi")
	group.To = wire.Target{Conversation: chat.GroupID("bob", id(9))}
	_, nowhere := r.Send(t.Context(), as("ann"), group)
	for _, err := range []error{blocked, nowhere} {
		if err == nil || err.Error() != stranger.Error() {
			t.Errorf("%v, want %v", err, stranger)
		}
	}
	if _, ok, err := r.log.Log.Tail(t.Context(), between, chat.Strong); err != nil || ok {
		t.Errorf("the conversation exists: %v", err)
	}
	// Who talked before goes on.
	r.admits(t, "bob", chat.Everyone)
	r.mustSend(t, "ann", text(4, "hi"))
	r.admits(t, "bob", chat.Nobody)
	r.mustSend(t, "ann", text(5, "still here"))
}

func TestNobodyIsTakenForAStrangerBecauseOfAReadThatLags(t *testing.T) {
	r := newRig(t)
	r.mustSend(t, "ann", text(1, "hi"))
	r.admits(t, "bob", chat.Nobody)
	r.log.hidden = true
	if e := r.mustSend(t, "ann", after(text(2, "again"), 1)); e.Seq != 2 {
		t.Errorf("%+v", e)
	}
}
