package acceptance

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/wire"
)

// counts runs a client of a user, which derives what is unread by itself, until the end of the test.
func (u *user) counts() *client.Client {
	u.t.Helper()
	caughtUp := make(chan struct{}, 1)
	c, err := client.New(client.Options{
		URL: parley.url, User: u.ID, Token: func(context.Context) (string, error) { return u.token(), nil },
		Handle: func(e client.Event) {
			if _, ok := e.(client.CaughtUp); ok {
				select {
				case caughtUp <- struct{}{}:
				default:
				}
			}
		},
	})
	if err != nil {
		u.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Run(context.Background()) }()
	u.t.Cleanup(func() {
		c.Close()
		if err := <-ended; err != nil && !errors.Is(err, client.ErrClosed) {
			u.t.Error(err)
		}
	})
	select {
	case <-caughtUp:
	case <-time.After(patience):
		u.t.Fatal("the client does not catch up")
	}
	return c
}

func (d *device) mutes(q wire.Mute) {
	d.t.Helper()
	q.Head = d.head("mute")
	ask[wire.About](d, q)
}

func (d *device) muted() []wire.MutedLine {
	d.t.Helper()
	return ask[wire.MutedList](d, wire.Muted{Relations: wire.Relations{Head: d.head("muted")}}).Muted
}

// Unread is the same on every device: ann mutes cat, and later blocks bob, on her phone. Her laptop and her tablet, which count by
// themselves, show what the phone shows, the list says and explain tells: also when the time of the mute is over.
func TestWhatIsUnreadIsTheSameOnAllDevicesWhenSomebodyIsMutedOrBlockedOnOne(t *testing.T) {
	t.Parallel()
	ann, bob, cat := person(t, "ann"), person(t, "bob"), person(t, "cat")
	bobs, cats := bob.connect("phone"), cat.connect("phone")
	group := bobs.creates("three", ann, cat).Conversation
	phone, laptop := ann.counts(), ann.counts()
	watch := ann.connect("watch")
	bobs.says(in(group), "one")
	cats.says(in(group), "two")
	same := func(why string, want int) {
		t.Helper()
		for name, c := range map[string]*client.Client{"phone": phone, "laptop": laptop} {
			eventually(t, why+", on the "+name, func() bool {
				u, ok := c.Unread(group)
				return ok && u.Count == want && !u.More
			})
		}
		eventually(t, why+", in the list", func() bool {
			u := watch.line(group).Unread
			return want == 0 && u == nil || u != nil && u.Count == want
		})
		if explained := watch.explains(group); explained.Count != want {
			t.Errorf("%s: %+v", why, explained)
		}
	}
	same("two have written", 2)

	if err := phone.Mute(t.Context(), cat.ID, time.Time{}); err != nil {
		t.Fatal(err)
	}
	watch.hears("who is muted", func(f frame) bool {
		return f.Event == wire.EventRelation && string(f.raw) == `{"event":"relation","user":"`+string(cat.ID)+`","muted":"9999-12-31T00:00:00.000Z"}`
	})
	same("one of them is muted", 1)
	cats.says(in(group), "three")
	bobs.says(in(group), "four")
	same("both write again", 2)
	if skipped := watch.explains(group).Skipped[chat.SkipSilent]; skipped != 2 {
		t.Errorf("%d are skipped because they are silent, want 2", skipped)
	}
	if got := watch.muted(); len(got) != 1 || got[0] != (wire.MutedLine{User: cat.ID, Until: wire.Time(chat.Forever)}) {
		t.Errorf("muted are %+v", got)
	}
	tablet := ann.counts() // it was not there
	eventually(t, "a device that comes later knows", func() bool {
		u, ok := tablet.Unread(group)
		return ok && u.Count == 2
	})

	if err := laptop.Block(t.Context(), bob.ID); err != nil {
		t.Fatal(err)
	}
	watch.hears("who is blocked", func(f frame) bool {
		return f.Event == wire.EventRelation && string(f.raw) == `{"event":"relation","user":"`+string(bob.ID)+`","blocked":true}`
	})
	same("the other one is blocked", 0)
	if err := phone.Unblock(t.Context(), bob.ID); err != nil {
		t.Fatal(err)
	}
	same("the block is over", 2)

	watch.mutes(wire.Mute{User: cat.ID, Until: wire.Time(time.Now().Add(2 * time.Second))})
	same("the time is over", 4)
	if got := watch.muted(); len(got) != 0 {
		t.Errorf("muted are %+v", got)
	}
}

func TestAMuteOfAConversationIsToldToOnesOtherDevices(t *testing.T) {
	t.Parallel()
	ann, bob := person(t, "ann"), person(t, "bob")
	phone, laptop, bobs := ann.connect("phone"), ann.connect("laptop"), bob.connect("phone")
	id := bobs.says(to(ann), "hi").Conversation
	for _, step := range []struct {
		ask  wire.Mute
		want string
	}{
		{wire.Mute{Conversation: id, Mentions: true}, `"muted":"9999-12-31T00:00:00.000Z","mentions_only":true}`},
		{wire.Mute{Conversation: id, Off: true}, `"muted":"1970-01-01T00:00:00.000Z"}`},
	} {
		phone.mutes(step.ask)
		laptop.hears("the mute", func(f frame) bool {
			return f.Event == wire.EventPrefs && string(f.raw) == `{"event":"prefs","conversation":"`+string(id)+`",`+step.want
		})
	}
}
