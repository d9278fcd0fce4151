package send_test

import (
	"context"
	"slices"
	"testing"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/send"
	"github.com/parley-im/parley/pkg/wire"
)

// told records what a user's own devices were told.
type told struct {
	user   chat.UserID
	frames []string
	except chat.ConnectionID
}

func (o *told) Tell(_ context.Context, user chat.UserID, frame []byte, except chat.ConnectionID) {
	o.user, o.frames, o.except = user, append(o.frames, string(frame)), except
}

func TestHidingIsForOneUserAndAllTheirDevices(t *testing.T) {
	r, out := newRig(t), &told{}
	h := &send.Hider{Log: r.log, Deliver: out}
	message := r.mustSend(t, "ann", text(1, "one"))
	r.mustSend(t, "ann", text(2, "two"))
	hide := wire.Hide{Conversation: message.Conversation, Seqs: []chat.Seq{1, 9}}
	for range 2 { // a second time it changes nothing
		hid, err := h.Hide(t.Context(), as("bob"), hide)
		if err != nil || !slices.Equal(hid.Hides.Seqs, hide.Seqs[:1]) {
			t.Fatalf("%+v, %v", hid, err)
		}
	}
	if e := r.at(t, message); !slices.Equal(e.State.Hides, []chat.UserID{"bob"}) || e.For("bob", chat.Place{}).Kind != chat.Hidden || e.For("ann", chat.Place{}).Body.Text != "one" {
		t.Errorf("%+v", e)
	}
	if out.user != "bob" || len(out.frames) != 2 || out.except != "c-bob" || len(r.out.entries) != 2 {
		t.Errorf("told %+v; delivered %d", out, len(r.out.entries))
	}
	if _, ok, err := r.log.Entry(t.Context(), message.Conversation, 9); ok || err != nil {
		t.Errorf("hiding what is not there makes an entry: %v", err)
	}
	_, err := h.Hide(t.Context(), as("eve"), hide)
	wantCode(t, err, chat.Forbidden)

	// It stays hidden when it is deleted for everybody.
	if _, err := r.Delete(t.Context(), as("ann"), wire.Delete{Change: of(message, 3)}); err != nil {
		t.Fatal(err)
	}
	if e := r.at(t, message); !e.State.Deleted || e.For("bob", chat.Place{}).Kind != chat.Hidden {
		t.Errorf("deleted %+v", e)
	}
	_, err = h.Hide(t.Context(), as("bob"), wire.Hide{Conversation: message.Conversation, Seqs: []chat.Seq{3, 9}})
	wantCode(t, err, chat.NotFound)
	_, err = r.React(t.Context(), as("bob"), wire.React{Change: wire.Change{ID: id(4), Conversation: message.Conversation, Seq: 1}})
	wantCode(t, err, chat.NotFound)
}

func TestWhatIsRememberedOfHidingIsBounded(t *testing.T) {
	r := newRig(t)
	c := r.mustSend(t, "ann", text(1, "one")).Conversation
	for seq := chat.Seq(2); seq <= 1201; seq++ {
		e := chat.Entry{Conversation: c, Seq: seq, Kind: chat.Message, ID: id(int(seq)), From: "ann", Body: chat.Body{Text: "more"}}
		if _, wrote, err := r.log.Put(t.Context(), e); err != nil || !wrote {
			t.Fatal(wrote, err)
		}
	}
	most := 0
	for n := range 12 {
		seqs := make([]chat.Seq, chat.MaxHides)
		for i := range seqs {
			seqs[i] = chat.Seq(100*n + i + 1)
		}
		if _, err := r.log.Hide(t.Context(), c, "bob", seqs); err != nil {
			t.Fatal(err)
		}
		hides := r.hides(t, c, "bob")
		if hides.Count != 100*(n+1) || hides.Seqs[len(hides.Seqs)-1] != seqs[99] {
			t.Fatalf("%+v", hides)
		}
		most = max(most, len(hides.Seqs))
	}
	if most != chat.ShownHides {
		t.Errorf("%d are shown", most)
	}
	if hides := r.hides(t, c, "ann"); hides.Count != 0 || len(hides.Seqs) != 0 {
		t.Errorf("ann: %+v", hides)
	}
}

// hides is what a member's standing says of what they have hidden.
func (r *rig) hides(t *testing.T, c chat.ConversationID, user chat.UserID) chat.Hides {
	t.Helper()
	found, err := r.log.Log.(chat.Standings).Standings(t.Context(), []chat.Membership{{Conversation: c, User: user}})
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	return found[0].Hides
}
