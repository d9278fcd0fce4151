package apigateway_test

import (
	"context"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/parley-im/parley/infra/local/apigateway"
)

const connectARN = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/local/$connect"

// authorization is an authorizer's result.
type authorization map[string]any

func allow(context map[string]any) authorization { return decision("Allow", connectARN, context) }

func decision(effect, resource string, context map[string]any) authorization {
	return authorization{
		"principalId": "ann",
		"policyDocument": map[string]any{
			"Version":   "2012-10-17",
			"Statement": []any{map[string]any{"Action": "execute-api:Invoke", "Effect": effect, "Resource": resource}},
		},
		"context": context,
	}
}

// guarded returns an API with an authorizer and one route.
func guarded(key string, sources ...string) apigateway.API {
	a := api(key)
	a.Authorizer = &apigateway.Authorizer{Function: "authorizer", IdentitySources: sources}
	return a
}

// aws.md 1.2: the table of authorizer outcomes.
func TestAuthorizerDecidesAboutTheHandshake(t *testing.T) {
	without := func(field string) authorization {
		a := allow(nil)
		delete(a, field)
		return a
	}
	with := func(field string, value any) authorization {
		a := allow(nil)
		a[field] = value
		return a
	}
	tests := []struct {
		name       string
		authorizer handler
		status     int
	}{
		{"allow", returns(allow(nil)), 101},
		{"usageIdentifierKey is ignored", returns(with("usageIdentifierKey", "key")), 101},
		{"deny", returns(decision("Deny", connectARN, nil)), 403},
		{"another resource", returns(decision("Allow", strings.Replace(connectARN, "$connect", "GET/x", 1), nil)), 403},
		{"Unauthorized", fails("Unauthorized"), 401},
		{"another error", fails("unauthorized"), 500},
		{"cannot be invoked", func(context.Context, []byte) (any, error) { return nil, errUnavailable }, 500},
		{"null", returns(nil), 500},
		{"not JSON", returns(raw("yes")), 500},
		{"no principal", returns(without("principalId")), 500},
		{"no policy", returns(without("policyDocument")), 500},
		{"simple response", returns(map[string]any{"isAuthorized": true}), 500},
		{"context with an object", returns(allow(map[string]any{"user": map[string]any{"name": "ann"}})), 500},
		{"context with a list", returns(allow(map[string]any{"roles": []string{"admin"}})), 500},
		{"8 KB", returns(allow(map[string]any{"x": strings.Repeat("x", 7900)})), 101},
		{"more than 8 KB", returns(allow(map[string]any{"x": strings.Repeat("x", 8192)})), 500},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			connect, events := records()
			r := serve(t, guarded("$connect"), map[string]handler{"authorizer": test.authorizer, "$connect": connect})
			_, resp, err := r.try()
			if resp == nil || resp.StatusCode != test.status {
				t.Fatalf("got %v, %v; want %d", resp, err, test.status)
			}
			if (len(events) == 1) != (test.status == 101) {
				t.Errorf("$connect ran %d times after %d", len(events), test.status)
			}
		})
	}
}

func TestAuthorizerThatTakesTooLongIsA500(t *testing.T) {
	invoked, release := make(chan struct{}), make(chan struct{})
	r := serve(t, guarded("$connect"), map[string]handler{"authorizer": func(context.Context, []byte) (any, error) {
		close(invoked)
		<-release
		return allow(nil), nil
	}})
	defer close(release)
	go func() {
		<-invoked
		r.clock.Advance(29 * time.Second)
	}()
	if status, _ := r.refused(); status != http.StatusInternalServerError {
		t.Errorf("got %d, want 500", status)
	}
}

