package client_test

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/client/clienttest"
)

// unread fails unless so much is unread on a device, and for the server.
func (s *scene) unread(why string, want int, devices ...*device) {
	s.Helper()
	for i, d := range devices {
		if u, ok := d.Unread(annAndBob); !ok || u.Count != want {
			s.Errorf("%s: device %d counts %+v, %v; want %d", why, i, u, ok, want)
		}
	}
	if u := s.server.Unread(annAndBob, "ann"); u.Count != want {
		s.Errorf("%s: the server counts %+v, want %d", why, u, want)
	}
}

func TestWhomOneDeviceMutesOrBlocksCountsOnNone(t *testing.T) {
	play(t, func(t *scene) {
		phone, laptop := t.connect("ann"), t.connect("ann")
		t.server.Say("bob", "ann", "one")
		t.server.Say("bob", "ann", "two")
		after(0)
		t.unread("heard", 2, phone, laptop)
		for _, step := range []struct {
			name string
			act  func() error
			want int
		}{
			{"muted", func() error { return phone.Mute(t.Context(), "bob", time.Time{}) }, 0},
			{"unmuted", func() error { return laptop.Unmute(t.Context(), "bob") }, 2},
			{"blocked", func() error { return laptop.Block(t.Context(), "bob") }, 0},
			{"muted as well", func() error { return phone.Mute(t.Context(), "bob", time.Time{}) }, 0},
			{"blocked no more, but muted", func() error { return phone.Unblock(t.Context(), "bob") }, 0},
		} {
			told := count[client.Silenced](laptop)
			if err := step.act(); err != nil {
				t.Fatal(err)
			}
			after(0)
			t.unread(step.name, step.want, phone, laptop)
			if got := count[client.Silenced](laptop); got != told+1 {
				t.Errorf("%s: told %d times", step.name, got-told)
			}
		}
	})
}

func TestAMuteThatIsOverCountsAgain(t *testing.T) {
	play(t, func(t *scene) {
		phone, laptop := t.connect("ann"), t.connect("ann")
		t.server.Say("bob", "ann", "one")
		if err := phone.Mute(t.Context(), "bob", time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		after(time.Hour - time.Second)
		t.unread("a second before", 0, phone, laptop)
		told := count[client.Silenced](laptop)
		after(2 * time.Second)
		t.unread("over", 1, phone, laptop)
		if got := count[client.Silenced](laptop); got != told+1 {
			t.Errorf("told %d times", got-told)
		}
		if muted, err := laptop.Muted(t.Context()); err != nil || len(muted) != 0 {
			t.Errorf("%+v, %v", muted, err)
		}
	})
}

// A laptop that was away asks anew: what it has of the server's counts does not hold.
func TestWhomOneMutesWhileADeviceIsAwayCountsThereNeither(t *testing.T) {
	play(t, func(t *scene) {
		t.server.Say("bob", "ann", "one")
		t.server.Say("bob", "ann", "two")
		phone := t.connect("ann")
		laptop := t.connect("ann", func(o *client.Options) { // it has nothing but what the server counted
			o.Begin = func(_ chat.ConversationID, head chat.Seq) chat.Seq { return head }
		})
		t.unread("at first", 2, phone, laptop)
		t.server.CutAll()
		synctest.Wait()
		phone.Wake()
		if err := phone.Mute(t.Context(), "bob", time.Time{}); err != nil || t.server.Connections("ann") != 1 {
			t.Fatalf("%v, %d are there", err, t.server.Connections("ann"))
		}
		after(time.Minute)
		laptop.Unread(annAndBob) // it has to ask
		after(0)
		t.unread("back again", 0, phone, laptop)
	})
}

// What changes while the laptop asks whom the user has blocked and muted is not undone by an answer from before.
func TestABlockWhileADeviceAsksWhoIsBlockedIsNotLost(t *testing.T) {
	play(t, func(t *scene) {
		t.server.Say("bob", "ann", "one")
		phone := t.connect("ann")
		var asked atomic.Int64
		t.server.Fault = func(r clienttest.Request) clienttest.Fault {
			if r.Action != "muted" {
				return clienttest.Fault{}
			}
			return clienttest.Fault{Ignore: asked.Add(1) == 1}
		}
		laptop := t.connect("ann")
		if err := phone.Block(t.Context(), "bob"); err != nil || asked.Load() != 1 {
			t.Fatalf("%v, asked %d times", err, asked.Load())
		}
		after(time.Minute)
		t.unread("asked again", 0, phone, laptop)
		if asked.Load() != 3 {
			t.Errorf("asked %d times, want once, again, and anew", asked.Load())
		}
	})
}
