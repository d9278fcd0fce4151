package acceptance

import (
	"testing"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

func TestAMessageOfAThreadCanBeShownInItsParentToo(t *testing.T) {
	t.Parallel()
	ann, bob, cat := person(t, "ann"), person(t, "bob"), person(t, "cat")
	anns, bobs, cats := ann.connect("phone"), bob.connect("phone"), cat.connect("phone")
	group := anns.creates("trip", bob, cat).Conversation
	root := anns.says(wire.Target{Conversation: group}, "who has the charts?")
	bobs.says(about(root), "I'll look")
	pixels := []byte("pixels")
	picture := attachment(bobs.uploads(pixels), pixels)
	m := bobs.message(about(root), "found them")
	m.InParent, m.Body.Attachments, m.Body.Mentions = true, []wire.Attachment{picture}, ids(cat)
	said := bobs.sends(m)

	// cat did not follow the thread, gets it in the group, with its file, and is told of it once.
	shown := cats.entry(cats.hears("it in the group", func(f frame) bool {
		return f.Conversation == group && f.Event == string(chat.Message) && f.Seq > root.Seq
	}))
	if shown.Body.Text != "found them" || shown.From != bob.ID || shown.Body.Reply != root.Seq || shown.Body.Of == nil || *shown.Body.Of != (wire.Place{Conversation: said.Conversation, Seq: said.Seq}) {
		t.Errorf("%+v", shown)
	}
	at := wire.Accepted{Conversation: group, Seq: shown.Seq, ID: shown.ID}
	if content := cats.downloads(at, picture.Media); string(content) != "pixels" {
		t.Errorf("cat downloads %q", content)
	}
	if l := cats.line(group); l.Unread == nil || l.Unread.Count != 2 || l.Unread.Mentions != 1 || l.Last.Body.Text != "found them" {
		t.Errorf("in the group %+v", l)
	}
	if got := cats.explains(said.Conversation); got.Count != 0 || got.Skipped[chat.SkipParent] != 1 {
		t.Errorf("in the thread, which cat follows since bob mentioned her: %+v", got)
	}
	found := ask[wire.Found](cats, wire.Search{Head: cats.head("search"), Query: wire.Query{Words: "found", In: group}})
	if len(found.Hits) != 1 || found.Hits[0].Entry.Seq != shown.Seq {
		t.Errorf("found %+v", found)
	}
	cats.reacts(at, "+")

	edit := bobs.edits(said, "found one")
	heard := cats.entry(cats.hears("the edit in the group", func(f frame) bool { return f.Conversation == group && f.Event == string(chat.Edited) }))
	if heard.Body.Target != shown.Seq || heard.Body.Text != "found one" {
		t.Errorf("%+v", heard)
	}
	away := cat.connect("laptop")
	for _, e := range away.catchesUp(group, 0) {
		if e.Seq == shown.Seq && (e.Body.Text != "found one" || e.Version != 1 || len(e.Reactions) != 1) {
			t.Errorf("who was away gets %+v", e)
		}
	}
	bobs.deletes(said)
	cats.hears("the deletion in the group", func(f frame) bool { return f.Conversation == group && f.Event == string(chat.Deleted) })
	for _, e := range away.history(group) {
		if e.Seq == shown.Seq && (!e.Deleted || e.Body.Text != "") {
			t.Errorf("deleted, it says %+v", e)
		}
	}
	if edit.Conversation != said.Conversation {
		t.Errorf("the edit is acknowledged as %+v", edit)
	}
}
