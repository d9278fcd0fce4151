package apigateway_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/parley-im/parley/infra/local/apigateway"
)

// mocks returns an API whose routes answer with their own key.
func mocks(keys ...string) apigateway.API {
	a := api()
	for _, key := range keys {
		a.Routes = append(a.Routes, apigateway.Route{Key: key, Mock: &apigateway.Mock{Body: key}, Response: true})
	}
	return a
}

// errorFrame checks the fields of an error frame and returns its message.
func errorFrame(t *testing.T, frame string) string {
	t.Helper()
	f := decode(t, []byte(frame))
	for _, name := range []string{"connectionId", "requestId"} {
		if id, _ := f[name].(string); len(id) != 16 {
			t.Errorf("%s is %q in %s", name, id, frame)
		}
	}
	if len(f) != 3 {
		t.Errorf("error frame %s, want message, connectionId and requestId", frame)
	}
	message, _ := f["message"].(string)
	return message
}

// aws.md 1.3: which route a message takes. The expression itself is tested in selection_test.go.
func TestMessageTakesTheRouteOfItsKey(t *testing.T) {
	r := serve(t, mocks("$connect", "$disconnect", "$default", "send", "send message"), nil)
	c := r.dial()
	c.receive() // the route response of $connect
	for message, want := range map[string]string{
		`{"action":"send"}`:         "send",
		`{"action":"send message"}`: "send message",
		`{"action":"Send"}`:         "$default",
		`{"action":"unknown"}`:      "$default",
		`{"action":""}`:             "$default",
		`{}`:                        "$default",
		`"send"`:                    "$default",
		`send`:                      "$default",
		``:                          "$default",
		`{"action":"$connect"}`:     "$default",
		`{"action":"$disconnect"}`:  "$default",
		`{"action":"$default"}`:     "$default",
	} {
		c.send(message)
		if got := c.receive(); got != want {
			t.Errorf("%s took route %s, want %s", message, got, want)
		}
	}
}

func TestComposedKeySelectsARoute(t *testing.T) {
	a := mocks("chat/send")
	a.RouteSelectionExpression = "${request.body.service}/${request.body.action}"
	r := serve(t, a, nil)
	c := r.dial()
	c.send(`{"service":"chat","action":"send"}`)
	if got := c.receive(); got != "chat/send" {
		t.Errorf("took route %s", got)
	}
}

// aws.md 1.4: a message that falls back has $default as its route key, not what it asked for.
func TestRouteKeyOfAFallbackIsDefault(t *testing.T) {
	_, _, sent, _ := lifetime(t, api("$connect", "$disconnect", "$default"), `{"action":"unknown"}`)
	if got := contextOf(t, sent, "routeKey"); got != "$default" {
		t.Errorf("routeKey %q", got)
	}
}

// aws.md 1.5: no route and no $default.
func TestMessageWithoutARouteIsForbidden(t *testing.T) {
	r := serve(t, mocks("send"), nil)
	c := r.dial()
	for _, message := range []string{`{"action":"unknown"}`, `{"action":"$connect"}`, `text`} {
		c.send(message)
		if got := errorFrame(t, c.receive()); got != "Forbidden" {
			t.Errorf("%s: got message %q", message, got)
		}
	}
}

// aws.md 1.5: a body is dropped without a route response; an error frame is not.
func TestBodyIsSentOnlyByARouteWithARouteResponse(t *testing.T) {
	done := make(chan struct{}, 2)
	function := func(body string) handler {
		return func(context.Context, []byte) (any, error) {
			done <- struct{}{}
			return response{StatusCode: 200, Body: body}, nil
		}
	}
	a := api("oneway", "twoway", "empty")
	a.Routes[1].Response, a.Routes[2].Response = true, true
	r := serve(t, a, map[string]handler{"oneway": function("dropped"), "twoway": function("sent"), "empty": function("")})
	c := r.dial()
	for _, route := range []string{"oneway", "empty"} {
		c.send(`{"action":"` + route + `"}`)
		next(t, done)
	}
	c.send(`{"action":"twoway"}`)
	if got := c.receive(); got != "sent" {
		t.Errorf("received %q first, want the body of the route with a route response", got)
	}
	c.send(`{"action":"none"}`)
	if got := errorFrame(t, c.receive()); got != "Forbidden" {
		t.Errorf("received %q next, want nothing of the other routes", got)
	}
}

