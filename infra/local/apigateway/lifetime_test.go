package apigateway_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/parley-im/parley/infra/local/apigateway"
)

// watched serves an API that hands over its $connect and $disconnect events and answers every message with "$default".
func watched(t *testing.T, change func(*apigateway.API)) (r *rig, connects, disconnects <-chan []byte) {
	t.Helper()
	connect, connects := records()
	disconnect, disconnects := records()
	a := mocks("$default")
	a.Routes = append(a.Routes, api("$connect", "$disconnect").Routes...)
	if change != nil {
		change(&a)
	}
	return serve(t, a, map[string]handler{"$connect": connect, "$disconnect": disconnect}), connects, disconnects
}

// disconnected checks code and reason of a $disconnect event.
func disconnected(t *testing.T, event []byte, code int, reason string) {
	t.Helper()
	c := at(decode(t, event), "requestContext")
	if at(c, "disconnectStatusCode") != float64(code) || at(c, "disconnectReason") != reason {
		t.Errorf("disconnected with %v %q, want %d %q", at(c, "disconnectStatusCode"), at(c, "disconnectReason"), code, reason)
	}
}

// aws.md 1.6 and 5.1.6.
func TestIdleConnectionIsClosedAfterTenMinutes(t *testing.T) {
	r, _, events := watched(t, nil)
	c := r.dial()
	r.clock.Advance(10*time.Minute - time.Nanosecond)
	c.send("still here")
	if got := c.receive(); got != "$default" {
		t.Fatalf("received %q", got)
	}
	r.clock.Advance(10*time.Minute - time.Nanosecond)
	if len(events) != 0 {
		t.Error("closed although a message came less than ten minutes ago")
	}
	r.clock.Advance(time.Nanosecond)
	if code, reason := c.closed(); code != 1001 || reason != "Going away" {
		t.Errorf("closed with %d %q, want 1001 Going away", code, reason)
	}
	disconnected(t, next(t, events), 1001, "Going away")
}

func TestIdleTimeBeginsWhenTheHandshakeEnds(t *testing.T) {
	invoked, release := make(chan struct{}), make(chan struct{})
	disconnect, events := records()
	r := serve(t, api("$connect", "$disconnect"), map[string]handler{
		"$connect": func(context.Context, []byte) (any, error) {
			close(invoked)
			<-release
			return response{StatusCode: 200}, nil
		},
		"$disconnect": disconnect,
	})
	go func() {
		<-invoked
		r.clock.Advance(20 * time.Second)
		close(release)
	}()
	c := r.dial()
	r.clock.Advance(10*time.Minute - time.Nanosecond)
	if len(events) != 0 {
		t.Error("closed less than ten minutes after the handshake")
	}
	r.clock.Advance(time.Nanosecond)
	if code, _ := c.closed(); code != 1001 {
		t.Errorf("closed with %d, want 1001", code)
	}
}

// aws.md 1.6: a message from the server resets the timer as well.
func TestPostKeepsAConnectionAlive(t *testing.T) {
	r, connects, events := watched(t, nil)
	c := r.dial()
	id := contextOf(t, next(t, connects), "connectionId")
	for range 3 {
		r.clock.Advance(9*time.Minute + 30*time.Second)
		if status := r.post(id, "keep alive").StatusCode; status != http.StatusOK {
			t.Fatalf("POST got %d", status)
		}
		c.receive()
	}
	if len(events) != 0 {
		t.Error("closed although messages were posted")
	}
}

// aws.md 1.6: a protocol ping is answered and does not count, unless the switch says so.
func TestPingIsAnsweredAndDoesNotCountAsActivity(t *testing.T) {
	for _, counts := range []bool{false, true} {
		r, _, events := watched(t, func(a *apigateway.API) { a.PingResetsIdle = counts })
		c := r.dial()
		reading := make(chan error, 1)
		go func() {
			_, err := c.read()
			reading <- err
		}()
		r.clock.Advance(9 * time.Minute)
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := c.socket.Ping(ctx); err != nil {
			t.Errorf("ping was not answered: %v", err)
		}
		r.clock.Advance(time.Minute)
		if counts {
			c.send("alive")
			if err := next(t, reading); err != nil {
				t.Errorf("closed although a ping counts: %v", err)
			}
			continue
		}
		if err := next(t, reading); websocket.CloseStatus(err) != 1001 {
			t.Errorf("got %v, want a close with 1001", err)
		}
		disconnected(t, next(t, events), 1001, "Going away")
	}
}

// aws.md 1.1: two hours, however active.
func TestConnectionLastsTwoHours(t *testing.T) {
	r, _, events := watched(t, nil)
	c := r.dial()
	for elapsed := time.Duration(0); elapsed < 2*time.Hour-8*time.Minute; elapsed += 8 * time.Minute {
		r.clock.Advance(8 * time.Minute)
		c.send("x")
		c.receive()
	}
	r.clock.Advance(8*time.Minute - time.Nanosecond)
	if len(events) != 0 {
		t.Error("closed before two hours")
	}
	r.clock.Advance(time.Nanosecond)
	if code, reason := c.closed(); code != 1001 || reason != "Going away" {
		t.Errorf("closed with %d %q, want 1001 Going away", code, reason)
	}
	disconnected(t, next(t, events), 1001, "Going away")
}

