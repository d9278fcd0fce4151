package client

import (
	"cmp"
	"context"
	"slices"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// ToThread addresses the thread about a message, which the first message to it begins. It is a conversation of its own, whose
// id is chat.ThreadID.
func ToThread(conversation chat.ConversationID, seq chat.Seq) wire.Target {
	return wire.Target{Thread: &wire.Place{Conversation: conversation, Seq: seq}}
}

// Forward is the content of a message that repeats another one: its text and its attachments.
func Forward(conversation chat.ConversationID, seq chat.Seq) wire.Content {
	return wire.Content{Forward: &wire.Place{Conversation: conversation, Seq: seq}}
}

// QueueBrief is Queue for a message that disappears after some seconds.
func (c *Client) QueueBrief(to wire.Target, content wire.Content, seconds int) *Pending {
	return c.queueSend(to, content, func(r *wire.Send) { r.Expires = &seconds })
}

// QueueInParent is Queue for a message of a thread that is shown in the conversation that the thread is in, too.
func (c *Client) QueueInParent(to wire.Target, content wire.Content) *Pending {
	return c.queueSend(to, content, func(r *wire.Send) { r.InParent = true })
}

// Pin pins a message for everybody and waits in the way of Edit.
func (c *Client) Pin(ctx context.Context, conversation chat.ConversationID, seq chat.Seq) (wire.Accepted, error) {
	if ctx.Err() != nil {
		return wire.Accepted{}, context.Cause(ctx)
	}
	return await(ctx, c.QueuePin(conversation, seq, false))
}

// Unpin takes that back.
func (c *Client) Unpin(ctx context.Context, conversation chat.ConversationID, seq chat.Seq) (wire.Accepted, error) {
	if ctx.Err() != nil {
		return wire.Accepted{}, context.Cause(ctx)
	}
	return await(ctx, c.QueuePin(conversation, seq, true))
}

// QueuePin is Pin, or Unpin if off, without waiting.
func (c *Client) QueuePin(conversation chat.ConversationID, seq chat.Seq, off bool) *Pending {
	p := c.newChange(chat.Pinned, conversation, seq)
	p.entry.Body.Off = off
	p.frame = func(after *chat.Seq) any { return wire.Pin{Change: p.change("pin", after), Off: off} }
	return c.submit(p, check(p, new(wire.Pin)))
}

// Hide hides messages from the user, on all devices and from nobody else, and waits in the way of Conversations. Handle gets a
// Hides.
func (c *Client) Hide(ctx context.Context, conversation chat.ConversationID, seqs ...chat.Seq) error {
	ref := c.calls.ref()
	var hid wire.Hid
	err := c.ask(ctx, ref, wire.Hide{Head: wire.Head{Action: "hide", Ref: ref}, Conversation: conversation, Seqs: seqs}, &hid)
	if err == nil {
		c.inbox.hide(conversation, hid.Hides)
	}
	return err
}

// The methods below wait in the way of Conversations.

// Pins returns the messages that are pinned.
func (c *Client) Pins(ctx context.Context, conversation chat.ConversationID) (wire.Pinned, error) {
	ref := c.calls.ref()
	var result wire.Pinned
	err := c.ask(ctx, ref, wire.Pins{Head: wire.Head{Action: "pins", Ref: ref}, Conversation: conversation}, &result)
	return result, err
}

// Follow makes the user a follower of a thread, who gets its entries live and has it in the list, or ends that.
func (c *Client) Follow(ctx context.Context, thread chat.ConversationID, follow bool) error {
	ref := c.calls.ref()
	return c.ask(ctx, ref, wire.Follow{Head: wire.Head{Action: "follow", Ref: ref}, Conversation: thread, Off: !follow}, new(wire.Followed))
}

// Threads tells how far the threads about some messages have come, at most chat.MaxRoots; those without one are left out.
func (c *Client) Threads(ctx context.Context, conversation chat.ConversationID, roots ...chat.Seq) ([]wire.ThreadLine, error) {
	ref := c.calls.ref()
	var result wire.ThreadList
	err := c.ask(ctx, ref, wire.Threads{Head: wire.Head{Action: "threads", Ref: ref}, Conversation: conversation, Roots: roots}, &result)
	return result.Threads, err
}

// Pins returns the messages that are pinned, as far as their entries have come, the one that was pinned last at the end.
func (r *Room) Pins() []chat.Seq {
	var pins []chat.Seq
	for seq, m := range r.said {
		if m.pin.on && m.gone == standing && !m.hidden {
			pins = append(pins, seq)
		}
	}
	slices.SortFunc(pins, func(a, b chat.Seq) int { return cmp.Compare(r.said[a].pin.seq, r.said[b].pin.seq) })
	return pins
}
