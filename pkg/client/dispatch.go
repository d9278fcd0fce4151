package client

import (
	"sync"

	"github.com/parley-im/parley/pkg/chat"
)

// saveEvery is after how many conversations with news the cursors are saved although more is waiting.
const saveEvery = 100

// queue holds the events that Handle has not had yet. It is not bounded: bounding it would let a slow Handle stop the
// reading of acknowledgements, for which Handle may be waiting.
type queue struct {
	mu     sync.Mutex
	events []Event
	ended  bool
	more   chan struct{} // capacity 1
}

func (q *queue) push(e Event) {
	q.mu.Lock()
	q.events = append(q.events, e)
	q.mu.Unlock()
	signal(q.more)
}

// finish makes take report the end once the queue is empty.
func (q *queue) finish() {
	q.mu.Lock()
	q.ended = true
	q.mu.Unlock()
	signal(q.more)
}

// take returns all that waits; ended is true if nothing will follow.
func (q *queue) take() (events []Event, ended bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	events, q.events = q.events, nil
	return events, q.ended
}

// dispatch calls Handle with each event and tells the Store how far that got. It returns after finish.
func (c *Client) dispatch() {
	changed := progress{map[chat.ConversationID]chat.Seq{}, map[chat.ConversationID]chat.Epoch{}}
	for {
		events, ended := c.queue.take()
		for _, e := range events {
			c.handle(e, changed)
			if len(changed.cursors) >= saveEvery {
				c.save(changed)
			}
		}
		c.save(changed)
		if ended {
			return
		}
		<-c.queue.more
	}
}

// progress is what the Store does not know yet.
type progress struct {
	cursors map[chat.ConversationID]chat.Seq
	epochs  map[chat.ConversationID]chat.Epoch
}

// handle hands one event over and notes which cursor that has moved.
func (c *Client) handle(e Event, changed progress) {
	switch e := e.(type) {
	case begun:
		changed.cursors[e.conversation] = e.seq
		return
	case renewed:
		changed.epochs[e.conversation] = e.epoch
		return
	case Entry:
		changed.cursors[e.Conversation] = e.Seq
	case Restarted:
		changed.cursors[e.Conversation] = 0
	case Gone:
		changed.cursors[e.Conversation] = 0
	}
	c.options.Handle(e)
}

// save empties changed as far as that could be stored. Epochs come last: a cursor without its epoch begins again, which is
// safe; an epoch whose cursor is of another one would hide a hole.
func (c *Client) save(changed progress) {
	if len(changed.cursors) > 0 {
		if err := c.options.Store.Save(changed.cursors); err != nil {
			c.log.Warn("cursors not saved", "error", err)
			return
		}
		clear(changed.cursors)
	}
	epochs, ok := c.options.Store.(EpochStore)
	if !ok || len(changed.epochs) == 0 {
		clear(changed.epochs)
		return
	}
	if err := epochs.SaveEpochs(changed.epochs); err != nil {
		c.log.Warn("epochs not saved", "error", err)
		return
	}
	clear(changed.epochs)
}
