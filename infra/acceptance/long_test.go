package acceptance

import (
	"fmt"
	"sync"
	"testing"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

func TestAThousandMessagesLater(t *testing.T) {
	t.Parallel()
	ann, bob := person(t, "ann"), person(t, "bob")
	annsPhone, bobsPhone := ann.connect("phone"), bob.connect("phone")
	seen := annsPhone.says(to(bob), "the last that bob sees before he goes")
	bobsPhone.gets(seen)
	bobsPhone.hangUp()
	missed := annsPhone.message(to(bob), "the first that he misses")
	acked := annsPhone.sends(missed)
	chatter(annsPhone, to(bob), chat.MaxResend-1)
	head := seen.Seq + chat.MaxResend

	t.Run("a device that was away catches up exactly", func(t *testing.T) {
		tablet := bob.connect("tablet")
		said := map[chat.MessageID]bool{}
		for _, e := range tablet.catchesUp(seen.Conversation, seen.Seq) { // complains of a gap and of a frame above 32 KB
			said[e.ID] = true
		}
		if len(said) != chat.MaxResend {
			t.Errorf("caught up on %d different messages, want %d", len(said), chat.MaxResend)
		}
		if page := tablet.syncs(seen.Conversation, seen.Seq); !page.More || page.Conversations[0].Head != head {
			t.Errorf("the first page says more=%t and head %d, which is %d", page.More, page.Conversations[0].Head, head)
		}
	})
	t.Run("a resend is the same message", func(t *testing.T) {
		if got := annsPhone.sends(annsPhone.again(missed, seen.Seq)); got != acked {
			t.Errorf("acknowledged as %+v, was %+v", got, acked)
		}
	})
	t.Run("a resend from further behind must sync first", func(t *testing.T) {
		if code := annsPhone.refused(annsPhone.again(missed, seen.Seq-1)); code != chat.Behind {
			t.Errorf("refused as %s", code)
		}
	})
	if got := annsPhone.list()[0].Head; got != head {
		t.Errorf("the log ends at %d, want %d", got, head)
	}
}

// chatter sends n messages, a few at a time.
func chatter(d *device, target wire.Target, n int) {
	d.t.Helper()
	const writers = 4
	var writing sync.WaitGroup
	for w := range writers {
		writing.Go(func() {
			for i := w; i < n && !d.t.Failed(); i += writers {
				if _, err := try[wire.Accepted](d, d.message(target, fmt.Sprint("number ", i))); err != nil {
					d.t.Errorf("%s: %v", d, err)
				}
			}
		})
	}
	writing.Wait()
	if d.t.Failed() {
		d.t.FailNow()
	}
}
