package lambda

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/parley-im/parley/infra/local/clock"
)

// Lambda's defaults for asynchronous invocation.
const (
	eventMaxAge       = 6 * time.Hour   // an event that could not be run for that long is given up
	throttleBackoff   = time.Second     // before the first retry of a throttled event, doubled each time
	throttleBackoffTo = 5 * time.Minute // but not beyond
)

// retryDelays are the waits before an event is run again whose function failed: twice, after one and two minutes.
func retryDelays() []time.Duration { return []time.Duration{time.Minute, 2 * time.Minute} }

// DeadLetter is an asynchronous event that was given up.
type DeadLetter struct {
	Function  string
	RequestID string
	Payload   []byte // as the function got it
	Attempts  int    // how often the function ran, 0 if there never was concurrency for it
	Result    Result // of the last attempt
}

// InvokeAsync queues the event and returns the request id that all attempts will have. An event whose function fails is
// run twice more, after one and two minutes; one that is throttled is tried again for six hours, with a growing delay.
// Then it goes to [Config.DeadLetter]. Events are not ordered, are held in memory, and are forgotten by Close.
func (s *Service) InvokeAsync(function string, payload []byte) (requestID string, err error) {
	return s.enqueue(function, payload, "")
}

func (s *Service) enqueue(function string, payload []byte, clientContext string) (requestID string, err error) {
	if err := s.accepts(function, payload, eventLimit); err != nil {
		return "", err
	}
	e := &event{service: s, function: function, first: newInvocation(slices.Clone(payload)), expires: s.cfg.Clock.Now().Add(eventMaxAge)}
	e.first.clientContext = clientContext
	if !e.attempt() {
		return "", ErrClosed
	}
	return e.first.id, nil
}

// event is an asynchronous invocation on its way. One attempt runs at a time, and it owns the fields.
type event struct {
	service   *Service
	function  string
	first     *invocation
	expires   time.Time
	attempts  int
	throttled int
	last      Result
}

// attempt runs the event in a goroutine of the service; it reports false once the service is closed.
func (e *event) attempt() bool {
	s := e.service
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.tasks.Go(e.run)
	return true
}

func (e *event) run() {
	inv := newInvocation(e.first.payload)
	inv.id, inv.trace, inv.clientContext = e.first.id, e.first.trace, e.first.clientContext
	inv.result.Report.RequestID = inv.id
	result, err := e.service.run(context.Background(), e.function, inv)
	switch {
	case errors.Is(err, ErrClosed):
	case err != nil:
		delay := min(throttleBackoff<<min(e.throttled, 16), throttleBackoffTo)
		e.throttled++
		e.again(delay)
	case result.FunctionError != "":
		e.last = result
		e.attempts++
		if delays := retryDelays(); e.attempts <= len(delays) {
			e.again(delays[e.attempts-1])
		} else {
			e.giveUp()
		}
	}
}

// again makes another attempt after the delay, if the event is not too old by then.
func (e *event) again(delay time.Duration) {
	s := e.service
	if s.cfg.Clock.Now().Add(delay).After(e.expires) {
		e.giveUp()
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	// The call cannot come before the timer is set: it takes the lock.
	var timer clock.Timer
	timer = s.cfg.Clock.AfterFunc(delay, func() {
		s.mu.Lock()
		delete(s.timers, timer)
		s.mu.Unlock()
		e.attempt()
	})
	s.timers[timer] = struct{}{}
}

func (e *event) giveUp() {
	e.service.cfg.DeadLetter(DeadLetter{
		Function:  e.function,
		RequestID: e.first.id,
		Payload:   e.first.payload,
		Attempts:  e.attempts,
		Result:    e.last,
	})
}
