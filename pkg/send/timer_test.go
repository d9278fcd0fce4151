package send_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/wire"
)

// clocked is a rig whose clock moves when told to.
type clocked struct {
	*rig
	now time.Time
}

func newClocked(t testing.TB) *clocked {
	r := &clocked{rig: newRig(t), now: time.Date(2026, 11, 22, 3, 0, 0, 250e6, time.UTC)}
	r.Now = func() time.Time { return r.now }
	r.log.Log = r.log.Log.(*store.Conversations).At(r.Now)
	return r
}

// brief is a message of ann's to bob that lasts for some seconds.
func brief(n, seconds int, words string) wire.Send {
	m := text(n, words)
	m.Expires = &seconds
	return m
}

// shown is an entry as readers get it.
func (r *rig) shown(t testing.TB, e chat.Entry) chat.Entry {
	t.Helper()
	entries := []chat.Entry{r.at(t, e)}
	if err := chat.Join(t.Context(), r.log, e.Conversation, entries); err != nil {
		t.Fatal(err)
	}
	return entries[0]
}

// timer sets the timer of a conversation.
func (r *rig) timer(t testing.TB, id chat.ConversationID, timer chat.Timer) {
	t.Helper()
	amendment := chat.Amendment{Timer: &timer}
	r.change(t, id, chat.Entry{Kind: chat.Changed, Body: chat.Body{Setup: &amendment}}, func(c *chat.Conversation) { c.Setup = c.Setup.Amend(amendment, "ann") })
}

func TestL3WhatIsDueIsUnreadableBeforeItIsSwept(t *testing.T) {
	r := newClocked(t)
	m := brief(1, 60, "secret")
	e := r.mustSend(t, "ann", m)
	if e.Body.Text != "secret" || !e.Until.Equal(r.now.Add(time.Minute)) {
		t.Errorf("%+v", e)
	}
	if got := r.at(t, e); got.Body.Text != "" || !got.Until.Equal(r.now.Add(time.Minute)) {
		t.Errorf("stored %+v", got)
	}
	r.now = r.now.Add(time.Minute - time.Millisecond)
	if got := r.shown(t, e); got.Body.Text != "secret" || got.State.Expired {
		t.Errorf("just before: %+v", got)
	}
	if _, err := r.Edit(t.Context(), as("ann"), wire.Edit{Change: of(e, 2), Body: says("new secret")}); err != nil {
		t.Fatal(err)
	}
	if got := r.shown(t, e); got.Body.Text != "new secret" || got.State.Version != 1 {
		t.Errorf("edited: %+v", got)
	}
	if _, err := r.React(t.Context(), as("bob"), wire.React{Change: of(e, 3), Reactions: []string{"👍"}}); err != nil {
		t.Fatal(err)
	}
	r.now = r.now.Add(time.Millisecond)
	if got := r.shown(t, e); got.Body.Text != "" || !got.State.Expired || got.State.Version != 0 || got.State.Reactions != nil {
		t.Errorf("due: %+v", got)
	}
	edit := e
	edit.Seq = 2
	if got := r.shown(t, edit); got.Body.Text != "" || !got.State.Expired {
		t.Errorf("the edit, when due: %+v", got)
	}
	_, err := r.Edit(t.Context(), as("ann"), wire.Edit{Change: of(e, 4), Body: says("back")})
	wantCode(t, err, chat.NotFound)
	_, err = r.React(t.Context(), as("bob"), wire.React{Change: of(e, 5), Reactions: []string{"👍"}})
	wantCode(t, err, chat.NotFound)
	_, err = r.Pin(t.Context(), as("bob"), wire.Pin{Change: of(e, 6)})
	wantCode(t, err, chat.NotFound)
	_, err = r.Send(t.Context(), as("bob"), wire.Send{ID: id(7), To: wire.Target{Thread: &wire.Place{Conversation: e.Conversation, Seq: e.Seq}}, Body: wire.Content{Text: "what?"}})
	wantCode(t, err, chat.NotFound)
	// A resend of what has expired finds its place, and a new message gets the next one.
	if again, err := r.Send(t.Context(), as("ann"), after(m, 0)); err != nil || again.Seq != 1 || again.Body.Text != "" {
		t.Errorf("again %+v, %v", again, err)
	}
	if next := r.mustSend(t, "ann", text(8, "next")); next.Seq != 4 {
		t.Errorf("next %+v", next)
	}
}

