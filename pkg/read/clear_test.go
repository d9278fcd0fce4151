package read_test

import (
	"testing"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

func (r *rig) clears(t *testing.T, user chat.UserID, id chat.ConversationID, upTo chat.Seq) {
	t.Helper()
	m := chat.Membership{Conversation: id, User: user}
	if _, err := r.Standings.Prefer(ctx, m, chat.Preference{Cleared: &upTo}, r.Now()); err != nil {
		t.Fatal(err)
	}
}

// seqs are those that a page of history shows something of.
func (r *rig) seqs(t *testing.T, user chat.UserID, id chat.ConversationID) (seqs []chat.Seq) {
	t.Helper()
	page, err := r.History(ctx, as(user), wire.History{Conversation: id})
	if err != nil || page.More {
		t.Fatal(page.More, err)
	}
	for _, e := range page.Entries {
		if e.Event != chat.Hidden {
			seqs = append(seqs, e.Seq)
		}
	}
	return seqs
}

func TestWhatIsClearedIsNowhereForWhoClearedIt(t *testing.T) {
	r := newRig(t)
	id := r.talk(t, 2, "m000", "m000", "m000", "m000")
	r.put(t, chat.Entry{Conversation: id, Seq: 5, Kind: chat.Edited, ID: "e5", From: "m000", At: epoch, Body: chat.Body{Target: 1}})
	r.clears(t, "ann", id, 3)
	if got := r.seqs(t, "ann", id); len(got) != 1 || got[0] != 4 {
		t.Errorf("history shows %v", got)
	}
	if got := r.seqs(t, "m000", id); len(got) != 5 {
		t.Errorf("the other one's history shows %v", got)
	}
	for after, want := range map[chat.Seq]int{0: 2, 2: 2, 4: 1} {
		got, err := r.Sync(ctx, as("ann"), wire.Sync{Cursors: []wire.Cursor{{Conversation: id, After: after}}})
		if err != nil || len(got.Conversations) != 1 || len(got.Conversations[0].Entries) != want || got.Conversations[0].From != 4 {
			t.Errorf("after %d: %+v, %v", after, got, err)
		}
	}
	if l := r.line(t, "ann", id); l.From != 4 || l.Cleared != 3 || l.Unread == nil || l.Unread.Count != 1 {
		t.Errorf("%+v", l)
	}
	if l := r.line(t, "m000", id); l.From != 0 || l.Cleared != 0 {
		t.Errorf("the other one's line: %+v", l)
	}
	if x := r.explains(t, "ann", id); x.Count != 1 || x.From != 4 {
		t.Errorf("%+v", x)
	}
	_, err := r.Seen(ctx, as("ann"), wire.Seen{Conversation: id, Seq: 3})
	wantCode(t, err, chat.NotFound)
	if by, err := r.Seen(ctx, as("m000"), wire.Seen{Conversation: id, Seq: 1}); err != nil || by.Of != 1 {
		t.Errorf("who cleared a message is still one whom it was for: %+v, %v", by, err)
	}
}

func TestTheLastLineOfWhatIsClearedIsEmptyAndStaysInTheList(t *testing.T) {
	r := newRig(t)
	id := r.talk(t, 2, "m000", "m000")
	r.clears(t, "ann", id, 2)
	r.clears(t, "ann", id, 1) // which changes nothing
	l := r.line(t, "ann", id)
	if l.Cleared != 2 || l.Unread != nil || l.Last == nil || l.Last.Event != chat.Hidden {
		t.Errorf("%+v, %+v", l, l.Last)
	}
	if got := r.seqs(t, "ann", id); len(got) != 0 {
		t.Errorf("history shows %v", got)
	}
	r.say(t, id, 2, "m000")
	if got := r.seqs(t, "ann", id); len(got) != 1 {
		t.Errorf("what is said since is shown: %v", got)
	}
}

func TestClearedPinsAndThreadsAreLeftOut(t *testing.T) {
	r := newRig(t)
	c := r.group(t, 2, "one", "two", "three")
	for _, root := range []chat.Seq{1, 3} {
		made := c.About(root, "ann")
		if _, _, err := r.Log.Create(ctx, made, made.Members); err != nil {
			t.Fatal(err)
		}
		r.put(t, entry(made.ID, 1, "in a thread"))
	}
	pins := chat.Change{Pins: &chat.Pins{Seqs: []chat.Seq{1, 3}}}
	pin := chat.Entry{Conversation: c.ID, Seq: 4, Kind: chat.Pinned, ID: "p4", From: "ann", At: epoch, Body: chat.Body{Target: 3}, Rules: 4}
	if _, wrote, err := r.Log.Commit(ctx, pin, pins); err != nil || !wrote {
		t.Fatal(wrote, err)
	}
	r.clears(t, "ann", c.ID, 2)
	if got, err := r.Pins(ctx, as("ann"), wire.Pins{Conversation: c.ID}); err != nil || len(got.Pins) != 1 || got.Pins[0] != 3 {
		t.Errorf("%+v, %v", got, err)
	}
	got, err := r.Threads(ctx, as("ann"), wire.Threads{Conversation: c.ID, Roots: []chat.Seq{1, 3}})
	if err != nil || len(got.Threads) != 1 || got.Threads[0].Root != 3 {
		t.Errorf("%+v, %v", got, err)
	}
	if l := r.line(t, "ann", c.ID); l.Pins != 1 {
		t.Errorf("%d pins", l.Pins)
	}
}
