package client

import (
	"context"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// Times of a socket.
const (
	// keepAlive is after how long without a frame one is sent: API Gateway cuts a connection after 10 minutes, and
	// protocol pings do not count (aws.md §1.6).
	keepAlive = 9 * time.Minute
	// pongTime is how long the answer to a ping may take, and writeTime how long a frame may take to leave.
	pongTime, writeTime = 10 * time.Second, 10 * time.Second
)

// readLimit is above what the server sends in one frame, chat.MaxFrame, by a margin for newer servers.
const readLimit = 128 << 10

// pingFrame is answered by the gateway itself.
var pingFrame = []byte(`{"action":"ping"}`)

// socket is one WebSocket connection. It ends when its context does, whose cause is the reason.
type socket struct {
	conn  *websocket.Conn
	trace func(out bool, frame []byte)
	ctx   context.Context
	cut   context.CancelCauseFunc
	doubt chan struct{} // asks for a ping now; capacity 1

	mu      sync.Mutex
	traffic time.Time // when the last frame came or went
	heard   time.Time // when the last frame came
}

func newSocket(conn *websocket.Conn, trace func(bool, []byte)) *socket {
	conn.SetReadLimit(readLimit)
	now := time.Now()
	s := &socket{conn: conn, trace: trace, doubt: make(chan struct{}, 1), traffic: now, heard: now}
	s.ctx, s.cut = context.WithCancelCause(context.Background())
	return s
}

// write sends one frame. It is not bound to the context of a caller, because a frame that is cut off in the middle costs
// the connection. An error means that the connection is lost; the frame may have been sent.
func (s *socket) write(frame []byte) error {
	ctx, cancel := context.WithTimeout(s.ctx, writeTime)
	defer cancel()
	s.trace(true, frame)
	if err := s.conn.Write(ctx, websocket.MessageText, frame); err != nil {
		s.cut(err)
		return err
	}
	s.mu.Lock()
	s.traffic = time.Now()
	s.mu.Unlock()
	return nil
}

// read hands each frame to receive, until the socket ends.
func (s *socket) read(receive func(frame []byte)) {
	for {
		_, frame, err := s.conn.Read(s.ctx)
		if err != nil {
			s.cut(err)
			_ = s.conn.CloseNow()
			return
		}
		now := time.Now()
		s.mu.Lock()
		s.traffic, s.heard = now, now
		s.mu.Unlock()
		s.trace(false, frame)
		receive(frame)
	}
}

// watch keeps the connection from being idle and cuts it when the server no longer answers.
func (s *socket) watch() {
	timer := time.NewTimer(keepAlive)
	defer timer.Stop()
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-s.doubt:
		case <-timer.C:
			if wait := keepAlive - s.quiet(); wait > 0 {
				timer.Reset(wait)
				continue
			}
		}
		if !s.ping() {
			return
		}
		timer.Reset(keepAlive)
	}
}

// ping reports whether the server sent anything within pongTime.
func (s *socket) ping() bool {
	asked := time.Now()
	if s.write(pingFrame) != nil {
		return false
	}
	timer := time.NewTimer(pongTime)
	defer timer.Stop()
	select {
	case <-s.ctx.Done():
		return false
	case <-timer.C:
	}
	s.mu.Lock()
	heard := s.heard
	s.mu.Unlock()
	if heard.Before(asked) {
		s.cut(errSilent)
		return false
	}
	return true
}

// probe asks for a ping, because an answer is late.
func (s *socket) probe() { signal(s.doubt) }

func (s *socket) quiet() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Since(s.traffic)
}

// close ends the connection in an orderly way; it takes at most a few seconds.
func (s *socket) close(reason error) {
	_ = s.conn.Close(websocket.StatusNormalClosure, "")
	s.cut(reason)
}

// lost is why the socket ended.
func (s *socket) lost() error { return context.Cause(s.ctx) }
