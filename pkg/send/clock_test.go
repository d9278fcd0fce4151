package send_test

import (
	"testing"
	"time"
)

// The clocks of functions differ, and one may be set back: seq orders, and nothing else.
func TestO2NumbersOrderWhateverTheClocksSay(t *testing.T) {
	r := newRig(t)
	now := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	r.Now = func() time.Time { now = now.Add(-time.Hour); return now }
	first := r.mustSend(t, "ann", text(1, "first"))
	second := r.mustSend(t, "ann", text(2, "second"))
	if !second.At.Before(first.At) || second.Seq != first.Seq+1 {
		t.Errorf("%d at %v, then %d at %v", first.Seq, first.At, second.Seq, second.At)
	}
	if said := r.entries(t, first.Conversation); said[0].Body.Text != "first" || said[1].Body.Text != "second" {
		t.Errorf("%+v", said)
	}
}
