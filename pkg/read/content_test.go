package read_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/wire"
)

// commit appends an entry of ann's with changes.
func (r *rig) commit(t *testing.T, id chat.ConversationID, e chat.Entry, changes ...chat.Change) chat.Entry {
	t.Helper()
	tail, _, err := r.Log.Tail(ctx, id, chat.Strong)
	if err != nil {
		t.Fatal(err)
	}
	e.Conversation, e.Seq, e.At = id, tail.Head+1, epoch
	e.ID, e.From = chat.MessageID(fmt.Sprint(e.Seq)), "ann"
	if len(changes) == 0 {
		r.put(t, e)
		return e
	}
	if _, wrote, err := r.Log.Commit(ctx, e, changes...); err != nil || !wrote {
		t.Fatal(wrote, err)
	}
	return e
}

func (r *rig) pin(t *testing.T, id chat.ConversationID, seqs ...chat.Seq) {
	t.Helper()
	tail, _, err := r.Log.Tail(ctx, id, chat.Strong)
	if err != nil {
		t.Fatal(err)
	}
	r.commit(t, id, chat.Entry{Kind: chat.Pinned}, chat.Change{Pins: &chat.Pins{Seqs: seqs, Was: tail.Conversation.Rules}})
}

func (r *rig) hide(t *testing.T, id chat.ConversationID, user chat.UserID, seqs ...chat.Seq) {
	t.Helper()
	if _, err := r.Log.Hide(ctx, id, user, seqs); err != nil {
		t.Fatal(err)
	}
}

