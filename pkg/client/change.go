package client

import (
	"cmp"
	"context"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Edit replaces the text and the mentions of the user's own message and waits, in the way of Send, until that is stored and
// its readers have been told. Attachments and the message that it answers stay. Mentions that are to stay are named again.
// It is possible for chat.EditWindow and chat.MaxEdits times.
//
// Changes of a message wait for what was sent to the conversation before and are in the log behind it. An *Error means that
// the server has refused: chat.NotFound if there is no such message any more, chat.Forbidden if the user may not.
//
// The entry of an edit is fetched, because only the log knows all that the message says: Handle gets it moments after Edit
// has returned.
func (c *Client) Edit(ctx context.Context, conversation chat.ConversationID, seq chat.Seq, revision wire.Revision) (wire.Accepted, error) {
	if ctx.Err() != nil {
		return wire.Accepted{}, context.Cause(ctx)
	}
	return await(ctx, c.QueueEdit(conversation, seq, revision))
}

// Delete removes a message for everybody and waits in the way of Edit; only its place is left. Authors can for
// chat.DeleteWindow, moderators of a group and those above them always.
func (c *Client) Delete(ctx context.Context, conversation chat.ConversationID, seq chat.Seq) (wire.Accepted, error) {
	if ctx.Err() != nil {
		return wire.Accepted{}, context.Cause(ctx)
	}
	return await(ctx, c.QueueDelete(conversation, seq))
}

// React sets all marks that the user has on a message, emoji as a rule, and waits in the way of Edit. Without any it takes
// them back. Room.Marks tells which there are.
func (c *Client) React(ctx context.Context, conversation chat.ConversationID, seq chat.Seq, marks ...string) (wire.Accepted, error) {
	if ctx.Err() != nil {
		return wire.Accepted{}, context.Cause(ctx)
	}
	return await(ctx, c.QueueReact(conversation, seq, marks...))
}

// QueueEdit is Edit without waiting.
func (c *Client) QueueEdit(conversation chat.ConversationID, seq chat.Seq, revision wire.Revision) *Pending {
	revision.Mentions = append([]chat.UserID(nil), revision.Mentions...) // nil if there are none
	p := c.newChange(chat.Edited, conversation, seq)
	p.frame = func(after *chat.Seq) any { return wire.Edit{Change: p.change("edit", after), Body: &revision} }
	return c.submit(p, cmp.Or(check(p, new(wire.Edit)), c.limits.allows(wire.Content{Text: revision.Text, Regard: revision.Regard})))
}

// QueueDelete is Delete without waiting.
func (c *Client) QueueDelete(conversation chat.ConversationID, seq chat.Seq) *Pending {
	p := c.newChange(chat.Deleted, conversation, seq)
	p.frame = func(after *chat.Seq) any { return wire.Delete{Change: p.change("delete", after)} }
	return c.submit(p, check(p, new(wire.Delete)))
}

// QueueReact is React without waiting.
func (c *Client) QueueReact(conversation chat.ConversationID, seq chat.Seq, marks ...string) *Pending {
	marks = append([]string(nil), marks...) // nil if there are none
	p := c.newChange(chat.Reacted, conversation, seq)
	p.entry.Body.Reactions = marks
	p.frame = func(after *chat.Seq) any { return wire.React{Change: p.change("react", after), Reactions: marks} }
	return c.submit(p, check(p, new(wire.React)))
}

func (c *Client) newChange(kind chat.EntryKind, conversation chat.ConversationID, seq chat.Seq) *Pending {
	p := c.newPending(kind)
	p.Conversation, p.entry.Body.Target = conversation, seq
	return p
}

// change is what the frames of all changes begin with.
func (p *Pending) change(action string, after *chat.Seq) wire.Change {
	return wire.Change{
		Head: wire.Head{Action: action, Ref: p.ref}, ID: p.ID, Conversation: p.Conversation, Seq: p.entry.Body.Target, After: after,
	}
}
