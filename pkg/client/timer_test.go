package client_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/wire"
)

func unread(seq chat.Seq) wire.Entry {
	return wire.Entry{Event: chat.Message, Seq: seq, From: "ann", Timer: &wire.Timer{After: 30, From: chat.SinceRead}, Body: wire.Body{Text: "hi"}}
}

func TestARoomTakesTheTimersThatHaveStarted(t *testing.T) {
	at := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	var room client.Room
	room.Start(client.Timers{Timers: wire.NewTimers(annAndBob, []chat.Started{{Seq: 1, Until: at}})}) // before the message
	for seq := chat.Seq(1); seq <= 3; seq++ {
		room.Apply(unread(seq))
	}
	if got := room.Waiting(); !slices.Equal(got, []chat.Seq{2, 3}) {
		t.Errorf("waiting are %v", got)
	}
	now := unread(2)
	now.Timer, now.Until = nil, wire.Time(at.Add(time.Second))
	room.Apply(now) // history says it
	room.Apply(wire.Entry{Event: chat.Message, Seq: 3, From: "ann", Expired: true})
	if got := room.Waiting(); len(got) != 0 {
		t.Errorf("waiting are %v", got)
	}
	if gone, next := room.Expire(at); !slices.Equal(gone, []chat.Seq{1}) || !next.Equal(at.Add(time.Second)) {
		t.Errorf("gone are %v, next %v", gone, next)
	}
	room.Start(client.Timers{Timers: wire.NewTimers(annAndBob, []chat.Started{{Seq: 1, Until: at}})})
	if gone, _ := room.Expire(at.Add(time.Second)); !slices.Equal(gone, []chat.Seq{2}) {
		t.Errorf("gone are %v", gone)
	}
}

func TestTimersAreHandled(t *testing.T) {
	play(t, func(t *scene) {
		t.server.Say("bob", "ann", "hi")
		ann := t.connect("ann")
		after(time.Second)
		t.server.PostRaw("ann", fmt.Sprintf(`{"event":"timers","conversation":%q,"messages":[{"seq":1,"until":"2026-11-22T03:00:00.000Z"}]}`, annAndBob))
		after(time.Second)
		ann.mu.Lock()
		defer ann.mu.Unlock()
		var got []client.Timers
		for _, e := range ann.events {
			if e, ok := e.(client.Timers); ok {
				got = append(got, e)
			}
		}
		if len(got) != 1 || got[0].Conversation != annAndBob || len(got[0].Messages) != 1 || got[0].Messages[0].Seq != 1 {
			t.Errorf("%+v", got)
		}
	})
}

func TestRefreshAsksOnlyWhereThereIsSomething(t *testing.T) {
	play(t, func(t *scene) {
		for i := range 2*chat.DefaultHistory + 10 {
			t.server.Say("bob", "ann", fmt.Sprint(i))
		}
		ann := t.connect("ann")
		asked := []chat.Seq{1, 2, chat.DefaultHistory, 2*chat.DefaultHistory + 5}
		got, err := ann.Refresh(t.Context(), annAndBob, asked...)
		var seqs []chat.Seq
		for _, e := range got {
			seqs = append(seqs, e.Seq)
		}
		slices.Sort(seqs)
		if err != nil || !slices.Equal(seqs, asked) {
			t.Errorf("%v, %v", seqs, err)
		}
	})
}