func TestPinsAreWhatIsThereForTheCaller(t *testing.T) {
	r := newRig(t)
	c := r.group(t, 3, some(5)...)
	r.pin(t, c.ID, 4, 2, 1, 3)
	r.hide(t, c.ID, "m000", 1)
	r.commit(t, c.ID, chat.Entry{Kind: chat.Deleted, Body: chat.Body{Target: 2}}, chat.Change{Seq: 2, Erase: new(entry(c.ID, 2, ""))})
	for user, want := range map[chat.UserID][]chat.Seq{"ann": {4, 1, 3}, "m000": {4, 3}} {
		got, err := r.Pins(ctx, as(user), wire.Pins{Conversation: c.ID})
		if err != nil || !slices.Equal(got.Pins, want) || len(got.Entries) != len(want) || got.Entries[0].Seq != want[len(want)-1] {
			t.Errorf("%s: %+v, %v; want %v", user, got, err, want)
		}
		fits(t, got)
	}
	_, err := r.Pins(ctx, as("eve"), wire.Pins{Conversation: c.ID})
	wantCode(t, err, chat.Forbidden)
	list, err := r.Conversations(ctx, as("m000"), wire.Conversations{})
	if err != nil || list.Conversations[0].Pins != 4 || !slices.Equal(list.Conversations[0].Hides.Seqs, []chat.Seq{1}) {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestTheListCountsNoPinsBeforeTheCallersPlace(t *testing.T) {
	r := newRig(t)
	members := map[chat.UserID]chat.Place{"ann": {Role: chat.Owner}, "late": {Role: chat.Member, From: 3}}
	c := chat.Conversation{
		ID: chat.GroupID("ann", "pins"), Kind: chat.Group, Setup: chat.Setup{Name: "friends"}, Creator: "ann", Created: epoch, Size: 2, Members: members,
	}
	if _, _, err := r.Log.Create(ctx, c, members); err != nil {
		t.Fatal(err)
	}
	for seq, text := range some(4) {
		if _, _, err := r.Log.Put(ctx, entry(c.ID, chat.Seq(seq+1), text)); err != nil {
			t.Fatal(err)
		}
	}
	r.pin(t, c.ID, 1, 2, 3)
	for user, want := range map[chat.UserID]int{"ann": 3, "late": 1} {
		got, err := r.Pins(ctx, as(user), wire.Pins{Conversation: c.ID})
		if lines := r.list(t, user, 10); err != nil || len(got.Pins) != want || len(lines) != 1 || lines[0].Pins != want {
			t.Errorf("%s: %+v in the list, %+v, %v; want %d", user, lines, got.Pins, err, want)
		}
	}
}

func TestPinsThatFillAFrameAreNamedNevertheless(t *testing.T) {
	r := newRig(t)
	var pins []chat.Seq
	var long []string
	for n := range chat.MaxPins {
		long, pins = append(long, strings.Repeat("x", 9000)), append(pins, chat.Seq(n+1))
	}
	c := r.group(t, 2, long...)
	r.pin(t, c.ID, pins...)
	got, err := r.Pins(ctx, as("ann"), wire.Pins{Conversation: c.ID})
	if err != nil || !slices.Equal(got.Pins, pins) || len(got.Entries) != 3 || got.Entries[0].Seq != chat.MaxPins {
		t.Errorf("%d pins, %d entries, %v", len(got.Pins), len(got.Entries), err)
	}
	fits(t, got)
}

// thread makes a thread about a message of c with two entries, followed by ann.
func (r *rig) thread(t *testing.T, c chat.Conversation, root chat.Seq) chat.ConversationID {
	t.Helper()
	made := c.About(root, "ann")
	made.Creator, made.Created = "ann", epoch
	if _, _, err := r.Log.Create(ctx, made, made.Members); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"yes", "no"} {
		r.commit(t, made.ID, chat.Entry{Kind: chat.Message, Body: chat.Body{Text: text}})
	}
	return made.ID
}

func TestThreadsTellHowFarEachHasCome(t *testing.T) {
	r := newRig(t)
	c := r.group(t, 3, some(5)...)
	thread := r.thread(t, c, 2)
	for user, follows := range map[chat.UserID]bool{"ann": true, "m000": false} {
		got, err := r.Threads(ctx, as(user), wire.Threads{Conversation: c.ID, Roots: []chat.Seq{1, 2, 9}})
		want := wire.ThreadLine{Root: 2, Conversation: thread, Head: 2, At: wire.Time(epoch), From: "ann", Size: 1, Following: follows}
		if err != nil || !slices.Equal(got.Threads, []wire.ThreadLine{want}) {
			t.Errorf("%s: %+v, %v", user, got, err)
		}
		list, err := r.Conversations(ctx, as(user), wire.Conversations{})
		if listed := slices.ContainsFunc(list.Conversations, func(l wire.Conversation) bool {
			return l.Conversation == thread && l.Parent == c.ID && l.Root == 2 && l.Kind == chat.Thread && len(l.Can) > 0
		}); err != nil || listed != follows {
			t.Errorf("%s has the list %+v, %v", user, list, err)
		}
		page, err := r.History(ctx, as(user), wire.History{Conversation: thread})
		if err != nil || len(page.Entries) != 2 {
			t.Errorf("%s reads %+v, %v", user, page, err)
		}
	}
	_, err := r.Threads(ctx, as("eve"), wire.Threads{Conversation: c.ID, Roots: []chat.Seq{2}})
	wantCode(t, err, chat.Forbidden)
	_, err = r.History(ctx, as("eve"), wire.History{Conversation: thread})
	wantCode(t, err, chat.Forbidden)
}

func TestAThreadIsAsVisibleAsItsRoot(t *testing.T) {
	r := newRig(t)
	c := r.group(t, 3, some(5)...)
	old, recent := r.thread(t, c, 2), r.thread(t, c, 5)
	c.Members["new"] = chat.Place{Role: chat.Member, From: 4}
	delete(c.Members, "m000")
	r.commit(t, c.ID, chat.Entry{Kind: chat.Added, Rules: 6}, chat.Change{Header: &chat.Header{Conversation: c}})
	for _, test := range []struct {
		who    chat.UserID
		thread chat.ConversationID
		sees   bool
	}{{"new", old, false}, {"new", recent, true}, {"m000", recent, false}, {"m001", old, true}} {
		synced, err := r.Sync(ctx, as(test.who), wire.Sync{Cursors: []wire.Cursor{{Conversation: test.thread}}})
		if err != nil || synced.Conversations[0].Gone == test.sees {
			t.Errorf("%s: %+v, %v", test.who, synced, err)
		}
	}
	got, err := r.Threads(ctx, as("new"), wire.Threads{Conversation: c.ID, Roots: []chat.Seq{2, 5}})
	if err != nil || len(got.Threads) != 1 || got.Threads[0].Root != 5 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestWhoLeftTheGroupIsNoneForWhomAMessageOfItsThreadsWas(t *testing.T) {
	r := newRig(t)
	c := r.group(t, 4, some(5)...)
	made := c.About(2, "ann", "m000", "m001")
	if _, _, err := r.Log.Create(ctx, made, made.Members); err != nil {
		t.Fatal(err)
	}
	said := r.commit(t, made.ID, chat.Entry{Kind: chat.Message, Body: chat.Body{Text: "yes"}})
	for _, user := range []chat.UserID{"m000", "m001"} {
		r.reads(t, user, made.ID, said.Seq)
	}
	delete(c.Members, "m000")
	r.commit(t, c.ID, chat.Entry{Kind: chat.Left, Rules: 6}, chat.Change{Header: &chat.Header{Conversation: c}})
	got, err := r.Seen(ctx, as("ann"), wire.Seen{Conversation: made.ID, Seq: said.Seq})
	if err != nil || got.Of != 1 || got.Read != 1 || len(got.Users) != 1 || got.Users[0].User != "m001" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestAThreadThatWasBegunAcrossABlockIsListedForItsAuthorOnly(t *testing.T) {
	r := newRig(t)
	c := chat.Conversation{ID: chat.DirectID("ann", "bob"), Kind: chat.Direct, Creator: "ann", Created: epoch, Size: 2, Members: map[chat.UserID]chat.Place{"ann": {Role: chat.Member}, "bob": {Role: chat.Member}}}
	if _, _, err := r.Log.Create(ctx, c, c.Members); err != nil {
		t.Fatal(err)
	}
	for seq := range chat.Seq(2) {
		r.put(t, entry(c.ID, seq+1, "hi"))
	}
	secret, open := r.thread(t, c, 1), r.thread(t, c, 2)
	r.commit(t, c.ID, chat.Entry{Kind: chat.Threaded, Body: chat.Body{Target: 2, Thread: open}}, chat.Change{Seq: 2, Thread: open})
	for user, want := range map[chat.UserID][]chat.ConversationID{"ann": {secret, open}, "bob": {open}} {
		got, err := r.Threads(ctx, as(user), wire.Threads{Conversation: c.ID, Roots: []chat.Seq{1, 2}})
		var ids []chat.ConversationID
		for _, line := range got.Threads {
			ids = append(ids, line.Conversation)
		}
		if err != nil || !slices.Equal(ids, want) {
			t.Errorf("%s: %+v, %v", user, got, err)
		}
	}
}

func TestI20NoReadShowsWhatIsDue(t *testing.T) {
	r := newRig(t)
	now := epoch
	r.Log = r.Log.(*store.Conversations).At(func() time.Time { return now })
	c := r.group(t, 2, "one")
	e := r.commit(t, c.ID, chat.Entry{Kind: chat.Message, Timer: chat.Timer{After: time.Minute, From: chat.SinceSent}, Body: chat.Body{Text: "secret"}})
	r.commit(t, c.ID, chat.Entry{Kind: chat.Edited, Body: chat.Body{Target: e.Seq}}, chat.Change{Seq: e.Seq, Rewrite: &chat.Rewrite{Of: e, Text: "secret!", At: now}})
	r.pin(t, c.ID, e.Seq)
	last := func() *wire.Entry {
		list, err := r.Conversations(ctx, as("m000"), wire.Conversations{})
		if err != nil {
			t.Fatal(err)
		}
		return list.Conversations[0].Last
	}
	latest := r.commit(t, c.ID, chat.Entry{Kind: chat.Message, Timer: chat.Timer{After: time.Minute, From: chat.SinceSent}, Body: chat.Body{Text: "secret?"}})
	surfaces := func() string {
		page, err := r.History(ctx, as("m000"), wire.History{Conversation: c.ID})
		if err != nil {
			t.Fatal(err)
		}
		synced, err := r.Sync(ctx, as("m000"), wire.Sync{Cursors: []wire.Cursor{{Conversation: c.ID, After: 1}, {Conversation: chat.GroupID("x", "y")}}})
		if err != nil {
			t.Fatal(err)
		}
		one, err := r.Sync(ctx, as("m000"), wire.Sync{Cursors: []wire.Cursor{{Conversation: c.ID, After: latest.Seq - 1}}})
		if err != nil {
			t.Fatal(err)
		}
		pins, err := r.Pins(ctx, as("m000"), wire.Pins{Conversation: c.ID})
		if err != nil {
			t.Fatal(err)
		}
		all, err := wire.Encode([]any{page, synced, one, pins, last()})
		if err != nil {
			t.Fatal(err)
		}
		return string(all)
	}
	if n := strings.Count(surfaces(), "secret"); n != 9 {
		t.Errorf("before, %d surfaces show it", n)
	}
	now = now.Add(time.Minute)
	if text := surfaces(); strings.Contains(text, "secret") || !strings.Contains(text, `"expired":true`) {
		t.Errorf("due, it shows %s", text)
	}
}
