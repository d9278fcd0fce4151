package client_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/client/clienttest"
	"github.com/parley-im/parley/pkg/wire"
)

// receipts are what a device was told of somebody, in order.
func (d *device) receipts(of chat.UserID) (all []wire.Receipt) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, e := range d.events {
		if e, ok := e.(client.Receipt); ok && e.User == of {
			all = append(all, e.Receipt)
		}
	}
	return all
}

// asked counts the frames of each action that a scene's server gets.
func (s *scene) asked() func(action string) int {
	var mu sync.Mutex
	counts := map[string]int{}
	s.server.Fault = func(r clienttest.Request) clienttest.Fault {
		mu.Lock()
		defer mu.Unlock()
		counts[r.Action]++
		return clienttest.Fault{}
	}
	return func(action string) int {
		mu.Lock()
		defer mu.Unlock()
		return counts[action]
	}
}

func TestReadingIsToldInAMomentAndOnce(t *testing.T) {
	play(t, func(t *scene) {
		asked := t.asked()
		ann, laptop, bob := t.connect("ann"), t.connect("ann"), t.connect("bob")
		for i := range 3 {
			t.server.Say("bob", "ann", fmt.Sprint(i))
		}
		after(0)
		ann.MarkRead(annAndBob, 1)
		ann.MarkRead(annAndBob, 3)
		ann.MarkRead(annAndBob, 2)
		if u, ok := ann.Unread(annAndBob); !ok || u.Count != 0 {
			t.Errorf("at once: %+v, %v", u, ok)
		}
		if u, ok := laptop.Unread(annAndBob); !ok || u.Count != 3 {
			t.Errorf("elsewhere: %+v, %v", u, ok)
		}
		after(4 * time.Second)
		if got := bob.receipts("ann"); !slices.Contains(got, wire.Receipt{Conversation: annAndBob, Read: 3}) {
			t.Errorf("bob hears %+v", got)
		}
		if got := laptop.receipts("ann"); len(got) != 1 || got[0].Read != 3 {
			t.Errorf("the laptop hears %+v", got)
		}
		if u, ok := laptop.Unread(annAndBob); !ok || u.Count != 0 {
			t.Errorf("then elsewhere: %+v, %v", u, ok)
		}
		frames := asked("receipts")
		after(time.Hour)
		if asked("receipts") != frames || frames > 2 { // the laptop's delivered is one
			t.Errorf("%d frames, then %d", frames, asked("receipts"))
		}
	})
}

func TestR4WhoAnswersSendsNoReceipt(t *testing.T) {
	play(t, func(t *scene) {
		asked := t.asked()
		ann, bob := t.connect("ann"), t.connect("bob")
		t.server.Say("bob", "ann", "hi")
		after(time.Second)
		ann.MarkRead(annAndBob, 1)
		if _, err := ann.Send(t.Context(), client.ToUser("bob"), client.Text("hello")); err != nil {
			t.Fatal(err)
		}
		bob.MarkRead(annAndBob, 2)
		bob.Typing(annAndBob, wire.Text) // it travels
		after(time.Minute)
		if n := asked("receipts"); n != 0 {
			t.Errorf("%d frames of receipts: bob %+v, ann %+v", n, bob.receipts("ann"), ann.receipts("bob"))
		}
		if got := ann.receipts("bob"); len(got) != 1 || got[0].Read != 2 {
			t.Errorf("ann hears %+v", got)
		}
		if u, ok := ann.Unread(annAndBob); !ok || u.Count != 0 || t.server.Unread(annAndBob, "ann").Count != 0 {
			t.Errorf("%+v, %v", u, ok)
		}
	})
}

func TestWhatWaitsIsToldWhenTheClientCloses(t *testing.T) {
	play(t, func(t *scene) {
		t.server.Say("bob", "ann", "hi")
		ann := t.connect("ann")
		ann.MarkRead(annAndBob, 1)
		if err := ann.end(); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		after(0)
		if got := t.server.Standing(annAndBob, "ann").Read; got != 1 {
			t.Errorf("the server knows %d", got)
		}
	})
}

