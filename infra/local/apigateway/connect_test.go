package apigateway_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/parley-im/parley/infra/local/apigateway"
)

// aws.md 1.2, first row.
func TestPlainRequestIsToldToUpgrade(t *testing.T) {
	r := serve(t, api(), nil)
	resp, err := http.Get(r.server.URL + "/local")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusUpgradeRequired || resp.Header.Get("Upgrade") != "websocket" {
		t.Errorf("got %d with Upgrade %q, want 426 with websocket", resp.StatusCode, resp.Header.Get("Upgrade"))
	}
}

// aws.md 1.2, last row; 1.1 for the length of a URL.
func TestRequestForAnythingButTheStageIsRefused(t *testing.T) {
	r := serve(t, api(), nil)
	tests := []struct {
		path   string
		status int
		body   string
	}{
		{"/", 403, `{"message":"Forbidden"}`},
		{"/prod", 403, `{"message":"Forbidden"}`},
		{"/local/", 403, `{"message":"Forbidden"}`},
		{"/local/other", 403, `{"message":"Forbidden"}`},
		{"/local?q=" + strings.Repeat("x", 4096), 414, `{"message":"Request URI Too Long"}`},
	}
	for _, test := range tests {
		if status, body := r.refused(withPath(test.path)); status != test.status || body != test.body {
			t.Errorf("%.20s: got %d %s, want %d %s", test.path, status, body, test.status, test.body)
		}
	}
}

func TestMalformedHandshakeDoesNotReachConnect(t *testing.T) {
	connect, events := records()
	r := serve(t, api("$connect"), map[string]handler{"$connect": connect})
	headers := map[string]string{"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
	for name, value := range map[string]string{"Sec-WebSocket-Version": "8", "Sec-WebSocket-Key": "short"} {
		req, err := http.NewRequest(http.MethodGet, r.server.URL+"/local", nil)
		if err != nil {
			t.Fatal(err)
		}
		for k, v := range headers {
			req.Header.Set(k, v)
		}
		req.Header.Set(name, value)
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusBadRequest {
			t.Errorf("%s %q: got %d, want 400", name, value, resp.StatusCode)
		}
	}
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	if len(events) != 0 {
		t.Error("$connect was invoked")
	}
}

// aws.md 1.2: the route is optional.
func TestConnectRouteIsOptional(t *testing.T) {
	a := api("echo")
	a.Routes[0].Response = true
	r := serve(t, a, map[string]handler{"echo": ok("hello")})
	c := r.dial()
	c.send(`{"action":"echo"}`)
	if got := c.receive(); got != "hello" {
		t.Errorf("received %q", got)
	}
}

// aws.md 1.2: the status of a refusing $connect is the status of the handshake; what throws or is malformed is a 502.
func TestConnectRouteDecidesAboutTheHandshake(t *testing.T) {
	tests := []struct {
		name    string
		connect handler
		status  int // 101: accepted
	}{
		{"200", returns(response{StatusCode: 200}), 101},
		{"204", returns(response{StatusCode: 204}), 101},
		{"status in a string", returns(raw(`{"statusCode":"200"}`)), 101},
		{"302", returns(response{StatusCode: 302}), 302},
		{"400", returns(response{StatusCode: 400}), 400},
		{"401", returns(response{StatusCode: 401}), 401},
		{"418", returns(response{StatusCode: 418}), 418},
		{"500", returns(response{StatusCode: 500}), 500},
		{"throws", fails("no"), 502},
		{"cannot be invoked", func(context.Context, []byte) (any, error) { return nil, errUnavailable }, 502},
		{"null", returns(nil), 502},
		{"nothing", returns(raw("")), 502},
		{"no statusCode", returns(raw(`{"body":"x"}`)), 502},
		{"statusCode out of range", returns(raw(`{"statusCode":1}`)), 502},
		{"statusCode of an interim response", returns(response{StatusCode: 101}), 502},
		{"statusCode of words", returns(raw(`{"statusCode":"OK"}`)), 502},
		{"body that is no string", returns(raw(`{"statusCode":200,"body":{}}`)), 502},
		{"unknown field (middyjs/middy #1219)", returns(raw(`{"statusCode":200,"data":"x"}`)), 502},
		{"a string", returns(raw(`"ok"`)), 502},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := serve(t, api("$connect"), map[string]handler{"$connect": test.connect})
			_, resp, err := r.try()
			if resp == nil || resp.StatusCode != test.status {
				t.Fatalf("got %v, %v; want status %d", resp, err, test.status)
			}
			if connects := r.gateway.Usage().Connects; (connects == 1) != (test.status == 101) {
				t.Errorf("%d connections after status %d", connects, test.status)
			}
		})
	}
}