// aws.md 1.5: the error frame of an integration that fails comes with or without a route response.
func TestFailedIntegrationIsAnErrorFrame(t *testing.T) {
	tests := map[string]handler{
		"throws":               fails("no"),
		"cannot be invoked":    func(context.Context, []byte) (any, error) { return nil, errUnavailable },
		"400":                  returns(response{StatusCode: 400, Body: "body"}),
		"500":                  returns(response{StatusCode: 500, Body: "body"}),
		"null":                 returns(nil),
		"no statusCode":        returns(raw(`{"body":"x"}`)),
		"not JSON":             returns(raw(`x`)),
		"unknown field":        returns(raw(`{"statusCode":200,"Body":"x"}`)),
		"body that is no text": returns(raw(`{"statusCode":200,"body":1}`)),
	}
	for name, function := range tests {
		for _, on := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, route response %v", name, on), func(t *testing.T) {
				a := api("send")
				a.Routes[0].Response = on
				r := serve(t, a, map[string]handler{"send": function})
				c := r.dial()
				c.send(`{"action":"send"}`)
				if got := errorFrame(t, c.receive()); got != "Internal server error" {
					t.Errorf("got message %q", got)
				}
			})
		}
	}
}

// middyjs/middy #1219 quotes the frame as it was received.
func TestErrorFrameIsSpacedAsTheServiceDoes(t *testing.T) {
	r := serve(t, api(), nil)
	c := r.dial()
	c.send("x")
	frame := c.receive()
	f := decode(t, []byte(frame))
	if want := fmt.Sprintf(`{"message": "Forbidden", "connectionId":"%s", "requestId":"%s"}`, f["connectionId"], f["requestId"]); frame != want {
		t.Errorf("got %s, want %s", frame, want)
	}
}

// aws.md 1.1 and 5.1.4: an integration that takes longer than its timeout, 29 s at most, is an error frame. The function is
// not stopped and its late result is dropped.
func TestIntegrationTimeoutIsAnErrorFrame(t *testing.T) {
	for configured, want := range map[time.Duration]time.Duration{0: 29 * time.Second, 2 * time.Second: 2 * time.Second} {
		invoked, release, returned := make(chan struct{}), make(chan struct{}), make(chan error, 1)
		a := api("slow")
		a.Routes[0].Timeout = configured
		a.Routes[0].Response = true
		a.Routes = append(a.Routes, mocks("ping").Routes...)
		r := serve(t, a, map[string]handler{"slow": func(ctx context.Context, _ []byte) (any, error) {
			close(invoked)
			<-release
			returned <- ctx.Err()
			return response{StatusCode: 200, Body: "late"}, nil
		}})
		c := r.dial()
		c.send(`{"action":"slow"}`)
		next(t, invoked)
		r.clock.Advance(want - time.Nanosecond)
		c.send(`{"action":"ping"}`)
		if got := c.receive(); got != "ping" {
			t.Errorf("timeout %v: got %s too early", configured, got)
		}
		r.clock.Advance(time.Nanosecond)
		if got := errorFrame(t, c.receive()); got != "Internal server error" {
			t.Errorf("timeout %v: got message %q", configured, got)
		}
		close(release)
		if err := next(t, returned); err != nil {
			t.Errorf("timeout %v: the function was stopped: %v", configured, err)
		}
		c.send(`{"action":"ping"}`)
		if got := c.receive(); got != "ping" {
			t.Errorf("timeout %v: received %q after the timeout", configured, got)
		}
	}
}

