package fidelity_test

import (
	"encoding/base64"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// wellFormed reports whether an id is 11 bytes in padded, URL-safe base64.
func wellFormed(id string) bool {
	raw, err := base64.URLEncoding.DecodeString(id)
	return err == nil && len(id) == 16 && len(raw) == 11
}

// Ids are 16 characters of padded, URL-safe base64, 11 bytes.
//
// Source: aws.md 1.4 (aws-lambda-go test data).
func TestIdsAre11BytesInBase64(t *testing.T) {
	e := at(t).dial().event()
	for _, name := range []string{"connectionId", "messageId", "requestId", "extendedRequestId"} {
		if id := e.text("requestContext", name); !wellFormed(id) {
			t.Errorf("%s is %q", name, id)
		}
	}
}

// The two ids of a request are the same.
//
// Source: aws.md 1.4 (aws-lambda-go test data).
func TestRequestIdsAreTheSame(t *testing.T) {
	c := at(t).dial(with("connect", `{"do":"event"}`))
	for _, e := range []object{c.object(), c.event()} {
		if a, b := e.text("requestContext", "requestId"), e.text("requestContext", "extendedRequestId"); a != b {
			t.Errorf("%s: requestId %q, extendedRequestId %q", e.text("requestContext", "eventType"), a, b)
		}
	}
}

// The id of a message ends like that of its connection, and is its own.
//
// Source: aws.md 1.4 (aws-lambda-go test data).
func TestMessageIdEndsLikeTheConnectionId(t *testing.T) {
	c := at(t).dial()
	first, second := c.event(), c.event()
	connection, message := first.text("requestContext", "connectionId"), first.text("requestContext", "messageId")
	if connection[12:] != message[12:] {
		t.Errorf("connection %q, message %q", connection, message)
	}
	if message == second.text("requestContext", "messageId") || connection != second.text("requestContext", "connectionId") {
		t.Errorf("two messages of one connection have %v and %v", first.object("requestContext"), second.object("requestContext"))
	}
}

// The event of $connect has headers in their original case and both kinds of query parameters, and neither body nor message id.
//
// Source: aws.md 1.4 (aws-lambda-go test data; serverless-offline e2e tests).
func TestConnectEvent(t *testing.T) {
	c := at(t).dial(with("connect", `{"do":"event"}`), header("X-Shoe-Size", "44"))
	e := c.object()
	for name, want := range map[string]string{
		"Sec-WebSocket-Version": "13", "X-Shoe-Size": "44", "X-Forwarded-Port": "443", "X-Forwarded-Proto": "https",
		"User-Agent": "fidelity/1.0",
	} {
		if got := e.text("headers", name); got != want {
			t.Errorf("header %s is %q, want %q", name, got, want)
		}
		if got, _ := e.at("multiValueHeaders", name).([]any); len(got) != 1 || got[0] != want {
			t.Errorf("multiValueHeaders has %v for %s, want %q", got, name, want)
		}
	}
	for _, name := range []string{"Host", "Sec-WebSocket-Key", "X-Amzn-Trace-Id", "X-Forwarded-For"} {
		if e.text("headers", name) == "" {
			t.Errorf("header %s is missing", name)
		}
	}
	if got := e.text("queryStringParameters", "who"); got != "ann" {
		t.Errorf("query parameter who is %q, want ann", got)
	}
	if got, _ := e.at("multiValueQueryStringParameters", "who").([]any); len(got) != 1 || got[0] != "ann" {
		t.Errorf("multiValueQueryStringParameters has %v for who, want ann", got)
	}
	absent(t, e, "body")
	absent(t, e, "requestContext", "messageId")
	e.describes(t, "$connect", "CONNECT")
}

// The event of a message has its body, its id and the key of its route, and neither headers nor query parameters.
//
// Source: aws.md 1.4 (aws-lambda-go test data; serverless-offline e2e tests).
func TestMessageEvent(t *testing.T) {
	c := at(t).dial()
	message := act(`"do":"event","text":"<ünïcödé & ☃>"`)
	c.send(message)
	e := c.object()
	if got := e.text("body"); got != message {
		t.Errorf("body is %q, want %q", got, message)
	}
	for _, name := range []string{"headers", "multiValueHeaders", "queryStringParameters", "multiValueQueryStringParameters"} {
		absent(t, e, name)
	}
	e.describes(t, "act", "MESSAGE")
}

// The event of $disconnect has the code and the reason of the client's close frame, and four headers, of which only Host has a
// value.
//
// Source: aws.md 1.4 (aws-lambda-go test data).
func TestDisconnectEvent(t *testing.T) {
	r := at(t)
	watcher := r.dial()
	c := r.dial(with("watcher", watcher.id()))
	id := c.id()
	if err := c.socket.Close(4001, "token expired"); err != nil {
		t.Fatal(err)
	}
	e := watcher.object().object("event")
	if got := e.text("requestContext", "connectionId"); got != id {
		t.Errorf("connection id %q, want %q", got, id)
	}
	e.ended(t, 4001, "token expired")
	headers := e.object("headers")
	if got := slices.Sorted(maps.Keys(headers)); !slices.Equal(got, []string{"Host", "X-Forwarded-For", "x-api-key", "x-restapi"}) {
		t.Errorf("headers are %v", got)
	}
	for name, value := range headers {
		if (value != "") != (name == "Host") {
			t.Errorf("header %s is %v", name, value)
		}
		if values, _ := e.at("multiValueHeaders", name).([]any); len(values) != 1 || values[0] != value {
			t.Errorf("multiValueHeaders has %v for %s, want %v", values, name, value)
		}
	}
	absent(t, e, "body")
	absent(t, e, "requestContext", "messageId")
	absent(t, e, "queryStringParameters")
	e.describes(t, "$disconnect", "DISCONNECT")
}

// A close frame without a code is 1005 in the event of $disconnect.
//
// Source: events recorded from clients of AWS; 1.4 for the fields.
func TestCloseWithoutACodeIs1005(t *testing.T) {
	r := at(t)
	watcher := r.dial()
	c := r.dial(with("watcher", watcher.id()))
	_ = c.socket.Close(websocket.StatusNoStatusRcvd, "") // which code the answer has is not documented
	watcher.object().object("event").ended(t, 1005, "Client-side close frame status not set")
}

// A client that vanishes without a close frame is 1006 in the event of $disconnect.
//
// Source: aws.md 1.6 (1006 on network loss; RFC 6455).
func TestClientThatVanishesIs1006(t *testing.T) {
	r := at(t)
	watcher := r.dial()
	c := r.dial(with("watcher", watcher.id()))
	c.id()
	_ = c.socket.CloseNow()
	e := watcher.object().object("event")
	if got := e.at("requestContext", "disconnectStatusCode"); got != 1006.0 {
		t.Errorf("disconnectStatusCode is %v, want 1006", got)
	}
}

// Stage variables are on every event.
//
// Source: aws.md 1.4 (aws-lambda-go, events/apigw.go).
func TestStageVariablesAreOnEveryEvent(t *testing.T) {
	r := at(t)
	watcher := r.dial()
	c := r.dial(with("watcher", watcher.id()), with("connect", `{"do":"event"}`))
	events := []object{c.object(), c.event()}
	c.hangUp()
	for _, e := range append(events, watcher.object().object("event")) {
		if got := e.text("stageVariables", "color"); got != "teal" {
			t.Errorf("%s: color is %q, want teal", e.text("requestContext", "eventType"), got)
		}
	}
}

// describes checks what all events have.
func (e object) describes(t *testing.T, routeKey, eventType string) {
	t.Helper()
	c := e.object("requestContext")
	for name, want := range map[string]any{
		"routeKey": routeKey, "eventType": eventType, "messageDirection": "IN", "stage": "fidelity",
	} {
		if got := c[name]; got != want {
			t.Errorf("%s: %s is %v, want %v", eventType, name, got, want)
		}
	}
	for _, name := range []string{"domainName", "apiId", "requestId"} {
		if c.text(name) == "" {
			t.Errorf("%s: %s is missing", eventType, name)
		}
	}
	if c.text("identity", "sourceIp") == "" || c.text("identity", "userAgent") != "fidelity/1.0" {
		t.Errorf("%s: identity is %v", eventType, c["identity"])
	}
	if e["isBase64Encoded"] != false {
		t.Errorf("%s: isBase64Encoded is %v, want false", eventType, e["isBase64Encoded"])
	}
	connected, _ := c["connectedAt"].(float64)
	requested, _ := c["requestTimeEpoch"].(float64)
	if requested < connected || time.Since(time.UnixMilli(int64(connected))).Abs() > 5*time.Minute {
		t.Errorf("%s: connected at %v, requested at %v", eventType, connected, requested)
	}
	written, err := time.Parse("02/Jan/2006:15:04:05 -0700", c.text("requestTime"))
	if err != nil || written.Unix() != int64(requested)/1000 {
		t.Errorf("%s: requestTime is %q, requestTimeEpoch %v", eventType, c.text("requestTime"), requested)
	}
}

// ended checks how an event of $disconnect says that the connection ended.
func (e object) ended(t *testing.T, code int, reason string) {
	t.Helper()
	c := e.object("requestContext")
	if c["disconnectStatusCode"] != float64(code) || c["disconnectReason"] != reason {
		t.Errorf("ended with %v %q, want %d %q", c["disconnectStatusCode"], c["disconnectReason"], code, reason)
	}
}

// absent checks that there is nothing at a path. Older events have an explicit null there.
func absent(t *testing.T, e object, path ...string) {
	t.Helper()
	if got := e.at(path...); got != nil {
		t.Errorf("%v is %v, want nothing", path, got)
	}
}
