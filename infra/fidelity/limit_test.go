package fidelity_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

const kb = 1024

// filled is a ping of exactly this size.
func filled(size int) string {
	const head, tail = `{"action":"ping","padding":"`, `"}`
	return head + strings.Repeat("x", size-len(head)-len(tail)) + tail
}

// frames sends a text message in frames of at most this size. The service may close while it is sent.
func (c *client) frames(message string, size int) {
	c.Helper()
	ctx, cancel := c.soon()
	defer cancel()
	w, err := c.socket.Writer(ctx, websocket.MessageText)
	if err != nil {
		c.Fatal(err)
	}
	for chunk := range slices.Chunk([]byte(message), size) {
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
	_ = w.Close()
}

// closedWith checks the code of the close frame that comes, and that $disconnect is told the same.
func (c *client) closedWith(code websocket.StatusCode) {
	c.Helper()
	if got, _ := c.closed(); got != code {
		c.Errorf("closed with %d, want %d", got, code)
	}
}

// A binary frame closes the socket with 1003.
//
// Source: aws.md 1.3 (developer guide, binary media types); 5.1.3.
func TestBinaryFrameClosesWith1003(t *testing.T) {
	c := at(t).dial()
	c.write(websocket.MessageBinary, []byte{1, 2, 3})
	c.closedWith(websocket.StatusUnsupportedData)
}

// A frame of 32 KB passes.
//
// Source: aws.md 1.1 (WebSocket quotas).
func TestFrameOf32KBPasses(t *testing.T) {
	c := at(t).dial()
	c.send(filled(32 * kb))
	c.expect(pong)
}

// A frame of more than 32 KB closes the socket with 1009.
//
// Source: aws.md 1.1 (WebSocket quotas); 5.1.3.
func TestFrameOver32KBClosesWith1009(t *testing.T) {
	c := at(t).dial()
	c.frames(filled(32*kb+1), 64*kb)
	c.closedWith(websocket.StatusMessageTooBig)
}

// A message of 128 KB passes in frames of 32 KB.
//
// Source: aws.md 1.1 (WebSocket quotas).
func TestMessageOf128KBPassesInFramesOf32KB(t *testing.T) {
	c := at(t).dial()
	c.frames(filled(128*kb), 32*kb)
	c.expect(pong)
}

// A message of more than 128 KB closes the socket with 1009, however small its frames are.
//
// Source: aws.md 1.1 (WebSocket quotas); 5.1.3.
func TestMessageOver128KBClosesWith1009(t *testing.T) {
	c := at(t).dial()
	c.frames(filled(128*kb+1), 32*kb)
	c.closedWith(websocket.StatusMessageTooBig)
}

// $disconnect is told the code with which the service closed.
//
// Source: aws.md 1.4 (disconnectStatusCode), 1.6.
func TestDisconnectHasTheCodeOfTheService(t *testing.T) {
	r := at(t)
	watcher := r.dial()
	c := r.dial(with("watcher", watcher.id()))
	c.write(websocket.MessageBinary, []byte{1})
	c.closedWith(websocket.StatusUnsupportedData)
	if got := watcher.object().object("event").at("requestContext", "disconnectStatusCode"); got != 1003.0 {
		t.Errorf("disconnectStatusCode is %v, want 1003", got)
	}
}

// Requests beyond the account's burst of 5,000, messages and posts together, are throttled: a message with an error frame, a
// post with 429.
//
// Source: aws.md 1.1 (account throttle), 1.5 (the words of the frame are not known); 5.1.8.
func TestRequestsBeyondABurstOf5000AreThrottled(t *testing.T) {
	localOnly(t, "it would throttle the whole account")
	r := moved(t) // no time passes, so no new request is granted
	c := r.dial()
	id := c.id()
	const burst = 5000
	for range burst - 2 {
		c.send(`{"action":"quiet"}`)
	}
	if err := r.post(id, "the last"); err != nil {
		t.Fatal(err)
	}
	c.expect("the last")
	c.send(`{"action":"ping"}`)
	c.errorFrame("Too Many Requests", "requestId")
	fails(t, r.post(id, "x"), http.StatusTooManyRequests, "LimitExceededException")
}

// More than 500 new connections in a second are refused with 429.
//
// Source: aws.md 1.1 (account quota); the status is not documented; 5.1.8.
func TestConnectionsBeyond500InASecondAreRefused(t *testing.T) {
	localOnly(t, "it would keep the account from connecting")
	r := moved(t)
	address := to(r.bareURL())
	for range 500 {
		_ = r.dial(address).socket.CloseNow()
	}
	if status := r.refused(address); status != http.StatusTooManyRequests {
		t.Errorf("got %d, want 429", status)
	}
}
