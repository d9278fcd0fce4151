package send_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

func (r *rig) pins(t testing.TB, id chat.ConversationID) []chat.Seq {
	t.Helper()
	tail, _, err := r.log.Tail(t.Context(), id, chat.Strong)
	if err != nil {
		t.Fatal(err)
	}
	return tail.Conversation.Pins
}

func TestPinsAreInTheLogAndInTheHeader(t *testing.T) {
	r := newRig(t)
	first, second := r.mustSend(t, "ann", text(1, "one")), r.mustSend(t, "ann", text(2, "two"))
	pin := func(n int, who chat.UserID, of chat.Seq, off bool) (chat.Entry, error) {
		return r.Pin(t.Context(), as(who), wire.Pin{Change: wire.Change{ID: id(n), Conversation: first.Conversation, Seq: of}, Off: off})
	}
	for n, seq := range []chat.Seq{first.Seq, second.Seq, first.Seq} {
		e, err := pin(n+3, "bob", seq, false)
		if err != nil || e.Kind != chat.Pinned || e.Body.Target != seq || e.Rules != e.Seq {
			t.Fatalf("%+v, %v", e, err)
		}
	}
	if got := r.pins(t, first.Conversation); !slices.Equal(got, []chat.Seq{2, 1}) {
		t.Errorf("pins %v", got)
	}
	// A resend is the same entry; one under another id takes nothing off that is not pinned.
	e, err := r.Pin(t.Context(), as("bob"), wire.Pin{Change: again(wire.Change{ID: id(3), Conversation: first.Conversation, Seq: 1}, 2)})
	if err != nil || e.Seq != 3 {
		t.Errorf("again %+v, %v", e, err)
	}
	if _, err := pin(7, "ann", first.Seq, true); err != nil {
		t.Fatal(err)
	}
	if got := r.pins(t, first.Conversation); !slices.Equal(got, []chat.Seq{2}) {
		t.Errorf("pins %v", got)
	}
	_, err = pin(8, "ann", first.Seq, true)
	wantCode(t, err, chat.NotFound)
	_, err = pin(9, "ann", 3, false) // not a message
	wantCode(t, err, chat.NotFound)
	_, err = pin(10, "eve", second.Seq, false)
	wantCode(t, err, chat.Forbidden)
	if n := len(r.entries(t, first.Conversation)); n != 6 {
		t.Errorf("%d entries", n)
	}
}

func TestPinningAtOnceLosesNoPin(t *testing.T) {
	r := newRig(t)
	var messages []chat.Entry
	for n := range 6 {
		messages = append(messages, r.mustSend(t, "ann", text(n+1, "note")))
	}
	var wg sync.WaitGroup
	for n, m := range messages {
		wg.Go(func() {
			if _, err := r.Pin(t.Context(), as("bob"), wire.Pin{Change: of(m, n+20)}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	got := r.pins(t, messages[0].Conversation)
	slices.Sort(got)
	if !slices.Equal(got, []chat.Seq{1, 2, 3, 4, 5, 6}) {
		t.Errorf("pins %v", got)
	}
}

func TestThereAreOnlySoManyPinsAndWhatIsDeletedMakesRoom(t *testing.T) {
	r := newRig(t)
	var last chat.Entry
	for n := range chat.MaxPins + 1 {
		last = r.mustSend(t, "ann", text(n+1, "note"))
		if n == chat.MaxPins {
			break
		}
		if _, err := r.Pin(t.Context(), as("ann"), wire.Pin{Change: of(last, n+1000)}); err != nil {
			t.Fatal(err)
		}
	}
	_, err := r.Pin(t.Context(), as("ann"), wire.Pin{Change: of(last, 2000)})
	wantCode(t, err, chat.TooLarge)
	if _, err := r.Delete(t.Context(), as("ann"), wire.Delete{Change: wire.Change{ID: id(2001), Conversation: last.Conversation, Seq: 1}}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Pin(t.Context(), as("ann"), wire.Pin{Change: of(last, 2002)}); err != nil {
		t.Error(err)
	}
	if got := r.pins(t, last.Conversation); len(got) != chat.MaxPins || slices.Contains(got, 1) {
		t.Errorf("pins %v", got)
	}
}
