package apigateway_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/coder/websocket"

	"github.com/parley-im/parley/infra/local/apigateway"
)

// lifetime returns the $connect, message and $disconnect events of one connection.
func lifetime(t *testing.T, a apigateway.API, message string, changes ...dialing) (r *rig, connected, sent, disconnected []byte) {
	t.Helper()
	return lifetimeOf(t, a, func(c *client) { c.send(message) }, changes...)
}

// lifetimeOf is lifetime for a message that send sends.
func lifetimeOf(t *testing.T, a apigateway.API, send func(*client), changes ...dialing) (r *rig, connected, sent, disconnected []byte) {
	t.Helper()
	connect, connects := records()
	message, messages := records()
	disconnect, disconnects := records()
	r = serve(t, a, map[string]handler{"$connect": connect, "$disconnect": disconnect, "$default": message})
	c := r.dial(changes...)
	send(c)
	sent = next(t, messages)
	c.socket.Close(websocket.StatusGoingAway, "")
	return r, next(t, connects), sent, next(t, disconnects)
}

// The three events field by field: aws.md 1.4 and the recordings of 2024 in aws-lambda-go. Ids are compared for their form, and
// one event has exactly these fields: nothing is null.
func TestEventsHaveTheFieldsOfTheService(t *testing.T) {
	r, connected, sent, disconnected := lifetime(t, api("$connect", "$disconnect", "$default"), "{\r\n\t\"a\": 1\r\n}",
		withHeader("User-Agent", "Mozilla/5.0"), withDeflate(websocket.CompressionContextTakeover))
	context := func(more map[string]any) map[string]any {
		c := map[string]any{
			"stage": "local", "messageDirection": "IN", "apiId": "a1b2c3d4e5", "domainName": r.host(),
			"connectedAt": 1705751708326.0, "requestTimeEpoch": 1705751708326.0, "requestTime": "20/Jan/2024:11:55:08 +0000",
			"identity":     map[string]any{"userAgent": "Mozilla/5.0", "sourceIp": "127.0.0.1"},
			"connectionId": "(id)", "requestId": "(id)", "extendedRequestId": "(id)",
		}
		for k, v := range more {
			c[k] = v
		}
		return c
	}
	headers := map[string]any{
		"Host": r.host(), "User-Agent": "Mozilla/5.0", "Accept-Encoding": "gzip", "Sec-WebSocket-Key": "(key)", "Sec-WebSocket-Version": "13",
		"Sec-WebSocket-Extensions": "permessage-deflate",
		"X-Amzn-Trace-Id":          "(trace)", "X-Forwarded-For": "127.0.0.1", "X-Forwarded-Port": "443", "X-Forwarded-Proto": "https",
	}
	last := map[string]any{"Host": r.host(), "x-api-key": "", "X-Forwarded-For": "", "x-restapi": ""}
	tests := []struct {
		name  string
		event []byte
		want  map[string]any
	}{
		{"CONNECT", connected, map[string]any{
			"headers": headers, "multiValueHeaders": multi(headers), "isBase64Encoded": false,
			"requestContext": context(map[string]any{"routeKey": "$connect", "eventType": "CONNECT"}),
		}},
		{"MESSAGE", sent, map[string]any{
			"body": "{\r\n\t\"a\": 1\r\n}", "isBase64Encoded": false,
			"requestContext": context(map[string]any{"routeKey": "$default", "eventType": "MESSAGE", "messageId": "(id)"}),
		}},
		{"DISCONNECT", disconnected, map[string]any{
			"headers": last, "multiValueHeaders": multi(last), "isBase64Encoded": false,
			"requestContext": context(map[string]any{
				"routeKey": "$disconnect", "eventType": "DISCONNECT", "disconnectStatusCode": 1001.0, "disconnectReason": "",
			}),
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := decode(t, test.event)
			mask(t, got)
			for field := range test.want {
				if !reflect.DeepEqual(got[field], test.want[field]) {
					t.Errorf("%s is\n%v, want\n%v", field, got[field], test.want[field])
				}
			}
			if len(got) != len(test.want) {
				t.Errorf("event is %v, want the fields of %v", got, test.want)
			}
			decoder := json.NewDecoder(strings.NewReader(string(test.event)))
			decoder.DisallowUnknownFields()
			if err := decoder.Decode(&events.APIGatewayWebsocketProxyRequest{}); err != nil {
				t.Errorf("aws-lambda-go cannot decode it: %v", err)
			}
		})
	}
	id, requestID, messageID := contextOf(t, sent, "connectionId"), contextOf(t, sent, "requestId"), contextOf(t, sent, "messageId")
	if contextOf(t, connected, "connectionId") != id || contextOf(t, disconnected, "connectionId") != id {
		t.Error("the events are of different connections")
	}
	if contextOf(t, sent, "extendedRequestId") != requestID || requestID == contextOf(t, connected, "requestId") {
		t.Error("a request has one id in both fields, and each request another")
	}
	if messageID[10:] != id[10:] || messageID == id {
		t.Errorf("messageId %s does not share the end of connectionId %s", messageID, id)
	}
}

