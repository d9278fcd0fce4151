package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/wire"
)

// person is one of the five: a client that can leave and come back, and all that it was ever shown.
type person struct {
	user   chat.UserID
	url    string
	tokens string
	store  *client.MemoryStore
	*client.Client
	ended chan error

	mu       sync.Mutex
	changed  chan struct{} // closed and replaced when the person sees something
	seen     map[chat.ConversationID][]wire.Entry
	caughtUp int
	state    client.State
	silence  error // why nothing answered at the first attempt
}

func newPerson(user chat.UserID, url, tokens string) *person {
	return &person{
		user: user, url: url, tokens: tokens, store: client.NewMemoryStore(nil),
		changed: make(chan struct{}), seen: map[chat.ConversationID][]wire.Entry{},
	}
}

// come connects and returns when the person knows everything that was said before. On the first time that is nothing:
// what an earlier afternoon left in a conversation is of no interest.
func (p *person) come(ctx context.Context) error {
	before := p.times()
	c, err := client.New(client.Options{
		URL: p.url, User: p.user, Device: "demo", Token: client.TokenFrom(p.tokens, p.user), Store: p.store,
		Begin:  func(_ chat.ConversationID, head chat.Seq) chat.Seq { return p.begin(head) },
		Handle: p.handle,
	})
	if err != nil {
		return err
	}
	p.Client, p.ended = c, make(chan error, 1)
	go func() { p.ended <- c.Run(ctx) }()
	return p.wait(ctx, func() bool { return p.caughtUp > before })
}

// begin skips what was said before the person came for the first time, and nothing of what began in an absence.
func (p *person) begin(head chat.Seq) chat.Seq {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.caughtUp > 0 {
		return 0
	}
	return head
}

// leave disconnects.
func (p *person) leave() { p.Close() }

func (p *person) times() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.caughtUp
}

func (p *person) handle(e client.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := e.(type) {
	case client.Entry:
		p.seen[e.Conversation] = append(p.seen[e.Conversation], e.Entry)
	case client.CaughtUp:
		p.caughtUp++
	case client.State:
		p.state = e
		if _, ok := errors.AsType[*net.OpError](e.Reason); ok && p.caughtUp == 0 {
			p.silence = cmp.Or(p.silence, e.Reason)
		}
	}
	close(p.changed)
	p.changed = make(chan struct{})
}

// patience is how long a person waits for something that must happen.
const patience = 20 * time.Second

// wait returns when done, which is called under the lock, reports true.
func (p *person) wait(ctx context.Context, done func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		p.mu.Lock()
		ok, changed, state, silence := done(), p.changed, p.state, p.silence
		p.mu.Unlock()
		switch {
		case ok:
			return nil
		case silence != nil && p.caughtUp == 0:
			return fmt.Errorf("nothing answers at %s; is `make run` running? (%w)", p.url, silence)
		case state.Phase == client.Closed && p.caughtUp == 0:
			return fmt.Errorf("%s cannot connect: %w", p.user, state.Reason)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("%s, %s, waited in vain: %w", p.user, state.Phase, context.Cause(ctx))
		}
	}
}

// sees waits until the person has been shown an entry.
func (p *person) sees(ctx context.Context, at wire.Accepted) error {
	return p.wait(ctx, func() bool {
		log := p.seen[at.Conversation]
		return len(log) > 0 && log[len(log)-1].Seq >= at.Seq
	})
}
