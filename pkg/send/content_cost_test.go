package send_test

import (
	"maps"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/deliver"
	"github.com/parley-im/parley/pkg/send"
	"github.com/parley-im/parley/pkg/wire"
)

// What it costs to hide, pin, forward, write in threads, and let messages disappear, between two people who are both
// connected: README, "What a message costs".
func TestWhatContentCosts(t *testing.T) {
	c := newCounted(t)
	message, err := c.Send(t.Context(), as("ann"), text(1, "Shall we meet at eight, where we met the last time?"))
	if err != nil {
		t.Fatal(err)
	}
	h := &send.Hider{Log: c.Log, Deliver: c.Deliver.(*deliver.Deliverer)}
	thread := chat.ThreadID(message.Conversation, message.Seq)
	sends := func(who chat.UserID, m wire.Send) func() error {
		return func() error { _, err := c.Send(t.Context(), as(who), m); return err }
	}
	forward := text(4, "")
	forward.Body.Forward = &wire.Place{Conversation: message.Conversation, Seq: message.Seq}
	for _, test := range []struct {
		name  string
		act   func() error
		units map[string]float64
		posts int
	}{
		{"pin", func() error {
			_, err := c.Pin(t.Context(), as("ann"), wire.Pin{Change: of(message, 2)})
			return err
		}, map[string]float64{"Query": 0.5, "BatchGetItem": 2, "TransactWriteItems": 4}, 1},
		{"a message that disappears", sends("ann", brief(3, 60, "The code is 7351.")), map[string]float64{"Query": 0.5, "PutItem": 2, "BatchGetItem": 1}, 1},
		{"forward", sends("ann", forward), map[string]float64{"Query": 1, "GetItem": 1, "PutItem": 1, "BatchGetItem": 1.5}, 1},
		{"the first message of a thread", sends("bob", about(5, message, "Yes.")), map[string]float64{
			"Query": 3, "GetItem": 2, "PutItem": 6, "TransactWriteItems": 4, "BatchGetItem": 2,
		}, 3},
		{"another message of it", sends("bob", wire.Send{ID: id(6), To: wire.Target{Conversation: thread}, Body: wire.Content{Text: "Where?"}}),
			map[string]float64{"Query": 2, "PutItem": 1, "BatchGetItem": 1}, 1},
		{"no longer follow", func() error {
			_, err := c.Follow(t.Context(), as("ann"), wire.Follow{Conversation: thread, Off: true})
			return err
		}, map[string]float64{"UpdateItem": 1, "DeleteItem": 2}, 0},
		{"follow", func() error {
			_, err := c.Follow(t.Context(), as("ann"), wire.Follow{Conversation: thread})
			return err
		}, map[string]float64{"Query": 1.5, "PutItem": 2, "UpdateItem": 1}, 0},
		{"hide", func() error {
			_, err := h.Hide(t.Context(), as("ann"), wire.Hide{Conversation: message.Conversation, Seqs: []chat.Seq{1}})
			return err
		}, map[string]float64{"Query": 0.5, "UpdateItem": 2, "BatchGetItem": 0.5}, 0},
	} {
		c.reset()
		if err := test.act(); err != nil {
			t.Fatal(test.name, err)
		}
		if !maps.Equal(c.meter.units, test.units) || c.posts.n != test.posts {
			t.Errorf("%s consumes %v and %d posts, want %v and %d", test.name, c.meter.units, c.posts.n, test.units, test.posts)
		}
	}
}

// A page of messages that disappear is two queries: of the entries, and of what they say.
func TestWhatReadingMessagesThatDisappearCosts(t *testing.T) {
	c := newCounted(t)
	var conversation chat.ConversationID
	for n := range 20 {
		e, err := c.Send(t.Context(), as("ann"), brief(n, 600, "The code is 7351."))
		if err != nil {
			t.Fatal(err)
		}
		conversation = e.Conversation
	}
	c.reset()
	entries, err := c.Log.Before(t.Context(), conversation, 21, 20)
	if err != nil {
		t.Fatal(err)
	}
	if err := chat.Join(t.Context(), c.Log, conversation, entries); err != nil || entries[19].Body.Text == "" {
		t.Fatal(entries[19], err)
	}
	if want := map[string]float64{"Query": 2}; !maps.Equal(c.meter.units, want) || c.meter.calls["Query"] != 2 {
		t.Errorf("it consumes %v, want %v", c.meter.units, want)
	}
	// Once they are due, what they said is not read any more.
	c.reset()
	for i := range entries {
		entries[i].Timer, entries[i].Until = chat.Timer{After: time.Second, From: chat.SinceSent}, time.Unix(1, 0)
	}
	if err := chat.Join(t.Context(), c.Log, conversation, entries); err != nil || len(c.meter.calls) != 0 {
		t.Errorf("%v, %v", c.meter.calls, err)
	}
}
