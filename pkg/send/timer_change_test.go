package send_test

import (
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/send"
	"github.com/parley-im/parley/pkg/wire"
)

func TestTheTwoOfADirectConversationSetItsTimer(t *testing.T) {
	r := newClocked(t)
	g := &send.Groups{Sender: r.Sender}
	c := r.mustSend(t, "ann", text(1, "stays")).Conversation
	change := func(n int, who chat.UserID, setup wire.Amendment) error {
		_, err := g.Amend(t.Context(), as(who), wire.Amend{Govern: wire.Govern{ID: id(n), Conversation: c}, Setup: &setup})
		return err
	}
	minute := &wire.Timer{After: 60, From: chat.SinceSent}
	if err := change(2, "bob", wire.Amendment{Timer: minute}); err != nil {
		t.Fatal(err)
	}
	if e := r.entries(t, c)[1]; e.Kind != chat.Changed || e.To != "ann" || e.Body.Setup.Timer.After != time.Minute {
		t.Errorf("%+v", e)
	}
	e := r.mustSend(t, "ann", text(3, "goes"))
	wantCode(t, change(4, "ann", wire.Amendment{Name: new("us")}), chat.Invalid)
	wantCode(t, change(5, "eve", wire.Amendment{Timer: minute}), chat.Forbidden)
	if err := change(6, "ann", wire.Amendment{Timer: &wire.Timer{}}); err != nil {
		t.Fatal(err)
	}
	kept := r.mustSend(t, "ann", text(7, "stays, too"))
	r.now = r.now.Add(time.Minute)
	if got := r.shown(t, e); !got.State.Expired {
		t.Errorf("%+v", got)
	}
	if got := r.shown(t, kept); got.Body.Text != "stays, too" {
		t.Errorf("%+v", got)
	}
}
