package send_test

import (
	"testing"

	"github.com/parley-im/parley/pkg/chat"
)

// A log that was restored from a backup lacks what the client knows. To append there could store one message twice: its first
// attempt may be below what the client has looked through.
func TestAMessageFromBeyondTheEndOfTheLogIsBehind(t *testing.T) {
	r := newRig(t)
	first := r.mustSend(t, "ann", text(1, "hi"))
	if _, err := r.Send(t.Context(), as("ann"), after(text(2, "again"), 2)); chat.AsError(err).Code != chat.Behind {
		t.Errorf("%v", err)
	}
	if n := len(r.entries(t, first.Conversation)); n != 1 {
		t.Errorf("%d entries", n)
	}
	if e := r.mustSend(t, "ann", after(text(2, "again"), 1)); e.Seq != 2 {
		t.Errorf("%+v", e)
	}
}

// That a read lags is no reason to be behind.
func TestALogThatOnlySeemsToEndBeforeIsReadAgain(t *testing.T) {
	r := newRig(t)
	for n := range 4 {
		r.mustSend(t, "ann", text(n+1, "hi"))
	}
	r.log.lag = 3
	if e := r.mustSend(t, "ann", after(text(9, "five"), 4)); e.Seq != 5 {
		t.Errorf("%+v", e)
	}
}
