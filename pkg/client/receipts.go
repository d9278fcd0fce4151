package client

import (
	"context"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Receipt tells how far somebody is in a conversation: another one, or the user on another device. What it does not say is 0.
// It comes only while there is a connection; CaughtUp and SeenBy tell the rest, and so does every message: whoever writes has
// read what stands before.
type Receipt struct {
	User chat.UserID
	wire.Receipt
}

// Preferred tells what the user has chosen for a conversation on another device, or marked in it.
type Preferred struct{ wire.Preferred }

// Unread tells that what is unread in a conversation could not be derived from what this client has, and was asked for.
type Unread struct {
	Conversation chat.ConversationID
	wire.Unread
}

func (Receipt) event()   {}
func (Preferred) event() {}
func (Unread) event()    {}

// MarkRead says that the user was shown everything up to an entry: call it when that is on the screen, as often as you like. It
// never waits and never fails. What the server needs to know it gets in a moment, by the rules of package pace: with what else
// there is to say, and often with nothing, because whoever answers has read.
func (c *Client) MarkRead(conversation chat.ConversationID, seq chat.Seq) {
	newest, unmarks := c.tally.read(conversation, seq)
	if newest > 0 {
		c.receipts.Read(conversation, newest, time.Now())
		signal(c.pacing)
	}
	if unmarks {
		c.spawn(func() { c.unmark(conversation) })
	}
}

// unmark tells the server that the user has opened what they had marked as unread, and in which there was nothing new to read.
func (c *Client) unmark(conversation chat.ConversationID) {
	frame := wire.Mark{Head: wire.Head{Action: "mark", Ref: c.calls.ref()}, Conversation: conversation}
	if err := c.ask(c.life, frame.Ref, frame, new(wire.Preferred)); err != nil {
		c.log.Warn("mark not ended", "error", err)
		return
	}
	c.tally.unmarked(conversation)
}

// MarkUnread makes everything from a message on count as unread, on all devices, until the user reads or writes; 0 takes that
// back. Nobody else can tell. It waits and fails like the methods of reads.go.
func (c *Client) MarkUnread(ctx context.Context, conversation chat.ConversationID, seq chat.Seq) error {
	ref := c.calls.ref()
	frame := wire.Mark{Head: wire.Head{Action: "mark", Ref: ref}, Conversation: conversation}
	if seq > 0 {
		frame.Seq = &seq
	}
	var result wire.Preferred
	if err := c.ask(ctx, ref, frame, &result); err != nil {
		return err
	}
	c.tally.prefer(result)
	return nil
}

// PinConversation puts a conversation first in the list, or takes it from there, on all devices.
func (c *Client) PinConversation(ctx context.Context, conversation chat.ConversationID, pinned bool) error {
	return c.prefer(ctx, wire.Prefs{Conversation: conversation, Pinned: &pinned})
}

// Archive puts a conversation away, or takes it back, on all devices. Whatever happens in one brings it back, unless it is muted.
func (c *Client) Archive(ctx context.Context, conversation chat.ConversationID, archived bool) error {
	return c.prefer(ctx, wire.Prefs{Conversation: conversation, Archived: &archived})
}

// Clear takes everything up to an entry out of the user's sight, on all devices and for good; nobody else can tell. Handle gets a
// Cleared.
func (c *Client) Clear(ctx context.Context, conversation chat.ConversationID, upTo chat.Seq) error {
	return c.prefer(ctx, wire.Prefs{Conversation: conversation, Cleared: &upTo})
}

func (c *Client) prefer(ctx context.Context, frame wire.Prefs) error {
	frame.Head = wire.Head{Action: "prefs", Ref: c.calls.ref()}
	var chosen wire.Preferred
	err := c.ask(ctx, frame.Ref, frame, &chosen)
	c.inbox.clear(frame.Conversation, chosen.Cleared)
	return err
}

// SeenBy tells who has a message and who has read it, all of them.
func (c *Client) SeenBy(ctx context.Context, conversation chat.ConversationID, seq chat.Seq) (wire.SeenBy, error) {
	var all wire.SeenBy
	for next := chat.UserID(""); ; next = all.Next {
		ref := c.calls.ref()
		var page wire.SeenBy
		err := c.ask(ctx, ref, wire.Seen{Head: wire.Head{Action: "seen", Ref: ref}, Conversation: conversation, Seq: seq, Next: next}, &page)
		page.Users = append(all.Users, page.Users...)
		if all = page; err != nil || all.Next == "" {
			return all, err
		}
	}
}

// Explain tells why as much of a conversation is unread as is.
func (c *Client) Explain(ctx context.Context, conversation chat.ConversationID) (wire.Explained, error) {
	ref := c.calls.ref()
	var result wire.Explained
	err := c.ask(ctx, ref, wire.Explain{Head: wire.Head{Action: "explain", Ref: ref}, Conversation: conversation}, &result)
	if err == nil {
		c.tally.explained(result)
	}
	return result, err
}

// Unread is what the user has not read in a conversation, the same on every device. ok is false if that is not known: then it is
// being asked for, and comes as an event of its own.
func (c *Client) Unread(conversation chat.ConversationID) (u wire.Unread, ok bool) {
	if u, ok = c.tally.unread(conversation); !ok && c.tally.asks(conversation) {
		c.spawn(func() {
			if found, err := c.Explain(c.life, conversation); err == nil {
				c.queue.push(Unread{conversation, found.Unread})
			}
			c.tally.asked(conversation)
		})
	}
	return u, ok
}

// keepPace tells the server how far the user is when that is due. Nothing is said without a connection: then it is said after the next
// list, as far as the server does not know it.
func (c *Client) keepPace() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-c.life.Done():
			return
		case <-c.pacing:
		case <-timer.C:
		}
		s, err := c.connection(c.life)
		if err != nil {
			return
		}
		cursors, next := c.receipts.Due(time.Now())
		for ; len(cursors) > 0; cursors, next = c.receipts.Due(time.Now()) {
			c.tellReached(s, cursors)
		}
		timer.Stop()
		if !next.IsZero() {
			timer.Reset(time.Until(next))
		}
	}
}

