package client

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"
)

// A connection is replaced at a random age between these, before API Gateway cuts it after two hours, so that clients
// that came together do not return together.
const rotateFrom, rotateUntil = 90 * time.Minute, 115 * time.Minute

// drainTime is how long the old connection is kept when a new one is open: what was being sent to the old one when the
// new one was opened still arrives there. It is above the time that the server allows itself for a message.
const drainTime = 20 * time.Second

// steady is the age from which a connection counts as good, so that the wait after its loss is short again.
const steady = 30 * time.Second

// link is the connection in use.
type link struct {
	mu      sync.Mutex
	socket  *socket       // nil while there is none
	changed chan struct{} // closed and replaced when socket is set
}

// Run connects and stays connected until ctx ends or Close is called. It returns nil after Close, the cause of ctx, or an
// *Error if connecting again cannot help: the server does not take the token (ErrUnauthenticated), does not admit the
// user (ErrForbidden) or has replaced this device by another (ErrReplaced). When it has returned, Handle has had all that
// arrived, the Store knows it, and no goroutine of the Client is left.
func (c *Client) Run(ctx context.Context) error {
	c.mu.Lock()
	if c.started {
		c.mu.Unlock()
		return ErrClosed
	}
	c.started = true
	c.mu.Unlock()

	stop := context.AfterFunc(ctx, func() { c.end(ErrClosed) })
	defer stop()
	dispatched := make(chan struct{})
	go func() {
		defer close(dispatched)
		c.dispatch()
	}()
	c.spawn(c.follow)
	c.spawn(c.keepPace)
	c.spawn(c.keepSilence)

	err := c.keep()
	c.end(ErrClosed)
	c.wait()
	c.queue.push(State{Phase: Closed, Reason: err})
	c.queue.finish()
	<-dispatched
	c.release()
	switch {
	case !errors.Is(err, ErrClosed):
		return err
	case ctx.Err() != nil:
		return context.Cause(ctx)
	default:
		return nil
	}
}

// keep connects again and again. It returns why that ended.
func (c *Client) keep() error {
	var wait backoff
	for {
		c.queue.push(State{Phase: Connecting})
		s, err := c.dial()
		if err == nil {
			opened := time.Now()
			c.queue.push(State{Phase: Connected})
			c.adopt(s)
			err = c.serve(s)
			if time.Since(opened) > steady {
				wait = backoff{}
			}
		}
		if c.life.Err() != nil {
			return ErrClosed
		}
		if definite(err) {
			return err
		}
		delay := wait.next(retryAfter(err))
		c.log.Info("disconnected", "reason", err, "retry_in", delay)
		c.queue.push(State{Phase: Disconnected, Reason: err, Retry: time.Now().Add(delay)})
		if c.rest(delay) != nil {
			return ErrClosed
		}
	}
}

// rest waits for the next attempt, or for Wake.
func (c *Client) rest(d time.Duration) error {
	select {
	case <-c.woken: // by a call that came when there was a connection
	default:
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-c.woken:
		return nil
	case <-c.life.Done():
		return ErrClosed
	}
}

// Wake tells the Client that the network may have changed: the device slept, a person came back, another network was
// joined. It tries to connect at once if it was waiting to, and otherwise finds out within seconds whether the connection
// still works. Call it when something happened, not regularly: the waits protect the server.
func (c *Client) Wake() {
	c.link.mu.Lock()
	s := c.link.socket
	c.link.mu.Unlock()
	if s != nil {
		s.probe()
	}
	signal(c.woken)
}

// serve waits until the connection is lost and says why. Meanwhile it replaces it when it gets old.
func (c *Client) serve(s *socket) error {
	var wait backoff
	rotate := time.NewTimer(rotateFrom + rand.N(rotateUntil-rotateFrom))
	defer rotate.Stop()
	for {
		select {
		case <-c.life.Done():
			c.tellRest(s)
			s.close(ErrClosed)
			return ErrClosed
		case <-s.ctx.Done():
			return s.lost()
		case <-rotate.C:
		}
		next, err := c.dial()
		if err != nil {
			c.log.Info("renewal failed", "reason", err)
			rotate.Reset(wait.next(retryAfter(err)))
			continue
		}
		old := s
		c.adopt(next)
		c.spawn(func() { c.drain(old) })
		s, wait = next, backoff{}
		rotate.Reset(rotateFrom + rand.N(rotateUntil-rotateFrom))
	}
}

// adopt makes s the connection in use.
func (c *Client) adopt(s *socket) {
	c.spawn(func() { s.read(func(frame []byte) { c.receive(s, frame) }) })
	c.spawn(s.watch)
	c.spawn(func() {
		<-s.ctx.Done()
		c.link.drop(s)
	})
	c.greet(s)
	c.link.set(s)
	c.spawn(func() { c.resume(s) })
	signal(c.opened)
}

// drain closes a connection that was replaced, once nothing can come from it any more.
func (c *Client) drain(s *socket) {
	timer := time.NewTimer(drainTime)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.ctx.Done():
	case <-c.life.Done():
	}
	s.close(errRenewed)
}

func (l *link) set(s *socket) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.socket = s
	close(l.changed)
	l.changed = make(chan struct{})
}

func (l *link) drop(s *socket) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.socket == s {
		l.socket = nil
	}
}

// connection returns the connection in use, waiting for one if there is none.
func (c *Client) connection(ctx context.Context) (*socket, error) {
	for {
		c.link.mu.Lock()
		s, changed := c.link.socket, c.link.changed
		c.link.mu.Unlock()
		switch {
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case c.life.Err() != nil:
			return nil, ErrClosed
		case s != nil && s.ctx.Err() == nil:
			return s, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
		case <-c.life.Done():
		}
	}
}

func retryAfter(err error) time.Duration {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.RetryAfter
	}
	return 0
}
