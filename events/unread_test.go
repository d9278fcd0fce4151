package events_test

import (
	"slices"
	"testing"

	"github.com/parley-im/parley/pkg/chat"
)

// example is a conversation and what of it is unread to a user. Entries have the names of the wire.
type example struct {
	Name     string
	User     chat.UserID
	From     chat.Seq
	Read     chat.Seq
	Marked   chat.Seq
	MarkedAt chat.Seq `json:"marked_at"`
	Silent   []chat.UserID
	Entries  []struct {
		Seq        chat.Seq
		Event      chat.EntryKind
		From       chat.UserID
		Mentions   []chat.UserID
		Everybody  bool
		Deleted    bool
		InParent   bool `json:"in_parent"`
		Unattended bool
	}
	Count    int
	More     bool
	Mentions int
	Seqs     []chat.Seq
}

func TestUnreadIsWhatTheExamplesSay(t *testing.T) {
	var examples []example
	unmarshal(t, file(t, "unread.json"), &examples)
	if len(examples) < 10 {
		t.Fatalf("%d examples", len(examples))
	}
	for _, x := range examples {
		view := chat.View{User: x.User, From: x.From, Read: x.Read, Marked: x.Marked, MarkedAt: x.MarkedAt, Silent: map[chat.UserID]bool{}}
		for _, user := range x.Silent {
			view.Silent[user] = true
		}
		var entries []chat.Entry
		for _, e := range x.Entries {
			entries = append(entries, chat.Entry{
				Seq: e.Seq, Kind: e.Event, From: e.From, Unattended: e.Unattended, Body: chat.Body{Mentions: e.Mentions, Everybody: e.Everybody, InParent: e.InParent},
				State: chat.State{Deleted: e.Deleted},
			})
		}
		got := view.Unread(entries)
		if got.Count != x.Count || got.More != x.More || got.Mentions != x.Mentions || x.Seqs != nil && !slices.Equal(got.Seqs, x.Seqs) {
			t.Errorf("%s: %+v", x.Name, got)
		}
	}
}
