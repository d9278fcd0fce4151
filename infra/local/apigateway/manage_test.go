package apigateway_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi"
	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi/types"
	"github.com/aws/smithy-go"

	"github.com/parley-im/parley/infra/local/apigateway"
)

// signed makes a gateway ask for signatures, by one key.
func signed(o *apigateway.Options) {
	o.Secret = func(accessKey string) (string, bool) { return "secret", accessKey == "key" }
}

// sdk returns the client that functions use.
func (r *rig) sdk(change ...func(*apigatewaymanagementapi.Options)) *apigatewaymanagementapi.Client {
	return apigatewaymanagementapi.New(apigatewaymanagementapi.Options{
		Region:           "eu-west-1",
		BaseEndpoint:     aws.String(r.server.URL + "/local"),
		HTTPClient:       r.server.Client(),
		RetryMaxAttempts: 1,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "key", SecretAccessKey: "secret"}, nil
		}),
	}, change...)
}

// managed serves a signed API and returns a client of it and its connection id.
func managed(t *testing.T, change func(*apigateway.API)) (r *rig, c *client, id string) {
	t.Helper()
	connect, connects := records()
	a := api("$connect")
	if change != nil {
		change(&a)
	}
	r = serve(t, a, map[string]handler{"$connect": connect}, signed)
	c = r.dial(withHeader("User-Agent", "Mozilla/5.0"))
	return r, c, contextOf(t, next(t, connects), "connectionId")
}

func post(r *rig, id, message string) error {
	_, err := r.sdk().PostToConnection(context.Background(), &apigatewaymanagementapi.PostToConnectionInput{
		ConnectionId: &id, Data: []byte(message),
	})
	return err
}

// aws.md 1.7: 200, 200 and 204 by the real SDK, which signs and escapes as functions do.
func TestSDKPostsGetsAndDeletes(t *testing.T) {
	r, c, id := managed(t, nil)
	for _, message := range []string{"hello", "", "{\"text\":\"<ü>\"}", strings.Repeat("x", 128*1024)} {
		if err := post(r, id, message); err != nil {
			t.Fatal(err)
		}
		if got := c.receive(); got != message { // receive checks that it is a text frame
			t.Errorf("received %.40q, want %.40q", got, message)
		}
	}

	r.clock.Advance(time.Minute + 500*time.Millisecond)
	if err := post(r, id, "activity"); err != nil {
		t.Fatal(err)
	}
	c.receive()
	got, err := r.sdk().GetConnection(context.Background(), &apigatewaymanagementapi.GetConnectionInput{ConnectionId: &id})
	if err != nil {
		t.Fatal(err)
	}
	if !got.ConnectedAt.Equal(start) || !got.LastActiveAt.Equal(start.Add(time.Minute+500*time.Millisecond)) {
		t.Errorf("connected at %v and active at %v", got.ConnectedAt, got.LastActiveAt)
	}
	if aws.ToString(got.Identity.SourceIp) != "127.0.0.1" || aws.ToString(got.Identity.UserAgent) != "Mozilla/5.0" {
		t.Errorf("identity %v %v", aws.ToString(got.Identity.SourceIp), aws.ToString(got.Identity.UserAgent))
	}

	if _, err := r.sdk().DeleteConnection(context.Background(), &apigatewaymanagementapi.DeleteConnectionInput{ConnectionId: &id}); err != nil {
		t.Fatal(err)
	}
	if code, reason := c.closed(); code != 1000 || reason != "Connection Closed Normally" {
		t.Errorf("closed with %d %q", code, reason)
	}
	var gone *types.GoneException
	if err := post(r, id, "too late"); !errors.As(err, &gone) {
		t.Errorf("POST after DELETE: %v", err)
	}
}

