package fidelity_test

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi"
	"github.com/coder/websocket"

	"github.com/parley-im/parley/infra/local/clock"
)

// target is where the APIs are, local or remote.
type target struct {
	url, bare   string // wss://…/fidelity
	region      string
	credentials aws.CredentialsProvider

	actor string      // the compiled actor; empty: remote
	clock *clock.Fake // that the APIs go by; nil: time passes by itself
}

func (t target) local() bool { return t.actor != "" }

// callback is the address of @connections behind that of an API.
func callback(url string) string { return "http" + strings.TrimPrefix(url, "ws") }

// patience bounds every wait for something that must happen.
func (t target) patience() time.Duration {
	if t.local() {
		return 20 * time.Second
	}
	return time.Minute
}

// rig is how a test speaks to the APIs.
type rig struct {
	*testing.T
	target
}

// at is for tests that run anywhere.
func at(t *testing.T) *rig {
	t.Helper()
	return &rig{t, shared}
}

// withTool is for tests of clients that nobody here wrote. Most of their time is the start of a process, so they run at the same
// time, and not with -short.
func withTool(t *testing.T) *rig {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a process of somebody else's, which takes seconds: not with -short")
	}
	t.Parallel()
	return at(t)
}

// onClock is for tests that take longer than anybody waits: against the stand-in they move its clock, against AWS they are
// skipped unless FIDELITY_SLOW is set, and then take that long, all at once.
func onClock(t *testing.T, takes string) *rig {
	t.Helper()
	if !shared.local() {
		if os.Getenv("FIDELITY_SLOW") == "" {
			t.Skipf("takes %s against AWS: set FIDELITY_SLOW=1 to wait for it, with -timeout 3h -parallel 8", takes)
		}
		t.Parallel()
		return &rig{t, shared}
	}
	return moved(t)
}

// moved serves APIs of the test's own, whose clock stands still until the test moves it.
func moved(t *testing.T) *rig {
	t.Helper()
	l, err := start(shared.actor, clock.NewFake(time.Now()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.close(); err != nil {
			t.Error(err)
		}
	})
	return &rig{t, l.target}
}

// localOnly skips a test against AWS and says why.
func localOnly(t *testing.T, because string) {
	t.Helper()
	if !shared.local() {
		t.Skip("only against the stand-in: " + because)
	}
}

// pass lets time go by.
func (r *rig) pass(d time.Duration) {
	r.Helper()
	if r.clock != nil {
		r.clock.Advance(d)
		return
	}
	select {
	case <-time.After(d):
	case <-r.Context().Done():
	}
}

func (r *rig) soon() (context.Context, context.CancelFunc) {
	return context.WithTimeout(r.Context(), r.patience())
}

// dialing is a handshake before it is made.
type dialing struct {
	url     string
	query   url.Values
	options websocket.DialOptions
}

// with adds a query parameter, such as what the actor is to do in $connect ("connect") or as authorizer ("authorize").
func with(name, value string) func(*dialing) {
	return func(d *dialing) { d.query.Set(name, value) }
}

// without leaves out a query parameter that every handshake has.
func without(name string) func(*dialing) {
	return func(d *dialing) { d.query.Del(name) }
}

func offering(protocols ...string) func(*dialing) {
	return func(d *dialing) { d.options.Subprotocols = protocols }
}

func header(name, value string) func(*dialing) {
	return func(d *dialing) { d.options.HTTPHeader.Set(name, value) }
}

// to dials another address.
func to(address string) func(*dialing) {
	return func(d *dialing) { d.url = address }
}

// dialing is the usual handshake with changes.
func (r *rig) dialing(changes ...func(*dialing)) *dialing {
	d := &dialing{url: r.url, query: url.Values{"who": {"ann"}}}
	d.options.HTTPHeader = http.Header{"User-Agent": {"fidelity/1.0"}}
	for _, change := range changes {
		change(d)
	}
	return d
}

func (d *dialing) address() string { return d.url + "?" + d.query.Encode() }

// try makes a handshake and returns its response, whose body can be read.
func (r *rig) try(changes ...func(*dialing)) (*client, *http.Response, error) {
	r.Helper()
	d, c := r.dialing(changes...), &client{rig: r}
	d.options.OnPingReceived = func(context.Context, []byte) bool { c.pings++; return true }
	ctx, cancel := r.soon()
	defer cancel()
	socket, response, err := websocket.Dial(ctx, d.address(), &d.options)
	if err != nil {
		return nil, response, err
	}
	socket.SetReadLimit(-1)
	c.socket = socket
	r.Cleanup(func() { _ = socket.CloseNow() })
	return c, response, nil
}

// dial makes a handshake that must succeed.
func (r *rig) dial(changes ...func(*dialing)) *client {
	r.Helper()
	c, response, err := r.try(changes...)
	if err != nil {
		r.Fatalf("dial: %v (%v)", err, response)
	}
	return c
}

// refused makes a handshake that must be refused, and returns the status.
func (r *rig) refused(changes ...func(*dialing)) int {
	r.Helper()
	_, response, err := r.try(changes...)
	if err == nil || response == nil {
		r.Fatalf("the handshake was not refused: %v, %v", response, err)
	}
	return response.StatusCode
}

// bareURL is the address of the second API.
func (r *rig) bareURL() string {
	r.Helper()
	if r.bare == "" {
		r.Skip("FIDELITY_URL is set and FIDELITY_BARE_URL, the URL of the second API, is not")
	}
	return r.bare
}

// manage returns the client of @connections that functions use.
func (r *rig) manage(changes ...func(*apigatewaymanagementapi.Options)) *apigatewaymanagementapi.Client {
	return apigatewaymanagementapi.New(apigatewaymanagementapi.Options{
		Region: r.region, Credentials: r.credentials, BaseEndpoint: aws.String(callback(r.url)),
		HTTPClient: r.http(), RetryMaxAttempts: 1,
	}, changes...)
}

// http is a client for requests that no SDK makes.
func (r *rig) http() *http.Client {
	transport := &http.Transport{}
	r.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: r.patience()}
}

// post sends text to a connection.
func (r *rig) post(id, text string) error {
	ctx, cancel := r.soon()
	defer cancel()
	_, err := r.manage().PostToConnection(ctx, &apigatewaymanagementapi.PostToConnectionInput{ConnectionId: &id, Data: []byte(text)})
	return err
}
