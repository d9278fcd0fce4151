package client_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/wire"
)

func TestHidesAreToldLiveAndWhenComingBack(t *testing.T) {
	play(t, func(t *scene) {
		for range 3 {
			t.server.Say("bob", "ann", "x")
		}
		phone, laptop := t.connect("ann"), t.connect("ann")
		away := t.open("ann", func(o *client.Options) {
			o.Store = client.NewMemoryStore(map[chat.ConversationID]chat.Seq{annAndBob: 3})
		})
		if err := phone.Hide(t.Context(), annAndBob, 1, 3); err != nil {
			t.Fatal(err)
		}
		after(time.Second)
		away.run()
		after(10 * time.Second) // it looks at the heads again, and is not told twice
		for name, d := range map[string]*device{"phone": phone, "laptop": laptop, "away": away} {
			if n := count[client.Hides](d); n != 1 {
				t.Errorf("%s is told %d times", name, n)
			}
		}
		var room client.Room
		for seq := range chat.Seq(3) {
			room.Apply(wire.Entry{Event: chat.Message, Seq: seq + 1})
		}
		away.add(&room, annAndBob)
		if shown := room.Messages(); len(shown) != 1 || shown[0].Seq != 2 {
			t.Errorf("shown are %+v", shown)
		}
		if err := phone.Hide(t.Context(), annAndBob, 9); err == nil {
			t.Error("what is not there is hidden")
		}
	})
}

func TestAThreadIsFollowedByWhoWritesInIt(t *testing.T) {
	play(t, func(t *scene) {
		root := t.server.Say("bob", "ann", "lunch?")
		ann, bob := t.connect("ann"), t.connect("bob")
		p := ann.Queue(client.ToThread(annAndBob, root.Seq), client.Text("yes"))
		if want := chat.ThreadID(annAndBob, root.Seq); p.Conversation != want {
			t.Errorf("it goes to %s, want %s", p.Conversation, want)
		}
		if _, err := p.Result(); err != nil {
			t.Fatal(err)
		}
		if _, err := bob.Send(t.Context(), client.To(p.Conversation), client.Text("where?")); err != nil {
			t.Fatal(err)
		}
		after(time.Second)
		for _, d := range []*device{ann, bob} {
			d.expect(p.Conversation, 2)
			if room := d.room(annAndBob); room.Messages()[0].Thread != p.Conversation || len(room.Messages()) != 1 {
				t.Errorf("%s shows %+v", d.User(), room.Messages())
			}
		}
		lines, err := ann.Threads(t.Context(), annAndBob, root.Seq, 2)
		if err != nil || len(lines) != 1 || lines[0].Head != 2 || !lines[0].Following {
			t.Errorf("%+v, %v", lines, err)
		}
		if err := ann.Follow(t.Context(), p.Conversation, false); err != nil {
			t.Fatal(err)
		}
		if _, err := bob.Send(t.Context(), client.To(p.Conversation), client.Text("here?")); err != nil {
			t.Fatal(err)
		}
		after(time.Second)
		ann.expect(p.Conversation, 2)
	})
}

func TestAForwardedMessageIsFetchedByItsSender(t *testing.T) {
	play(t, func(t *scene) {
		source := t.server.Say("bob", "ann", "the address")
		ann := t.connect("ann")
		if _, err := ann.Send(t.Context(), client.ToUser("cat"), client.Forward(annAndBob, source.Seq)); err != nil {
			t.Fatal(err)
		}
		after(time.Second)
		if got := ann.entries(chat.DirectID("ann", "cat")); len(got) != 1 || got[0].Body.Text != "the address" || !got[0].Body.Forwarded {
			t.Errorf("%+v", got)
		}
		_, err := ann.Send(t.Context(), client.ToUser("cat"), wire.Content{Text: "look", Forward: &wire.Place{Conversation: annAndBob, Seq: 1}})
		if err == nil {
			t.Error("a text beside what is forwarded is sent")
		}
	})
}

