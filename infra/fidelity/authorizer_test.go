package fidelity_test

import (
	"net/http"
	"strings"
	"testing"
)

// policy is an authorizer's result with one statement. The actor fills in {methodArn} and {stageArn}.
func policy(effect, resource, context string) string {
	return `{"do":"return","result":{"principalId":"ann","policyDocument":{"Version":"2012-10-17","Statement":[` +
		`{"Action":"execute-api:Invoke","Effect":"` + effect + `","Resource":"` + resource + `"}]},"context":` + context + `}}`
}

// An identity source that is missing or empty is a 401, and the authorizer is not invoked.
//
// Source: aws.md 1.2 (developer guide, serverless-offline, architect/sandbox).
func TestMissingIdentitySourceIsA401(t *testing.T) {
	r := at(t)
	watcher := r.dial()
	tell := with("authorize", `{"do":"post","to":`+quoted(watcher.id())+`,"text":"invoked"}`)
	if status := r.refused(tell, without("who")); status != http.StatusUnauthorized {
		t.Errorf("missing: got %d, want 401", status)
	}
	if status := r.refused(tell, with("who", "")); status != http.StatusUnauthorized {
		t.Errorf("empty: got %d, want 401", status)
	}
	watcher.nothing()
}

// An authorizer that throws "Unauthorized" is a 401.
//
// Source: aws.md 1.2 (developer guide, serverless-offline, architect/sandbox).
func TestAuthorizerThatThrowsUnauthorizedIsA401(t *testing.T) {
	r := at(t)
	if status := r.refused(with("authorize", `{"do":"throw","message":"Unauthorized"}`)); status != http.StatusUnauthorized {
		t.Errorf("got %d, want 401", status)
	}
}

// An authorizer that denies is a 403.
//
// Source: aws.md 1.2 (developer guide, serverless-offline, architect/sandbox).
func TestAuthorizerThatDeniesIsA403(t *testing.T) {
	r := at(t)
	if status := r.refused(with("authorize", policy("Deny", "{methodArn}", "{}"))); status != http.StatusForbidden {
		t.Errorf("got %d, want 403", status)
	}
}

// A policy that allows, but whose resource does not cover $connect, is a 403; one of the shape that REST APIs use does not.
//
// Source: aws.md 1.2 (powertools-lambda-python #5800).
func TestPolicyThatDoesNotCoverConnectIsA403(t *testing.T) {
	r := at(t)
	for _, resource := range []string{"{stageArn}/*/*", "{stageArn}/GET/connect", "{stageArn}/$disconnect"} {
		if status := r.refused(with("authorize", policy("Allow", resource, "{}"))); status != http.StatusForbidden {
			t.Errorf("%s: got %d, want 403", resource, status)
		}
	}
}

// A resource may cover $connect by a wildcard.
//
// Source: aws.md 1.2 (general knowledge of IAM).
func TestPolicyMayCoverConnectByAWildcard(t *testing.T) {
	r := at(t)
	for _, resource := range []string{"{stageArn}/*", "*", "{stageArn}/$con?ect"} {
		c := r.dial(with("authorize", policy("Allow", resource, "{}")))
		c.nothing()
	}
}

// An authorizer that fails in another way, or returns what is no policy, is a 500.
//
// Source: aws.md 1.2 (developer guide, serverless-offline, architect/sandbox), 1.1 (result of at most 8 KB), 1.4 (context of string, number and boolean).
func TestAuthorizerThatFailsIsA500(t *testing.T) {
	r := at(t)
	// The URL is too short for 8 KB; the actor writes the ARN, of 60 characters or more, in each place.
	long := policy("Allow", "{methodArn}", `{"long":"`+strings.Repeat("{methodArn}", 200)+`"}`)
	for name, instruction := range map[string]string{
		"throws":                       `{"do":"throw","message":"out of order"}`,
		"dies":                         `{"do":"exit"}`,
		"no principal":                 `{"do":"return","result":{"policyDocument":{"Version":"2012-10-17","Statement":[]}}}`,
		"simple response of HTTP APIs": `{"do":"return","result":{"isAuthorized":true}}`,
		"object in the context":        policy("Allow", "{methodArn}", `{"nested":{"a":1}}`),
		"result over 8 KB":             long,
	} {
		if status := r.refused(with("authorize", instruction)); status != http.StatusInternalServerError {
			t.Errorf("%s: got %d, want 500", name, status)
		}
	}
}