func TestAReceiptThatWasLostIsRepeatedAfterTheNextConnect(t *testing.T) {
	play(t, func(t *scene) {
		lose := true
		t.server.Fault = func(r clienttest.Request) (f clienttest.Fault) {
			f.Ignore = r.Action == "receipts" && lose
			return f
		}
		t.server.Say("bob", "ann", "hi")
		ann := t.connect("ann")
		ann.MarkRead(annAndBob, 1)
		after(time.Minute)
		if got := t.server.Standing(annAndBob, "ann").Read; got != 0 {
			t.Fatalf("the server knows %d", got)
		}
		lose = false
		t.server.CutAll()
		after(time.Minute)
		if got := t.server.Standing(annAndBob, "ann").Read; got != 1 {
			t.Errorf("the server knows %d", got)
		}
	})
}

func TestMarksAndChoicesReachTheOtherDevices(t *testing.T) {
	play(t, func(t *scene) {
		for i := range 3 {
			t.server.Say("bob", "ann", fmt.Sprint(i))
		}
		ann, laptop, bob := t.connect("ann"), t.connect("ann"), t.connect("bob")
		ann.MarkRead(annAndBob, 3)
		after(time.Minute)
		if err := ann.MarkUnread(t.Context(), annAndBob, 2); err != nil {
			t.Fatal(err)
		}
		if err := ann.PinConversation(t.Context(), annAndBob, true); err != nil {
			t.Fatal(err)
		}
		if err := ann.Archive(t.Context(), annAndBob, true); err != nil {
			t.Fatal(err)
		}
		after(time.Second)
		for _, d := range []*device{ann, laptop} {
			if u, ok := d.Unread(annAndBob); !ok || u.Count != 2 {
				t.Errorf("%+v, %v", u, ok)
			}
		}
		if n := count[client.Preferred](laptop); n != 3 {
			t.Errorf("%d choices on the laptop", n)
		}
		if count[client.Preferred](bob) > 0 || len(bob.receipts("ann")) != 2 { // delivered and read
			t.Errorf("bob hears of it: %+v", bob.receipts("ann"))
		}
		t.server.CutAll() // what may have been lost is told again, which is not opening
		after(time.Minute)
		if x, err := laptop.Explain(t.Context(), annAndBob); err != nil || x.Count != 2 {
			t.Errorf("a receipt that is told again ends the mark: %+v, %v", x, err)
		}
		laptop.MarkRead(annAndBob, 3) // which is
		if u, ok := laptop.Unread(annAndBob); !ok || u.Count != 0 {
			t.Errorf("read here, whatever the server says: %+v, %v", u, ok)
		}
		after(time.Minute)
		if x, err := laptop.Explain(t.Context(), annAndBob); err != nil || x.Count != 0 || x.Marked != 0 {
			t.Errorf("opening the conversation does not end the mark: %+v, %v", x, err)
		}
		if u, ok := ann.Unread(annAndBob); !ok || u.Count != 0 {
			t.Errorf("read again: %+v, %v", u, ok)
		}
		seen, err := bob.SeenBy(t.Context(), annAndBob, 3)
		if err != nil || len(seen.Users) != 1 || !seen.Users[0].Read || seen.Of != 1 {
			t.Errorf("%+v, %v", seen, err)
		}
	})
}

func TestADeviceThatHasLittleAsksWhatIsUnread(t *testing.T) {
	play(t, func(t *scene) {
		for i := range 20 {
			t.server.Say("bob", "ann", fmt.Sprint(i))
		}
		ann := t.connect("ann")
		// It begins with nothing but the end, so it has only the number that the server counted.
		late := t.connect("ann", func(o *client.Options) {
			o.Begin = func(_ chat.ConversationID, head chat.Seq) chat.Seq { return head }
		})
		if u, ok := late.Unread(annAndBob); !ok || u.Count != 20 {
			t.Errorf("%+v, %v", u, ok)
		}
		t.server.Say("bob", "ann", "more")
		after(time.Second)
		if u, ok := late.Unread(annAndBob); !ok || u.Count != 21 {
			t.Errorf("%+v, %v", u, ok)
		}
		after(time.Minute)
		ann.MarkRead(annAndBob, 15) // in the middle of what it does not have
		after(5 * time.Second)
		if _, ok := late.Unread(annAndBob); ok {
			t.Error("it cannot know")
		}
		after(time.Second)
		if u, ok := late.Unread(annAndBob); !ok || u.Count != 6 || count[client.Unread](late) != 1 {
			t.Errorf("%+v, %v, %d events", u, ok, count[client.Unread](late))
		}
	})
}