func TestAMessageThatDisappearsIsOneMessage(t *testing.T) {
	r := newClocked(t)
	r.log.losePut = true
	m := brief(1, 60, "secret")
	if _, err := r.Send(t.Context(), as("ann"), m); err == nil {
		t.Fatal("nothing went wrong")
	}
	if e, err := r.Send(t.Context(), as("ann"), after(m, 0)); err != nil || e.Seq != 1 {
		t.Errorf("again %+v, %v", e, err)
	}
	_, err := r.Send(t.Context(), as("ann"), after(brief(1, 60, "another secret"), 0))
	wantCode(t, err, chat.Conflict)
	// Somebody else is faster: what was written for that place is not what is read there.
	r.log.beforePut = func(e chat.Entry) {
		r.log.beforePut = nil
		r.mustSend(t, "bob", wire.Send{ID: e.ID, To: wire.Target{User: "ann"}, Body: wire.Content{Text: "bob's"}, Expires: m.Expires})
	}
	late := r.mustSend(t, "ann", brief(2, 60, "ann's"))
	first := late
	first.Seq = 2
	if got, want := r.shown(t, first).Body.Text, "bob's"; got != want {
		t.Errorf("2 says %q, want %q", got, want)
	}
	if got := r.shown(t, late); got.Seq != 3 || got.Body.Text != "ann's" {
		t.Errorf("3 is %+v", got)
	}
}

func TestATimerThatCountsFromReading(t *testing.T) {
	r := newClocked(t)
	c := r.mustSend(t, "ann", text(1, "hi")).Conversation
	r.timer(t, c, chat.Timer{After: time.Minute, From: chat.SinceRead})
	first, second := r.mustSend(t, "ann", text(2, "one")), r.mustSend(t, "ann", text(3, "two"))
	if !first.Until.IsZero() || first.Timer.From != chat.SinceRead {
		t.Errorf("%+v", first)
	}
	reads := func(who chat.UserID, to chat.Seq, want ...chat.Started) {
		t.Helper()
		started, err := chat.StartTimers(t.Context(), r.log, c, who, 0, to, r.now)
		if err != nil || !reflect.DeepEqual(started, want) {
			t.Fatalf("started %+v, want %+v, %v", started, want, err)
		}
	}
	r.now = r.now.Add(24 * time.Hour)
	reads("ann", second.Seq) // its own author does not count
	if got := r.shown(t, first); got.Body.Text != "one" || !got.Until.IsZero() {
		t.Errorf("read by nobody: %+v", got)
	}
	due := r.now.Add(time.Minute)
	reads("bob", first.Seq, chat.Started{Seq: first.Seq, Until: due})
	reads("bob", first.Seq) // what has begun is not written again
	r.now = r.now.Add(30 * time.Second)
	r.timer(t, c, chat.Timer{})                                                            // what was sent keeps its timer
	reads("bob", second.Seq, chat.Started{Seq: second.Seq, Until: r.now.Add(time.Minute)}) // the first read counts
	if got := r.shown(t, first); got.Body.Text != "one" || !got.Until.Equal(due) {
		t.Errorf("read: %+v", got)
	}
	r.now = due
	if got := r.shown(t, first); got.Body.Text != "" || !got.State.Expired {
		t.Errorf("due: %+v", got)
	}
	if got := r.shown(t, second); got.Body.Text != "two" || !got.Until.Equal(due.Add(30*time.Second)) {
		t.Errorf("the second: %+v", got)
	}
	if got := r.mustSend(t, "ann", text(9, "for ever")); got.Timer.Set() {
		t.Errorf("without a timer: %+v", got)
	}
}

