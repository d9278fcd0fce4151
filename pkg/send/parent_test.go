package send_test

import (
	"slices"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// alsoAbout is a message to the thread about another one that is shown in the parent, too.
func alsoAbout(n int, of chat.Entry, words string) wire.Send {
	m := about(n, of, words)
	m.InParent = true
	return m
}

// reading is what a log shows as its readers get it.
func (r *rig) reading(t testing.TB, c chat.ConversationID) []chat.Entry {
	t.Helper()
	all := r.entries(t, c)
	if err := chat.Join(t.Context(), r.log, c, all); err != nil {
		t.Fatal(err)
	}
	return all
}

// toldOf counts how often an entry of a conversation was handed over.
func (r *rig) toldOf(c chat.ConversationID, seq chat.Seq) (n int) {
	for _, e := range r.out.entries {
		if e.Conversation == c && e.Seq == seq {
			n++
		}
	}
	return n
}

func TestAMessageOfAThreadIsShownInTheParentByReference(t *testing.T) {
	r := newRig(t)
	root := r.mustSend(t, "ann", says2(1, r.team(t), "lunch?"))
	said := r.mustSend(t, "bob", alsoAbout(2, root, "at one, all of us"))
	parent := r.reading(t, root.Conversation)
	if len(parent) != 4 { // created, the root, that there is a thread, and this
		t.Fatalf("%d entries", len(parent))
	}
	got := parent[3]
	want := chat.Reference{Conversation: said.Conversation, Seq: said.Seq}
	if got.Kind != chat.Message || got.From != "bob" || got.Body.Of != want || got.Body.Text != "at one, all of us" || got.Body.Reply != root.Seq || got.Body.InParent || !got.Unattended || said.Unattended {
		t.Errorf("%+v", got)
	}
	if stored := r.at(t, got); stored.Body.Text != "" {
		t.Errorf("the text is in two places: %+v", stored)
	}
	if last := r.out.entries[slices.IndexFunc(r.out.entries, func(e chat.Entry) bool { return e.Seq == 4 })]; last.Body.Text != "at one, all of us" {
		t.Errorf("those in the parent are told %+v", last)
	}

	edited, err := r.Edit(t.Context(), as("bob"), wire.Edit{Change: of(said, 3), Body: &wire.Revision{Text: "at two"}})
	if err != nil {
		t.Fatal(err)
	}
	parent = r.reading(t, root.Conversation)
	if len(parent) != 5 || parent[3].Body.Text != "at two" || parent[3].State.Version != 1 ||
		parent[4].Kind != chat.Edited || parent[4].Body.Target != 4 || parent[4].Body.Text != "at two" || parent[4].Body.Of.Seq > 0 {
		t.Errorf("after an edit %+v", parent[3:])
	}
	if _, err := r.Edit(t.Context(), as("bob"), wire.Edit{Change: again(of(said, 3), edited.Seq-1), Body: &wire.Revision{Text: "at two"}}); err != nil {
		t.Fatal(err)
	}
	if n := len(r.entries(t, root.Conversation)); n != 5 {
		t.Errorf("the same edit makes %d entries", n)
	}
	if _, err := r.Delete(t.Context(), as("bob"), wire.Delete{Change: of(said, 4)}); err != nil {
		t.Fatal(err)
	}
	parent = r.reading(t, root.Conversation)
	if len(parent) != 6 || !parent[3].State.Deleted || parent[3].Body.Text != "" || parent[4].Body.Text != "" || parent[5].Kind != chat.Deleted || parent[5].Body.Target != 4 {
		t.Errorf("after a deletion %+v", parent[3:])
	}
}

func TestWhatIsShownInTheParentIsShownOnceHoweverOftenItIsSent(t *testing.T) {
	r := newRig(t)
	root := r.mustSend(t, "ann", says2(1, r.team(t), "lunch?"))
	r.mustSend(t, "ann", about(2, root, "where?"))
	before := len(r.entries(t, root.Conversation))
	r.log.beforePut = func(e chat.Entry) { r.log.losePut = e.Conversation == root.Conversation } // written, and then the function dies
	if _, err := r.Send(t.Context(), as("bob"), after(alsoAbout(3, root, "here"), 1)); err == nil {
		t.Fatal("nothing went wrong")
	}
	r.log.beforePut = nil
	for range 2 {
		r.mustSend(t, "bob", after(alsoAbout(3, root, "here"), 1))
	}
	if n := len(r.entries(t, root.Conversation)); n != before+1 {
		t.Errorf("%d entries more in the parent", n-before)
	}
	if n := r.toldOf(root.Conversation, chat.Seq(before+1)); n != 2 {
		t.Errorf("handed over %d times, once for each try that did not fail", n)
	}
	if _, err := r.Send(t.Context(), as("bob"), after(about(3, root, "here"), 1)); err == nil || chat.AsError(err).Code != chat.Conflict {
		t.Errorf("the same id without it: %v", err)
	}
}

func TestAThreadIsAnnouncedAgainWhoeverSpeaksFirstInIt(t *testing.T) {
	r := newRig(t)
	root := r.mustSend(t, "ann", says2(1, r.team(t), "lunch?"))
	r.log.losePut = true // the announcement is written, and then the function dies
	if _, err := r.Send(t.Context(), as("bob"), about(2, root, "yes")); err == nil {
		t.Fatal("nothing went wrong")
	}
	if n := r.toldOf(root.Conversation, 3); n != 0 {
		t.Fatalf("announced %d times", n)
	}
	r.mustSend(t, "cat", about(3, root, "me too"))
	if n := r.toldOf(root.Conversation, 3); n != 1 {
		t.Errorf("announced %d times", n)
	}
	r.mustSend(t, "bob", after(about(2, root, "yes"), 0))
	if n := r.toldOf(root.Conversation, 3); n != 1 {
		t.Errorf("announced %d times, by the second one, too", n)
	}
}

func TestWhatIsNotShownInTheParent(t *testing.T) {
	r := newRig(t)
	team := r.team(t)
	root := r.mustSend(t, "ann", says2(1, team, "lunch?"))
	outside := says2(2, team, "hi")
	outside.InParent = true
	brief := alsoAbout(3, root, "hi")
	brief.Expires = new(int)
	*brief.Expires = int(time.Minute.Seconds())
	for name, m := range map[string]wire.Send{"what is in no thread": outside, "what disappears": brief} {
		if _, err := r.Send(t.Context(), as("bob"), m); err == nil || chat.AsError(err).Code != chat.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	said := r.mustSend(t, "bob", alsoAbout(4, root, "here"))
	shown := r.at(t, chat.Entry{Conversation: team, Seq: 4})
	_, edit := r.Edit(t.Context(), as("bob"), wire.Edit{Change: of(shown, 5), Body: &wire.Revision{Text: "there"}})
	_, remove := r.Delete(t.Context(), as("bob"), wire.Delete{Change: of(shown, 6)})
	for _, err := range []error{edit, remove} {
		if err == nil || chat.AsError(err).Code != chat.Forbidden {
			t.Errorf("it is changed where it is only shown: %v", err)
		}
	}
	if _, err := r.React(t.Context(), as("ann"), wire.React{Change: of(shown, 7), Reactions: []string{"+"}}); err != nil {
		t.Error(err)
	}
	copied := r.mustSend(t, "cat", wire.Send{ID: id(8), To: wire.Target{User: "dan"}, Body: wire.Content{Forward: &wire.Place{Conversation: team, Seq: shown.Seq}}})
	if copied.Body.Text != "here" || copied.Body.Of.Seq > 0 || !copied.Body.Forwarded {
		t.Errorf("forwarded is %+v", copied.Body)
	}
	// A moderator deletes it in the thread, which is gone from the parent with the same write.
	if _, err := r.Delete(t.Context(), as("ann"), wire.Delete{Change: of(said, 9)}); err != nil {
		t.Fatal(err)
	}
	if got := r.reading(t, team)[3]; !got.State.Deleted || got.Body.Text != "" || !got.Unattended {
		t.Errorf("%+v", got)
	}
}

func TestAModeratorTakesAMessageOfAThreadOutOfTheParentAlone(t *testing.T) {
	r := newRig(t)
	team := r.team(t)
	root := r.mustSend(t, "ann", says2(1, team, "lunch?"))
	said := r.mustSend(t, "bob", alsoAbout(2, root, "abuse"))
	shown := r.at(t, chat.Entry{Conversation: team, Seq: 4})
	// Not every moderator sees the root, and so the thread.
	if _, err := r.Delete(t.Context(), as("ann"), wire.Delete{Change: of(shown, 3)}); err != nil {
		t.Fatal(err)
	}
	if got := r.reading(t, team)[3]; !got.State.Deleted || got.Body.Text != "" || got.Body.Of.Seq > 0 {
		t.Errorf("%+v", got)
	}
	if got := r.at(t, said); got.State.Deleted || got.Body.Text != "abuse" {
		t.Errorf("in the thread %+v", got)
	}
	n := len(r.entries(t, team))
	r.mustSend(t, "bob", after(alsoAbout(2, root, "abuse"), 0))
	if _, err := r.Edit(t.Context(), as("bob"), wire.Edit{Change: of(said, 4), Body: &wire.Revision{Text: "more abuse"}}); err != nil {
		t.Fatal(err)
	}
	if got := r.reading(t, team); len(got) != n || !got[3].State.Deleted || got[3].Body.Text != "" {
		t.Errorf("it comes back: %+v", got[3:])
	}
}

func TestWhoIsBlockedSeesTheirOwnVersionInTheParentToo(t *testing.T) {
	r := newRig(t)
	root := r.mustSend(t, "ann", text(1, "lunch?"))
	said := r.mustSend(t, "ann", alsoAbout(2, root, "at one"))
	r.block(t, "bob", "ann")
	if _, err := r.Edit(t.Context(), as("ann"), wire.Edit{Change: of(said, 3), Body: &wire.Revision{Text: "at two"}}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []chat.ConversationID{said.Conversation, root.Conversation} {
		all := r.reading(t, c)
		at := slices.IndexFunc(all, func(e chat.Entry) bool { return e.Kind == chat.Message && e.Body.Text == "at one" })
		if at < 0 {
			t.Fatalf("%s: %+v", c, all)
		}
		if own, other := all[at].For("ann", chat.Place{}).Body.Text, all[at].For("bob", chat.Place{}).Body.Text; own != "at two" || other != "at one" {
			t.Errorf("%s: ann sees %q, bob %q", c, own, other)
		}
	}
}
