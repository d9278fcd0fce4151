package fidelity_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/parley-im/parley/infra/fidelity"
)

// fails checks the HTTP status of a failed call and the type of its error, as the header names it.
func fails(t *testing.T, err error, status int, kind string) {
	t.Helper()
	var response *awshttp.ResponseError
	if !errors.As(err, &response) {
		t.Errorf("got %v, want status %d", err, status)
		return
	}
	named, _, _ := strings.Cut(response.Response.Header.Get("X-Amzn-ErrorType"), ":")
	if response.HTTPStatusCode() != status || kind != "" && named != kind {
		t.Errorf("got %d %q, want %d %q", response.HTTPStatusCode(), named, status, kind)
	}
}

// gone checks that a call failed because there is no such connection.
func gone(t *testing.T, err error) {
	t.Helper()
	fails(t, err, http.StatusGone, "GoneException")
}

// answered is the status and body of a successful call, which the SDK does not show.
type answered struct {
	status int
	path   string // as sent
}

// observe keeps what goes over the wire.
func (a *answered) observe(o *apigatewaymanagementapi.Options) {
	o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
		return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("observe", func(
			ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler,
		) (middleware.DeserializeOutput, middleware.Metadata, error) {
			out, metadata, err := next.HandleDeserialize(ctx, in)
			if request, ok := in.Request.(*smithyhttp.Request); ok {
				a.path = request.URL.EscapedPath()
			}
			if response, ok := out.RawResponse.(*smithyhttp.Response); ok {
				a.status = response.StatusCode
			}
			return out, metadata, err
		}), middleware.After)
	})
}

// A post is answered with 200 and arrives as a text frame. The "=" of an id is percent-encoded in the path.
//
// Source: aws.md 1.7 (aws-sdk-go-v2, apigatewaymanagementapi), 1.4.
func TestPostIsA200AndATextFrame(t *testing.T) {
	r := at(t)
	c := r.dial()
	id := c.id()
	ctx, cancel := r.soon()
	defer cancel()
	var a answered
	_, err := r.manage(a.observe).PostToConnection(ctx, &apigatewaymanagementapi.PostToConnectionInput{
		ConnectionId: &id, Data: []byte("ünïcödé ☃"),
	})
	if err != nil || a.status != http.StatusOK {
		t.Errorf("got %d, %v; want 200", a.status, err)
	}
	if !strings.HasSuffix(a.path, "/@connections/"+url.QueryEscape(id)) || !strings.HasSuffix(a.path, "%3D") {
		t.Errorf("the path of %s was %s", id, a.path)
	}
	c.expect("ünïcödé ☃")
}

// Posts of one caller, each awaited, arrive in their order.
//
// Source: aws.md 1.5 (in practice; nothing is promised).
func TestAwaitedPostsArriveInOrder(t *testing.T) {
	r := at(t)
	c := r.dial()
	id := c.id()
	for _, text := range []string{"one", "two", "three"} {
		if err := r.post(id, text); err != nil {
			t.Fatal(err)
		}
	}
	for _, text := range []string{"one", "two", "three"} {
		c.expect(text)
	}
}