func TestWhatNobodyReadsDisappearsInTheEnd(t *testing.T) {
	r := newClocked(t)
	c := r.mustSend(t, "ann", text(1, "hi")).Conversation
	r.timer(t, c, chat.Timer{After: time.Minute, From: chat.SinceRead})
	e := r.mustSend(t, "ann", text(2, "one"))
	r.now = r.now.Add(chat.UnreadLife)
	if got := r.shown(t, e); got.State.Expired {
		t.Errorf("%+v", got)
	}
	r.now = r.now.Add(time.Minute)
	if got := r.shown(t, e); !got.State.Expired {
		t.Errorf("%+v", got)
	}
}

func TestAThreadDisappearsAsItsParentDoes(t *testing.T) {
	r := newClocked(t)
	team := r.team(t)
	root := r.mustSend(t, "ann", says2(1, team, "lunch?"))
	r.timer(t, team, chat.Timer{After: time.Hour, From: chat.SinceSent})
	reply := r.mustSend(t, "bob", about(2, root, "yes"))
	if got := r.shown(t, reply); got.Body.Text != "yes" || !got.Until.Equal(r.now.Add(time.Hour)) {
		t.Errorf("%+v", got)
	}
	if got := r.shown(t, root); !got.Until.IsZero() {
		t.Errorf("what was said before stays: %+v", got)
	}
}

func TestADeletedMessageThatWouldHaveDisappearedIsDeleted(t *testing.T) {
	r := newClocked(t)
	e := r.mustSend(t, "ann", brief(1, 60, "secret"))
	if _, err := r.Delete(t.Context(), as("ann"), wire.Delete{Change: of(e, 2)}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if got := r.shown(t, e); !got.State.Deleted || got.State.Expired || got.Body.Text != "" {
			t.Errorf("%+v", got)
		}
		r.now = r.now.Add(time.Hour)
	}
}

func TestWhoAnswersStartsTimersAndAllAreTold(t *testing.T) {
	r := newClocked(t)
	c := r.mustSend(t, "ann", text(1, "hi")).Conversation
	r.timer(t, c, chat.Timer{After: time.Minute, From: chat.SinceRead})
	asked := r.mustSend(t, "ann", text(2, "one"))
	if len(r.out.started) > 0 {
		t.Errorf("told before anybody read: %+v", r.out.started)
	}
	r.mustSend(t, "bob", wire.Send{ID: text(3, "").ID, To: wire.Target{User: "ann"}, Body: wire.Content{Text: "two"}})
	if want := []chat.Started{{Seq: asked.Seq, Until: r.now.Add(time.Minute)}}; !reflect.DeepEqual(r.out.started, want) {
		t.Errorf("told %+v, want %+v", r.out.started, want)
	}
}

// Somebody who is asleep while it is sent has not read what disappears a minute later.
func TestAScheduledMessageStartsNoTimers(t *testing.T) {
	r := newClocked(t)
	c := r.mustSend(t, "ann", text(1, "hi")).Conversation
	r.timer(t, c, chat.Timer{After: time.Minute, From: chat.SinceRead})
	asked := r.mustSend(t, "ann", text(2, "one"))
	scheduled := wire.Send{ID: id(3), To: wire.Target{User: "ann"}, Body: wire.Content{Text: "good morning"}}
	if e, err := r.Send(t.Context(), chat.Identity{User: "bob"}, scheduled); err != nil || !e.Unattended {
		t.Fatal(e, err)
	}
	r.now = r.now.Add(time.Hour)
	if got := r.reading(t, c)[asked.Seq-1]; len(r.out.started) > 0 || got.State.Expired || got.Body.Text != "one" {
		t.Errorf("started %+v, and the message is %+v", r.out.started, got)
	}
}
