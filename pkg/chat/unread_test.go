package chat_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/parley-im/parley/pkg/chat"
)

func said(seq chat.Seq, from chat.UserID) chat.Entry {
	return chat.Entry{Seq: seq, Kind: chat.Message, From: from}
}

func TestU1UnreadIsAFunctionOfTheLogTheCursorAndWhoIsSilent(t *testing.T) {
	log := []chat.Entry{
		{Seq: 1, Kind: chat.Created, From: "ann"}, said(2, "bob"), said(3, "cat"), said(4, "ann"), said(5, "bob"), said(6, "cat"),
		{Seq: 7, Kind: chat.Reacted, From: "bob"}, {Seq: 8, Kind: chat.Message, From: "bob", State: chat.State{Deleted: true}},
		{Seq: 9, Kind: chat.Message, From: "bob", Hidden: true},
		{Seq: 10, Kind: chat.Message, From: "bob", Body: chat.Body{Mentions: []chat.UserID{"dan", "ann"}}},
		{Seq: 11, Kind: chat.Message, From: "bob", Body: chat.Body{Everybody: true}},
	}
	silent := map[chat.UserID]bool{"cat": true}
	for _, test := range []struct {
		name     string
		view     chat.View
		entries  []chat.Entry
		seqs     []chat.Seq
		mentions int
		since    chat.Seq
	}{
		{"nothing was read, but answered", chat.View{User: "ann"}, log, []chat.Seq{11, 10, 6, 5}, 2, 4},
		{"somebody is silent", chat.View{User: "ann", Silent: silent}, log, []chat.Seq{11, 10, 5}, 2, 4},
		{"some of it was read", chat.View{User: "ann", Read: 6}, log, []chat.Seq{11, 10}, 2, 6},
		{"all of it was read", chat.View{User: "ann", Read: 11}, log, nil, 0, 11},
		{"only the end is here", chat.View{User: "ann", Read: 9}, log[9:], []chat.Seq{11, 10}, 2, 9},
		{"U4: who came late has read what is before", chat.View{User: "dan", From: 10}, log, []chat.Seq{11, 10}, 2, 9},
		{"U7: marked, though read and answered", chat.View{User: "ann", Read: 11, Marked: 3, MarkedAt: 11}, log, []chat.Seq{11, 10, 6, 5, 3}, 2, 2},
		{"U7: an answer after the mark ends it", chat.View{User: "ann", Read: 3, Marked: 2, MarkedAt: 3}, log, []chat.Seq{11, 10, 6, 5}, 2, 4},
		{"a mark before what may be read", chat.View{User: "dan", From: 10, Read: 11, Marked: 2, MarkedAt: 11}, log, []chat.Seq{11, 10}, 2, 9},
		{"no entries", chat.View{User: "ann", Read: 11}, nil, nil, 0, 11},
	} {
		got := test.view.Unread(test.entries)
		if !slices.Equal(got.Seqs, test.seqs) || got.Count != len(test.seqs) || got.Mentions != test.mentions || got.More || got.Since != test.since {
			t.Errorf("%s: %+v", test.name, got)
		}
	}
	got := chat.View{User: "ann", Silent: silent}.Unread(log).Skipped
	if got[chat.SkipSilent] != 1 || got[chat.SkipSystem] != 1 || got[chat.SkipDeleted] != 1 || got[chat.SkipHidden] != 1 || got[chat.SkipOwn] != 0 {
		t.Errorf("skipped %v", got)
	}
}

func TestUnreadIsExactToNinetyNine(t *testing.T) {
	var log []chat.Entry
	for seq := range chat.Seq(150) {
		log = append(log, said(seq+1, "bob"))
	}
	view := chat.View{User: "ann"}
	for _, test := range []struct {
		read, from int // the log begins behind from
		count      int
		more       bool
	}{{150, 0, 0, false}, {52, 0, 98, false}, {51, 0, 99, false}, {50, 0, 99, true}, {0, 0, 99, true}, {10, 140, 10, true}, {140, 140, 10, false}} {
		view.Read = chat.Seq(test.read)
		if got := view.Unread(log[test.from:]); got.Count != test.count || got.More != test.more {
			t.Errorf("read %d, known behind %d: %d, more %v", test.read, test.from, got.Count, got.More)
		}
	}
}

// chance is a conversation in which anything happens, and what its readers do.
type chance struct {
	log  []chat.Entry
	head chat.Seq
}

func (c *chance) step(r *rapid.T, views map[chat.UserID]*chat.View) {
	users := []chat.UserID{"ann", "bob", "cat"}
	user := rapid.SampledFrom(users).Draw(r, "user")
	view := views[user]
	some := func(name string) chat.Seq { return chat.Seq(rapid.IntRange(1, int(c.head)).Draw(r, name)) }
	switch rapid.IntRange(0, 7).Draw(r, "step") {
	case 0, 1, 2:
		c.head++
		e := said(c.head, user)
		if rapid.Bool().Draw(r, "mentions") {
			e.Body.Mentions = []chat.UserID{rapid.SampledFrom(users).Draw(r, "mentioned")}
		}
		c.log = append(c.log, e)
	case 3:
		c.head++
		c.log = append(c.log, chat.Entry{Seq: c.head, Kind: chat.Reacted, From: user})
	case 4:
		c.log[some("deleted")-1].State.Deleted = true
	case 5: // cursors only move forward, and that ends a mark
		if seq := some("read"); seq > view.Read {
			view.Read, view.Marked, view.MarkedAt = seq, 0, 0
		}
	case 6:
		view.Marked, view.MarkedAt = some("marked"), c.head
	default:
		other := rapid.SampledFrom(users).Draw(r, "other")
		view.Silent = map[chat.UserID]bool{other: other != user && !view.Silent[other]}
	}
}

// model is unread as one would say it: message for message, without a cursor that moves.
func (c *chance) model(view chat.View) (seqs []chat.Seq) {
	answered := chat.Seq(0)
	for _, e := range c.log {
		if e.From == view.User && e.Kind == chat.Message {
			answered = e.Seq
		}
	}
	marked := view.Marked > 0 && answered <= view.MarkedAt
	for _, e := range c.log {
		behind := e.Seq > view.Read && e.Seq > answered
		if marked {
			behind = e.Seq >= view.Marked
		}
		if behind && e.Kind == chat.Message && e.From != view.User && !e.State.Deleted && !view.Silent[e.From] {
			seqs = append(seqs, e.Seq)
		}
	}
	slices.Reverse(seqs)
	return seqs
}

func TestU2U3UnreadIsTheSameOnEveryDeviceWhateverHappens(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		c := &chance{log: []chat.Entry{{Seq: 1, Kind: chat.Created, From: "ann"}}, head: 1}
		views := map[chat.UserID]*chat.View{"ann": {User: "ann"}, "bob": {User: "bob"}, "cat": {User: "cat"}}
		for range rapid.IntRange(1, 60).Draw(r, "steps") {
			c.step(r, views)
		}
		for _, view := range views {
			want := c.model(*view)
			all := view.Unread(c.log)
			if !slices.Equal(all.Seqs, want) || all.More {
				r.Fatalf("%+v in %+v: %v, want %v", *view, c.log, all.Seqs, want)
			}
			// A device that has only what follows the cursor counts the same.
			if part := view.Unread(c.log[min(view.Begin(), c.head):]); !slices.Equal(part.Seqs, want) || part.More || part.Mentions != all.Mentions {
				r.Fatalf("%+v: %+v of a part, %+v of all", *view, part, all)
			}
		}
	})
}