// mask replaces what is random by its kind.
func mask(t *testing.T, event map[string]any) {
	t.Helper()
	c := event["requestContext"].(map[string]any)
	for _, name := range []string{"connectionId", "requestId", "extendedRequestId", "messageId"} {
		if id, ok := c[name].(string); ok && len(id) == 16 && id[15] == '=' {
			c[name] = "(id)"
		}
	}
	headers, _ := event["headers"].(map[string]any)
	values, _ := event["multiValueHeaders"].(map[string]any)
	if key, _ := headers["Sec-WebSocket-Key"].(string); len(key) == 24 {
		headers["Sec-WebSocket-Key"], values["Sec-WebSocket-Key"] = "(key)", []any{"(key)"}
	}
	if trace, _ := headers["X-Amzn-Trace-Id"].(string); strings.HasPrefix(trace, "Root=1-65abb49c-") && len(trace) == 40 {
		headers["X-Amzn-Trace-Id"], values["X-Amzn-Trace-Id"] = "(trace)", []any{"(trace)"}
	}
}

func multi(headers map[string]any) map[string]any {
	m := map[string]any{}
	for name, value := range headers {
		m[name] = []any{value}
	}
	return m
}

func contextOf(t *testing.T, event []byte, name string) string {
	t.Helper()
	s, _ := at(decode(t, event), "requestContext", name).(string)
	return s
}

// aws.md 1.4: query parameters are on $connect only and only if there are any.
func TestQueryStringIsOnConnectOnly(t *testing.T) {
	_, connected, sent, _ := lifetime(t, api("$connect", "$disconnect", "$default"), "x", withPath("/local?a=1&b=2&a=3&c=%26"))
	event := decode(t, connected)
	if got, want := event["queryStringParameters"], (map[string]any{"a": "3", "b": "2", "c": "&"}); !reflect.DeepEqual(got, want) {
		t.Errorf("queryStringParameters %v, want %v", got, want)
	}
	if got, want := event["multiValueQueryStringParameters"], (map[string]any{"a": []any{"1", "3"}, "b": []any{"2"}, "c": []any{"&"}}); !reflect.DeepEqual(got, want) {
		t.Errorf("multiValueQueryStringParameters %v, want %v", got, want)
	}
	if decode(t, sent)["queryStringParameters"] != nil {
		t.Errorf("a message has query parameters: %s", sent)
	}
}

// aws.md 1.4: stage variables are on every event of a stage that has any.
func TestStageVariablesAreOnEveryEvent(t *testing.T) {
	a := api("$connect", "$disconnect", "$default")
	a.StageVariables = map[string]string{"color": "blue"}
	_, connected, sent, disconnected := lifetime(t, a, "x")
	for _, event := range [][]byte{connected, sent, disconnected} {
		if got := at(decode(t, event), "stageVariables", "color"); got != "blue" {
			t.Errorf("stageVariables.color is %v in %s", got, event)
		}
	}
}

func TestForwardedClientAndTraceAreKept(t *testing.T) {
	_, connected, _, _ := lifetime(t, api("$connect", "$disconnect", "$default"), "x",
		withHeader("X-Forwarded-For", "192.0.2.1"), withHeader("X-Amzn-Trace-Id", "Root=1-65abb49c-000000000000000000000001"))
	headers := decode(t, connected)["headers"]
	if got := at(headers, "X-Forwarded-For"); got != "192.0.2.1, 127.0.0.1" {
		t.Errorf("X-Forwarded-For is %v", got)
	}
	if got := at(headers, "X-Amzn-Trace-Id"); got != "Root=1-65abb49c-000000000000000000000001" {
		t.Errorf("X-Amzn-Trace-Id is %v", got)
	}
}

func TestClientWithoutUserAgentHasNoneInItsIdentity(t *testing.T) {
	_, connected, _, _ := lifetime(t, api("$connect", "$disconnect", "$default"), "x", withHeader("User-Agent", ""))
	if got, want := at(decode(t, connected), "requestContext", "identity"), (map[string]any{"sourceIp": "127.0.0.1"}); !reflect.DeepEqual(got, want) {
		t.Errorf("identity %v, want %v", got, want)
	}
}