// tellRest tells at the end what was to be told later.
func (c *Client) tellRest(s *socket) {
	for cursors := c.receipts.Flush(); len(cursors) > 0; cursors = c.receipts.Flush() {
		c.tellReached(s, cursors)
	}
}

// tellReached sends cursors. What is lost is said again after the next list.
func (c *Client) tellReached(s *socket, cursors []wire.Reached) {
	frame, err := wire.Encode(wire.Receipts{Head: wire.Head{Action: "receipts", Ref: c.calls.ref()}, Cursors: cursors})
	if err == nil {
		_ = s.write(frame)
	}
}

// note takes account of an event on its way to Handle.
func (c *Client) note(e Event) {
	switch e := e.(type) {
	case Entry:
		c.tally.entry(e.Entry)
		switch {
		case e.Event == chat.Message && e.From == c.options.User:
			c.receipts.Said(e.Conversation, e.Seq)
		case e.Event == chat.Message:
			c.receipts.Came(e.Conversation)
			c.receipts.Delivered(e.Conversation, e.Seq, time.Now())
			signal(c.pacing)
		}
	case Cleared:
		c.tally.clear(e.Conversation, e.Seq)
	case Restarted:
		c.forget(e.Conversation)
	case Gone:
		c.forget(e.Conversation)
	}
	c.queue.push(e)
}

func (c *Client) forget(id chat.ConversationID) {
	c.tally.forget(id)
	c.receipts.Forget(id)
}

// lined takes account of a line of the list.
func (c *Client) lined(l wire.Conversation) {
	c.tally.line(l)
	c.receipts.Again(l.Conversation, l.Read, time.Now())
	c.receipts.Known(l.Conversation, l.Read, l.Read)
	signal(c.pacing)
}

// received takes a receipt.
func (c *Client) received(r wire.Received) {
	for _, cursor := range r.Cursors {
		if r.User == c.options.User {
			c.tally.heard(cursor.Conversation, cursor.Read)
			c.receipts.Known(cursor.Conversation, cursor.Read, cursor.Read)
		}
		c.queue.push(Receipt{r.User, cursor})
	}
}