func TestConnectRouteThatTakesTooLongIsA502(t *testing.T) {
	invoked, release := make(chan struct{}), make(chan struct{})
	r := serve(t, api("$connect"), map[string]handler{"$connect": func(context.Context, []byte) (any, error) {
		close(invoked)
		<-release
		return response{StatusCode: 200}, nil
	}})
	defer close(release)
	go func() {
		<-invoked
		r.clock.Advance(29 * time.Second)
	}()
	if status, _ := r.refused(); status != http.StatusBadGateway {
		t.Errorf("got %d, want 502", status)
	}
}

// aws.md 1.2 and 5.1.1: the upgrade is pending until $connect returns, and the connection is 410 meanwhile (1.7).
func TestHandshakeWaitsForConnect(t *testing.T) {
	ids, release := make(chan string), make(chan struct{})
	r := serve(t, api("$connect"), map[string]handler{"$connect": func(_ context.Context, event []byte) (any, error) {
		ids <- at(decode(t, event), "requestContext", "connectionId").(string)
		<-release
		return response{StatusCode: 200}, nil
	}})
	answered := make(chan *http.Response)
	go func() {
		_, resp, _ := r.try()
		answered <- resp
	}()
	id := next(t, ids)
	if status := r.post(id, "too early").StatusCode; status != http.StatusGone {
		t.Errorf("POST during $connect got %d, want 410", status)
	}
	select {
	case resp := <-answered:
		t.Errorf("the handshake was answered with %d before $connect returned", resp.StatusCode)
	default:
	}
	close(release)
	if resp := next(t, answered); resp.StatusCode != http.StatusSwitchingProtocols {
		t.Errorf("got %d, want 101", resp.StatusCode)
	}
	if status := r.post(id, "now").StatusCode; status != http.StatusOK {
		t.Errorf("POST after $connect got %d, want 200", status)
	}
}

// aws.md 1.2: Sec-WebSocket-Protocol is echoed only if the function returns it, in either kind of headers.
func TestSubprotocolIsThatOfTheFunction(t *testing.T) {
	tests := []struct {
		name    string
		connect response
		want    string
	}{
		{"not returned", response{StatusCode: 200}, ""},
		{"headers", response{StatusCode: 200, Headers: map[string]string{"Sec-WebSocket-Protocol": "parley.v1"}}, "parley.v1"},
		{"lower case", response{StatusCode: 200, Headers: map[string]string{"sec-websocket-protocol": "parley.v1"}}, "parley.v1"},
		{"multiValueHeaders", response{StatusCode: 200, MultiValueHeaders: map[string][]string{"Sec-WebSocket-Protocol": {"parley.v1"}}}, "parley.v1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := serve(t, api("$connect"), map[string]handler{"$connect": returns(test.connect)})
			c := r.dial(withProtocols("parley.v1", "bearer.token"))
			if got := c.socket.Subprotocol(); got != test.want {
				t.Errorf("subprotocol %q, want %q", got, test.want)
			}
		})
	}
}

// aws.md 1.2: permessage-deflate is negotiated.
func TestDeflateIsNegotiated(t *testing.T) {
	for _, disabled := range []bool{false, true} {
		a := api()
		a.Routes = []apigateway.Route{{Key: "ping", Mock: &apigateway.Mock{Body: strings.Repeat("pong ", 1000)}, Response: true}}
		a.DisableCompression = disabled
		r := serve(t, a, nil)
		c, resp, err := r.try(withDeflate(websocket.CompressionContextTakeover))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.HasPrefix(resp.Header.Get("Sec-WebSocket-Extensions"), "permessage-deflate"); got == disabled {
			t.Errorf("disabled: %v, extensions: %q", disabled, resp.Header.Get("Sec-WebSocket-Extensions"))
		}
		c.send(`{"action":"ping","padding":"` + strings.Repeat("x", 1000) + `"}`)
		if got := c.receive(); got != strings.Repeat("pong ", 1000) {
			t.Errorf("disabled: %v, received %d bytes", disabled, len(got))
		}
	}
}