func TestARoomLetsMessagesExpireByTheProgramsClock(t *testing.T) {
	at := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	var room client.Room
	room.Apply(wire.Entry{Event: chat.Message, Seq: 1, From: "ann", Until: wire.Time(at.Add(time.Minute)), Body: wire.Body{Text: "one"}})
	room.Apply(wire.Entry{Event: chat.Message, Seq: 2, From: "ann", Timer: &wire.Timer{After: 30, From: chat.SinceRead}, Body: wire.Body{Text: "two"}})
	room.Apply(wire.Entry{Event: chat.Pinned, Seq: 3, Body: wire.Body{Target: 1}})
	if gone, next := room.Expire(at); len(gone) != 0 || !next.Equal(at.Add(time.Minute)) {
		t.Errorf("%v, %v", gone, next)
	}
	room.Read("ann", 2, at) // its own author does not count
	room.Read("bob", 2, at.Add(time.Second))
	room.Read("cat", 2, at.Add(10*time.Second))
	if gone, next := room.Expire(at.Add(31 * time.Second)); !slices.Equal(gone, []chat.Seq{2}) || !next.Equal(at.Add(time.Minute)) {
		t.Errorf("%v, %v", gone, next)
	}
	if !slices.Equal(room.Pins(), []chat.Seq{1}) {
		t.Errorf("pinned %v", room.Pins())
	}
	if gone, next := room.Expire(at.Add(time.Minute)); !slices.Equal(gone, []chat.Seq{1}) || !next.IsZero() {
		t.Errorf("%v, %v", gone, next)
	}
	for _, e := range room.Messages() {
		if !e.Expired || e.Body.Text != "" || e.Until != "" || e.Timer != nil {
			t.Errorf("shown is %+v", e)
		}
	}
	if len(room.Pins()) != 0 {
		t.Errorf("pinned %v", room.Pins())
	}
	room.Apply(wire.Entry{Event: chat.Reacted, Seq: 4, From: "bob", Body: wire.Body{Target: 1, Reactions: []string{"👍"}}})
	room.Apply(wire.Entry{Event: chat.Edited, Seq: 5, From: "ann", Version: 1, Body: wire.Body{Target: 1, Text: "back"}})
	if e, _ := room.Message(1); e.Body.Text != "" || len(e.Reactions) != 0 {
		t.Errorf("it is back: %+v", e)
	}
}

func TestWhatAThreadShowsInItsParentCountsOnce(t *testing.T) {
	play(t, func(t *scene) {
		root := t.server.Say("bob", "ann", "lunch?")
		ann, bob := t.connect("ann"), t.connect("bob")
		ann.MarkRead(annAndBob, root.Seq)
		if _, err := ann.Send(t.Context(), client.ToThread(annAndBob, root.Seq), client.Text("yes")); err != nil {
			t.Fatal(err)
		}
		thread := chat.ThreadID(annAndBob, root.Seq)
		p := bob.QueueInParent(client.To(thread), client.Text("at one"))
		if _, err := p.Result(); err != nil {
			t.Fatal(err)
		}
		after(time.Second)
		for id, want := range map[chat.ConversationID]int{annAndBob: 1, thread: 0} {
			if u, ok := ann.Unread(id); !ok || u.Count != want {
				t.Errorf("%s: %+v, %v; want %d", id, u, ok, want)
			}
		}
		if _, err := bob.Edit(t.Context(), thread, 2, wire.Revision{Text: "at two"}); err != nil {
			t.Fatal(err)
		}
		after(time.Second)
		for _, d := range []*device{ann, bob} {
			said := d.room(annAndBob).Messages()
			if last := said[len(said)-1]; last.Body.Text != "at two" || last.Body.Of == nil || last.Body.Of.Conversation != thread {
				t.Errorf("%s shows %+v", d.User(), last)
			}
		}
		_, err := bob.QueueInParent(client.To(annAndBob), client.Text("x")).Result()
		if e, ok := errors.AsType[*client.Error](err); !ok || e.Code != chat.Invalid {
			t.Errorf("what is in no thread is shown in its parent: %v", err)
		}
	})
}
