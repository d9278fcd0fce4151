package client_test

import (
	"slices"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/client/clienttest"
	"github.com/parley-im/parley/pkg/wire"
)

// typings are what a device was told of others, in order.
func (d *device) typings() (kinds []wire.Doing) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, e := range d.events {
		if e, ok := e.(client.Typing); ok {
			kinds = append(kinds, e.Kind)
		}
	}
	return kinds
}

func TestTypingIsSentAsOftenAsOthersNeedToKnow(t *testing.T) {
	play(t, func(t *scene) {
		t.server.Say("ann", "bob", "hi")
		ann, bob := t.connect("ann"), t.connect("bob")
		want := func(what string, kinds ...wire.Doing) {
			t.Helper()
			after(0)
			if got := bob.typings(); !slices.Equal(got, kinds) {
				t.Fatalf("%s: bob hears %v, want %v", what, got, kinds)
			}
		}
		ann.Typing(annAndBob, wire.None)
		want("nothing to take back")
		for range 89 { // 8.9 seconds of typing
			ann.Typing(annAndBob, wire.Text)
			after(100 * time.Millisecond)
		}
		want("a sentence", wire.Text)
		after(100 * time.Millisecond)
		ann.Typing(annAndBob, wire.Text)
		want("a longer one", wire.Text, wire.Text)
		ann.Typing(annAndBob, wire.Audio)
		want("she would rather speak", wire.Text, wire.Text, wire.Audio)
		ann.Typing(annAndBob, wire.None)
		ann.Typing(annAndBob, wire.None)
		want("or not", wire.Text, wire.Text, wire.Audio, wire.None)
		ann.Typing(annAndBob, wire.Text)
		after(chat.TypingTime)
		ann.Typing(annAndBob, wire.None)
		want("what has ended by itself is not taken back", wire.Text, wire.Text, wire.Audio, wire.None, wire.Text)
		ann.Typing(annAndBob, wire.Text)
		if _, err := ann.Send(t.Context(), client.ToUser("bob"), client.Text("well")); err != nil {
			t.Fatal(err)
		}
		ann.Typing(annAndBob, wire.None)
		want("nor what a message has ended", wire.Text, wire.Text, wire.Audio, wire.None, wire.Text, wire.Text)
		ann.Typing(annAndBob, wire.Text)
		want("she goes on after it", wire.Text, wire.Text, wire.Audio, wire.None, wire.Text, wire.Text, wire.Text)
	})
}

func TestTypingNeitherWaitsNorFails(t *testing.T) {
	play(t, func(t *scene) {
		t.server.Fault = func(r clienttest.Request) (f clienttest.Fault) {
			if r.Action == "typing" {
				f.Refuse = &chat.Error{Code: chat.Internal}
			}
			return f
		}
		ann := t.open("ann")
		ann.Typing(annAndBob, wire.Text) // not connected, and not running
		ann.run()
		after(time.Second)
		ann.Typing(chat.DirectID("x", "y"), wire.Text) // refused
		ann.Typing("nonsense", wire.Text)
		after(time.Minute)
		if phases := ann.phases(); !slices.Equal(phases, []client.Phase{client.Connecting, client.Connected}) {
			t.Errorf("it went through %v", phases)
		}
		_ = ann.end()
		ann.Typing(annAndBob, wire.Text)
	})
}

func TestARoomKnowsWhoIsTypingForAsLongAsItHolds(t *testing.T) {
	now := time.Date(2026, 11, 21, 22, 23, 0, 0, time.UTC)
	var r client.Room
	at := func(seconds int) time.Time { return now.Add(time.Duration(seconds) * time.Second) }
	types := func(user chat.UserID, kind wire.Doing, seconds int) {
		r.Typing(client.Typing{User: user, Kind: kind, For: 10 * time.Second}, at(seconds))
	}
	want := func(seconds int, typists ...client.Typist) {
		t.Helper()
		if got := r.Typists(at(seconds)); !slices.Equal(got, typists) {
			t.Errorf("after %d s: %v, want %v", seconds, got, typists)
		}
	}
	bob, cat := client.Typist{User: "bob", Kind: wire.Text}, client.Typist{User: "cat", Kind: wire.Audio}
	r.Apply(wire.Entry{Event: chat.Message, Seq: 7, From: "bob"})
	want(0)
	types("cat", wire.Audio, 0)
	types("bob", wire.Text, 3)
	want(9, bob, cat)
	want(10, bob)
	types("bob", wire.Text, 12)
	want(13, bob)
	want(22)
	types("bob", wire.Text, 22)
	r.Apply(wire.Entry{Event: chat.Message, Seq: 6, From: "bob"}) // of a page of history
	want(23, bob)
	r.Apply(wire.Entry{Event: chat.Reacted, Seq: 8, From: "bob", Body: wire.Body{Target: 7}})
	want(23, bob)
	r.Apply(wire.Entry{Event: chat.Message, Seq: 9, From: "bob"})
	want(23)
	types("bob", wire.Text, 24)
	types("bob", wire.None, 25)
	want(25)
}
