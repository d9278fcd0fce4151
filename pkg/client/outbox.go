package client

import (
	"context"
	"errors"
	"sync"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Text is the content of a message that is only text.
func Text(text string) wire.Content { return wire.Content{Text: text} }

// ToUser addresses the direct conversation with a user, which the first message begins.
func ToUser(user chat.UserID) wire.Target { return wire.Target{User: user} }

// To addresses a conversation.
func To(conversation chat.ConversationID) wire.Target {
	return wire.Target{Conversation: conversation}
}

// outbox holds what has no acknowledgement yet, one lane per conversation. A lane is present while a goroutine works on
// it. One message of a lane is under way at a time: API Gateway runs the frames of a connection concurrently, so a
// second one could overtake the first.
type outbox struct {
	mu    sync.Mutex
	lanes map[chat.ConversationID][]*Pending
}

// Pending is a message on its way.
type Pending struct {
	// ID is the message's, also in the Entry that Handle gets.
	ID chat.MessageID
	// Conversation that it goes to, known beforehand: ids of direct conversations and groups are derived.
	Conversation chat.ConversationID

	client   *Client
	ref      string
	frame    func(after *chat.Seq) any
	entry    wire.Entry // what the log will hold, but for Seq and At
	ctx      context.Context
	withdraw context.CancelCauseFunc
	done     chan struct{}
	accepted wire.Accepted
	err      error
}

// Done is closed when the outcome is certain.
func (p *Pending) Done() <-chan struct{} { return p.done }

// Result waits for the outcome. It fails with an *Error if the server refused the message, and with ErrWithdrawn,
// ErrClosed or the cause of ctx if it was given up: then it may or may not have been stored.
func (p *Pending) Result() (wire.Accepted, error) {
	<-p.done
	return p.accepted, p.err
}

// Withdraw gives the message up, unless it is acknowledged already. One that has not left this device is not sent.
func (p *Pending) Withdraw() { p.withdraw(ErrWithdrawn) }

// Send says something and waits until it is stored and handed to its recipients. It is sent again, under the same id,
// over lost connections, late answers and temporary errors until ctx ends; it is never stored twice. Messages to one
// conversation are stored in the order of the calls of Send and Queue; a second one waits for the first. If ctx ends
// before, Send returns its cause and the message is withdrawn, though it may have been stored. An error of the server is
// an *Error.
func (c *Client) Send(ctx context.Context, to wire.Target, content wire.Content) (wire.Accepted, error) {
	return c.await(ctx, c.Queue(to, content))
}

// CreateGroup makes a group of the user and members and waits until they have been told, in the way of Send. The log of
// the group begins with the entry "created".
func (c *Client) CreateGroup(ctx context.Context, name string, members ...chat.UserID) (wire.Accepted, error) {
	return c.await(ctx, c.QueueGroup(name, members...))
}

// Queue puts a message into the outbox, where it stays until it is acknowledged, refused or withdrawn, and returns at
// once. What can never be accepted is refused at once, too.
func (c *Client) Queue(to wire.Target, content wire.Content) *Pending {
	p := c.pending()
	p.Conversation = to.Conversation
	if to.User != "" {
		p.Conversation = chat.DirectID(c.options.User, to.User)
	}
	p.frame = func(after *chat.Seq) any {
		return wire.Send{Head: wire.Head{Action: "send", Ref: p.ref}, ID: p.ID, To: to, After: after, Body: content}
	}
	p.entry.Event = chat.Message
	p.entry.To = to.User
	p.entry.Body = wire.Body{Text: content.Text, Attachments: content.Attachments}
	longest := chat.MaxSeq
	return c.enqueue(p, p.check(&longest, new(wire.Send).Decode))
}