// Whatever people do on whatever device, every device ends with the count of the server.
func TestU2EveryDeviceCountsWhatTheServerCounts(t *testing.T) {
	for seed := range uint64(20) {
		play(t, func(t *scene) {
			random := rand.New(rand.NewPCG(seed, 2))
			t.server.Say("bob", "ann", "hi")
			devices := []*device{t.connect("ann"), t.connect("ann"), t.connect("bob")}
			for range 60 {
				d := devices[random.IntN(len(devices))]
				head := len(t.server.Log(annAndBob))
				seq := chat.Seq(1 + random.IntN(head))
				var err error
				switch random.IntN(9) {
				case 0, 1, 2:
					content := client.Text("x")
					if random.IntN(3) == 0 {
						content.Mentions = []chat.UserID{"ann"}
					}
					d.Queue(client.To(annAndBob), content)
				case 3:
					_, err = d.React(t.Context(), annAndBob, seq, "👍")
				case 4:
					_, err = d.Delete(t.Context(), annAndBob, seq)
				case 5, 6:
					d.MarkRead(annAndBob, seq)
				case 7:
					if random.IntN(3) == 0 {
						err = d.MarkUnread(t.Context(), annAndBob, seq)
					}
				default:
					if random.IntN(4) == 0 {
						t.server.CutAll()
					}
				}
				if err != nil && !strings.Contains(err.Error(), "not_found") && !strings.Contains(err.Error(), "forbidden") {
					t.Fatal(err)
				}
				after(time.Duration(random.IntN(8000)) * time.Millisecond)
			}
			after(2 * time.Minute)
			for i, d := range devices {
				u, ok := d.Unread(annAndBob)
				if !ok {
					after(time.Second)
					u, ok = d.Unread(annAndBob)
				}
				want := t.server.Unread(annAndBob, d.User())
				if !ok || u != (wire.Unread{Count: want.Count, More: want.More, Mentions: want.Mentions}) {
					t.Errorf("seed %d, device %d of %s: %+v (%v), the server counts %+v of %+v", seed, i, d.User(), u, ok, want, t.server.Standing(annAndBob, d.User()))
				}
			}
		})
	}
}

func TestAReconnectAsksOnlyForWhatHasChanged(t *testing.T) {
	play(t, func(t *scene) {
		for i := range 25 {
			t.server.Say(chat.UserID(fmt.Sprint("u", i)), "ann", "hi")
		}
		var mu sync.Mutex
		var asked []wire.Conversations
		t.server.Fault = func(r clienttest.Request) (f clienttest.Fault) {
			var q wire.Conversations
			if r.Action == "conversations" && wire.Decode(r.Frame, &q) == nil {
				mu.Lock()
				defer mu.Unlock()
				asked = append(asked, q)
			}
			return f
		}
		ann := t.connect("ann")
		after(time.Minute)
		reconnect := func(within time.Duration) (whole, changes int) {
			mu.Lock()
			asked = nil
			mu.Unlock()
			t.server.CutAll()
			after(within)
			mu.Lock()
			defer mu.Unlock()
			for _, q := range asked {
				if q.Since == "" {
					whole++
				} else {
					changes++
				}
			}
			return whole, changes
		}
		t.server.CutAll()
		t.server.Say("u7", "ann", "news")
		if whole, changes := reconnect(time.Minute); whole > 0 || changes == 0 {
			t.Errorf("%d pages of the whole list, %d of changes", whole, changes)
		}
		ann.expect(chat.DirectID("ann", "u7"), 2)
		t.server.Say("new", "ann", "hello") // another one: it is among the changes
		if whole, _ := reconnect(time.Minute); whole > 0 {
			t.Errorf("%d pages of the whole list", whole)
		}
		ann.expect(chat.DirectID("ann", "new"), 1)
		t.server.Reset()
		if whole, _ := reconnect(time.Minute); whole == 0 {
			t.Error("it does not notice that there are fewer")
		}
		d := ann.caughtUp()
		if len(d) != 0 {
			t.Errorf("%d lines", len(d))
		}
		if whole, _ := reconnect(2 * time.Hour); whole == 0 { // connections are renewed before that
			t.Error("it never asks for the whole list again")
		}
	})
}

// caughtUp is the list of the last CaughtUp.
func (d *device) caughtUp() (list []wire.Conversation) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, e := range d.events {
		if e, ok := e.(client.CaughtUp); ok {
			list = e.Conversations
		}
	}
	return list
}
