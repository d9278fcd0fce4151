package fidelity_test

import "testing"

// A message takes the route whose key its action is.
//
// Source: aws.md 1.3 (developer guide, routes).
func TestMessageTakesTheRouteOfItsKey(t *testing.T) {
	c := at(t).dial()
	if got := c.event().text("requestContext", "routeKey"); got != "act" {
		t.Errorf("routeKey is %q, want act", got)
	}
	c.send(`{"action":"ping"}`)
	c.expect(pong)
}

// The key must match exactly, and what matches none takes $default, which is what routeKey says then.
//
// Source: aws.md 1.3 (developer guide, routes).
func TestUnknownKeyTakesDefault(t *testing.T) {
	takesDefault(t, `{"action":"dance"}`, `{"action":"ACT"}`, `{"action":"act "}`)
}

// A message that is no JSON takes $default.
//
// Source: aws.md 1.3 (developer guide, routes).
func TestMessageThatIsNotJSONTakesDefault(t *testing.T) {
	takesDefault(t, `hello`, `{"action":"act"`, `act`)
}

// A message without the key takes $default.
//
// Source: aws.md 1.3 (developer guide, selection expressions: what is missing is the empty string).
func TestMessageWithoutTheKeyTakesDefault(t *testing.T) {
	takesDefault(t, `{}`, `{"Action":"act"}`, `{"request":{"action":"act"}}`)
}

// A message that is JSON and no object takes $default.
//
// Source: aws.md 1.3 (inferred).
func TestMessageThatIsNoObjectTakesDefault(t *testing.T) {
	takesDefault(t, `"act"`, `[{"action":"act"}]`, `7`, `null`)
}

func takesDefault(t *testing.T, messages ...string) {
	t.Helper()
	c := at(t).dial()
	for _, message := range messages {
		c.send(message)
		e := c.object()
		if got := e.text("requestContext", "routeKey"); got != "$default" {
			t.Errorf("%s: routeKey is %q, want $default", message, got)
		}
		if got := e.text("body"); got != message {
			t.Errorf("%s: body is %q", message, got)
		}
	}
}

// An expression may compose the key of values, nested ones among them, and text.
//
// Source: aws.md 1.3 (developer guide, selection expressions).
func TestKeyMayBeComposed(t *testing.T) {
	r := at(t)
	c := r.dial(to(r.bareURL()))
	c.send(`{"kind":"room","verb":{"name":"join"}}`)
	c.expect(`{"took":"room-join"}`)
}

// A value that is missing in a composed key is the empty string.
//
// Source: aws.md 1.3 (developer guide, selection expressions).
func TestMissingPartOfAComposedKeyIsEmpty(t *testing.T) {
	r := at(t)
	c := r.dial(to(r.bareURL()))
	for _, message := range []string{`{"kind":"room"}`, `{"kind":"room","verb":{}}`, `{"kind":"room","verb":"join"}`} {
		c.send(message)
		c.expect(`{"took":"room-"}`)
	}
}

// A message that neither a route nor $default takes gets the error frame "Forbidden" with the ids of connection and request.
//
// Source: aws.md 1.5 (simple-websockets-chat-app #24).
func TestMessageWithoutARouteIsForbidden(t *testing.T) {
	r := at(t)
	c := r.dial(to(r.bareURL()))
	for _, message := range []string{`{"kind":"house"}`, `hello`} {
		c.send(message)
		c.errorFrame("Forbidden", "requestId")
	}
}

// A message that the route's model refuses gets the error frame "Bad request body" with its message id, and the function does not
// run.
//
// Source: aws.md 1.3 (developer guide, request validation).
func TestMessageThatItsModelRefusesIsABadRequest(t *testing.T) {
	c := at(t).dial()
	c.send(`{"action":"guarded","count":"many"}`)
	c.errorFrame("Bad request body", "messageId")
	c.send(`{"action":"guarded","count":3}`)
	if got := c.object().text("requestContext", "routeKey"); got != "guarded" {
		t.Errorf("routeKey is %q, want guarded", got)
	}
}

// errorFrame receives an error frame with this message, the id of the connection and an id under this name.
func (c *client) errorFrame(message, id string) {
	c.Helper()
	text := c.receive()
	frame := c.decode(text)
	if frame.text("message") != message || !wellFormed(frame.text("connectionId")) || !wellFormed(frame.text(id)) || len(frame) != 3 {
		c.Errorf("received %s, want an error frame %q with connectionId and %s", text, message, id)
	}
}
