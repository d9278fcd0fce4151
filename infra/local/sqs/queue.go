package sqs

import (
	"slices"
	"time"
)

// queue is the messages of one queue in the order they came. The lock of the service guards it.
type queue struct {
	Queue
	arn      string
	created  time.Time
	purged   time.Time // zero: never
	dead     *queue    // where messages go after MaxReceiveCount receives; nil: nowhere
	messages []*message
	arrival  chan struct{} // closed and replaced when a message may have become receivable
}

func newQueue(q Queue, arn string, now time.Time) *queue {
	return &queue{Queue: q, arn: arn, created: now, arrival: make(chan struct{})}
}

// add appends m and wakes who waits for it.
func (q *queue) add(m *message) {
	q.messages = append(q.messages, m)
	q.wake()
}

func (q *queue) wake() {
	close(q.arrival)
	q.arrival = make(chan struct{})
}

// expire forgets messages older than the retention, which counts from when they were first sent, wherever they went since
// (developer guide, "Understanding message retention periods for dead-letter queues").
func (q *queue) expire(now time.Time) {
	q.messages = slices.DeleteFunc(q.messages, func(m *message) bool {
		return !now.Before(m.SentAt.Add(q.Retention))
	})
}

// take hands out up to limit messages and hides them for the time given. A message that was handed out MaxReceiveCount
// times already moves to the dead-letter queue instead. It reports whether anything changed.
func (q *queue) take(now time.Time, limit int, hide time.Duration) (taken []*message, changed bool) {
	q.expire(now)
	given := map[*message]bool{}
	for _, m := range q.messages {
		if len(taken) == limit {
			break
		}
		if m.VisibleAt.After(now) {
			continue
		}
		if q.dead != nil && m.Tries >= q.MaxReceiveCount {
			given[m] = true
			continue
		}
		m.receive(q.Name, now, hide)
		taken = append(taken, m)
	}
	if len(given) > 0 {
		q.messages = slices.DeleteFunc(q.messages, func(m *message) bool {
			if given[m] {
				m.bury(q.arn, now)
				q.dead.add(m)
			}
			return given[m]
		})
	}
	return taken, len(taken)+len(given) > 0
}

// nextVisible returns when the first hidden message can be received, or the zero time when none is hidden.
func (q *queue) nextVisible(now time.Time) time.Time {
	var next time.Time
	for _, m := range q.messages {
		if m.VisibleAt.After(now) && (next.IsZero() || m.VisibleAt.Before(next)) {
			next = m.VisibleAt
		}
	}
	return next
}

// current returns the message last handed out under this receipt handle, or nil when it is gone or was handed out again.
func (q *queue) current(handle string, now time.Time) *message {
	q.expire(now)
	i := slices.IndexFunc(q.messages, func(m *message) bool { return m.Receipt == handle })
	if i < 0 {
		return nil
	}
	return q.messages[i]
}

func (q *queue) remove(gone *message) {
	q.messages = slices.DeleteFunc(q.messages, func(m *message) bool { return m == gone })
}

// Depth is how many messages a queue holds, by state; the three add up to all of them.
type Depth struct {
	Visible  int // can be received now
	InFlight int // received, neither deleted nor timed out
	Delayed  int // not received yet and not receivable yet
}

func (q *queue) depth(now time.Time) Depth {
	q.expire(now)
	var d Depth
	for _, m := range q.messages {
		switch {
		case !m.VisibleAt.After(now):
			d.Visible++
		case m.Receipt != "":
			d.InFlight++
		default:
			d.Delayed++
		}
	}
	return d
}

// Depth returns how many messages the queue holds; the error is QueueDoesNotExist. Unlike on AWS, the numbers are exact.
func (s *Service) Depth(queue string) (Depth, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.find(queue)
	if err != nil {
		return Depth{}, err
	}
	return q.depth(s.clock.Now()), nil
}

// Age returns how long ago the oldest message of the queue was sent, 0 for an empty queue; the error is QueueDoesNotExist.
func (s *Service) Age(queue string) (time.Duration, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.find(queue)
	if err != nil {
		return 0, err
	}
	now := s.clock.Now()
	q.expire(now)
	oldest := time.Duration(0)
	for _, m := range q.messages {
		oldest = max(oldest, now.Sub(m.SentAt))
	}
	return oldest, nil
}
