package apigateway_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/parley-im/parley/infra/local/apigateway"
	"github.com/parley-im/parley/infra/local/clock"
)

// patience bounds every wait for something that must happen.
const patience = 10 * time.Second

// start is what the clock of every test shows at first: the time of the events recorded in aws-lambda-go.
var start = time.Date(2024, 1, 20, 11, 55, 8, 326e6, time.UTC)

// handler is a Lambda function. What it returns is encoded as JSON unless it is raw; an error becomes a function error
// with its text as message.
type handler func(ctx context.Context, event []byte) (any, error)

// raw is a result that is JSON already, or is meant to be malformed.
type raw string

// errUnavailable makes an invocation fail as such.
var errUnavailable = errors.New("function is throttled")

// rig is a gateway behind a real listener.
type rig struct {
	t       *testing.T
	gateway *apigateway.Gateway
	clock   *clock.Fake
	server  *httptest.Server
}

// api returns an API with one Lambda route for each key, whose function is named like the key.
func api(keys ...string) apigateway.API {
	a := apigateway.API{ID: "a1b2c3d4e5", Stage: "local", Region: "eu-west-1", Account: "123456789012"}
	for _, key := range keys {
		a.Routes = append(a.Routes, apigateway.Route{Key: key, Function: key})
	}
	return a
}

// serve starts a gateway, which is closed when the test ends.
func serve(t *testing.T, a apigateway.API, functions map[string]handler, options ...func(*apigateway.Options)) *rig {
	t.Helper()
	r := &rig{t: t, clock: clock.NewFake(start)}
	o := apigateway.Options{Clock: r.clock}
	for _, option := range options {
		option(&o)
	}
	invoke := func(ctx context.Context, function string, payload []byte) (apigateway.Result, error) {
		h, ok := functions[function]
		if !ok {
			return apigateway.Result{}, errors.New("no such function")
		}
		return h.invoke(ctx, payload)
	}
	var err error
	if r.gateway, err = apigateway.New(a, invoke, o); err != nil {
		t.Fatal(err)
	}
	r.server = httptest.NewServer(r.gateway)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := r.gateway.Close(ctx); err != nil {
			t.Error(err)
		}
		r.server.Close()
	})
	return r
}

func (h handler) invoke(ctx context.Context, payload []byte) (apigateway.Result, error) {
	v, err := h(ctx, payload)
	if errors.Is(err, errUnavailable) {
		return apigateway.Result{}, err
	}
	if err != nil {
		body, _ := json.Marshal(map[string]string{"errorMessage": err.Error(), "errorType": "Error"})
		return apigateway.Result{Payload: body, FunctionError: "Unhandled"}, nil
	}
	if s, ok := v.(raw); ok {
		return apigateway.Result{Payload: []byte(s)}, nil
	}
	body, err := json.Marshal(v)
	return apigateway.Result{Payload: body}, err
}

// ok is a function that returns status 200 and a body.
func ok(body string) handler { return returns(response{StatusCode: 200, Body: body}) }

func returns(v any) handler {
	return func(context.Context, []byte) (any, error) { return v, nil }
}

func fails(message string) handler {
	return func(context.Context, []byte) (any, error) { return nil, errors.New(message) }
}

// records returns a function that hands each event over before it returns 200.
func records() (handler, <-chan []byte) {
	events := make(chan []byte, 100)
	return func(_ context.Context, event []byte) (any, error) {
		events <- event
		return response{StatusCode: 200}, nil
	}, events
}

// response is a proxy response.
type response struct {
	StatusCode        int                 `json:"statusCode"`
	Headers           map[string]string   `json:"headers,omitempty"`
	MultiValueHeaders map[string][]string `json:"multiValueHeaders,omitempty"`
	Body              string              `json:"body,omitempty"`
}

// dialing changes a handshake before it is made.
type dialing func(path *string, o *websocket.DialOptions)

func withPath(p string) dialing {
	return func(path *string, _ *websocket.DialOptions) { *path = p }
}

func withHeader(name, value string) dialing {
	return func(_ *string, o *websocket.DialOptions) { o.HTTPHeader.Set(name, value) }
}

