package send_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// of is a change of the message e under the client id n.
func of(e chat.Entry, n int) wire.Change {
	return wire.Change{ID: id(n), Conversation: e.Conversation, Seq: e.Seq}
}

func again(c wire.Change, after chat.Seq) wire.Change {
	c.After = &after
	return c
}

func says(words string) *wire.Revision { return &wire.Revision{Text: words} }

func (r *rig) at(t testing.TB, e chat.Entry) chat.Entry {
	t.Helper()
	there, ok, err := r.log.Entry(t.Context(), e.Conversation, e.Seq)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	return there
}

func TestAnEditIsAnEntryAndTheMessageSaysTheNewText(t *testing.T) {
	r := newRig(t)
	message := r.mustSend(t, "ann", text(1, "helo"))
	edit := wire.Edit{Change: of(message, 2), Body: says("hello")}
	e, err := r.Edit(t.Context(), as("ann"), edit)
	if err != nil || e.Seq != 2 || e.Kind != chat.Edited {
		t.Fatalf("%+v, %v", e, err)
	}
	if got := r.at(t, message); got.Body.Text != "hello" || got.State.Version != 1 || got.State.Edited.IsZero() {
		t.Errorf("message %+v", got)
	}
	if out := r.out.entries[1]; out.Body.Text != "hello" || out.Body.Target != 1 || out.State.Version != 1 || out.To != "bob" {
		t.Errorf("delivered %+v", out)
	}
	// A resend, after more edits, gets the same place and does not edit again.
	if _, err := r.Edit(t.Context(), as("ann"), wire.Edit{Change: of(message, 3), Body: says("hello!")}); err != nil {
		t.Fatal(err)
	}
	edit.Change = again(edit.Change, 1)
	e, err = r.Edit(t.Context(), as("ann"), edit)
	if err != nil || e.Seq != 2 {
		t.Errorf("again: %+v, %v", e, err)
	}
	if got := r.at(t, message); got.Body.Text != "hello!" || got.State.Version != 2 {
		t.Errorf("message %+v", got)
	}
	if out := r.out.entries[3]; out.Seq != 2 || out.Body.Text != "hello!" {
		t.Errorf("what is delivered again says what the message says now: %+v", out)
	}
}

func TestWhoMayEdit(t *testing.T) {
	r := newRig(t)
	message := r.mustSend(t, "ann", text(1, "hi"))
	edit := func(who chat.UserID, c wire.Change, b *wire.Revision) error {
		_, err := r.Edit(t.Context(), as(who), wire.Edit{Change: c, Body: b})
		return err
	}
	wantCode(t, edit("bob", of(message, 2), says("I said")), chat.Forbidden)
	wantCode(t, edit("eve", of(message, 2), says("I said")), chat.Forbidden)
	wantCode(t, edit("ann", of(message, 2), &wire.Revision{}), chat.Invalid)
	wantCode(t, edit("ann", wire.Change{ID: id(2), Conversation: message.Conversation, Seq: 9}, says("x")), chat.NotFound)
	wantCode(t, edit("ann", of(message, 2), says(strings.Repeat("\x01", chat.MaxText))), chat.TooLarge)
	r.Now = func() time.Time { return time.Now().Add(chat.EditWindow + time.Minute) }
	wantCode(t, edit("ann", of(message, 2), says("late")), chat.Forbidden)
	r.Now = time.Now
	for n := range chat.MaxEdits {
		if err := edit("ann", of(message, n+2), says(fmt.Sprint(n))); err != nil {
			t.Fatal(err)
		}
	}
	wantCode(t, edit("ann", of(message, 99), says("too often")), chat.Forbidden)
	if n := len(r.entries(t, message.Conversation)); n != 1+chat.MaxEdits {
		t.Errorf("%d entries", n)
	}
	// What announces a change is no message, and cannot be changed.
	wantCode(t, edit("ann", wire.Change{ID: id(100), Conversation: message.Conversation, Seq: 2}, says("x")), chat.NotFound)
}

