package standing_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// timed says n things in a group of ann, bob and others, that last for a minute once they are read.
func (r *rig) timed(members, n int) chat.Conversation {
	r.t.Helper()
	timer := chat.Timer{After: time.Minute, From: chat.SinceRead}
	r.made++
	places := map[chat.UserID]chat.Place{"ann": {Role: chat.Owner}, "bob": {Role: chat.Member}}
	for i := range members - 2 {
		places[chat.UserID(fmt.Sprintf("m%03d", i))] = chat.Place{Role: chat.Member}
	}
	c := r.make(chat.Conversation{
		ID: chat.GroupID("ann", chat.MessageID(fmt.Sprint(r.made))), Kind: chat.Group, Members: places,
		Setup: chat.Setup{Timer: timer, Timed: true},
	})
	for i := range n {
		_, _, err := r.log.Put(r.t.Context(), chat.Entry{
			Conversation: c.ID, Seq: chat.Seq(i + 1), Kind: chat.Message, From: "ann", At: epoch, Timer: timer,
			ID: chat.MessageID(fmt.Sprintf("018f0000-0000-7000-8000-%012d", i)), Body: chat.Body{Text: "hi"},
		})
		if err != nil {
			r.t.Fatal(err)
		}
	}
	return c
}

// dues are the timers that a device was told of.
func (r *rig) dues(d chat.ConnectionID) (all []wire.Due) {
	for _, h := range r.hears(d) {
		if h.Event == wire.EventTimers {
			all = append(all, h.Messages...)
		}
	}
	return all
}

func TestEveryDeviceOfEveryMemberIsToldWhichTimersStart(t *testing.T) {
	r := newRig(t)
	c := r.timed(3, 3)
	devices := []chat.ConnectionID{"ann-phone", "bob-phone", "bob-laptop", "m000-phone"}
	r.connect(devices...)
	r.connect("eve-phone")
	until := wire.Time(epoch.Add(time.Minute))
	r.receipts("bob-phone", read(c.ID, 2))
	for _, d := range devices {
		if got, want := r.dues(d), []wire.Due{{Seq: 1, Until: until}, {Seq: 2, Until: until}}; !reflect.DeepEqual(got, want) {
			t.Errorf("%s is told %+v, want %+v", d, got, want)
		}
	}
	r.Now = func() time.Time { return epoch.Add(time.Second) }
	r.receipts("m000-phone", read(c.ID, 3)) // of the first two it is known
	for _, d := range devices {
		if got, want := r.dues(d), []wire.Due{{Seq: 3, Until: wire.Time(epoch.Add(time.Minute + time.Second))}}; !reflect.DeepEqual(got, want) {
			t.Errorf("%s is told %+v, want %+v", d, got, want)
		}
	}
	if got := r.dues("eve-phone"); got != nil {
		t.Errorf("a stranger is told %+v", got)
	}
}

func TestManyTimersComeInFramesOfMaxTimers(t *testing.T) {
	r := newRig(t)
	c := r.timed(2, chat.MaxTimers+1)
	r.connect("ann-phone", "bob-phone")
	r.receipts("bob-phone", read(c.ID, chat.MaxTimers+1))
	var sizes []int
	for _, h := range r.hears("ann-phone") {
		if h.Event == wire.EventTimers {
			sizes = append(sizes, len(h.Messages))
		}
	}
	if want := []int{chat.MaxTimers, 1}; !reflect.DeepEqual(sizes, want) {
		t.Errorf("frames of %v, want %v", sizes, want)
	}
}

func TestInALargeConversationTimersStartSilently(t *testing.T) {
	r := newRig(t)
	c := r.timed(chat.InlineMembers+1, 1)
	r.connect("ann-phone", "bob-phone")
	r.receipts("bob-phone", read(c.ID, 1))
	if got := r.dues("ann-phone"); got != nil {
		t.Errorf("told %+v", got)
	}
	entries, err := r.log.Before(t.Context(), c.ID, 2, 1)
	if err == nil {
		err = r.log.Fill(t.Context(), entries)
	}
	if err != nil || len(entries) != 1 || !entries[0].Until.Equal(epoch.Add(time.Minute)) {
		t.Errorf("%+v, %v", entries, err)
	}
}
