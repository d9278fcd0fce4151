package apigateway

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"
)

// The reserved route keys. Custom keys may not begin with "$" (aws.md 1.3).
const (
	RouteConnect    = "$connect"
	RouteDisconnect = "$disconnect"
	RouteDefault    = "$default"
)

// maxTimeout is the longest an integration may take; the service does not raise it for WebSocket APIs (aws.md 1.1).
const maxTimeout = 29 * time.Second

// API describes one WebSocket API with one stage.
type API struct {
	ID      string // of the API, such as "a1b2c3d4e5"
	Stage   string // the first path segment of every URL, such as "local"
	Region  string // for the ARN that a policy must cover and for signatures
	Account string // 12 digits, for the ARN

	// RouteSelectionExpression picks the route of a message; empty means "$request.body.action".
	RouteSelectionExpression string
	Routes                   []Route
	// Authorizer decides about the $connect route; nil lets everybody in.
	Authorizer *Authorizer
	// StageVariables ride on every event if there are any.
	StageVariables map[string]string
	Limits         Limits

	// PingResetsIdle makes a client's protocol ping count as activity. The service does not document whether it does;
	// off is the safe assumption for a client (aws.md 1.6).
	PingResetsIdle bool
	// DisableCompression refuses permessage-deflate, which the service negotiates (aws.md 1.2).
	DisableCompression bool
	// ThrottledMessage is the message of the error frame for a throttled message. No source shows the service's wording;
	// empty means "Too Many Requests" (aws.md 1.5).
	ThrottledMessage string
}

// Route binds a route key to what handles it: either a Lambda function or a mock.
type Route struct {
	Key string // "$connect", "$disconnect", "$default" or a value of the route selection expression

	// Function is the Lambda function to invoke. It is exclusive with Mock.
	Function string
	// Timeout is how long the integration waits for Function, 50 ms to 29 s; zero means 29 s. The function itself
	// is not stopped when it passes.
	Timeout time.Duration
	// Mock answers without invoking anything, as a MOCK integration does with status 200 and this body.
	Mock *Mock

	// Response turns the route response on. Without it the body that an integration returns is dropped.
	Response bool
	// Valid is the route's request model; nil accepts every body. It must be safe for concurrent use.
	Valid func(body string) bool
}

// Mock is the body of a MOCK integration's response.
type Mock struct{ Body string }

// Authorizer is a Lambda authorizer of type REQUEST.
type Authorizer struct {
	Function string
	// IdentitySources must all be present and not empty, or the handshake ends with 401 before Function is invoked. Each is
	// "route.request.header.<name>" or "route.request.querystring.<name>".
	IdentitySources []string
}

// Limits are the quotas of the account, Region and API. A zero field takes the service's default (aws.md 1.1).
type Limits struct {
	IdleTimeout time.Duration // without a message in either direction: 10 minutes
	MaxDuration time.Duration // of a connection: 2 hours
	Frame       int           // payload bytes on the wire of one inbound frame: 32 KB
	Message     int           // bytes of one message, inbound after decompression, and of one POST: 128 KB

	// Outbox is how many bytes may wait for a slow client before a POST is answered with 429 and a route response or error
	// frame is dropped. The service does not publish its size; the default is 512 KB. An empty one takes a message of any size.
	Outbox int

	ConnectsPerSecond int // new connections, with a burst of the same size: 500
	RequestsPerSecond int // inbound messages and @connections calls together: 10,000
	RequestBurst      int // 5,000
}

func (l Limits) withDefaults() Limits {
	const kb = 1024
	return Limits{
		IdleTimeout:       cmp.Or(l.IdleTimeout, 10*time.Minute),
		MaxDuration:       cmp.Or(l.MaxDuration, 2*time.Hour),
		Frame:             cmp.Or(l.Frame, 32*kb),
		Message:           cmp.Or(l.Message, 128*kb),
		Outbox:            cmp.Or(l.Outbox, 512*kb),
		ConnectsPerSecond: cmp.Or(l.ConnectsPerSecond, 500),
		RequestsPerSecond: cmp.Or(l.RequestsPerSecond, 10_000),
		RequestBurst:      cmp.Or(l.RequestBurst, 5_000),
	}
}

func (a API) withDefaults() API {
	a.RouteSelectionExpression = cmp.Or(a.RouteSelectionExpression, "$request.body.action")
	a.ThrottledMessage = cmp.Or(a.ThrottledMessage, "Too Many Requests")
	a.Limits = a.Limits.withDefaults()
	return a
}

// methodARN is the resource that an authorizer's policy must cover (aws.md 1.2).
func (a API) methodARN() string {
	return fmt.Sprintf("arn:aws:execute-api:%s:%s:%s/%s/%s", a.Region, a.Account, a.ID, a.Stage, RouteConnect)
}

// validate reports what the service would refuse to deploy.
func (a API) validate() error {
	var errs []error
	if a.ID == "" || a.Stage == "" || a.Region == "" || a.Account == "" {
		errs = append(errs, errors.New("id, stage, region and account are required"))
	}
	seen := map[string]bool{}
	for _, r := range a.Routes {
		if seen[r.Key] {
			errs = append(errs, fmt.Errorf("route %q is defined twice", r.Key))
		}
		seen[r.Key] = true
		if err := r.validate(); err != nil {
			errs = append(errs, fmt.Errorf("route %q: %w", r.Key, err))
		}
	}
	if a.Authorizer != nil {
		if a.Authorizer.Function == "" {
			errs = append(errs, errors.New("authorizer: function is required"))
		}
		for _, source := range a.Authorizer.IdentitySources {
			if _, _, ok := splitIdentitySource(source); !ok {
				errs = append(errs, fmt.Errorf("authorizer: unknown identity source %q", source))
			}
		}
	}
	return errors.Join(errs...)
}

func (r Route) validate() error {
	switch {
	case r.Key == "":
		return errors.New("key is empty")
	case strings.HasPrefix(r.Key, "$") && r.Key != RouteConnect && r.Key != RouteDisconnect && r.Key != RouteDefault:
		return errors.New(`a custom key may not begin with "$"`)
	case (r.Function == "") == (r.Mock == nil):
		return errors.New("exactly one of function and mock is required")
	case r.Timeout != 0 && (r.Timeout < 50*time.Millisecond || r.Timeout > maxTimeout):
		return fmt.Errorf("timeout %v is outside 50ms to %v", r.Timeout, maxTimeout)
	}
	return nil
}

// splitIdentitySource splits "route.request.header.Origin" into "header" and "Origin".
func splitIdentitySource(source string) (kind, name string, ok bool) {
	rest, ok := strings.CutPrefix(source, "route.request.")
	if !ok {
		return "", "", false
	}
	kind, name, ok = strings.Cut(rest, ".")
	return kind, name, ok && name != "" && (kind == "header" || kind == "querystring")
}
