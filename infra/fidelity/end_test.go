package fidelity_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi"
	"github.com/coder/websocket"
)

// A DELETE closes the socket with 1000, and $disconnect is told so.
//
// Source: aws.md 1.6 (chalice #2060).
func TestDeleteClosesWith1000(t *testing.T) {
	r := at(t)
	watcher := r.dial()
	c := r.dial(with("watcher", watcher.id()))
	id := c.id()
	ctx, cancel := r.soon()
	defer cancel()
	if _, err := r.manage().DeleteConnection(ctx, &apigatewaymanagementapi.DeleteConnectionInput{ConnectionId: &id}); err != nil {
		t.Fatal(err)
	}
	if code, _ := c.closed(); code != websocket.StatusNormalClosure {
		t.Errorf("closed with %d, want 1000", code)
	}
	watcher.object().object("event").ended(t, 1000, "Connection Closed Normally")
}

// $disconnect runs when the socket is gone: a post from it to the connection gets 410.
//
// Source: aws.md 1.6 (developer guide).
func TestPostFromDisconnectIsA410(t *testing.T) {
	r := at(t)
	watcher := r.dial()
	c := r.dial(with("watcher", watcher.id()))
	c.hangUp()
	if got := watcher.object().at("status"); got != float64(http.StatusGone) {
		t.Errorf("the post got %v, want 410", got)
	}
}

// A protocol ping is answered with a pong.
//
// Source: aws.md 1.6 (RFC 6455).
func TestPingIsAnswered(t *testing.T) {
	c := at(t).dial()
	reading := make(chan error, 1)
	go func() {
		_, err := c.read() // which is what receives the pong
		reading <- err
	}()
	ctx, cancel := c.soon()
	defer cancel()
	if err := c.socket.Ping(ctx); err != nil {
		t.Errorf("no pong: %v", err)
	}
	c.send(`{"action":"ping"}`)
	if err := <-reading; err != nil {
		t.Error(err)
	}
}

// A connection without a message for ten minutes is closed, with "Going away".
//
// Source: aws.md 1.1 (WebSocket quotas), 1.6 (1001: emulators agree, AWS documents no code); 5.1.6.
func TestIdleConnectionIsClosedAfterTenMinutes(t *testing.T) {
	r := onClock(t, "30 minutes")
	c := r.dial()
	c.nothing()
	r.pass(9*time.Minute + 30*time.Second)
	c.nothing() // a message from the client starts it anew
	r.pass(9*time.Minute + 30*time.Second)
	c.nothing()
	r.pass(10*time.Minute + margin(r))
	if code, _ := c.closed(); code != websocket.StatusGoingAway {
		t.Errorf("closed with %d, want 1001", code)
	}
}

// A message from the server keeps a connection alive as well.
//
// Source: aws.md 1.6 (hotsock.io, keep-alive).
func TestPostKeepsAConnectionAlive(t *testing.T) {
	r := onClock(t, "19 minutes")
	c := r.dial()
	id := c.id()
	for range 2 {
		r.pass(9*time.Minute + 30*time.Second)
		if err := r.post(id, "alive"); err != nil {
			t.Fatal(err)
		}
		c.expect("alive")
	}
}

// The service sends no ping frames.
//
// Source: aws.md 1.6 (subscriptionless #3).
func TestServiceSendsNoPings(t *testing.T) {
	r := onClock(t, "9 minutes")
	c := r.dial()
	for range 9 {
		r.pass(time.Minute)
	}
	c.nothing() // reads what has come before the answer
	if c.pings != 0 {
		t.Errorf("received %d pings", c.pings)
	}
}

// A protocol ping does not keep a connection alive.
//
// Source: aws.md 1.6 (undocumented and contested: the stand-in takes what is safe to assume); 5.1.6.
func TestPingDoesNotKeepAConnectionAlive(t *testing.T) {
	localOnly(t, "AWS does not document whether a ping counts")
	r := moved(t)
	c := r.dial()
	c.nothing()
	closed := make(chan error, 1)
	go func() {
		_, err := c.read()
		closed <- err
	}()
	for range 2 {
		r.pass(4 * time.Minute)
		ctx, cancel := r.soon()
		defer cancel()
		if err := c.socket.Ping(ctx); err != nil {
			t.Fatal(err)
		}
	}
	r.pass(2 * time.Minute)
	if err := <-closed; websocket.CloseStatus(err) != websocket.StatusGoingAway {
		t.Errorf("got %v, want a close frame with 1001", err)
	}
}

// A connection lasts two hours, however active it is.
//
// Source: aws.md 1.1 (WebSocket quotas), 1.6; 5.1.6.
func TestConnectionLastsTwoHours(t *testing.T) {
	r := onClock(t, "2 hours")
	c := r.dial()
	c.nothing()
	for range 14 {
		r.pass(8 * time.Minute)
		c.nothing()
	}
	r.pass(7*time.Minute + 30*time.Second)
	c.nothing()
	r.pass(30*time.Second + margin(r))
	if code, _ := c.closed(); code != websocket.StatusGoingAway {
		t.Errorf("closed with %d, want 1001", code)
	}
}

// margin is how much later than documented a service that is not on the test's clock may be.
func margin(r *rig) time.Duration {
	if r.clock != nil {
		return 0
	}
	return time.Minute
}
