package fidelity_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

// A plain HTTP request is told to upgrade, with 426.
//
// Source: aws.md 1.2 (developer guide, serverless-offline, architect/sandbox).
func TestPlainRequestIsA426(t *testing.T) {
	r := at(t)
	response, err := r.http().Get(callback(r.url) + "?who=ann")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusUpgradeRequired {
		t.Errorf("got %d, want 426", response.StatusCode)
	}
}

// A handshake for a stage that does not exist is a 403.
//
// Source: aws.md 1.2 (inferred from the default of execute-api).
func TestUnknownStageIsA403(t *testing.T) {
	r := at(t)
	if status := r.refused(to(strings.TrimSuffix(r.url, "/fidelity") + "/nowhere")); status != http.StatusForbidden {
		t.Errorf("got %d, want 403", status)
	}
}

// The status other than 2xx that $connect returns is the status of the handshake.
//
// Source: aws.md 1.2 (developer guide, whose example is 400; serverless-offline PR #1301).
func TestConnectRefusesWithItsStatus(t *testing.T) {
	r := at(t)
	for _, status := range []int{400, 401, 403, 418, 500, 503} {
		got := r.refused(with("connect", fmt.Sprintf(`{"do":"return","result":{"statusCode":%d}}`, status)))
		if got != status {
			t.Errorf("$connect returned %d, the handshake got %d", status, got)
		}
	}
}

// A status of 2xx from $connect opens the socket.
//
// Source: aws.md 1.2 (developer guide, serverless-offline, architect/sandbox).
func TestConnectAcceptsWith2xx(t *testing.T) {
	r := at(t)
	for _, status := range []string{"200", "204"} {
		c := r.dial(with("connect", `{"do":"return","result":{"statusCode":`+status+`}}`))
		c.send(`{"action":"ping"}`)
		c.expect(pong)
	}
}

// $connect that throws is a 502.
//
// Source: aws.md 1.2 (developer guide, serverless-offline, architect/sandbox).
func TestConnectThatThrowsIsA502(t *testing.T) {
	r := at(t)
	if status := r.refused(with("connect", `{"do":"throw","message":"no"}`)); status != http.StatusBadGateway {
		t.Errorf("got %d, want 502", status)
	}
}

// $connect whose process ends is a 502.
//
// Source: aws.md 1.2 (inferred: Lambda reports a dead process as it reports what a function throws).
func TestConnectThatDiesIsA502(t *testing.T) {
	r := at(t)
	if status := r.refused(with("connect", `{"do":"exit"}`)); status != http.StatusBadGateway {
		t.Errorf("got %d, want 502", status)
	}
}

// $connect that returns what is no proxy response is a 502.
//
// Source: aws.md 1.2 (developer guide, serverless-offline, architect/sandbox).
func TestConnectThatReturnsNonsenseIsA502(t *testing.T) {
	r := at(t)
	for _, result := range []string{`"ok"`, `{"body":"no status"}`, `null`, `{"statusCode":"OK"}`} {
		if status := r.refused(with("connect", `{"do":"return","result":`+result+`}`)); status != http.StatusBadGateway {
			t.Errorf("%s: got %d, want 502", result, status)
		}
	}
}

// The upgrade stays pending until $connect has returned; 101 is sent after.
//
// Source: aws.md 1.2 (localstack #4039); 5.1.1.
func TestHandshakeWaitsForConnect(t *testing.T) {
	r := at(t)
	watcher := r.dial()
	id := watcher.id()
	answered := make(chan int, 1)
	go func() {
		_, response, err := r.try(with("connect", "{"+hold(id)+"}"))
		if err != nil || response == nil {
			answered <- 0
			return
		}
		answered <- response.StatusCode
	}()
	watcher.object() // $connect runs
	select {
	case status := <-answered:
		t.Errorf("answered with %d before $connect returned", status)
	default:
	}
	watcher.hangUp()
	if status := <-answered; status != http.StatusSwitchingProtocols {
		t.Errorf("got %d after $connect returned, want 101", status)
	}
}

