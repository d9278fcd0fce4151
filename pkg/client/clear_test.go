package client_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/wire"
)

func TestWhatIsClearedGoesFromEveryDevice(t *testing.T) {
	play(t, func(t *scene) {
		for i := range 3 {
			t.server.Say("bob", "ann", fmt.Sprint(i))
		}
		ann, laptop, bob := t.connect("ann"), t.connect("ann"), t.connect("bob")
		after(time.Second)
		if err := ann.Clear(t.Context(), annAndBob, 2); err != nil {
			t.Fatal(err)
		}
		after(time.Second)
		for _, d := range []*device{ann, laptop} {
			if n := count[client.Cleared](d); n != 1 {
				t.Errorf("told %d times", n)
			}
			if u, ok := d.Unread(annAndBob); !ok || u.Count != 1 {
				t.Errorf("%+v, %v", u, ok)
			}
		}
		if count[client.Cleared](bob) > 0 {
			t.Error("bob hears of it")
		}
		page, err := laptop.History(t.Context(), annAndBob, 0, 0)
		if err != nil || len(page.Entries) != 1 || page.More {
			t.Errorf("%+v, %v", page, err)
		}
	})
}

func TestWhoWasAwayLearnsWhatWasClearedAndMissesNothing(t *testing.T) {
	play(t, func(t *scene) {
		t.server.Say("bob", "ann", "0")
		for i := range 3 {
			t.server.Say("bob", "ann", fmt.Sprint(i+1))
		}
		ann := t.connect("ann")
		if err := ann.Clear(t.Context(), annAndBob, 3); err != nil {
			t.Fatal(err)
		}
		again := t.connect("ann", func(o *client.Options) {
			o.Store = client.NewMemoryStore(map[chat.ConversationID]chat.Seq{annAndBob: 1})
		})
		after(time.Second)
		if n := count[client.Cleared](again); n != 1 || count[client.Restarted](again) > 0 {
			t.Errorf("told %d times, begun anew %d times", n, count[client.Restarted](again))
		}
		again.expectFrom(annAndBob, 4, 4)
	})
}

func TestARoomForgetsWhatIsClearedAndWhatIsSaidOfIt(t *testing.T) {
	var r client.Room
	say := func(seq chat.Seq) {
		r.Apply(wire.Entry{Event: chat.Message, Seq: seq, From: "ann", Body: wire.Body{Text: "hi"}})
	}
	for seq := range chat.Seq(3) {
		say(seq + 1)
	}
	r.Clear(2)
	say(1)
	if got := r.Messages(); len(got) != 1 || got[0].Seq != 3 {
		t.Errorf("%+v", got)
	}
	if _, ok := r.Message(2); ok {
		t.Error("message 2 is there")
	}
}
