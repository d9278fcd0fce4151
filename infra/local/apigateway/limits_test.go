package apigateway_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

// aws.md 1.3: binary is 1003. 1.1: what is too large is 1009. RFC 6455: what is no text is 1007, what is no frame 1002.
func TestMessageThatIsNotAcceptedClosesTheSocket(t *testing.T) {
	const kb = 1024
	tests := []struct {
		name string
		code websocket.StatusCode
		send func(*client)
	}{
		{"binary", 1003, func(c *client) { c.write(websocket.MessageBinary, []byte("x")) }},
		{"empty binary", 1003, func(c *client) { c.write(websocket.MessageBinary, nil) }},
		{"frame over 32 KB", 1009, func(c *client) { c.write(websocket.MessageText, make([]byte, 32*kb+1)) }},
		{"fragment over 32 KB", 1009, func(c *client) { c.fragments(make([]byte, 33*kb), 33*kb) }},
		{"fragments over 128 KB", 1009, func(c *client) { c.fragments(make([]byte, 128*kb+1), 32*kb) }},
		{"frame over 128 KB", 1009, func(c *client) { c.write(websocket.MessageText, make([]byte, 200*kb)) }},
		{"invalid UTF-8", 1007, func(c *client) { c.write(websocket.MessageText, []byte("\xff")) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			disconnect, events := records()
			a := mocks("$default")
			a.Routes = append(a.Routes, api("$disconnect").Routes...)
			r := serve(t, a, map[string]handler{"$disconnect": disconnect})
			c := r.dial()
			c.send("before")
			test.send(c)
			if got := c.receive(); got != "$default" {
				t.Errorf("what came before got %q", got)
			}
			if code, _ := c.closed(); code != test.code {
				t.Errorf("closed with %d, want %d", code, test.code)
			}
			if got := at(decode(t, next(t, events)), "requestContext", "disconnectStatusCode"); got != float64(test.code) {
				t.Errorf("$disconnect has code %v, want %d", got, test.code)
			}
		})
	}
}

// aws.md 1.1: what is as large as allowed passes.
func TestMessageOf128KBInFramesOf32KBPasses(t *testing.T) {
	const kb = 1024
	body := strings.Repeat("x", 128*kb)
	_, _, sent, _ := lifetimeOf(t, api("$connect", "$disconnect", "$default"), func(c *client) { c.fragments([]byte(body), 32*kb) })
	if got := at(decode(t, sent), "body"); got != body {
		t.Errorf("the function got %d bytes", len(fmt.Sprint(got)))
	}
}

// aws.md 1.1: the message limit is on what was compressed, the frame limit on what is on the wire.
func TestLimitsOfACompressedMessage(t *testing.T) {
	const kb = 1024
	r := serve(t, mocks("$default"), nil)
	c := r.dial(withDeflate(websocket.CompressionContextTakeover))
	c.write(websocket.MessageText, []byte(strings.Repeat("x", 128*kb)))
	if got := c.receive(); got != "$default" {
		t.Errorf("128 KB in one small frame got %q", got)
	}
	c.write(websocket.MessageText, []byte(strings.Repeat("x", 128*kb+1)))
	if code, _ := c.closed(); code != 1009 {
		t.Errorf("more than 128 KB in one small frame closed with %d, want 1009", code)
	}
}

func TestProtocolErrorClosesWith1002(t *testing.T) {
	r := serve(t, mocks("$default"), nil)
	conn := rawDial(t, r.host())
	if _, err := conn.Write([]byte{0x83, 0x80, 0, 0, 0, 0}); err != nil { // opcode 3 is reserved
		t.Fatal(err)
	}
	frame := make([]byte, 4)
	if _, err := io.ReadFull(conn, frame); err != nil || frame[0] != 0x88 || frame[2] != 1002>>8 || frame[3] != 1002&0xff {
		t.Errorf("got %x, %v; want a close frame with 1002", frame, err)
	}
}

func (c *client) write(kind websocket.MessageType, message []byte) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := c.socket.Write(ctx, kind, message); err != nil && !errors.As(err, new(websocket.CloseError)) {
		c.t.Logf("write: %v", err) // the gateway may close while a large message is written
	}
}

// fragments sends a message in frames of at most size bytes.
func (c *client) fragments(message []byte, size int) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	w, err := c.socket.Writer(ctx, websocket.MessageText)
	if err != nil {
		c.t.Fatal(err)
	}
	for chunk := range slices.Chunk(message, size) {
		if _, err := w.Write(chunk); err != nil {
			c.t.Logf("write: %v", err)
			return
		}
	}
	if err := w.Close(); err != nil {
		c.t.Logf("write: %v", err)
	}
}
