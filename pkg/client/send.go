package client

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Text is the content of a message that is only text. Set the other fields for more: Attachments, Reply with the seq of the
// message that this one answers, Mentions with the members who are to notice it, and Everybody, which owners of a group can.
func Text(text string) wire.Content { return wire.Content{Text: text} }

// ToUser addresses the direct conversation with a user, which the first message begins.
func ToUser(user chat.UserID) wire.Target { return wire.Target{User: user} }

// To addresses a conversation.
func To(conversation chat.ConversationID) wire.Target {
	return wire.Target{Conversation: conversation}
}

// Send says something and waits until it is stored and handed to its recipients. It is sent again, under the same id,
// over lost connections, late answers and temporary errors until ctx ends; it is never stored twice. Messages to one
// conversation are stored in the order of the calls of Send and Queue: each waits for the one before.
//
// An *Error means that the server has refused it. If ctx ends first, Send returns its cause and the message is withdrawn:
// it may have been stored or not. The same is true of a temporary *Error, which is reported after some attempts.
func (c *Client) Send(ctx context.Context, to wire.Target, content wire.Content) (wire.Accepted, error) {
	if ctx.Err() != nil {
		return wire.Accepted{}, context.Cause(ctx)
	}
	return await(ctx, c.Queue(to, content))
}

// CreateGroup makes a group of the user and members and waits, in the way of Send, until they have been told. Its log
// begins with the entry "created".
func (c *Client) CreateGroup(ctx context.Context, name string, members ...chat.UserID) (wire.Accepted, error) {
	if ctx.Err() != nil {
		return wire.Accepted{}, context.Cause(ctx)
	}
	return await(ctx, c.QueueGroup(name, members...))
}

// Create is CreateGroup for a group of which something else is chosen, too: Name, Members, and what is not zero. Its Head and ID are
// made here.
func (c *Client) Create(ctx context.Context, group wire.Create) (wire.Accepted, error) {
	if ctx.Err() != nil {
		return wire.Accepted{}, context.Cause(ctx)
	}
	return await(ctx, c.QueueCreate(group))
}

// Queue puts a message into the outbox, where it stays until it is acknowledged, refused or withdrawn, and returns at
// once. What could never be accepted is refused at once, too.
func (c *Client) Queue(to wire.Target, content wire.Content) *Pending {
	return c.queueSend(to, content, func(*wire.Send) {})
}

// queueSend is Queue for a message of which something else is chosen.
func (c *Client) queueSend(to wire.Target, content wire.Content, choose func(*wire.Send)) *Pending {
	content.Attachments = append([]wire.Attachment(nil), content.Attachments...) // nil if there are none
	content.Mentions = append([]chat.UserID(nil), content.Mentions...)
	p := c.newPending(chat.Message)
	p.Conversation = c.conversation(to)
	c.typing.Said(p.Conversation)
	c.receipts.Expect(p.Conversation, time.Now()) // whoever answers has read
	p.entry.To = to.User
	var chosen wire.Send
	choose(&chosen)
	p.entry.Body = wire.Body{
		Text: content.Text, Attachments: content.Attachments, Reply: content.Reply, Mentions: content.Mentions, Everybody: content.Everybody,
		Forwarded: content.Forward != nil, InParent: chosen.InParent,
	}
	drafting, draft := c.drafts.send(p.Conversation)
	if drafting != nil {
		p.settled = func(err error) { c.sent(drafting, draft && err == nil) }
	}
	p.frame = func(after *chat.Seq) any {
		return wire.Send{
			Head: wire.Head{Action: "send", Ref: p.ref}, ID: p.ID, To: to, After: after, Body: content, Draft: draft,
			Expires: chosen.Expires, InParent: chosen.InParent,
		}
	}
	return c.submit(p, cmp.Or(check(p, new(wire.Send)), c.limits.allows(content)))
}

// QueueGroup is CreateGroup without waiting. The Conversation of the Pending can be written to at once.
func (c *Client) QueueGroup(name string, members ...chat.UserID) *Pending {
	return c.QueueCreate(wire.Create{Name: name, Members: members})
}

// QueueCreate is Create without waiting, like QueueGroup.
func (c *Client) QueueCreate(group wire.Create) *Pending {
	p := c.newPending(chat.Created)
	p.Conversation = chat.GroupID(c.options.User, p.ID)
	group.Head, group.ID, group.Members = wire.Head{Action: "create", Ref: p.ref}, p.ID, slices.Clone(group.Members)
	size := len(group.Members)
	if !slices.Contains(group.Members, c.options.User) {
		size++
	}
	p.entry.Body = wire.Body{Name: group.Name, Size: size}
	p.frame = func(*chat.Seq) any { return group }
	return c.submit(p, check(p, new(wire.Create)))
}

func (c *Client) newPending(kind chat.EntryKind) *Pending {
	p := &Pending{ID: newID(), ref: c.calls.ref(), done: make(chan struct{})}
	p.ctx, p.withdraw = context.WithCancelCause(context.Background())
	p.entry = wire.Entry{Event: kind, ID: p.ID, From: c.options.User}
	return p
}

// check tells what is wrong with the longest frame that p may become, by reading it into an empty request.
func check(p *Pending, request wire.Request) error {
	longest := chat.MaxSeq
	frame, err := wire.Encode(p.frame(&longest))
	if err != nil {
		return err
	}
	return wire.Decode(frame, request)
}

// submit enqueues p unless it is wrong.
func (c *Client) submit(p *Pending, wrong error) *Pending {
	if wrong != nil {
		p.giveUp(fromChat(wrong))
	} else {
		c.enqueue(p)
	}
	return p
}

// await waits for the outcome of p, and withdraws it when ctx ends before.
func await(ctx context.Context, p *Pending) (wire.Accepted, error) {
	select {
	case <-p.Done():
	case <-ctx.Done():
		p.giveUp(context.Cause(ctx))
	}
	return p.Result()
}

// isDirect reports whether a conversation is between two people.
func isDirect(id chat.ConversationID) bool { return strings.HasPrefix(string(id), "d_") }
