package apigateway

import (
	"context"
	"time"

	"github.com/coder/websocket"
)

// closeGrace is how long a closing socket may take, to write what waits and to finish the closing handshake. It is time of the network, not of the gateway's clock.
const closeGrace = 5 * time.Second

// delivery says what became of a message for a client.
type delivery int

const (
	accepted delivery = iota // it will be written, unless the connection breaks first
	full                     // the client is too slow: its outbox has no room
	gone                     // the connection has ended
)

// outbox holds the messages for one client in the order in which they were accepted. A goroutine writes them while there
// are any. What is accepted before the handshake is complete waits for it.
type outbox struct {
	queue [][]byte
	bytes int // in queue and in the write under way
}

// send accepts a message for the client, and counts it if so before the client can see it. It does not wait for the network.
func (c *connection) send(message []byte, as *counter) delivery {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.end != nil:
		return gone
	case c.outbox.bytes > 0 && c.outbox.bytes+len(message) > c.gateway.api.Limits.Outbox:
		return full
	}
	c.outbox.queue = append(c.outbox.queue, message)
	c.outbox.bytes += len(message)
	as.add(len(message))
	c.write()
	return accepted
}

// write starts the writing goroutine if there is something to do for it. The caller holds c.mu.
func (c *connection) write() {
	if c.writing || c.socket == nil || len(c.outbox.queue) == 0 && c.end == nil {
		return
	}
	c.writing = true
	c.gateway.running.Go(c.drain)
}

// drain writes what the outbox holds and, if the connection has ended, closes the socket after it.
func (c *connection) drain() {
	for written := 0; ; {
		message, end, more := c.next(written)
		if !more {
			if end != nil {
				c.hangUp(*end)
			}
			return
		}
		c.touch()
		_ = c.socket.Write(context.Background(), websocket.MessageText, message) // the reader finds out if the socket is broken
		written = len(message)
	}
}

// next takes the next message out of the outbox, after one of size written has left it. If there is none it reports false
// and the end of the connection: the goroutine closes the socket if there is an end, and is no longer the writing one if not.
func (c *connection) next(written int) (message []byte, end *ending, more bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.outbox.bytes -= written
	if len(c.outbox.queue) == 0 {
		c.outbox.queue = nil
		c.writing = c.end != nil
		return nil, c.end, false
	}
	message = c.outbox.queue[0]
	c.outbox.queue = c.outbox.queue[1:]
	return message, nil, true
}

// hangUp closes the socket. There is nobody to tell if the client does not take part.
func (c *connection) hangUp(end ending) {
	if end.byPeer {
		_ = c.socket.CloseNow()
		return
	}
	_ = c.socket.Close(websocket.StatusCode(end.code), end.reason)
}

// bound makes sure that a socket whose connection has ended does not wait for its client for long. The caller holds c.mu.
func (c *connection) bound() {
	switch {
	case c.frames == nil:
	case c.end.byPeer:
		_ = c.frames.Close()
	default:
		time.AfterFunc(closeGrace, func() { _ = c.frames.Close() })
	}
}

// drop breaks the socket without a closing handshake.
func (c *connection) drop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.frames != nil {
		_ = c.frames.Close()
	}
}
