package read_test

import (
	"testing"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// late lets a user join a group by an entry, seeing what follows, or from the start.
func (r *rig) late(t *testing.T, c chat.Conversation, user chat.UserID, from chat.Seq) {
	t.Helper()
	tail, _, err := r.Log.Tail(ctx, c.ID, chat.Strong)
	if err != nil {
		t.Fatal(err)
	}
	e := entry(c.ID, tail.Head+1, "")
	e.Kind, e.Rules, e.Body = chat.Added, tail.Head+1, chat.Body{Users: []chat.UserID{user}}
	head, place := tail.Conversation, chat.Place{Role: chat.Member, From: from}
	if head.Size++; !head.Large() {
		head.Members[user] = place
	}
	_, wrote, err := r.Log.Commit(ctx, e, chat.Change{Header: &chat.Header{Conversation: head, Was: tail.Conversation.Rules}}, chat.Change{Join: &chat.Seat{User: user, Place: place}})
	if err != nil || !wrote {
		t.Fatal(wrote, err)
	}
}

func (r *rig) away(t *testing.T, c chat.Conversation, user chat.UserID) {
	t.Helper()
	tail, _, err := r.Log.Tail(ctx, c.ID, chat.Strong)
	if err != nil {
		t.Fatal(err)
	}
	e := entry(c.ID, tail.Head+1, "")
	e.Kind, e.Rules, e.Body = chat.Removed, tail.Head+1, chat.Body{Users: []chat.UserID{user}}
	head := tail.Conversation
	head.Size--
	delete(head.Members, user)
	_, wrote, err := r.Log.Commit(ctx, e, chat.Change{Header: &chat.Header{Conversation: head, Was: tail.Conversation.Rules}}, chat.Change{Leave: user})
	if err != nil || !wrote {
		t.Fatal(wrote, err)
	}
}

func seqs(entries []wire.Entry) (out []chat.Seq) {
	for _, e := range entries {
		out = append(out, e.Seq)
	}
	return out
}

func TestM2WhoCameLaterReadsWhatFollows(t *testing.T) {
	r := newRig(t)
	for _, n := range []int{3, 250} {
		c := r.group(t, n, some(4)...)
		r.late(t, c, "late", 5)
		r.late(t, c, "early", 0)
		edit := entry(c.ID, 7, "")
		edit.Kind, edit.Rules, edit.Body = chat.Edited, 6, chat.Body{Target: 2}
		if _, wrote, err := r.Log.Commit(ctx, edit, chat.Change{Seq: 2, Rewrite: &chat.Rewrite{Text: "secret", At: epoch}}); err != nil || !wrote {
			t.Fatal(wrote, err)
		}
		sync := func(user chat.UserID, after chat.Seq) wire.Missed {
			out, err := r.Sync(ctx, as(user), wire.Sync{Cursors: []wire.Cursor{{Conversation: c.ID, After: after}}})
			if err != nil || len(out.Conversations) != 1 {
				t.Fatal(out, err)
			}
			return out.Conversations[0]
		}
		for _, after := range []chat.Seq{0, 3, 4} {
			got := sync("late", after)
			if got.From != 5 || got.Head != 7 || len(got.Entries) != 3 || got.Entries[0].Seq != 5 || got.Entries[2].Event != chat.Hidden || got.Entries[2].Body.Text != "" {
				t.Errorf("late syncs %+v", got)
			}
		}
		if got := sync("early", 0); got.From != 0 || len(got.Entries) != 7 || got.Entries[6].Body.Text != "secret" {
			t.Errorf("early syncs %+v", got)
		}
		for _, before := range []*chat.Seq{nil, pointer(chat.Seq(8)), pointer(chat.Seq(6)), pointer(chat.Seq(5)), pointer(chat.Seq(2))} {
			page, err := r.History(ctx, as("late"), wire.History{Conversation: c.ID, Before: before})
			if err != nil || page.More {
				t.Errorf("%+v, %v", page, err)
			}
			for _, e := range page.Entries {
				if e.Seq < 5 || e.Body.Text != "" {
					t.Errorf("late reads %+v", e)
				}
			}
			if want := 7; before == nil && len(page.Entries) != want-4 {
				t.Errorf("late reads %v", seqs(page.Entries))
			}
		}
		one, err := r.History(ctx, as("late"), wire.History{Conversation: c.ID, Limit: pointer(1), Before: pointer(chat.Seq(7))})
		if err != nil || !one.More || len(one.Entries) != 1 || one.Entries[0].Seq != 6 {
			t.Errorf("%+v, %v", one, err)
		}
		list, err := r.Conversations(ctx, as("late"), wire.Conversations{})
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range list.Conversations {
			if line.Conversation == c.ID && (line.From != 5 || line.Role != chat.Member || line.Last == nil || line.Last.Event != chat.Hidden) {
				t.Errorf("late lists %+v, %+v", line, line.Last)
			}
		}
	}
}

func TestM1WhoWasRemovedReadsNothing(t *testing.T) {
	r := newRig(t)
	for _, n := range []int{3, 250} {
		c := r.group(t, n, some(4)...)
		gone := member(1)
		r.away(t, c, gone)
		for _, after := range []chat.Seq{0, 3, 5, 99} {
			out, err := r.Sync(ctx, as(gone), wire.Sync{Cursors: []wire.Cursor{{Conversation: c.ID, After: after}}})
			if err != nil || len(out.Conversations) != 1 {
				t.Fatal(out, err)
			}
			if got := out.Conversations[0]; !got.Gone || got.Head != 0 || got.Entries != nil {
				t.Errorf("syncs %+v", got)
			}
		}
		_, err := r.History(ctx, as(gone), wire.History{Conversation: c.ID})
		wantCode(t, err, chat.Forbidden)
		_, err = r.Members(ctx, as(gone), wire.Members{Conversation: c.ID})
		wantCode(t, err, chat.Forbidden)
		list, err := r.Conversations(ctx, as(gone), wire.Conversations{})
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range list.Conversations {
			if line.Conversation == c.ID {
				t.Errorf("lists %+v", line)
			}
		}
	}
}

func TestOneConversationThatIsGoneDoesNotSpoilASync(t *testing.T) {
	r := newRig(t)
	here, there := r.group(t, 3, some(2)...), r.group(t, 3, some(2)...)
	r.away(t, there, member(1))
	out, err := r.Sync(ctx, as(member(1)), wire.Sync{Cursors: []wire.Cursor{{Conversation: there.ID, After: 2}, {Conversation: here.ID}}})
	if err != nil || len(out.Conversations) != 2 || !out.Conversations[0].Gone || len(out.Conversations[1].Entries) != 2 {
		t.Errorf("%+v, %v", out, err)
	}
}
