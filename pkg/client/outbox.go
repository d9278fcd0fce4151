package client

import (
	"context"
	"errors"
	"sync"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// outbox holds what has no acknowledgement yet, one lane per conversation. A lane is present while a goroutine works on
// it. One message of a lane is under way at a time: API Gateway runs the frames of a connection concurrently, so a
// second one could overtake the first.
type outbox struct {
	mu    sync.Mutex
	lanes map[chat.ConversationID][]*Pending
}

// Pending is a message, or a change of one, on its way.
type Pending struct {
	// ID is the message's, also in the Entry that Handle gets.
	ID chat.MessageID
	// Conversation that it goes to, known beforehand: ids of direct conversations and groups are derived.
	Conversation chat.ConversationID

	frame    func(after *chat.Seq) any
	settled  func(error) // is told the outcome, if not nil
	entry    wire.Entry  // what the log will hold, but for Seq and At
	ref      string
	tries    int
	after    chat.Seq // the newest entry of the conversation that was known when it was first tried
	ctx      context.Context
	withdraw context.CancelCauseFunc

	once     sync.Once
	done     chan struct{}
	accepted wire.Accepted
	governed wire.Governed // the whole answer to a change of a group
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
func (p *Pending) Withdraw() { p.giveUp(ErrWithdrawn) }

func (p *Pending) giveUp(why error) {
	p.withdraw(why)
	p.finish(wire.Accepted{}, why)
}

func (p *Pending) finish(accepted wire.Accepted, err error) {
	p.once.Do(func() {
		p.accepted, p.err = accepted, err
		if p.settled != nil {
			p.settled(err)
		}
		close(p.done)
		p.withdraw(nil)
	})
}

// build makes the frame of the next attempt. Every one says from where to look for the others: also the first, which may
// come to the server late, after the second, over another connection.
func (p *Pending) build(newest chat.Seq) ([]byte, error) {
	if p.tries++; p.tries == 1 {
		p.after = newest
	}
	return wire.Encode(p.frame(&p.after))
}

// enqueue puts p at the end of its lane.
func (c *Client) enqueue(p *Pending) {
	c.outbox.mu.Lock()
	defer c.outbox.mu.Unlock()
	lane, working := c.outbox.lanes[p.Conversation]
	c.outbox.lanes[p.Conversation] = append(lane, p)
	if !working && !c.spawn(func() { c.workOff(p.Conversation) }) {
		delete(c.outbox.lanes, p.Conversation)
		p.giveUp(ErrClosed)
	}
}

// workOff delivers the messages of a lane one after the other until it is empty.
func (c *Client) workOff(id chat.ConversationID) {
	for {
		c.outbox.mu.Lock()
		lane := c.outbox.lanes[id]
		if len(lane) == 0 {
			delete(c.outbox.lanes, id)
			c.outbox.mu.Unlock()
			return
		}
		c.outbox.lanes[id] = lane[1:]
		c.outbox.mu.Unlock()
		p := lane[0]
		sent, err := c.deliver(p)
		if err == nil {
			c.record(p.entry, sent)
		}
		p.finish(sent.Accepted, err)
	}
}

// deliver sends p until there is an outcome.
func (c *Client) deliver(p *Pending) (sent wire.Sent, err error) {
	for {
		value, err := c.request(p.ctx, p.ref, func() ([]byte, error) { return p.build(c.inbox.newest(p.Conversation)) })
		if err == nil {
			if err = decode(value, &p.governed); err == nil {
				err = decode(value, &sent)
			}
			return sent, err
		}
		if e, ok := errors.AsType[*Error](err); !ok || e.Code != chat.Behind {
			return sent, err
		}
		if p.tries == 1 {
			// The only attempt was refused, so there is nothing to look for but the end of the log.
			page, err := c.History(p.ctx, p.Conversation, 0, 1)
			if err != nil {
				return sent, err
			}
			if page.Head < p.after {
				signal(c.opened) // the log has lost entries: the list says of which epoch it is
			}
			p.after = page.Head
			continue
		}
		sent, found, err := c.search(p)
		if found || err != nil {
			p.governed = wire.Governed{Conversation: sent.Conversation, Seq: sent.Seq, ID: sent.ID, At: sent.At}
			return sent, err
		}
	}
}

// search looks for p in what was said since it was first tried, and raises after to the end of that. What it comes by is
// left to the follower to fetch.
func (c *Client) search(p *Pending) (sent wire.Sent, found bool, err error) {
	for first := true; ; first = false {
		missed, err := c.sync(p.ctx, wire.Cursor{Conversation: p.Conversation, After: p.after})
		if first && err == nil && len(missed) == 0 {
			p.after = 0 // the log ends before it, so it has lost entries
			signal(c.opened)
		}
		if err != nil || len(missed) == 0 || len(missed[0].Entries) == 0 {
			return sent, false, err
		}
		c.inbox.announce(p.Conversation, missed[0].Epoch, 0, missed[0].Head, "")
		signal(c.missing)
		for _, e := range missed[0].Entries {
			if e.From == c.options.User && e.ID == p.ID {
				accepted := wire.Accepted{Conversation: e.Conversation, Seq: e.Seq, ID: e.ID, At: e.At}
				return wire.Sent{Accepted: accepted, Until: e.Until, Timer: e.Timer}, true, nil
			}
			p.after = e.Seq
		}
	}
}

// record gives an entry of this client its place in the log: the server does not send it to the connection it came by.
func (c *Client) record(e wire.Entry, sent wire.Sent) {
	e.Conversation, e.Seq, e.At, e.Until, e.Timer = sent.Conversation, sent.Seq, sent.At, sent.Until, sent.Timer
	if c.inbox.own(e) {
		signal(c.missing)
	}
}
