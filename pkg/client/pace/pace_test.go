package pace_test

import (
	"slices"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client/pace"
	"github.com/parley-im/parley/pkg/wire"
)

var epoch = time.Date(2026, 11, 21, 22, 23, 0, 0, time.UTC)

func at(seconds float64) time.Time { return epoch.Add(time.Duration(seconds * float64(time.Second))) }

// told is what a frame says, for comparison.
type told struct {
	id              chat.ConversationID
	delivered, read chat.Seq
}

func says(cursors []wire.Reached) (all []told) {
	for _, c := range cursors {
		d := c.Domain()
		all = append(all, told{c.Conversation, d.Delivered, d.Read})
	}
	return all
}

// due asks what is due, and when to ask again, in seconds.
func due(t *testing.T, p *pace.Receipts, seconds float64, next float64, want ...told) {
	t.Helper()
	cursors, again := p.Due(at(seconds))
	if got := says(cursors); !slices.Equal(got, want) {
		t.Errorf("after %v s: %+v, want %+v", seconds, got, want)
	}
	if wait := at(next); next == 0 && !again.IsZero() || next != 0 && !again.Equal(wait) {
		t.Errorf("after %v s: next %v, want %v", seconds, again, wait)
	}
}

func TestWhatIsReadIsToldOnceAndTheNewestOnly(t *testing.T) {
	var p pace.Receipts
	due(t, &p, 0, 0)
	p.Delivered("d_a", 1, at(0))
	p.Read("d_a", 1, at(0))
	p.Read("d_a", 2, at(1))
	due(t, &p, 1, 4)
	due(t, &p, 4, 0, told{"d_a", 0, 2}) // R3: it is delivered, too
	due(t, &p, 9, 0)
	p.Read("d_a", 2, at(9))
	p.Read("d_a", 1, at(9))
	due(t, &p, 99, 0)
}

func TestR6OneFrameASecondForAllConversations(t *testing.T) {
	var p pace.Receipts
	p.Read("d_a", 1, at(0))
	p.Read("d_b", 7, at(0.5))
	p.Read("g_c", 3, at(0.9))
	due(t, &p, 3, 0, told{"d_a", 0, 1})
	due(t, &p, 3.9, 4) // one was told less than a second ago
	due(t, &p, 4, 0, told{"d_b", 0, 7}, told{"g_c", 0, 3})
	for i := range 120 {
		p.Read(chat.ConversationID(rune('0'+i)), 1, at(10))
	}
	total := 0
	for second := 13.0; ; second++ {
		cursors, _ := p.Due(at(second))
		if total += len(cursors); len(cursors) == 0 {
			break
		}
		if len(cursors) > chat.MaxReceipts {
			t.Errorf("%d in one frame", len(cursors))
		}
	}
	if total != 120 {
		t.Errorf("%d told", total)
	}
}

func TestWhatIsDeliveredAndNotReadIsTold(t *testing.T) {
	var p pace.Receipts
	p.Delivered("d_a", 4, at(0))
	p.Delivered("g_b", 4, at(0))
	due(t, &p, 2, 0, told{"d_a", 4, 0})
	due(t, &p, 3, 10) // nobody in a group hears of it live
	p.Read("g_b", 3, at(5))
	due(t, &p, 8, 0, told{"g_b", 4, 3}) // and what is known anyway goes with it
	p.Delivered("d_a", 4, at(20))
	due(t, &p, 30, 0)
}

func TestAReceiptWaitsForWhatMayComeButNotForEver(t *testing.T) {
	var p pace.Receipts
	p.Read("d_a", 1, at(0))
	p.Expect("d_a", at(1)) // the other one types
	due(t, &p, 3, 15)
	p.Came("d_a")
	p.Read("d_a", 2, at(8)) // and says more
	due(t, &p, 9, 11)
	p.Expect("d_a", at(10))
	due(t, &p, 11, 15) // as long as the oldest can wait
	due(t, &p, 15, 0, told{"d_a", 0, 2})
	p.Read("d_a", 3, at(20))
	p.Expect("d_a", at(20))
	p.Came("d_a") // it was given up
	due(t, &p, 23, 0, told{"d_a", 0, 3})
}

func TestWhatTravelsOrFollowsFromAnAnswerIsNotToldAgain(t *testing.T) {
	var p pace.Receipts
	p.Read("d_a", 5, at(0))
	if read := p.Carry("d_a"); read != 5 {
		t.Errorf("carries %d", read)
	}
	if read := p.Carry("d_a"); read != 0 {
		t.Errorf("carries %d again", read)
	}
	due(t, &p, 9, 0)
	p.Read("d_a", 7, at(10))
	p.Said("d_a", 8) // R4
	p.Again("d_a", 5, at(11))
	due(t, &p, 20, 0)
	p.Known("d_a", 3, 3)
	due(t, &p, 30, 0)
}

func TestAtTheEndNothingWaits(t *testing.T) {
	var p pace.Receipts
	p.Read("d_a", 5, at(0))
	p.Expect("d_a", at(0))
	p.Delivered("g_b", 2, at(0))
	if got, want := says(p.Flush()), []told{{"d_a", 0, 5}, {"g_b", 2, 0}}; !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if again := p.Flush(); len(again) > 0 {
		t.Errorf("%+v again", again)
	}
}

func TestWhatWasLostWithAConnectionIsToldAgain(t *testing.T) {
	var p pace.Receipts
	p.Read("d_a", 5, at(0))
	due(t, &p, 3, 0, told{"d_a", 0, 5})
	p.Again("d_a", 5, at(4)) // the server knows it
	due(t, &p, 9, 0)
	p.Again("d_a", 2, at(10)) // it does not
	due(t, &p, 10, 13)
	due(t, &p, 13, 0, told{"d_a", 0, 5})
	p.Forget("d_a")
	p.Again("d_a", 2, at(20))
	due(t, &p, 30, 0)
}