// aws.md 1.7: the table of errors, as the SDK sees them.
func TestErrorsOfTheManagementAPI(t *testing.T) {
	r, _, id := managed(t, nil)
	var (
		gone     *types.GoneException
		tooLarge *types.PayloadTooLargeException
		generic  smithy.APIError
	)
	err := post(r, "R1kmxc2VNjMCFIA=", "x")
	if !errors.As(err, &gone) || statusOf(err) != 410 {
		t.Errorf("unknown id: %v", err)
	}
	err = post(r, id, strings.Repeat("x", 128*1024+1))
	if !errors.As(err, &tooLarge) || statusOf(err) != 413 {
		t.Errorf("over 128 KB: %v", err)
	}
	err = post(r, "foo", "x")
	if !errors.As(err, &generic) || generic.ErrorCode() != "BadRequestException" || generic.ErrorMessage() != "Invalid connectionId: foo" || statusOf(err) != 400 {
		t.Errorf("malformed id: %v", err)
	}
	var forbidden *types.ForbiddenException
	_, err = r.sdk(func(o *apigatewaymanagementapi.Options) { o.BaseEndpoint = aws.String(r.server.URL + "/prod") }).
		GetConnection(context.Background(), &apigatewaymanagementapi.GetConnectionInput{ConnectionId: &id})
	if !errors.As(err, &forbidden) || statusOf(err) != 403 {
		t.Errorf("wrong stage: %v", err)
	}
}

func statusOf(err error) int {
	var response *awshttp.ResponseError
	if errors.As(err, &response) {
		return response.HTTPStatusCode()
	}
	return 0
}

// aws.md 1.7: statuses, bodies and X-Amzn-ErrorType on the wire. The id may come escaped or not.
func TestManagementAPIOnTheWire(t *testing.T) {
	connect, connects := records()
	r := serve(t, api("$connect"), map[string]handler{"$connect": connect})
	c := r.dial(withHeader("User-Agent", ""))
	id := contextOf(t, next(t, connects), "connectionId")
	escaped := strings.ReplaceAll(id, "=", "%3D")
	const times = `"connectedAt":"2024-01-20T11:55:08.326Z","identity":{"sourceIp":"127.0.0.1"},"lastActiveAt":"2024-01-20T11:55:08.326Z"`
	tests := []struct {
		name, method, path, body string
		status                   int
		kind, want               string
	}{
		{"GET", "GET", "/local/@connections/" + escaped, "", 200, "", "{" + times + "}"},
		{"unescaped", "GET", "/local/@connections/" + id, "", 200, "", "{" + times + "}"},
		{"all escaped", "GET", "/local/%40connections/" + escaped, "", 200, "", "{" + times + "}"},
		{"POST", "POST", "/local/@connections/" + escaped, "hello", 200, "", ""},
		{"unknown", "POST", "/local/@connections/R1kmxc2VNjMCFIA%3D", "x", 410, "GoneException", ""},
		{"unknown GET", "GET", "/local/@connections/R1kmxc2VNjMCFIA%3D", "", 410, "GoneException", ""},
		{"unknown DELETE", "DELETE", "/local/@connections/R1kmxc2VNjMCFIA%3D", "", 410, "GoneException", ""},
		{"malformed", "GET", "/local/@connections/foo", "", 400, "BadRequestException", `{"message":"Invalid connectionId: foo"}`},
		{"escaped twice", "GET", "/local/@connections/" + strings.ReplaceAll(escaped, "%", "%25"), "", 400, "BadRequestException",
			`{"message":"Invalid connectionId: ` + escaped + `"}`},
		{"too large", "POST", "/local/@connections/" + escaped, strings.Repeat("x", 128*1024+1), 413, "PayloadTooLargeException", `{"message":"Message too long"}`},
		{"far too large", "POST", "/local/@connections/" + escaped, strings.Repeat("x", 10<<20+1), 413, "PayloadTooLargeException", `{"message":"Message too long"}`},
		{"method", "PUT", "/local/@connections/" + escaped, "", 403, "MissingAuthenticationTokenException", `{"message":"Missing Authentication Token"}`},
		{"stage", "GET", "/prod/@connections/" + escaped, "", 403, "ForbiddenException", `{"message":"Forbidden"}`},
		{"DELETE", "DELETE", "/local/@connections/" + escaped, "", 204, "", ""},
		{"deleted", "DELETE", "/local/@connections/" + escaped, "", 410, "GoneException", ""},
	}
	for _, test := range tests { // in this order: the last two belong together
		resp := r.call(test.method, test.path, test.body)
		body, _ := io.ReadAll(resp.Body)
		if resp.StatusCode != test.status || resp.Header.Get("X-Amzn-ErrorType") != test.kind || string(body) != test.want {
			t.Errorf("%s: got %d %q %s, want %d %q %s", test.name,
				resp.StatusCode, resp.Header.Get("X-Amzn-ErrorType"), body, test.status, test.kind, test.want)
		}
	}
	if got := c.receive(); got != "hello" {
		t.Errorf("received %q", got)
	}
}