// aws.md 1.2: without an identity source the answer is 401 and the authorizer is not asked.
func TestMissingIdentitySourceIsA401(t *testing.T) {
	authorizer, events := records()
	r := serve(t, guarded("$connect", "route.request.header.sec-websocket-protocol", "route.request.querystring.ticket"),
		map[string]handler{"authorizer": authorizer})
	for _, changes := range [][]dialing{
		{},
		{withProtocols("parley.v1")},
		{withPath("/local?ticket=1")},
		{withProtocols("parley.v1"), withPath("/local?ticket=")},
		{withHeader("Sec-WebSocket-Protocol", ""), withPath("/local?ticket=1")},
		{withProtocols("parley.v1"), withPath("/local?Ticket=1")}, // names in the query are case sensitive
	} {
		if status, _ := r.refused(changes...); status != http.StatusUnauthorized {
			t.Errorf("got %d, want 401", status)
		}
	}
	if len(events) != 0 {
		t.Error("the authorizer was invoked")
	}
	if status, _ := r.refused(withProtocols("parley.v1"), withPath("/local?ticket=1")); status != http.StatusInternalServerError || len(events) != 1 {
		t.Errorf("with both: got %d and %d invocations, want 500 for a malformed result and 1", status, len(events))
	}
}

// aws.md 1.2: the shape of an authorizer's event; localstack #7191 and #8893 have recordings.
func TestAuthorizerEvent(t *testing.T) {
	events := make(chan []byte, 1)
	a := guarded("$connect", "route.request.querystring.ticket")
	a.StageVariables = map[string]string{"color": "blue"}
	connect, connects := records()
	r := serve(t, a, map[string]handler{"$connect": connect, "authorizer": func(_ context.Context, event []byte) (any, error) {
		events <- event
		return allow(nil), nil
	}})
	r.dial(withPath("/local?ticket=1&ticket=2"))
	event := decode(t, next(t, events))

	id := at(event, "requestContext", "connectionId")
	if connected := decode(t, next(t, connects)); at(connected, "requestContext", "connectionId") != id {
		t.Errorf("authorizer saw connection %v and $connect %v", id, at(connected, "requestContext", "connectionId"))
	}
	for name, want := range map[string]string{
		"Connection": "upgrade", "Upgrade": "websocket", "content-length": "0", "Sec-WebSocket-Version": "13", "Host": r.host(),
		"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Port": "443", "X-Forwarded-Proto": "https",
	} {
		if got := at(event, "headers", name); got != want {
			t.Errorf("header %s is %v, want %q", name, got, want)
		}
		if got := at(event, "multiValueHeaders", name); !reflect.DeepEqual(got, []any{want}) {
			t.Errorf("values of header %s are %v, want %q", name, got, want)
		}
	}
	for name, want := range map[string]any{
		"type":                            "REQUEST",
		"methodArn":                       connectARN,
		"queryStringParameters":           map[string]any{"ticket": "2"},
		"multiValueQueryStringParameters": map[string]any{"ticket": []any{"1", "2"}},
		"stageVariables":                  map[string]any{"color": "blue"},
	} {
		if got := event[name]; !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	if at(event, "requestContext", "routeKey") != "$connect" || at(event, "requestContext", "eventType") != "CONNECT" {
		t.Errorf("request context is %v", event["requestContext"])
	}
}

// aws.md 1.4: what the authorizer says rides, as strings, on every event of the connection.
func TestAuthorizerContextIsOnEveryEvent(t *testing.T) {
	connect, connects := records()
	send, messages := records()
	disconnect, disconnects := records()
	a := guarded("$connect")
	a.Routes = append(a.Routes, api("send", "$disconnect").Routes...)
	r := serve(t, a, map[string]handler{
		"authorizer": returns(allow(map[string]any{"user": "ann", "exp": 1705755308, "ratio": 1.5, "admin": true, "principalId": "eve"})),
		"$connect":   connect, "send": send, "$disconnect": disconnect,
	})
	c := r.dial()
	c.send(`{"action":"send"}`)
	message := next(t, messages)
	c.socket.CloseNow()
	for name, event := range map[string][]byte{"CONNECT": next(t, connects), "MESSAGE": message, "DISCONNECT": next(t, disconnects)} {
		got := at(decode(t, event), "requestContext", "authorizer")
		want := map[string]any{
			"principalId": "ann", "integrationLatency": 0.0, "user": "ann", "exp": "1705755308", "ratio": "1.5", "admin": "true",
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s has authorizer %v, want %v", name, got, want)
		}
	}
}

func (r *rig) host() string { return r.server.Listener.Addr().String() }
