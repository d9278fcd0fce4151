package apigateway

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"

	"github.com/parley-im/parley/infra/local/clock"
)

// connection is one client, from the start of its handshake on. An idle one costs one goroutine, which waits for the
// client to send.
type connection struct {
	gateway     *Gateway
	id          string
	tail        idTail
	connectedAt time.Time
	identity    identity
	domain      string         // that the client connected to
	authorizer  map[string]any // what the authorizer said; on every event

	lastActive atomic.Int64 // Unix nanoseconds of the last message in either direction

	mu      sync.Mutex // guards what follows; taken before Gateway.mu
	socket  *websocket.Conn
	frames  *frameConn
	expiry  clock.Timer
	outbox  outbox
	writing bool
	end     *ending // nil while the connection lives
}

// ending is why a connection ended. Code and reason are those of the $disconnect event. It is an error, because that is how
// reading tells of it.
type ending struct {
	code   int
	reason string
	// byPeer means that the client closed the socket or vanished: nothing more can be written to it.
	byPeer bool
}

func (e ending) Error() string { return fmt.Sprintf("connection ended with %d %s", e.code, e.reason) }

// The ends of a connection, but for that by a client's close frame. The service documents 1003 and 1009 only. Its wording
// for a DELETE is known from chalice #2060 and that for a close frame without status from many recorded events; emulators agree
// on 1001 for the timeouts (aws.md 1.6). 1002 and 1007 are those of RFC 6455.
var (
	endDeleted       = ending{code: 1000, reason: "Connection Closed Normally"}
	endGoingAway     = ending{code: 1001, reason: "Going away"}
	endProtocolError = ending{code: 1002}
	endBinary        = ending{code: 1003}
	endWithoutStatus = ending{code: 1005, reason: "Client-side close frame status not set", byPeer: true}
	endAbnormally    = ending{code: 1006, byPeer: true}
	endNotUTF8       = ending{code: 1007}
	endTooBig        = ending{code: 1009}
)

func (c *connection) touch() { c.lastActive.Store(c.gateway.clock.Now().UnixNano()) }

// start gives the connection its socket once the handshake is complete, and begins to read.
func (c *connection) start(socket *websocket.Conn, frames *frameConn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.socket, c.frames = socket, frames
	socket.SetReadLimit(-1) // read has its own limit
	c.gateway.running.Go(c.read)
	c.write()
	if c.end != nil {
		c.bound()
	}
}

// watch begins to look for idleness and old age. It comes before the client can know that it is connected.
func (c *connection) watch() {
	c.touch()
	c.mu.Lock()
	defer c.mu.Unlock()
	limits := c.gateway.api.Limits
	c.expiry = c.gateway.clock.AfterFunc(min(limits.IdleTimeout, limits.MaxDuration), c.expire)
}

// expire ends the connection if it has been idle or open for too long, and otherwise looks again when it could be.
func (c *connection) expire() {
	now, limits := c.gateway.clock.Now(), c.gateway.api.Limits
	due := time.Unix(0, c.lastActive.Load()).Add(limits.IdleTimeout)
	if last := c.connectedAt.Add(limits.MaxDuration); last.Before(due) {
		due = last
	}
	if !now.Before(due) {
		c.close(endGoingAway)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.end == nil {
		c.expiry.Reset(due.Sub(now))
	}
}

// close ends the connection; only the first end counts. From here on it is unknown to @connections and its $disconnect route
// runs; its socket is closed behind what waits to be written.
func (c *connection) close(end ending) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.end != nil {
		return
	}
	c.end = &end
	if end.byPeer {
		c.outbox = outbox{}
	}
	if c.expiry != nil {
		c.expiry.Stop()
	}
	c.gateway.remove(c)
	c.gateway.running.Go(func() { c.gateway.disconnected(c, end) })
	c.write()
	c.bound()
}

func (c *connection) ended() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.end != nil
}

// read receives messages until the socket breaks or a message is refused.
func (c *connection) read() {
	for {
		message, err := c.receive()
		if err != nil {
			c.close(c.endOf(err))
			return
		}
		if !c.ended() {
			c.gateway.dispatch(c, message)
		}
	}
}

// receive returns the next message. Its error is an ending if it refuses the message.
func (c *connection) receive() (string, error) {
	kind, r, err := c.socket.Reader(context.Background())
	if err != nil {
		return "", err
	}
	if kind == websocket.MessageBinary {
		return "", endBinary
	}
	limit := c.gateway.api.Limits.Message
	message, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	switch {
	case err != nil:
		return "", err
	case len(message) > limit:
		return "", endTooBig
	case !utf8.Valid(message):
		return "", endNotUTF8
	}
	return string(message), nil
}

// endOf tells from a failed read how the connection ended.
func (c *connection) endOf(err error) ending {
	var (
		end     ending
		closed  websocket.CloseError
		network *net.OpError
	)
	switch {
	case errors.As(err, &end):
		return end
	case errors.Is(err, errFrameTooBig):
		return endTooBig
	case errors.As(err, &closed) && closed.Code == websocket.StatusNoStatusRcvd:
		return endWithoutStatus
	case errors.As(err, &closed):
		return ending{code: int(closed.Code), reason: closed.Reason, byPeer: true}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed), errors.As(err, &network):
		return endAbnormally
	}
	return endProtocolError
}