func TestEditorsAtOnceDoNotUndoEachOther(t *testing.T) {
	r := newRig(t)
	message := r.mustSend(t, "ann", text(1, "0"))
	var wg sync.WaitGroup
	for n := range 6 {
		wg.Go(func() {
			if _, err := r.Edit(t.Context(), as("ann"), wire.Edit{Change: of(message, n+2), Body: says(fmt.Sprint(n))}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := r.at(t, message); got.State.Version != 6 {
		t.Errorf("version %d after 6 edits", got.State.Version)
	}
	if n := len(r.entries(t, message.Conversation)); n != 7 {
		t.Errorf("%d entries", n)
	}
}

func TestDeletedIsGoneAndKeepsItsPlace(t *testing.T) {
	r := newRig(t)
	message := r.mustSend(t, "ann", text(1, "secret"))
	r.mustSend(t, "bob", wire.Send{ID: id(2), To: wire.Target{User: "ann"}, Body: wire.Content{Text: "what?", Reply: 1}})
	del := func(who chat.UserID, n int) (chat.Entry, error) {
		return r.Delete(t.Context(), as(who), wire.Delete{Change: again(of(message, n), 2)})
	}
	_, err := del("bob", 3)
	wantCode(t, err, chat.Forbidden)
	e, err := del("ann", 4)
	if err != nil || e.Seq != 3 {
		t.Fatal(e, err)
	}
	if got := r.at(t, message); !got.State.Deleted || got.Body.Text != "" {
		t.Errorf("message %+v", got)
	}
	if e, err := del("ann", 4); err != nil || e.Seq != 3 {
		t.Errorf("the same again: %+v, %v", e, err)
	}
	_, err = del("ann", 5)
	wantCode(t, err, chat.NotFound)
	_, err = r.Edit(t.Context(), as("ann"), wire.Edit{Change: of(message, 6), Body: says("back")})
	wantCode(t, err, chat.NotFound)
	_, err = r.React(t.Context(), as("bob"), wire.React{Change: of(message, 7), Reactions: []string{"👍"}})
	wantCode(t, err, chat.NotFound)
	// A resend of the message itself finds its place, though there is nothing to compare it with any more.
	if e := r.mustSend(t, "ann", after(text(1, "secret"), 0)); e.Seq != 1 || e.Body.Text != "" {
		t.Errorf("the message again: %+v", e)
	}
	if n := len(r.entries(t, message.Conversation)); n != 3 {
		t.Errorf("%d entries", n)
	}
}

func TestOwnersOfAGroupDeleteWhatOthersSay(t *testing.T) {
	r := newRig(t)
	group, err := r.Create(t.Context(), as("ann"), wire.Create{ID: id(1), Name: "friends", Members: []chat.UserID{"bob", "cat"}})
	if err != nil {
		t.Fatal(err)
	}
	message := r.mustSend(t, "bob", wire.Send{ID: id(2), To: wire.Target{Conversation: group.Conversation}, Body: wire.Content{Text: "spam"}})
	r.Now = func() time.Time { return time.Now().Add(chat.DeleteWindow + time.Minute) }
	_, err = r.Delete(t.Context(), as("bob"), wire.Delete{Change: of(message, 3)})
	wantCode(t, err, chat.Forbidden)
	if _, err := r.Delete(t.Context(), as("ann"), wire.Delete{Change: of(message, 4)}); err != nil {
		t.Error(err)
	}
}

func TestReactionsAreASetOfEachMember(t *testing.T) {
	r := newRig(t)
	message := r.mustSend(t, "ann", text(1, "done!"))
	react := func(who chat.UserID, n int, marks ...string) error {
		_, err := r.React(t.Context(), as(who), wire.React{Change: of(message, n), Reactions: marks})
		return err
	}
	for n, marks := range [][]string{{"👍", "🎉"}, {"🎉"}, {"🎉"}} {
		if err := react("bob", n+2, marks...); err != nil {
			t.Fatal(err)
		}
	}
	if err := react("ann", 9, "🎉"); err != nil {
		t.Fatal(err)
	}
	summary := wire.FromEntry(r.at(t, message)).Reactions
	if len(summary) != 1 || summary[0].Count != 2 || summary[0].Mark != "🎉" || len(summary[0].Users) != 2 {
		t.Errorf("summary %+v", summary)
	}
	if err := react("bob", 10); err != nil {
		t.Fatal(err)
	}
	if got := r.at(t, message).State.Reactions; len(got) != 1 {
		t.Errorf("reactions %v", got)
	}
	wantCode(t, react("eve", 11, "👎"), chat.Forbidden)
	if out := r.out.entries[len(r.out.entries)-1]; out.Kind != chat.Reacted || out.Body.Target != 1 || out.From != "bob" || len(out.Body.Reactions) != 0 {
		t.Errorf("delivered %+v", out)
	}
}

func TestAMessageHasSoManyReactions(t *testing.T) {
	r := newRig(t)
	var members []chat.UserID
	for n := range 5 {
		members = append(members, chat.UserID(fmt.Sprint("u", n)))
	}
	group, err := r.Create(t.Context(), as("ann"), wire.Create{ID: id(1), Name: "all", Members: members})
	if err != nil {
		t.Fatal(err)
	}
	message := r.mustSend(t, "ann", wire.Send{ID: id(2), To: wire.Target{Conversation: group.Conversation}, Body: wire.Content{Text: "x"}})
	for n := range 2 {
		var marks []string
		for m := range chat.MaxReactions {
			marks = append(marks, fmt.Sprint("m", n*chat.MaxReactions+m))
		}
		if _, err := r.React(t.Context(), as(members[n]), wire.React{Change: of(message, n+3), Reactions: marks}); err != nil {
			t.Fatal(err)
		}
	}
	_, err = r.React(t.Context(), as("u3"), wire.React{Change: of(message, 9), Reactions: []string{"one more"}})
	wantCode(t, err, chat.TooLarge)
	if _, err = r.React(t.Context(), as("u3"), wire.React{Change: of(message, 10), Reactions: []string{"m7"}}); err != nil {
		t.Errorf("one that others have: %v", err)
	}
	if _, err = r.React(t.Context(), as("u0"), wire.React{Change: of(message, 11), Reactions: []string{"another"}}); err != nil {
		t.Errorf("one instead of ten: %v", err)
	}
}

func TestMentionsAreOfMembersAndOfAllByOwners(t *testing.T) {
	r := newRig(t)
	group, err := r.Create(t.Context(), as("ann"), wire.Create{ID: id(1), Name: "friends", Members: []chat.UserID{"bob"}})
	if err != nil {
		t.Fatal(err)
	}
	say := func(who chat.UserID, n int, regard wire.Regard, reply chat.Seq) error {
		_, err := r.Send(t.Context(), as(who), wire.Send{
			ID: id(n), To: wire.Target{Conversation: group.Conversation}, Body: wire.Content{Text: "hey", Regard: regard, Reply: reply},
		})
		return err
	}
	if err := say("bob", 2, wire.Regard{Mentions: []chat.UserID{"ann"}}, 1); err != nil {
		t.Error(err)
	}
	wantCode(t, say("bob", 3, wire.Regard{Mentions: []chat.UserID{"eve"}}, 0), chat.Invalid)
	wantCode(t, say("bob", 4, wire.Regard{Everybody: true}, 0), chat.Forbidden)
	if err := say("ann", 5, wire.Regard{Everybody: true}, 0); err != nil {
		t.Error(err)
	}
	wantCode(t, say("ann", 6, wire.Regard{}, 99), chat.NotFound)
	entries := r.entries(t, group.Conversation)
	if len(entries) != 3 || entries[1].Body.Reply != 1 || entries[1].Body.Mentions[0] != "ann" || !entries[2].Body.Everybody {
		t.Errorf("entries %+v", entries)
	}
}

func TestAChangeThatSucceededAndSaidItDidNotIsFoundAgain(t *testing.T) {
	r := newRig(t)
	message := r.mustSend(t, "ann", text(1, "hi"))
	for n, act := range []func(context.Context, wire.Change) (chat.Entry, error){
		func(ctx context.Context, c wire.Change) (chat.Entry, error) {
			return r.Edit(ctx, as("ann"), wire.Edit{Change: c, Body: says("ho")})
		},
		func(ctx context.Context, c wire.Change) (chat.Entry, error) {
			return r.React(ctx, as("ann"), wire.React{Change: c, Reactions: []string{"👍"}})
		},
		func(ctx context.Context, c wire.Change) (chat.Entry, error) {
			return r.Delete(ctx, as("ann"), wire.Delete{Change: c})
		},
	} {
		before := chat.Seq(len(r.entries(t, message.Conversation)))
		c := of(message, n+2)
		r.log.losePut = true
		if _, err := act(t.Context(), c); !errors.Is(err, errAfterCommit) {
			t.Fatal(err)
		}
		e, err := act(t.Context(), again(c, before))
		if err != nil || e.Seq != before+1 {
			t.Errorf("again: %+v, %v", e, err)
		}
		if after := len(r.entries(t, message.Conversation)); chat.Seq(after) != before+1 {
			t.Errorf("%d entries, were %d", after, before)
		}
	}
}

func TestTheNewestMessageCanBeChangedThoughTheTailLags(t *testing.T) {
	r := newRig(t)
	r.mustSend(t, "ann", text(1, "one"))
	newest := r.mustSend(t, "ann", text(2, "two"))
	r.log.lag = 1
	e, err := r.React(t.Context(), as("bob"), wire.React{Change: of(newest, 3), Reactions: []string{"👍"}})
	if err != nil || e.Seq != 3 {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestTheLastEditAllowedIsFoundAgainThoughNoMoreAreAllowed(t *testing.T) {
	r := newRig(t)
	message := r.mustSend(t, "ann", text(1, "0"))
	for n := range chat.MaxEdits {
		if _, err := r.Edit(t.Context(), as("ann"), wire.Edit{Change: of(message, n+2), Body: says(fmt.Sprint(n + 1))}); err != nil {
			t.Fatal(err)
		}
	}
	r.log.lag = 1
	last := chat.MaxEdits + 1
	e, err := r.Edit(t.Context(), as("ann"), wire.Edit{Change: again(of(message, last), chat.Seq(last)-1), Body: says(fmt.Sprint(chat.MaxEdits))})
	if err != nil || e.Seq != chat.Seq(last) {
		t.Errorf("%+v, %v", e, err)
	}
}

// The exception of rule 5 in events/protocol.md: what an edit said is not kept beside the message.
func TestAnEditUnderTheSameIDWithAnotherTextChangesNothing(t *testing.T) {
	r := newRig(t)
	message := r.mustSend(t, "ann", text(1, "first"))
	edit := func(words string) (chat.Entry, error) {
		known := message.Seq
		c := of(message, 2)
		c.After = &known
		return r.Edit(t.Context(), as("ann"), wire.Edit{Change: c, Body: says(words)})
	}
	first, err := edit("second")
	if err != nil {
		t.Fatal(err)
	}
	again, err := edit("third")
	if err != nil || again.Seq != first.Seq || r.at(t, message).Body.Text != "second" {
		t.Errorf("%+v, %v; the message says %q", again, err, r.at(t, message).Body.Text)
	}
}