// aws.md 1.4: code and reason are those of the client's close frame. Events recorded from many clients show the text for a frame
// without a code.
func TestDisconnectHasTheCodeAndReasonOfTheClient(t *testing.T) {
	tests := []struct {
		code       websocket.StatusCode
		reason     string
		wantCode   int
		wantReason string
	}{
		{1000, "", 1000, ""},
		{1000, "bye", 1000, "bye"},
		{1001, "", 1001, ""},
		{4001, "token expired", 4001, "token expired"},
		{websocket.StatusNoStatusRcvd, "", 1005, "Client-side close frame status not set"},
	}
	for _, test := range tests {
		r, _, events := watched(t, nil)
		c := r.dial()
		if err := c.socket.Close(test.code, test.reason); err != nil {
			t.Errorf("the close frame was not answered in kind: %v", err)
		}
		disconnected(t, next(t, events), test.wantCode, test.wantReason)
	}
}

func TestClientThatVanishesIsDisconnectedWith1006(t *testing.T) {
	r, _, events := watched(t, nil)
	conn := rawDial(t, r.host())
	conn.Close()
	disconnected(t, next(t, events), 1006, "")

	conn = rawDial(t, r.host())
	conn.(*net.TCPConn).SetLinger(0) // a reset
	conn.Close()
	disconnected(t, next(t, events), 1006, "")
}

// aws.md 1.6: $disconnect runs when the socket is gone already: a POST from it gets 410.
func TestDisconnectRunsAfterTheSocketIsGone(t *testing.T) {
	statuses := make(chan int, 1)
	var r *rig
	r = serve(t, api("$disconnect"), map[string]handler{"$disconnect": func(_ context.Context, event []byte) (any, error) {
		statuses <- r.post(at(decode(t, event), "requestContext", "connectionId").(string), "too late").StatusCode
		return response{StatusCode: 500}, nil // nobody is left to be told
	}})
	r.dial().socket.CloseNow()
	if status := next(t, statuses); status != http.StatusGone {
		t.Errorf("POST from $disconnect got %d, want 410", status)
	}
}

func TestResultForAConnectionThatEndedIsDropped(t *testing.T) {
	invoked, release := make(chan struct{}), make(chan struct{})
	disconnect, events := records()
	a := api("send", "$disconnect")
	a.Routes[0].Response = true
	r := serve(t, a, map[string]handler{"$disconnect": disconnect, "send": func(context.Context, []byte) (any, error) {
		close(invoked)
		<-release
		return response{StatusCode: 200, Body: "late"}, nil
	}})
	c := r.dial()
	c.send(`{"action":"send"}`)
	next(t, invoked)
	c.socket.CloseNow()
	next(t, events)
	close(release)
	if err := r.gateway.Close(context.Background()); err != nil {
		t.Error(err)
	}
	if u := r.gateway.Usage(); u.Outbound["send"].Messages != 0 || u.Dropped != 0 {
		t.Errorf("the late result was counted: %+v", u)
	}
}

func TestCloseEndsEveryConnectionAndWaitsForDisconnect(t *testing.T) {
	r, _, events := watched(t, nil)
	clients := []*client{r.dial(), r.dial(), r.dial()}
	closed := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		closed <- r.gateway.Close(ctx)
	}()
	for _, c := range clients {
		if code, reason := c.closed(); code != 1001 || reason != "Going away" {
			t.Errorf("closed with %d %q, want 1001 Going away", code, reason)
		}
	}
	if err := next(t, closed); err != nil {
		t.Error(err)
	}
	if len(events) != len(clients) {
		t.Errorf("%d $disconnect events before Close returned, want %d", len(events), len(clients))
	}
	for range clients {
		disconnected(t, next(t, events), 1001, "Going away")
	}
}

func TestCloseGivesUpWithItsContext(t *testing.T) {
	invoked, stopped := make(chan struct{}), make(chan struct{})
	r := serve(t, api("send"), map[string]handler{"send": func(ctx context.Context, _ []byte) (any, error) {
		close(invoked)
		<-ctx.Done()
		close(stopped)
		return nil, ctx.Err()
	}})
	conn := rawDial(t, r.host()) // does not answer the close frame
	if _, err := conn.Write(append([]byte{0x81, 0x80 | 17, 0, 0, 0, 0}, `{"action":"send"}`...)); err != nil {
		t.Fatal(err)
	}
	next(t, invoked)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := r.gateway.Close(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	next(t, stopped)
	conn.SetReadDeadline(time.Now().Add(time.Second)) // the closing handshake would take five
	if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("the socket was not dropped")
	}
}
