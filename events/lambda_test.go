package events_test

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	lambda "github.com/aws/aws-lambda-go/events"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/topology"
)

// payload reads what Lambda gives to a function.
func payload[T any](t *testing.T, name string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(file(t, "lambda/"+name+".json"), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestEveryPayloadIsNamedAfterItsFunctionAndEveryTriggerHasOne(t *testing.T) {
	triggers := map[string]bool{}
	for name := range read(t, "lambda") {
		function, _, _ := strings.Cut(name, ".")
		i := slices.IndexFunc(topology.Functions, func(f topology.Function) bool { return f.Name == function })
		if i < 0 {
			t.Errorf("%s: there is no such function", name)
			continue
		}
		triggers[trigger(topology.Functions[i])] = true
	}
	for _, f := range topology.Functions {
		if !triggers[trigger(f)] {
			t.Errorf("no payload is like that of %s", f.Name)
		}
	}
}

// trigger says what invokes a function; all routes that clients name are alike.
func trigger(f topology.Function) string {
	switch {
	case f.Authorizer:
		return "authorizer"
	case f.Queue != nil:
		return "queue"
	case f.Topic != nil:
		return "topic"
	case f.Rule != nil:
		return "rule"
	case strings.HasPrefix(f.Routes[0], "$"):
		return f.Routes[0]
	}
	return "route"
}

func TestAuthorizerPayloads(t *testing.T) {
	for name, test := range map[string]struct{ browser bool }{"authorizer.browser": {true}, "authorizer.native": {false}} {
		t.Run(name, func(t *testing.T) {
			r := payload[lambda.APIGatewayCustomAuthorizerRequestTypeRequest](t, name)
			if r.Type != "REQUEST" || !strings.HasSuffix(r.MethodArn, "/prod/"+topology.RouteConnect) {
				t.Errorf("%s %s", r.Type, r.MethodArn)
			}
			if device := chat.DeviceID(r.QueryStringParameters["device"]); !device.Valid() {
				t.Errorf("device %q", device)
			}
			protocols := strings.Split(r.Headers["Sec-WebSocket-Protocol"], ", ")
			_, authorized := r.Headers["Authorization"]
			_, origin := r.Headers["Origin"]
			if protocols[0] != topology.Subprotocol || (len(protocols) == 2) != test.browser || origin != test.browser || authorized == test.browser {
				t.Errorf("protocols %v, Authorization %v, Origin %v", protocols, authorized, origin)
			}
			if test.browser && !strings.HasPrefix(protocols[1], "bearer.") {
				t.Errorf("no token in %v", protocols)
			}
			handshake(t, r.Headers, r.MultiValueHeaders)
			// The type of the SDK lacks what only WebSocket APIs send: read as the frames of a connection are.
			connection(t, payload[lambda.APIGatewayWebsocketProxyRequest](t, name).RequestContext, "CONNECT", topology.RouteConnect)
		})
	}
}

func TestConnectPayload(t *testing.T) {
	r := payload[lambda.APIGatewayWebsocketProxyRequest](t, "connect")
	connection(t, r.RequestContext, "CONNECT", topology.RouteConnect)
	identity(t, r.RequestContext)
	handshake(t, r.Headers, r.MultiValueHeaders)
	if r.Body != "" || r.RequestContext.MessageID != nil {
		t.Errorf("a handshake has no message: %q %v", r.Body, r.RequestContext.MessageID)
	}
}

func TestDisconnectPayload(t *testing.T) {
	r := payload[lambda.APIGatewayWebsocketProxyRequest](t, "disconnect")
	connection(t, r.RequestContext, "DISCONNECT", topology.RouteDisconnect)
	identity(t, r.RequestContext)
	if c := r.RequestContext; c.DisconnectStatusCode != 1001 || c.DisconnectReason == nil {
		t.Errorf("%d %v", c.DisconnectStatusCode, c.DisconnectReason)
	}
	for _, name := range []string{"Host", "x-api-key", "X-Forwarded-For", "x-restapi"} {
		if _, ok := r.Headers[name]; !ok || len(r.Headers) != 4 || len(r.MultiValueHeaders[name]) != 1 {
			t.Errorf("header %s of %v", name, r.Headers)
		}
	}
}

func TestFramePayloads(t *testing.T) {
	for name, route := range map[string]string{"message": "send", "default": topology.RouteDefault} {
		r := payload[lambda.APIGatewayWebsocketProxyRequest](t, name)
		connection(t, r.RequestContext, "MESSAGE", route)
		identity(t, r.RequestContext)
		id, _ := r.RequestContext.MessageID.(string)
		gatewayID(t, id)
		if connection := r.RequestContext.ConnectionID; id[9:] != connection[9:] {
			t.Errorf("%s: message %s does not share the tail of connection %s", name, id, connection)
		}
		if r.Headers != nil || r.MultiValueHeaders != nil || r.QueryStringParameters != nil || r.IsBase64Encoded {
			t.Errorf("%s: a frame has neither headers nor a query and is text", name)
		}
		var frame struct{ Action string }
		if err := json.Unmarshal([]byte(r.Body), &frame); (err == nil) != (route == "send") || err == nil && frame.Action != route {
			t.Errorf("%s: the frame %q on route %s", name, r.Body, route)
		}
	}
	var sent, sample any
	unmarshal(t, []byte(payload[lambda.APIGatewayWebsocketProxyRequest](t, "message").Body), &sent)
	unmarshal(t, file(t, "samples/send.json"), &sample)
	if !reflect.DeepEqual(sent, sample) {
		t.Errorf("the frame %v is not the sample", sent)
	}
}

func TestFanoutPayload(t *testing.T) {
	record := payload[lambda.SQSEvent](t, "fanout").Records[0]
	if sum := md5.Sum([]byte(record.Body)); hex.EncodeToString(sum[:]) != record.Md5OfBody {
		t.Errorf("the checksum of the body is %x", sum)
	}
	if record.EventSource != "aws:sqs" || record.Attributes["ApproximateReceiveCount"] != "1" {
		t.Errorf("%s %v", record.EventSource, record.Attributes)
	}
	var share chat.Share
	unmarshal(t, []byte(record.Body), &share)
	if !share.Conversation.Valid() || share.Seq < 1 || len(share.Users) == 0 {
		t.Errorf("%+v", share)
	}
	gatewayID(t, string(share.Except))
}

func TestPushPayload(t *testing.T) {
	record := payload[lambda.SNSEvent](t, "push").Records[0]
	if record.EventSource != "aws:sns" || record.SNS.Type != "Notification" || record.SNS.Timestamp.IsZero() {
		t.Errorf("%+v", record)
	}
	var notice chat.Notice
	unmarshal(t, []byte(record.SNS.Message), &notice)
	if !notice.Conversation.Valid() || notice.Seq < 1 || len(notice.Users) == 0 {
		t.Errorf("%+v", notice)
	}
}

func TestTickPayload(t *testing.T) {
	e := payload[lambda.EventBridgeEvent](t, "tick")
	if e.Source != "aws.events" || e.DetailType != "Scheduled Event" || e.Version != "0" || e.Time.IsZero() || string(e.Detail) != "{}" {
		t.Errorf("%+v", e)
	}
	if len(e.Resources) != 1 || !strings.HasSuffix(e.Resources[0], ":rule/parley-prod-"+topology.Tick.Name) {
		t.Errorf("resources %v", e.Resources)
	}
}

// connection checks what every event of a connection has (aws.md §1.4).
func connection(t *testing.T, c lambda.APIGatewayWebsocketProxyRequestContext, eventType, route string) {
	t.Helper()
	if c.EventType != eventType || c.RouteKey != route || c.MessageDirection != "IN" || c.Stage != "prod" {
		t.Errorf("%s %s %s %s", c.EventType, c.RouteKey, c.MessageDirection, c.Stage)
	}
	gatewayID(t, c.ConnectionID)
	gatewayID(t, c.RequestID)
	if c.RequestID != c.ExtendedRequestID {
		t.Errorf("request ids %s and %s", c.RequestID, c.ExtendedRequestID)
	}
	asked, err := time.Parse("02/Jan/2006:15:04:05 -0700", c.RequestTime)
	if err != nil || asked.Unix() != c.RequestTimeEpoch/1000 || c.ConnectedAt > c.RequestTimeEpoch {
		t.Errorf("times %s, %d and %d (%v)", c.RequestTime, c.RequestTimeEpoch, c.ConnectedAt, err)
	}
	if c.Identity.SourceIP == "" || c.Identity.UserAgent == "" || !strings.HasPrefix(c.DomainName, c.APIID+".") {
		t.Errorf("%+v %s %s", c.Identity, c.DomainName, c.APIID)
	}
}

// gatewayID checks the form of API Gateway's ids: 11 bytes in URL-safe base64.
func gatewayID(t *testing.T, id string) {
	t.Helper()
	if data, err := base64.URLEncoding.Strict().DecodeString(id); err != nil || len(data) != 11 {
		t.Errorf("%q is no id of API Gateway: %d bytes, %v", id, len(data), err)
	}
}

// identity checks what the authorizer established: strings only.
func identity(t *testing.T, c lambda.APIGatewayWebsocketProxyRequestContext) {
	t.Helper()
	values, _ := c.Authorizer.(map[string]any)
	text := map[string]string{}
	for name, value := range values {
		text[name], _ = value.(string)
	}
	expires, err := time.Parse(time.RFC3339, "2026-11-21T23:20:00Z")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"principalId": "ann", "integrationLatency": text["integrationLatency"], "user": "ann", "device": "phone-1",
		"expires": strconv.FormatInt(expires.Unix(), 10),
	}
	if !reflect.DeepEqual(text, want) || text["integrationLatency"] == "" {
		t.Errorf("authorizer %v, want %v", text, want)
	}
}

// handshake checks the headers of the upgrade, in the case in which they came.
func handshake(t *testing.T, headers map[string]string, multi map[string][]string) {
	t.Helper()
	for name, value := range map[string]string{
		"Connection": "upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "content-length": "0", "X-Forwarded-Proto": "https",
	} {
		if headers[name] != value {
			t.Errorf("%s: %s, want %s", name, headers[name], value)
		}
	}
	for name, value := range headers {
		if !slices.Equal(multi[name], []string{value}) {
			t.Errorf("%s is %q and %q", name, value, multi[name])
		}
	}
}
