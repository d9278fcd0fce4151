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
	changed := map[chat.ConversationID]chat.Seq{}
	for {
		events, ended := c.queue.take()
		for _, e := range events {
			c.handle(e, changed)
			if len(changed) >= saveEvery {
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

// handle hands one event over and notes which cursor that has moved.
func (c *Client) handle(e Event, changed map[chat.ConversationID]chat.Seq) {
	switch e := e.(type) {
	case begun:
		changed[e.conversation] = e.seq
		return
	case Entry:
		changed[e.Conversation] = e.Seq
	case Restarted:
		changed[e.Conversation] = 0
	case Gone:
		changed[e.Conversation] = 0
	}
	c.options.Handle(e)
}

// save empties changed if that could be stored.
func (c *Client) save(changed map[chat.ConversationID]chat.Seq) {
	if len(changed) == 0 {
		return
	}
	if err := c.options.Store.Save(changed); err != nil {
		c.log.Warn("cursors not saved", "error", err)
		return
	}
	clear(changed)
}