// aws.md 1.5 and 5.1.5: two messages of one connection run at the same time, and are answered as they finish.
func TestMessagesOfOneConnectionRunConcurrently(t *testing.T) {
	bodies, release := make(chan string), map[string]chan struct{}{"1": make(chan struct{}), "2": make(chan struct{})}
	a := api("$default")
	a.Routes[0].Response = true
	r := serve(t, a, map[string]handler{"$default": func(_ context.Context, event []byte) (any, error) {
		body := at(decode(t, event), "body").(string)
		bodies <- body
		<-release[body]
		return response{StatusCode: 200, Body: body}, nil
	}})
	c := r.dial()
	c.send("1")
	c.send("2")
	running := []string{next(t, bodies), next(t, bodies)}
	slices.Sort(running)
	if !slices.Equal(running, []string{"1", "2"}) {
		t.Errorf("running: %v", running)
	}
	close(release["2"])
	first := c.receive()
	close(release["1"])
	if second := c.receive(); first != "2" || second != "1" {
		t.Errorf("received %s, then %s; want the order in which they finished", first, second)
	}
}

// aws.md 5.1.5: the adversarial mode. Forty messages stay in order by chance once in 40! runs.
func TestReorderMakesMessagesOvertakeEachOther(t *testing.T) {
	a := mocks("$default")
	a.Routes = append(a.Routes, api("echo").Routes...)
	a.Routes[1].Response = true
	r := serve(t, a, map[string]handler{"echo": func(_ context.Context, event []byte) (any, error) {
		return response{StatusCode: 200, Body: at(decode(t, event), "body").(string)}, nil
	}}, func(o *apigateway.Options) { o.Clock, o.Reorder = nil, 20*time.Millisecond })
	c := r.dial()
	var sent, received []string
	for i := range 40 {
		message := fmt.Sprintf(`{"action":"echo","n":"%02d"}`, i)
		c.send(message)
		sent = append(sent, message)
	}
	for range sent {
		received = append(received, c.receive())
	}
	if slices.Equal(sent, received) {
		t.Error("the answers came in the order of the messages")
	}
	slices.Sort(received)
	if !slices.Equal(sent, received) {
		t.Errorf("received %v", received)
	}
}

// aws.md 1.3, last line.
func TestMessageThatItsModelRefusesIsABadRequest(t *testing.T) {
	a := mocks("send")
	a.Routes[0].Valid = func(body string) bool { return strings.Contains(body, "text") }
	r := serve(t, a, nil)
	c := r.dial()
	c.send(`{"action":"send"}`)
	frame := decode(t, []byte(c.receive()))
	id, _ := frame["connectionId"].(string)
	messageID, _ := frame["messageId"].(string)
	if frame["message"] != "Bad request body" || len(frame) != 3 || len(id) != 16 || len(messageID) != 16 || id[10:] != messageID[10:] {
		t.Errorf("got %v", frame)
	}
	c.send(`{"action":"send","text":"x"}`)
	if got := c.receive(); got != "send" {
		t.Errorf("valid message got %q", got)
	}
}

// aws.md 1.1 and 5.1.8: messages spend the bucket that posts spend too.
func TestMessagesAndPostsShareOneThrottle(t *testing.T) {
	a := mocks("$default")
	a.Limits.RequestsPerSecond, a.Limits.RequestBurst = 1, 2
	connect, connects := records()
	a.Routes = append(a.Routes, api("$connect").Routes...)
	r := serve(t, a, map[string]handler{"$connect": connect})
	c := r.dial()
	id := contextOf(t, next(t, connects), "connectionId")
	c.send("1")
	if got := c.receive(); got != "$default" {
		t.Errorf("first request got %q", got)
	}
	if resp := r.post(id, "2"); resp.StatusCode != 200 || c.receive() != "2" {
		t.Errorf("second request got %d", resp.StatusCode)
	}
	c.send("3")
	if got := errorFrame(t, c.receive()); got != "Too Many Requests" {
		t.Errorf("third request got message %q", got)
	}
	resp := r.post(id, "4")
	if resp.StatusCode != 429 || resp.Header.Get("X-Amzn-ErrorType") != "LimitExceededException" {
		t.Errorf("fourth request got %d %s", resp.StatusCode, resp.Header.Get("X-Amzn-ErrorType"))
	}
	r.clock.Advance(time.Second)
	c.send("5")
	if got := c.receive(); got != "$default" {
		t.Errorf("a second later a request got %q", got)
	}
	if got := r.gateway.Usage().Throttled; got != 2 {
		t.Errorf("%d throttled, want 2", got)
	}
}

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
