package send_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

func TestTheFirstMessageMakesTheConversationAndBothCanWrite(t *testing.T) {
	r := newRig(t)
	first := r.mustSend(t, "ann", text(1, "hi"))
	if first.Seq != 1 || first.To != "bob" || first.Conversation != chat.DirectID("bob", "ann") {
		t.Errorf("first %+v", first)
	}
	reply := r.mustSend(t, "bob", wire.Send{ID: id(2), To: wire.Target{Conversation: first.Conversation}, Body: wire.Content{Text: "hey"}})
	if reply.Seq != 2 || reply.To != "ann" {
		t.Errorf("reply %+v", reply)
	}
	if n := len(r.out.entries); n != 2 {
		t.Errorf("%d deliveries", n)
	}
}

func TestM5TwoFirstMessagesAtOnceMakeOneConversation(t *testing.T) {
	r := newRig(t)
	var wg sync.WaitGroup
	for user, peer := range map[chat.UserID]chat.UserID{"ann": "bob", "bob": "ann"} {
		wg.Go(func() {
			if _, err := r.Send(t.Context(), as(user), wire.Send{ID: id(1), To: wire.Target{User: peer}, Body: wire.Content{Text: "hi"}}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := len(r.entries(t, chat.DirectID("ann", "bob"))); n != 2 {
		t.Errorf("%d entries", n)
	}
}

func TestAResendGetsTheSameAnswerAndIsDeliveredAgain(t *testing.T) {
	r := newRig(t)
	first := r.mustSend(t, "ann", text(1, "hi"))
	r.mustSend(t, "bob", wire.Send{ID: id(7), To: wire.Target{User: "ann"}, Body: wire.Content{Text: "in between"}})
	again := r.mustSend(t, "ann", after(text(1, "hi"), 0))
	if again.Seq != first.Seq || !again.At.Equal(first.At) {
		t.Errorf("again %+v, first %+v", again, first)
	}
	if n := len(r.entries(t, first.Conversation)); n != 2 {
		t.Errorf("%d entries", n)
	}
	// The first try may have died before it delivered, so the resend must deliver; receivers drop what they have.
	if n := len(r.out.entries); n != 3 {
		t.Errorf("%d deliveries", n)
	}
}

func TestAResendIsFoundThroughReadsThatLag(t *testing.T) {
	for _, lag := range []chat.Seq{1, 3, 9} {
		r := newRig(t)
		first := r.mustSend(t, "ann", text(1, "hi"))
		for n := range 8 {
			r.mustSend(t, "ann", text(n+2, "more"))
		}
		r.log.lag = lag
		again := r.mustSend(t, "ann", after(text(1, "hi"), 0))
		if again.Seq != first.Seq {
			t.Errorf("lag %d: seq %d, want %d", lag, again.Seq, first.Seq)
		}
		if n := len(r.entries(t, first.Conversation)); n != 9 {
			t.Errorf("lag %d: %d entries", lag, n)
		}
	}
}

// A frame can reach its function late, after its client has sent it again over another connection and others have written.
func TestAFirstAttemptThatComesLateIsARepetition(t *testing.T) {
	r := newRig(t)
	again := r.mustSend(t, "ann", after(text(1, "hi"), 0))
	r.mustSend(t, "bob", wire.Send{ID: id(7), To: wire.Target{User: "ann"}, Body: wire.Content{Text: "in between"}})
	if late := r.mustSend(t, "ann", after(text(1, "hi"), 0)); late.Seq != again.Seq {
		t.Errorf("the late one got %d, want %d", late.Seq, again.Seq)
	}
}

func TestAResendIsFoundThoughTheRangeLagsBehindTheTail(t *testing.T) {
	for _, lag := range []chat.Seq{1, 2, 5, 9} {
		r := newRig(t)
		first := r.mustSend(t, "ann", text(1, "hi"))
		for n := range 4 {
			r.mustSend(t, "ann", text(n+2, "more"))
		}
		r.log.rangeLag = lag
		if again := r.mustSend(t, "ann", after(text(1, "hi"), 0)); again.Seq != first.Seq {
			t.Errorf("lag %d: seq %d, want %d", lag, again.Seq, first.Seq)
		}
	}
}

func TestAWriteThatSucceededAndSaidItDidNotIsFoundAgain(t *testing.T) {
	r := newRig(t)
	r.mustSend(t, "ann", text(1, "hi"))
	r.log.losePut = true
	if _, err := r.Send(t.Context(), as("ann"), text(2, "lost")); !errors.Is(err, errAfterCommit) {
		t.Fatal(err)
	}
	again := r.mustSend(t, "ann", after(text(2, "lost"), 1))
	if entries := r.entries(t, again.Conversation); again.Seq != 2 || len(entries) != 2 {
		t.Errorf("seq %d of %d entries", again.Seq, len(entries))
	}
}

func TestTheSameIDWithAnotherBodyIsAConflictAndChangesNothing(t *testing.T) {
	r := newRig(t)
	first := r.mustSend(t, "ann", text(1, "hi"))
	_, err := r.Send(t.Context(), as("ann"), after(text(1, "something else"), 0))
	wantCode(t, err, chat.Conflict)
	if entries := r.entries(t, first.Conversation); len(entries) != 1 || entries[0].Body.Text != "hi" {
		t.Errorf("entries %+v", entries)
	}
	// Ids are the sender's own: somebody else may use the same.
	if e := r.mustSend(t, "bob", wire.Send{ID: id(1), To: wire.Target{User: "ann"}, Body: wire.Content{Text: "mine"}}); e.Seq != 2 {
		t.Errorf("bob got %d", e.Seq)
	}
}

func TestAResendFromTooFarBehindIsToldToSync(t *testing.T) {
	r := newRig(t)
	first := r.mustSend(t, "ann", text(1, "hi"))
	for seq := chat.Seq(2); seq <= chat.MaxResend+2; seq++ {
		e := chat.Entry{Conversation: first.Conversation, Seq: seq, Kind: chat.Message, ID: id(int(seq)), From: "bob", At: time.Now(), Body: chat.Body{Text: "x"}}
		if _, wrote, err := r.log.Put(t.Context(), e); !wrote || err != nil {
			t.Fatal(wrote, err)
		}
	}
	_, err := r.Send(t.Context(), as("ann"), after(text(1, "hi"), 1))
	wantCode(t, err, chat.Behind)
	if e := r.mustSend(t, "ann", after(text(1, "hi"), 2)); e.Seq != chat.MaxResend+3 {
		// The client synced to 2 and did not find its id there, so this is a first send as far as anybody knows.
		t.Errorf("seq %d", e.Seq)
	}
}

func TestO1ManyWritersAtOnceLeaveNoGapAndNoDuplicate(t *testing.T) {
	r := newRig(t)
	first := r.mustSend(t, "ann", text(0, "first"))
	var wg sync.WaitGroup
	var mu sync.Mutex
	seqs := map[chat.Seq]chat.MessageID{}
	for w := range 10 {
		wg.Go(func() {
			for n := range 5 {
				m := after(text(100*w+n+1, "x"), 1)
				if n%2 == 1 { // every other one is tried twice at once
					wg.Go(func() { _, _ = r.Send(t.Context(), as("ann"), m) })
				}
				e, err := r.Send(t.Context(), as("ann"), m)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				if there, taken := seqs[e.Seq]; taken {
					t.Errorf("seq %d was given to %s and %s", e.Seq, there, e.ID)
				}
				seqs[e.Seq] = e.ID
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	ids := map[chat.MessageID]bool{}
	entries := r.entries(t, first.Conversation)
	for _, e := range entries {
		if ids[e.ID] {
			t.Errorf("%s is there twice", e.ID)
		}
		ids[e.ID] = true
	}
	if len(entries) != 51 {
		t.Errorf("%d entries, want 51", len(entries))
	}
}

func TestWhoIsNotAMemberCannotWriteAndLearnsNothing(t *testing.T) {
	r := newRig(t)
	c := r.mustSend(t, "ann", text(1, "hi")).Conversation
	nowhere := chat.DirectID("x", "y")
	for _, target := range []chat.ConversationID{c, nowhere} {
		_, err := r.Send(t.Context(), as("eve"), wire.Send{ID: id(1), To: wire.Target{Conversation: target}, Body: wire.Content{Text: "psst"}})
		wantCode(t, err, chat.Forbidden)
	}
	_, err := r.Send(t.Context(), as("bob"), text(1, "to myself"))
	wantCode(t, err, chat.Invalid)
	if n := len(r.entries(t, c)); n != 1 {
		t.Errorf("%d entries", n)
	}
}

func TestNobodyIsRefusedBecauseAReplicaLags(t *testing.T) {
	r := newRig(t)
	group, err := r.Create(t.Context(), as("ann"), wire.Create{ID: id(1), Name: "friends", Members: []chat.UserID{"bob"}})
	if err != nil {
		t.Fatal(err)
	}
	r.log.hidden = true
	in := wire.Target{Conversation: group.Conversation}
	if e := r.mustSend(t, "bob", wire.Send{ID: id(2), To: in, Body: wire.Content{Text: "hi all"}}); e.Seq != 2 {
		t.Errorf("seq %d", e.Seq)
	}
	_, err = r.Send(t.Context(), as("eve"), wire.Send{ID: id(3), To: in, Body: wire.Content{Text: "me too"}})
	wantCode(t, err, chat.Forbidden)
	// A direct conversation that seems new is found when it is made again.
	r.log.hidden = false
	first := r.mustSend(t, "ann", text(4, "one"))
	r.log.hidden = true
	if e := r.mustSend(t, "ann", text(5, "two")); e.Seq != 2 || e.Conversation != first.Conversation {
		t.Errorf("%+v after %+v", e, first)
	}
}

func TestARefusedFirstMessageMakesNoConversation(t *testing.T) {
	r := newRig(t)
	bad := text(1, "hi")
	bad.Body.Mentions = []chat.UserID{"eve"}
	_, err := r.Send(t.Context(), as("ann"), bad)
	wantCode(t, err, chat.Invalid)
	if _, exists, err := r.log.Tail(t.Context(), chat.DirectID("ann", "bob"), chat.Strong); exists || err != nil {
		t.Errorf("exists %v, %v", exists, err)
	}
	if ids, err := r.log.Conversations(t.Context(), "bob", "", 10); len(ids) != 0 || err != nil {
		t.Errorf("bob has %v, %v", ids, err)
	}
}

func TestWhatCannotBeDeliveredIsNotStored(t *testing.T) {
	r := newRig(t)
	c := r.mustSend(t, "ann", text(1, "hi")).Conversation
	// As long as allowed, but each character takes six bytes in a frame.
	_, err := r.Send(t.Context(), as("ann"), text(2, strings.Repeat("\x01", chat.MaxText)))
	wantCode(t, err, chat.TooLarge)
	missing := text(3, "look")
	missing.Body.Attachments = []wire.Attachment{{Media: "m_x", Name: "a", Type: "image/png", Size: 1}}
	_, err = r.Send(t.Context(), as("ann"), missing)
	wantCode(t, err, chat.MediaMissing)
	if n := len(r.entries(t, c)); n != 1 {
		t.Errorf("%d entries", n)
	}
}

func TestS3NoAcknowledgementWithoutDelivery(t *testing.T) {
	r := newRig(t)
	r.out.err = &chat.Error{Code: chat.Unavailable}
	_, err := r.Send(t.Context(), as("ann"), text(1, "hi"))
	wantCode(t, err, chat.Unavailable)
	r.out.err = nil
	if e := r.mustSend(t, "ann", after(text(1, "hi"), 0)); e.Seq != 1 {
		t.Errorf("the resend got %d", e.Seq)
	}
}

func TestAppendGivesUpWhenTheTimeIsOver(t *testing.T) {
	r := newRig(t)
	c := r.mustSend(t, "ann", text(1, "hi")).Conversation
	ctx, cancel := context.WithCancel(t.Context())
	n := 100
	r.log.beforePut = func(e chat.Entry) { // somebody else is always faster
		if n++; n == 120 {
			cancel()
		}
		_, _, _ = r.log.Log.Put(t.Context(), chat.Entry{Conversation: c, Seq: e.Seq, Kind: chat.Message, ID: id(n), From: "bob", At: time.Now()})
	}
	_, err := r.Send(ctx, as("ann"), text(2, "never"))
	if err == nil || !chat.PolicyOf(chat.AsError(err).Code).Temporary {
		t.Errorf("error %v, want a temporary one", err)
	}
}
