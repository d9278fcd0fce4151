package apigateway_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

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
