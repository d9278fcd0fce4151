package client

import (
	"cmp"
	"slices"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Typing tells what somebody else is doing in a conversation. It is only of the moment: it comes while there is a connection,
// and For after it has come it holds no more. A Room keeps account of it.
type Typing struct {
	Conversation chat.ConversationID
	User         chat.UserID
	Kind         wire.Doing
	For          time.Duration
}

func (Typing) event() {}

// Typing tells the others in a conversation what the user is doing. Call it with wire.Text at every key, with wire.Audio while
// recording, and with wire.None when that is given up: it sends what others need to know and no more. A message that is
// sent ends it by itself. It never waits and never fails: without a connection nobody is told.
func (c *Client) Typing(conversation chat.ConversationID, kind wire.Doing) {
	if !c.typing.Due(conversation, kind, time.Now()) {
		return
	}
	c.link.mu.Lock()
	s := c.link.socket
	c.link.mu.Unlock()
	if s == nil {
		return
	}
	typing := wire.Typing{Head: wire.Head{Action: "typing", Ref: c.calls.ref()}, Conversation: conversation, Kind: kind}
	if read := c.receipts.Carry(conversation); read > 0 {
		typing.Read = &read
	}
	frame, err := wire.Encode(typing)
	if err == nil && wire.Decode(frame, new(wire.Typing)) == nil {
		c.spawn(func() { _ = s.write(frame) })
	}
}

// typed takes what somebody else is doing, and the receipt that travelled with it.
func (c *Client) typed(t wire.Composing) {
	if t.Kind == wire.None {
		c.receipts.Came(t.Conversation)
	} else {
		c.receipts.Expect(t.Conversation, time.Now())
	}
	signal(c.pacing)
	if t.Read > 0 || t.Delivered > 0 {
		c.queue.push(Receipt{t.User, wire.Receipt{Conversation: t.Conversation, Read: t.Read, Delivered: t.Delivered}})
	}
	c.queue.push(Typing{t.Conversation, t.User, t.Kind, time.Duration(t.For) * time.Second})
}

// Typist is somebody who is doing something in a room.
type Typist struct {
	User chat.UserID
	Kind wire.Doing
}

// typist is what was told of somebody, and until when it holds.
type typist struct {
	kind  wire.Doing
	until time.Time
}

// Typing takes what somebody is doing, which was told at the time now.
func (r *Room) Typing(t Typing, now time.Time) {
	if t.Kind == wire.None {
		delete(r.typists, t.User)
		return
	}
	if r.typists == nil {
		r.typists = map[chat.UserID]typist{}
	}
	r.typists[t.User] = typist{t.Kind, now.Add(t.For)}
}

// Typists are those who are doing something at the time now, in the order of their names. Nobody stays for longer than they
// were said to, and nobody who has said something since.
func (r *Room) Typists(now time.Time) (all []Typist) {
	for user, t := range r.typists {
		if now.Before(t.until) {
			all = append(all, Typist{user, t.kind})
		}
	}
	slices.SortFunc(all, func(a, b Typist) int { return cmp.Compare(a.User, b.User) })
	return all
}