func withProtocols(protocols ...string) dialing {
	return func(_ *string, o *websocket.DialOptions) { o.Subprotocols = protocols }
}

func withDeflate(mode websocket.CompressionMode) dialing {
	return func(_ *string, o *websocket.DialOptions) { o.CompressionMode = mode }
}

// try makes a handshake; the response has its body read.
func (r *rig) try(changes ...dialing) (*client, *http.Response, error) {
	r.t.Helper()
	path := "/local"
	o := &websocket.DialOptions{HTTPHeader: http.Header{}}
	for _, change := range changes {
		change(&path, o)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	socket, resp, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(r.server.URL, "http")+path, o)
	if err != nil {
		return nil, resp, err
	}
	socket.SetReadLimit(-1)
	c := &client{t: r.t, socket: socket}
	r.t.Cleanup(func() { socket.CloseNow() })
	return c, resp, nil
}

// dial makes a handshake that must succeed.
func (r *rig) dial(changes ...dialing) *client {
	r.t.Helper()
	c, resp, err := r.try(changes...)
	if err != nil {
		r.t.Fatalf("dial: %v (%v)", err, resp)
	}
	return c
}

// refused makes a handshake that must be refused, and returns status and body.
func (r *rig) refused(changes ...dialing) (int, string) {
	r.t.Helper()
	_, resp, err := r.try(changes...)
	if err == nil || resp == nil {
		r.t.Fatalf("handshake was not refused: %v, %v", resp, err)
	}
	body, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body)
}

// client is one end of a socket.
type client struct {
	t      *testing.T
	socket *websocket.Conn
}

func (c *client) send(message string) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := c.socket.Write(ctx, websocket.MessageText, []byte(message)); err != nil {
		c.t.Fatalf("send: %v", err)
	}
}

func (c *client) read() (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	kind, message, err := c.socket.Read(ctx)
	if err == nil && kind != websocket.MessageText {
		c.t.Errorf("got a frame of type %v, want text", kind)
	}
	return string(message), err
}

// receive returns the next message.
func (c *client) receive() string {
	c.t.Helper()
	message, err := c.read()
	if err != nil {
		c.t.Fatalf("receive: %v", err)
	}
	return message
}

// closed waits for the close frame and returns its code and reason.
func (c *client) closed() (websocket.StatusCode, string) {
	c.t.Helper()
	message, err := c.read()
	var closed websocket.CloseError
	if !errors.As(err, &closed) {
		c.t.Fatalf("got %q, %v; want a close frame", message, err)
	}
	return closed.Code, closed.Reason
}

// next waits for a value.
func next[T any](t *testing.T, values <-chan T) T {
	t.Helper()
	select {
	case v := <-values:
		return v
	case <-time.After(patience):
		t.Fatal("waited too long")
		panic("unreachable")
	}
}

// decode parses JSON.
func decode(t *testing.T, data []byte) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatalf("%v in %s", err, data)
	}
	return v
}

// at returns the value at a path of keys.
func at(v any, path ...string) any {
	for _, key := range path {
		m, _ := v.(map[string]any)
		v = m[key]
	}
	return v
}

// rawDial makes a handshake on a bare TCP connection, for a client that does not keep the rules or costs next to nothing.
func rawDial(t testing.TB, address string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	fmt.Fprintf(conn, "GET /local HTTP/1.1\r\nHost: local\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
	var head []byte
	for one := make([]byte, 1); !bytes.HasSuffix(head, []byte("\r\n\r\n")); head = append(head, one...) {
		if _, err := conn.Read(one); err != nil {
			t.Fatal(err)
		}
	}
	return conn
}

// post sends a message without a signature.
func (r *rig) post(id, message string) *http.Response {
	r.t.Helper()
	return r.call(http.MethodPost, "/local/@connections/"+strings.ReplaceAll(id, "=", "%3D"), message)
}

// call makes a request without a signature; the response has its body read.
func (r *rig) call(method, path, body string) *http.Response {
	r.t.Helper()
	req, err := http.NewRequest(method, r.server.URL+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	resp, err := r.server.Client().Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	resp.Body = io.NopCloser(strings.NewReader(string(text)))
	return resp
}