// A message posted before a DELETE arrives before the close frame.
//
// Source: aws.md 1.6 (DELETE takes no reason, aws-sdk-js #3636: post it first).
func TestMessagePostedBeforeDeleteArrives(t *testing.T) {
	r := at(t)
	c := r.dial()
	id := c.id()
	if err := r.post(id, "why"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := r.soon()
	defer cancel()
	if _, err := r.manage().DeleteConnection(ctx, &apigatewaymanagementapi.DeleteConnectionInput{ConnectionId: &id}); err != nil {
		t.Fatal(err)
	}
	c.expect("why")
	c.closed()
}

// A GET is answered with 200, when the connection began and was last active, and who is connected.
//
// Source: aws.md 1.7 (aws-sdk-go-v2, apigatewaymanagementapi).
func TestGetDescribesTheConnection(t *testing.T) {
	r := at(t)
	c := r.dial()
	e := c.event()
	id := e.text("requestContext", "connectionId")
	ctx, cancel := r.soon()
	defer cancel()
	var a answered
	out, err := r.manage(a.observe).GetConnection(ctx, &apigatewaymanagementapi.GetConnectionInput{ConnectionId: &id})
	if err != nil || a.status != http.StatusOK {
		t.Fatalf("got %d, %v; want 200", a.status, err)
	}
	connected, _ := e.at("requestContext", "connectedAt").(float64)
	if out.ConnectedAt == nil || out.ConnectedAt.Sub(time.UnixMilli(int64(connected))).Abs() > time.Second {
		t.Errorf("connected at %v, want %v", out.ConnectedAt, time.UnixMilli(int64(connected)))
	}
	if out.LastActiveAt == nil || out.LastActiveAt.Before(*out.ConnectedAt) {
		t.Errorf("last active at %v, connected at %v", out.LastActiveAt, out.ConnectedAt)
	}
	if out.Identity == nil || *out.Identity.SourceIp != e.text("requestContext", "identity", "sourceIp") || *out.Identity.UserAgent != "fidelity/1.0" {
		t.Errorf("identity is %+v", out.Identity)
	}
}

// The answer to a GET is JSON with keys in camel case, whatever the names in the SDK.
//
// Source: aws.md 1.7 (aws-sdk-go-v2, deserializers).
func TestGetIsInCamelCase(t *testing.T) {
	r := at(t)
	id := r.dial().id()
	var body string
	keep := func(o *apigatewaymanagementapi.Options) {
		o.HTTPClient = &http.Client{Transport: reading{o.HTTPClient, &body}}
	}
	ctx, cancel := r.soon()
	defer cancel()
	if _, err := r.manage(keep).GetConnection(ctx, &apigatewaymanagementapi.GetConnectionInput{ConnectionId: &id}); err != nil {
		t.Fatal(err)
	}
	o := r.decode(body)
	for _, name := range []string{"connectedAt", "lastActiveAt"} {
		if _, err := time.Parse(time.RFC3339, o.text(name)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if o.text("identity", "sourceIp") == "" || o.text("identity", "userAgent") == "" {
		t.Errorf("identity is %v", o["identity"])
	}
}

// reading is a transport that keeps the body of the last answer.
type reading struct {
	next apigatewaymanagementapi.HTTPClient
	body *string
}

func (r reading) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := r.next.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	*r.body = string(text)
	response.Body = io.NopCloser(strings.NewReader(string(text)))
	return response, nil
}

// A DELETE is answered with 204.
//
// Source: aws.md 1.7 (serverless-offline #803: 200 until 2019).
func TestDeleteIsA204(t *testing.T) {
	r := at(t)
	id := r.dial().id()
	ctx, cancel := r.soon()
	defer cancel()
	var a answered
	_, err := r.manage(a.observe).DeleteConnection(ctx, &apigatewaymanagementapi.DeleteConnectionInput{ConnectionId: &id})
	if err != nil || a.status != http.StatusNoContent {
		t.Errorf("got %d, %v; want 204", a.status, err)
	}
}

// A well-formed id of no connection gets 410 GoneException, whatever the call.
//
// Source: aws.md 1.7 (aws-sdk-go-v2; laravel-echo-api-gateway #9: also with an empty body).
func TestUnknownConnectionIsA410(t *testing.T) {
	r := at(t)
	id := "R1kmxc2VNjMCFIA="
	ctx, cancel := r.soon()
	defer cancel()
	gone(t, r.post(id, "x"))
	_, err := r.manage().GetConnection(ctx, &apigatewaymanagementapi.GetConnectionInput{ConnectionId: &id})
	gone(t, err)
	_, err = r.manage().DeleteConnection(ctx, &apigatewaymanagementapi.DeleteConnectionInput{ConnectionId: &id})
	gone(t, err)
}

// A connection that has ended gets 410 GoneException.
//
// Source: aws.md 1.7 (aws-sdk-go-v2).
func TestEndedConnectionIsA410(t *testing.T) {
	r := at(t)
	watcher := r.dial()
	c := r.dial(with("watcher", watcher.id()))
	id := c.id()
	c.hangUp()
	watcher.object() // $disconnect has run
	gone(t, r.post(id, "x"))
}

// A malformed id gets 400 BadRequestException, which no SDK models.
//
// Source: aws.md 1.7 (serverless-offline #749, localstack #4694).
func TestMalformedIdIsA400(t *testing.T) {
	r := at(t)
	for _, id := range []string{"nonsense", "R1kmxc2VNjMCFIA", "1"} {
		fails(t, r.post(id, "x"), http.StatusBadRequest, "BadRequestException")
	}
}

// A call that is not signed, or signed by a key that does not exist or with the wrong secret, gets 403.
//
// Source: aws.md 1.7 (aws-sdk-go-v2, ForbiddenException).
func TestCallThatIsNotSignedIsA403(t *testing.T) {
	r := at(t)
	id := r.dial().id()
	response, err := r.http().Post(callback(r.url)+"/@connections/"+url.QueryEscape(id), "application/octet-stream", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusForbidden {
		t.Errorf("not signed: got %d, want 403", response.StatusCode)
	}
	known, err := r.credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{known.AccessKeyID, "AKIAIOSFODNN7EXAMPLE"} {
		stranger := *r
		stranger.credentials = credentials.NewStaticCredentialsProvider(key, "of-nobody", known.SessionToken)
		fails(t, stranger.post(id, "x"), http.StatusForbidden, "")
	}
}

// A call to a stage that does not exist gets 403.
//
// Source: aws.md 1.7 (aws-sdk-php #1955).
func TestCallToAnUnknownStageIsA403(t *testing.T) {
	r := at(t)
	id := r.dial().id()
	lost := *r
	lost.url = strings.TrimSuffix(r.url, fidelity.Stage) + "nowhere"
	fails(t, lost.post(id, "x"), http.StatusForbidden, "ForbiddenException")
}

// A post of 128 KB arrives, and one of more gets 413 PayloadTooLargeException.
//
// Source: aws.md 1.1 (WebSocket quotas: "applies to @connections commands"), 1.7.
func TestPostOver128KBIsA413(t *testing.T) {
	r := at(t)
	c := r.dial()
	id := c.id()
	text := strings.Repeat("x", 128*kb)
	if err := r.post(id, text); err != nil {
		t.Fatal(err)
	}
	c.expect(text)
	fails(t, r.post(id, text+"x"), http.StatusRequestEntityTooLarge, "PayloadTooLargeException")
}

// Posts to a client that does not read get 429 LimitExceededException once its buffer is full, and other clients do not notice.
//
// Source: aws.md 1.7 (SDK: "the WebSocket client side buffer is full"); 5.1.7.
func TestSlowClientIsA429(t *testing.T) {
	r := at(t)
	id := r.dial().id()
	text := strings.Repeat("x", 128*kb)
	const most = 1000 // more than all buffers on the way hold
	for range most {
		if err := r.post(id, text); err != nil {
			fails(t, err, http.StatusTooManyRequests, "LimitExceededException")
			other := r.dial()
			if err := r.post(other.id(), "x"); err != nil {
				t.Errorf("another client: %v", err)
			}
			return
		}
	}
	t.Errorf("%d posts of 128 KB to a client that does not read were accepted", most)
}
