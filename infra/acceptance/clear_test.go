package acceptance

import (
	"testing"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

func TestWhatSomebodyClearsIsGoneForThemOnly(t *testing.T) {
	t.Parallel()
	ann, bob := person(t, "ann"), person(t, "bob")
	phone, laptop, bobs := ann.connect("phone"), ann.connect("laptop"), bob.connect("phone")
	id := bobs.says(to(ann), "the harbour at one").Conversation
	two := bobs.says(to(ann), "the harbour at two").Seq
	three := bobs.says(to(ann), "the harbour at three").Seq

	if got := ask[wire.Preferred](phone, wire.Prefs{Head: phone.head("prefs"), Conversation: id, Cleared: &two}); got.Cleared != two {
		t.Errorf("%+v", got)
	}
	laptop.hears("what is cleared", func(f frame) bool { return f.Event == wire.EventPrefs && f.Conversation == id })
	for d, want := range map[*device]int{phone: 1, laptop: 1, bobs: 3} {
		page := ask[wire.Page](d, wire.History{Head: d.head("history"), Conversation: id})
		found := ask[wire.Found](d, wire.Search{Head: d.head("search"), Query: wire.Query{Words: "harbour", In: id}})
		missed := ask[wire.Synced](d, wire.Sync{Head: d.head("sync"), Cursors: []wire.Cursor{{Conversation: id}}})
		if len(page.Entries) != want || len(found.Hits) != want || len(missed.Conversations[0].Entries) != want {
			t.Errorf("%s: %d in history, %d found, %+v", d, len(page.Entries), len(found.Hits), missed)
		}
	}
	if l := laptop.line(id); l.Cleared != two || l.From != three || l.Unread == nil || l.Unread.Count != 1 {
		t.Errorf("%+v", l)
	}
	beyond := three + 1
	if code := phone.refused(wire.Prefs{Head: phone.head("prefs"), Conversation: id, Cleared: &beyond}); code != chat.Invalid {
		t.Errorf("beyond the last entry: %s", code)
	}
}
