package client

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Times and bounds of a request.
const (
	// answerTime is how long an answer may take before the request is repeated.
	answerTime = 10 * time.Second
	// doubtTime is what is left of that once the gateway has reported a failure without saying of which request.
	doubtTime = 2 * time.Second
	// internalTries and tokenTries are how often in a row an internal error and a refused token are met before they are
	// reported.
	internalTries, tokenTries = 5, 2
)

// request sends a frame until it has an answer, over as many connections as it takes, and waits in between as long as
// the server asks. All requests of Parley may be repeated. Its errors are an *Error, or the cause of ctx or of the
// client's end. build makes the frame of each attempt.
func (c *Client) request(ctx context.Context, ref string, build func() ([]byte, error)) (jsontext.Value, error) {
	var wait backoff
	var last chat.Code // the code of the last answers, and how many had it
	same := 0
	for {
		s, err := c.connection(ctx)
		if err != nil {
			return nil, err
		}
		frame, err := build()
		if err != nil {
			return nil, fromChat(err)
		}
		result, err := c.roundTrip(ctx, s, ref, frame)
		e, answered := errors.AsType[*Error](err)
		switch {
		case err == nil:
			return result, nil
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case !answered:
			last = ""
			continue // the connection is lost, or the answer; the next attempt waits for a connection
		case e.Code != last:
			last, same = e.Code, 0
		}
		same++
		switch {
		case e.Code == chat.Unauthenticated && same < tokenTries:
			s.cut(errExpired)
			continue
		case !e.Temporary, e.Code == chat.Internal && same >= internalTries:
			return nil, e
		}
		delay := wait.next(e.RetryAfter)
		if e.Code == chat.Limited {
			c.queue.push(Slowed{Until: time.Now().Add(delay)})
		}
		if err := c.pause(ctx, delay); err != nil {
			return nil, err
		}
	}
}

// ask is request for a frame that is always the same. It decodes the answer into result.
func (c *Client) ask(ctx context.Context, ref string, frame, result any) error {
	value, err := c.request(ctx, ref, func() ([]byte, error) { return wire.Encode(frame) })
	if err != nil {
		return err
	}
	return decode(value, result)
}

func decode(value jsontext.Value, result any) error {
	if err := json.Unmarshal(value, result); err != nil {
		return newError(chat.Internal, "the answer has an unknown shape: %s", err)
	}
	return nil
}

// roundTrip sends a frame once and waits for its answer.
func (c *Client) roundTrip(ctx context.Context, s *socket, ref string, frame []byte) (jsontext.Value, error) {
	call := c.calls.begin(ref, s)
	defer c.calls.end(ref)
	if err := s.write(frame); err != nil {
		return nil, err
	}
	return c.answered(ctx, s, call)
}

// answered waits for the answer to a frame that was sent.
func (c *Client) answered(ctx context.Context, s *socket, call *call) (jsontext.Value, error) {
	deadline := time.Now().Add(answerTime)
	timer := time.NewTimer(answerTime)
	defer timer.Stop()
	for {
		select {
		case a := <-call.answer:
			return a.result, a.err
		case <-call.hurry:
			timer.Reset(min(doubtTime, time.Until(deadline)))
		case <-timer.C:
			s.probe()
			return nil, errNoAnswer
		case <-s.ctx.Done():
			return nil, s.lost()
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-c.life.Done():
			return nil, context.Cause(c.life)
		}
	}
}

// calls are the requests that wait for an answer, by ref.
type calls struct {
	mu   sync.Mutex
	last uint64
	open map[string]*call
}

type call struct {
	socket *socket
	answer chan answer   // capacity 1
	hurry  chan struct{} // capacity 1
}

type answer struct {
	result jsontext.Value
	err    error
}

// ref returns a new name for a request.
func (cs *calls) ref() string {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	cs.last++
	return strconv.FormatUint(cs.last, 36)
}

func (cs *calls) begin(ref string, s *socket) *call {
	c := &call{socket: s, answer: make(chan answer, 1), hurry: make(chan struct{}, 1)}
	cs.mu.Lock()
	defer cs.mu.Unlock()
	cs.open[ref] = c
	return c
}

func (cs *calls) end(ref string) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	delete(cs.open, ref)
}

// resolve hands an answer to the request with ref. An answer that nobody waits for, or a second one, is dropped.
func (cs *calls) resolve(ref string, a answer) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if c, ok := cs.open[ref]; ok {
		select {
		case c.answer <- a:
		default:
		}
	}
}

// doubt deals with a failure on s that names no request. If only one is open it was that one; otherwise those that have
// no answer soon are taken to have failed.
func (cs *calls) doubt(s *socket, e *Error) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	var open []*call
	for _, c := range cs.open {
		if c.socket == s && len(c.answer) == 0 {
			open = append(open, c)
		}
	}
	if len(open) == 1 {
		open[0].answer <- answer{err: e}
		return
	}
	for _, c := range open {
		signal(c.hurry)
	}
}