// A post to a connection whose $connect still runs gets 410.
//
// Source: aws.md 1.7 (re:Post, 410 article); 5.1.7.
func TestPostDuringConnectIsA410(t *testing.T) {
	r := at(t)
	watcher := r.dial()
	id := watcher.id()
	opened := make(chan error, 1)
	go func() {
		_, _, err := r.try(with("connect", "{"+hold(id)+"}"))
		opened <- err
	}()
	connecting := watcher.object().text("requestContext", "connectionId")
	gone(t, r.post(connecting, "too early"))
	watcher.hangUp()
	if err := <-opened; err != nil {
		t.Fatal(err)
	}
	if err := r.post(connecting, "now"); err != nil {
		t.Errorf("after $connect: %v", err)
	}
}

// Sec-WebSocket-Protocol is echoed if $connect returns that header, in either kind of headers.
//
// Source: aws.md 1.2 (sample in the developer guide).
func TestSubprotocolIsThatOfConnect(t *testing.T) {
	r := at(t)
	for _, headers := range []string{
		`"headers":{"Sec-WebSocket-Protocol":"chat.v1"}`,
		`"multiValueHeaders":{"Sec-WebSocket-Protocol":["chat.v1"]}`,
	} {
		c := r.dial(offering("chat.v1", "bearer.token"), with("connect", `{"do":"return","result":{"statusCode":200,`+headers+`}}`))
		if got := c.socket.Subprotocol(); got != "chat.v1" {
			t.Errorf("%s: subprotocol %q, want chat.v1", headers, got)
		}
	}
}

// Sec-WebSocket-Protocol is not echoed if $connect does not return it, whatever the client offered.
//
// Source: aws.md 1.2 (sample in the developer guide).
func TestSubprotocolIsNotEchoedByItself(t *testing.T) {
	r := at(t)
	if got := r.dial(offering("chat.v1")).socket.Subprotocol(); got != "" {
		t.Errorf("subprotocol %q, want none", got)
	}
}

// permessage-deflate is negotiated, and compressed messages are understood both ways.
//
// Source: aws.md 1.2 (python-websockets #1065, #1067); 5.1.1.
func TestDeflateIsNegotiated(t *testing.T) {
	r := at(t)
	c, response, err := r.try(func(d *dialing) { d.options.CompressionMode = websocket.CompressionContextTakeover })
	if err != nil {
		t.Fatal(err)
	}
	if got := response.Header.Get("Sec-WebSocket-Extensions"); !strings.HasPrefix(got, "permessage-deflate") {
		t.Errorf("Sec-WebSocket-Extensions: %q, want permessage-deflate", got)
	}
	body := strings.Repeat("x", 8000)
	c.send(act(`"do":"return","result":{"statusCode":200,"body":"` + body + `"}`))
	c.expect(body)
}

// $connect is optional: without it every handshake is accepted.
//
// Source: aws.md 1.2 (developer guide, serverless-offline, architect/sandbox).
func TestConnectRouteIsOptional(t *testing.T) {
	r := at(t)
	c := r.dial(to(r.bareURL()))
	c.send(`{"kind":"room","verb":{"name":"join"}}`)
	c.expect(`{"took":"room-join"}`)
}

// The route response of $connect is the first frame.
//
// Source: aws.md 1.5 (developer guide, route responses).
func TestRouteResponseOfConnectIsTheFirstFrame(t *testing.T) {
	r := at(t)
	c := r.dial(with("connect", `{"do":"return","result":{"statusCode":200,"body":"welcome"}}`))
	c.expect("welcome")
}

// A URL of more than 4,096 characters is refused.
//
// Source: aws.md 1.1 (WebSocket quotas). The status is not documented.
func TestURLOver4096CharactersIsRefused(t *testing.T) {
	r := at(t)
	if status := r.refused(with("padding", strings.Repeat("x", 4096))); status < 400 || status >= 500 {
		t.Errorf("got %d, want 4xx", status)
	}
}
