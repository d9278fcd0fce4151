package store_test

import (
	"errors"
	"maps"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
)

// about is an entry that announces a change of the message at target.
func about(kind chat.EntryKind, seq, target chat.Seq) chat.Entry {
	e := entry("d_x", seq, "")
	e.Kind, e.Body = kind, chat.Body{Target: target}
	return e
}

func commit(t testing.TB, log chat.Log, e chat.Entry, c chat.Change) {
	t.Helper()
	if _, wrote, err := log.Commit(t.Context(), e, c); err != nil || !wrote {
		t.Fatalf("commit %d: wrote %v, %v", e.Seq, wrote, err)
	}
}

func at(t testing.TB, log chat.Log, seq chat.Seq) chat.Entry {
	t.Helper()
	e, ok, err := log.Entry(t.Context(), "d_x", seq)
	if err != nil || !ok {
		t.Fatalf("entry %d: %v, %v", seq, ok, err)
	}
	return e
}

func TestARewriteChangesTheMessageAndIsAnnouncedWithIt(t *testing.T) {
	log := newLog(t)
	put(t, log, entry("d_x", 1, "first"))
	later := epoch.Add(time.Minute)
	commit(t, log, about(chat.Edited, 2, 1), chat.Change{Seq: 1, Rewrite: &chat.Rewrite{Text: "second", Mentions: []chat.UserID{"bob"}, At: later}})
	got := at(t, log, 1)
	if got.Body.Text != "second" || got.State.Version != 1 || !got.State.Edited.Equal(later) || got.Body.Mentions[0] != "bob" {
		t.Errorf("after the edit: %+v", got)
	}
	if announced := at(t, log, 2); announced.Kind != chat.Edited || announced.Body.Target != 1 || announced.Body.Text != "" {
		t.Errorf("announced by %+v", announced)
	}
	// The version is what tells two editors apart.
	_, wrote, err := log.Commit(t.Context(), about(chat.Edited, 3, 1), chat.Change{Seq: 1, Rewrite: &chat.Rewrite{Text: "lost", At: later}})
	if wrote || !errors.Is(err, chat.ErrStale) {
		t.Errorf("an edit of an old version: %v, %v", wrote, err)
	}
	commit(t, log, about(chat.Edited, 3, 1), chat.Change{Seq: 1, Rewrite: &chat.Rewrite{Version: 1, Text: "third", At: later}})
	if got := at(t, log, 1); got.Body.Text != "third" || got.State.Version != 2 || got.Body.Mentions != nil {
		t.Errorf("after the second edit: %+v", got)
	}
}

func TestATakenSeqChangesNothing(t *testing.T) {
	log := newLog(t)
	put(t, log, entry("d_x", 1, "first"))
	put(t, log, entry("d_x", 2, "somebody was faster"))
	there, wrote, err := log.Commit(t.Context(), about(chat.Edited, 2, 1), chat.Change{Seq: 1, Rewrite: &chat.Rewrite{Text: "no"}})
	if err != nil || wrote || there.Body.Text != "somebody was faster" {
		t.Errorf("wrote %v, there %+v, %v", wrote, there, err)
	}
	if got := at(t, log, 1); got.Body.Text != "first" || got.State.Version != 0 {
		t.Errorf("the target changed: %+v", got)
	}
}

func TestErasedIsGoneForGood(t *testing.T) {
	log := newLog(t)
	message := entry("d_x", 1, "secret")
	message.Body.Attachments = []chat.Attachment{{Media: "m_1", Name: "a.png", Type: "image/png", Size: 3}}
	put(t, log, message)
	commit(t, log, about(chat.Reacted, 2, 1), chat.Change{Seq: 1, React: &chat.Reaction{User: "bob", Marks: []string{"👍"}}})
	read := at(t, log, 1)
	commit(t, log, about(chat.Deleted, 3, 1), chat.Change{Seq: 1, Erase: &read})
	got := at(t, log, 1)
	if !got.State.Deleted || got.Body.Text != "" || got.Body.Attachments != nil || got.State.Reactions != nil ||
		got.From != message.From || got.ID != message.ID || !got.At.Equal(message.At) {
		t.Errorf("after the deletion: %+v", got)
	}
	for name, c := range map[string]chat.Change{
		"edit":     {Seq: 1, Rewrite: &chat.Rewrite{Text: "back"}},
		"reaction": {Seq: 1, React: &chat.Reaction{User: "bob", Marks: []string{"👍"}}},
		"deletion": {Seq: 1, Erase: &read},
	} {
		if _, wrote, err := log.Commit(t.Context(), about(chat.Edited, 4, 1), c); wrote || !errors.Is(err, chat.ErrStale) {
			t.Errorf("%s of what is deleted: %v, %v", name, wrote, err)
		}
	}
	if _, ok, _ := log.Entry(t.Context(), "d_x", 4); ok {
		t.Error("a refused change was announced")
	}
}

func TestReactionsAreEachUsersOwn(t *testing.T) {
	log := newLog(t)
	put(t, log, entry("d_x", 1, "first"))
	react := func(seq chat.Seq, user chat.UserID, marks ...string) {
		commit(t, log, about(chat.Reacted, seq, 1), chat.Change{Seq: 1, React: &chat.Reaction{User: user, Marks: marks}})
	}
	react(2, "ann", "👍", "🎉")
	react(3, "bob.b@example.com", "👍")
	react(4, "ann", "🎉")
	if got := at(t, log, 1).State.Reactions; len(got) != 2 || len(got["ann"]) != 1 || got["bob.b@example.com"][0] != "👍" {
		t.Errorf("reactions %v", got)
	}
	react(5, "bob.b@example.com")
	if got := at(t, log, 1).State.Reactions; !maps.EqualFunc(got, map[chat.UserID][]string{"ann": {"🎉"}}, func(a, b []string) bool { return a[0] == b[0] }) {
		t.Errorf("reactions %v", got)
	}
}