// aws.md 1.6: to tell a client why, post first, then delete.
func TestMessagePostedBeforeDeleteArrives(t *testing.T) {
	r, connects, events := watched(t, nil)
	c := r.dial()
	id := contextOf(t, next(t, connects), "connectionId")
	for range 20 {
		r.post(id, "why")
	}
	if status := r.call(http.MethodDelete, "/local/@connections/"+strings.ReplaceAll(id, "=", "%3D"), "").StatusCode; status != http.StatusNoContent {
		t.Errorf("DELETE got %d", status)
	}
	for range 20 {
		if got := c.receive(); got != "why" {
			t.Errorf("received %q", got)
		}
	}
	if code, reason := c.closed(); code != 1000 || reason != "Connection Closed Normally" {
		t.Errorf("closed with %d %q", code, reason)
	}
	disconnected(t, next(t, events), 1000, "Connection Closed Normally")
}

// aws.md 1.7 and 5.1.7: the buffer of a client that does not read fills up, and frees up when it reads.
func TestSlowClientIsA429(t *testing.T) {
	const size = 64 * 1024
	r, connects, _ := watched(t, func(a *apigateway.API) { a.Limits.Outbox = 2 * size })
	c := r.dial()
	id := contextOf(t, next(t, connects), "connectionId")
	accepted := 0
	var resp *http.Response
	for resp = r.post(id, strings.Repeat("x", size)); resp.StatusCode == http.StatusOK; resp = r.post(id, strings.Repeat("x", size)) {
		accepted++
	}
	if resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("X-Amzn-ErrorType") != "LimitExceededException" {
		t.Errorf("after %d messages: got %d %s", accepted, resp.StatusCode, resp.Header.Get("X-Amzn-ErrorType"))
	}
	for range accepted {
		if got := c.receive(); len(got) != size {
			t.Fatalf("received %d bytes", len(got))
		}
	}
	if status := r.post(id, "x").StatusCode; status != http.StatusOK {
		t.Errorf("after the client has read: %d", status)
	}
	if got := c.receive(); got != "x" {
		t.Errorf("received %q: a refused message arrived", got)
	}
}

// A client that does not read must not keep a connection that was deleted.
func TestSlowClientCanBeDeleted(t *testing.T) {
	const size = 128 * 1024
	r, connects, events := watched(t, func(a *apigateway.API) { a.Limits.Outbox = 2 * size })
	conn := rawDial(t, r.host())
	id := contextOf(t, next(t, connects), "connectionId")
	for r.post(id, strings.Repeat("x", size)).StatusCode == http.StatusOK {
	}
	if status := r.call(http.MethodDelete, "/local/@connections/"+strings.ReplaceAll(id, "=", "%3D"), "").StatusCode; status != http.StatusNoContent {
		t.Errorf("DELETE got %d", status)
	}
	disconnected(t, next(t, events), 1000, "Connection Closed Normally")
	conn.Close()
}

// What a slow client makes the gateway drop is counted.
func TestAnswerForASlowClientIsDropped(t *testing.T) {
	const size = 64 * 1024
	r, connects, _ := watched(t, func(a *apigateway.API) {
		a.Limits.Outbox = size
		a.Routes = append(a.Routes, apigateway.Route{Key: "strict", Mock: &apigateway.Mock{}, Valid: func(string) bool { return false }})
	})
	c := r.dial()
	id := contextOf(t, next(t, connects), "connectionId")
	deadline := time.Now().Add(patience)
	for r.gateway.Usage().Dropped < 10 {
		if time.Now().After(deadline) {
			t.Fatalf("dropped %d, want route responses and error frames", r.gateway.Usage().Dropped)
		}
		r.post(id, strings.Repeat("x", size))
		c.send("a route response")
		c.send(`{"action":"strict"}`)
	}
}
