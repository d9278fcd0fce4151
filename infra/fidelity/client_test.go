package fidelity_test

import (
	"encoding/json"
	"errors"

	"github.com/coder/websocket"
)

// client is one end of a socket.
type client struct {
	*rig
	socket *websocket.Conn
	pings  int // that were received; written while reading
}

// act is a message to the actor, with these fields beside the action.
func act(fields string) string { return `{"action":"act",` + fields + `}` }

func (c *client) send(message string) {
	c.Helper()
	c.write(websocket.MessageText, []byte(message))
}

func (c *client) write(kind websocket.MessageType, message []byte) {
	c.Helper()
	ctx, cancel := c.soon()
	defer cancel()
	if err := c.socket.Write(ctx, kind, message); err != nil {
		c.Fatalf("send: %v", err)
	}
}

func (c *client) read() (string, error) {
	ctx, cancel := c.soon()
	defer cancel()
	kind, message, err := c.socket.Read(ctx)
	if err == nil && kind != websocket.MessageText {
		c.Errorf("received a frame of type %v, want text", kind)
	}
	return string(message), err
}

// receive returns the next message.
func (c *client) receive() string {
	c.Helper()
	message, err := c.read()
	if err != nil {
		c.Fatalf("receive: %v", err)
	}
	return message
}

// expect receives a message that must be this one.
func (c *client) expect(want string) {
	c.Helper()
	if got := c.receive(); got != want {
		c.Errorf("received %.300q, want %.300q", got, want)
	}
}

// nothing checks that the connection lives and that nothing has come before the answer to a ping. What is still on its way
// then is not seen.
func (c *client) nothing() {
	c.Helper()
	c.send(`{"action":"ping"}`)
	c.expect(pong)
}

// pong is the body of the mock behind the route ping.
const pong = `{"event":"pong"}`

// closed waits for the close frame and returns its code and reason.
func (c *client) closed() (websocket.StatusCode, string) {
	c.Helper()
	message, err := c.read()
	var closed websocket.CloseError
	if !errors.As(err, &closed) {
		c.Fatalf("received %.300q, %v; want a close frame", message, err)
	}
	return closed.Code, closed.Reason
}

// object receives a JSON object.
func (c *client) object() object {
	c.Helper()
	return c.decode(c.receive())
}

// event is the event of a message that asks for it.
func (c *client) event() object {
	c.Helper()
	c.send(act(`"do":"event"`))
	return c.object()
}

// id is the id of the connection.
func (c *client) id() string {
	c.Helper()
	return c.event().text("requestContext", "connectionId")
}

// object is a decoded JSON object.
type object map[string]any

func (r *rig) decode(text string) object {
	r.Helper()
	var o object
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		r.Fatalf("%v in %.300q", err, text)
	}
	return o
}

// at returns the value at a path of keys, nil if there is none.
func (o object) at(path ...string) any {
	var v any = map[string]any(o)
	for _, key := range path {
		m, _ := v.(map[string]any)
		v = m[key]
	}
	return v
}

// text returns the string at a path, empty if there is none.
func (o object) text(path ...string) string {
	s, _ := o.at(path...).(string)
	return s
}

// object returns the object at a path.
func (o object) object(path ...string) object {
	m, _ := o.at(path...).(map[string]any)
	return m
}

// quoted is text as a JSON string.
func quoted(text string) string {
	b, _ := json.Marshal(text) // a string can always be encoded
	return string(b)
}

// hold tells the actor to post its event to a connection and to go on when that connection is gone.
func hold(id string) string { return `"do":"hold","to":` + quoted(id) }

// hangUp closes a socket as clients do.
func (c *client) hangUp() {
	c.Helper()
	if err := c.socket.Close(websocket.StatusNormalClosure, ""); err != nil {
		c.Errorf("close: %v", err)
	}
}