// aws.md 1.5: a route response works on $connect too: it is the first frame.
func TestRouteResponseOfConnectIsTheFirstFrame(t *testing.T) {
	for _, on := range []bool{true, false} {
		a := api("$connect")
		a.Routes[0].Response = on
		a.Routes = append(a.Routes, apigateway.Route{Key: "$default", Mock: &apigateway.Mock{Body: "pong"}, Response: true})
		r := serve(t, a, map[string]handler{"$connect": ok("welcome")})
		c := r.dial()
		c.send("ping")
		want := "pong"
		if on {
			want = "welcome"
		}
		if got := c.receive(); got != want {
			t.Errorf("route response %v: first frame %q, want %q", on, got, want)
		}
	}
}

func TestRefusalOfConnectCarriesTheBodyOfARouteResponse(t *testing.T) {
	for _, on := range []bool{true, false} {
		a := api("$connect")
		a.Routes[0].Response = on
		r := serve(t, a, map[string]handler{"$connect": returns(response{StatusCode: 403, Body: "not you"})})
		if _, body := r.refused(); (body == "not you") != on {
			t.Errorf("route response %v: body %q", on, body)
		}
	}
}

// aws.md 1.1 and 5.1.8: 500 new connections per second.
func TestConnectsAreThrottled(t *testing.T) {
	a := api()
	a.Limits.ConnectsPerSecond = 2
	r := serve(t, a, nil)
	r.dial()
	r.dial()
	if status, body := r.refused(); status != http.StatusTooManyRequests || body != `{"message":"Too Many Requests"}` {
		t.Errorf("third connection within a second got %d %s", status, body)
	}
	r.clock.Advance(500 * time.Millisecond)
	r.dial()
	if status, _ := r.refused(); status != http.StatusTooManyRequests {
		t.Errorf("half a second later a second connection got %d", status)
	}
	if got := r.gateway.Usage().Throttled; got != 2 {
		t.Errorf("%d throttled, want 2", got)
	}
}

func TestClosedGatewayRefuses(t *testing.T) {
	r := serve(t, api(), nil)
	if err := r.gateway.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if status, _ := r.refused(); status != http.StatusServiceUnavailable {
		t.Errorf("got %d, want 503", status)
	}
	if status := r.post("R1kmxc2VNjMCFIA=", "x").StatusCode; status != http.StatusGone {
		t.Errorf("POST got %d, want 410", status)
	}
}

func TestClientThatLeavesDuringConnectIsDisconnected(t *testing.T) {
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
	ctx, cancel := context.WithCancel(context.Background())
	failed := make(chan error)
	go func() {
		_, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(r.server.URL, "http")+"/local", nil)
		failed <- err
	}()
	next(t, invoked)
	cancel()
	if err := next(t, failed); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	close(release)
	if got := at(decode(t, next(t, events)), "requestContext", "disconnectStatusCode"); got != 1006.0 {
		t.Errorf("disconnected with %v, want 1006", got)
	}
}

func TestConnectionThatOpensWhileTheGatewayClosesIsRefused(t *testing.T) {
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
	answered := make(chan *http.Response)
	go func() {
		_, resp, _ := r.try()
		answered <- resp
	}()
	next(t, invoked)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := r.gateway.Close(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Close did not wait for the handshake: %v", err)
	}
	close(release)
	if resp := next(t, answered); resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("got %d, want 503", resp.StatusCode)
	}
	disconnected(t, next(t, events), 1001, "Going away")
}

// What $connect has let in gets its $disconnect even if the 101 cannot be sent.
func TestHandshakeThatCannotBeCompletedIsDisconnected(t *testing.T) {
	r, connects, disconnects := watched(t, nil)
	req := httptest.NewRequest(http.MethodGet, "/local", nil)
	for name, value := range map[string]string{
		"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
	} {
		req.Header.Set(name, value)
	}
	r.gateway.ServeHTTP(httptest.NewRecorder(), req) // which cannot be hijacked
	id := contextOf(t, next(t, connects), "connectionId")
	disconnected(t, next(t, disconnects), 1006, "")
	if status := r.post(id, "x").StatusCode; status != http.StatusGone {
		t.Errorf("POST got %d, want 410", status)
	}
}