// The authorizer's event is of type REQUEST and has the ARN of $connect, the headers of the upgrade in their original case, the
// query and a request context with the id that the connection will have.
//
// Source: aws.md 1.2 (localstack #8893).
func TestAuthorizerEvent(t *testing.T) {
	r := at(t)
	c := r.dial(with("authorize", `{"do":"event"}`), header("X-Shoe-Size", "44"), offering("a", "b"))
	message := c.event()
	e := c.decode(message.text("requestContext", "authorizer", "told"))
	if got := e.text("type"); got != "REQUEST" {
		t.Errorf("type is %q, want REQUEST", got)
	}
	if arn := e.text("methodArn"); !strings.HasPrefix(arn, "arn:aws") || !strings.HasSuffix(arn, "/fidelity/$connect") {
		t.Errorf("methodArn is %q", arn)
	}
	for name, want := range map[string]string{
		"Connection": "upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "content-length": "0",
		"X-Shoe-Size": "44", "X-Forwarded-Port": "443", "X-Forwarded-Proto": "https", "User-Agent": "fidelity/1.0",
	} {
		if got := e.text("headers", name); got != want {
			t.Errorf("header %s is %q, want %q", name, got, want)
		}
		if got, _ := e.at("multiValueHeaders", name).([]any); len(got) != 1 || got[0] != want {
			t.Errorf("multiValueHeaders has %v for %s, want %q", got, name, want)
		}
	}
	for _, name := range []string{"Host", "Sec-WebSocket-Key", "Sec-WebSocket-Protocol", "X-Amzn-Trace-Id", "X-Forwarded-For"} {
		if e.text("headers", name) == "" {
			t.Errorf("header %s is missing", name)
		}
	}
	if got := e.text("queryStringParameters", "who"); got != "ann" {
		t.Errorf("query parameter who is %q, want ann", got)
	}
	if got, _ := e.at("multiValueQueryStringParameters", "who").([]any); len(got) != 1 || got[0] != "ann" {
		t.Errorf("multiValueQueryStringParameters has %v for who, want ann", got)
	}
	if got := e.text("stageVariables", "color"); got != "teal" {
		t.Errorf("stage variable color is %q, want teal", got)
	}
	got, want := e.text("requestContext", "connectionId"), message.text("requestContext", "connectionId")
	if got == "" || got != want {
		t.Errorf("connection id %q, want %q", got, want)
	}
	if got := e.text("requestContext", "eventType"); got != "CONNECT" {
		t.Errorf("eventType is %q, want CONNECT", got)
	}
}

// What the authorizer says is on the events of $connect, of every message and of $disconnect, each value of its context as a
// string.
//
// Source: aws.md 1.4 (aws-lambda-go test data; chalice #2060 for $disconnect).
func TestAuthorizerContextIsOnEveryEvent(t *testing.T) {
	r := at(t)
	watcher := r.dial()
	c := r.dial(with("watcher", watcher.id()), with("connect", `{"do":"event"}`))
	events := map[string]object{"CONNECT": c.object(), "MESSAGE": c.event()}
	c.hangUp()
	events["DISCONNECT"] = watcher.object().object("event")
	for kind, e := range events {
		if got := e.text("requestContext", "eventType"); got != kind {
			t.Errorf("eventType is %q, want %s", got, kind)
		}
		for name, want := range map[string]string{"principalId": "ann", "number": "7", "flag": "true"} {
			if got := e.at("requestContext", "authorizer", name); got != want {
				t.Errorf("%s: authorizer has %v for %s, want %q", kind, got, name, want)
			}
		}
		if _, ok := e.at("requestContext", "authorizer", "integrationLatency").(float64); !ok {
			t.Errorf("%s: integrationLatency is %v, want a number", kind, e.at("requestContext", "authorizer", "integrationLatency"))
		}
	}
}
