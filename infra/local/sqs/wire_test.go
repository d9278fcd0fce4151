package sqs_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/parley-im/parley/infra/local/sqs"
)

func TestAMessageCrossesTheWireWithItsAttributes(t *testing.T) {
	s := newStack(t, sqs.Config{Queues: []sqs.Queue{{Name: "fanout"}}})
	url := aws.String(s.URL("fanout"))
	attributes := map[string]types.MessageAttributeValue{
		"room.id": {DataType: aws.String("String"), StringValue: aws.String("d_1")},
		"room.n":  {DataType: aws.String("Number"), StringValue: aws.String("200")},
		"raw":     {DataType: aws.String("Binary"), BinaryValue: []byte{0, 1, 255}},
	}
	sent, err := s.client.SendMessage(t.Context(), &client.SendMessageInput{
		QueueUrl: url, MessageBody: aws.String("grüße <&> 🙂\n"), MessageAttributes: attributes,
		MessageSystemAttributes: map[string]types.MessageSystemAttributeValue{
			"AWSTraceHeader": {DataType: aws.String("String"), StringValue: aws.String("Root=1-2-3")},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.clock.Advance(1500 * time.Millisecond)
	out, err := s.client.ReceiveMessage(t.Context(), &client.ReceiveMessageInput{
		QueueUrl:                    url,
		MessageAttributeNames:       []string{"All"},
		MessageSystemAttributeNames: []types.MessageSystemAttributeName{"All"},
	})
	if err != nil || len(out.Messages) != 1 {
		t.Fatalf("received %+v, %v", out, err)
	}
	m := out.Messages[0]
	if *m.Body != "grüße <&> 🙂\n" || *m.MessageId != *sent.MessageId {
		t.Errorf("received %q %s, sent %s", *m.Body, *m.MessageId, *sent.MessageId)
	}
	if *m.MD5OfMessageAttributes != *sent.MD5OfMessageAttributes {
		t.Error("the digest of the attributes differs")
	}
	if got := m.MessageAttributes; len(got) != 3 || *got["room.n"].StringValue != "200" || !bytes.Equal(got["raw"].BinaryValue, []byte{0, 1, 255}) {
		t.Errorf("attributes %+v", got)
	}
	want := map[string]string{
		"ApproximateReceiveCount":          "1",
		"SentTimestamp":                    strconv.FormatInt(start.UnixMilli(), 10),
		"ApproximateFirstReceiveTimestamp": strconv.FormatInt(start.UnixMilli()+1500, 10),
		"SenderId":                         account,
		"AWSTraceHeader":                   "Root=1-2-3",
	}
	if !maps.Equal(m.Attributes, want) {
		t.Errorf("system attributes %v, want %v", m.Attributes, want)
	}
}

func TestOnlyTheAttributesAskedForAreReturned(t *testing.T) {
	s := newStack(t, sqs.Config{Queues: []sqs.Queue{{Name: "fanout"}}})
	text := func(v string) sqs.Attribute { return sqs.Attribute{DataType: "String", StringValue: v} }
	if _, err := s.Send("fanout", "hi", map[string]sqs.Attribute{"room.id": text("1"), "room.n": text("2"), "kind": text("3")}); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		ask, want []string
	}{
		{nil, nil},
		{[]string{"kind", "absent"}, []string{"kind"}},
		{[]string{"room.*"}, []string{"room.id", "room.n"}},
		{[]string{".*"}, []string{"kind", "room.id", "room.n"}},
	}
	for _, tt := range tests {
		out, err := s.client.ReceiveMessage(t.Context(), &client.ReceiveMessageInput{
			QueueUrl: aws.String(s.URL("fanout")), MessageAttributeNames: tt.ask,
			AttributeNames: []types.QueueAttributeName{"SentTimestamp"},
		})
		if err != nil || len(out.Messages) != 1 {
			t.Fatalf("received %+v, %v", out, err)
		}
		m := out.Messages[0]
		if got := slices.Sorted(maps.Keys(m.MessageAttributes)); !slices.Equal(got, tt.want) {
			t.Errorf("asked for %v, got %v", tt.ask, got)
		}
		if got := slices.Collect(maps.Keys(m.Attributes)); !slices.Equal(got, []string{"SentTimestamp"}) {
			t.Errorf("system attributes %v", got)
		}
		s.clock.Advance(30 * time.Second)
	}
}

func TestTheDigestOfAttributesIsThatOfAWS(t *testing.T) {
	s := newStack(t, sqs.Config{Queues: []sqs.Queue{{Name: "fanout"}}})
	timestamp := func(dataType string) map[string]types.MessageAttributeValue {
		return map[string]types.MessageAttributeValue{"timestamp": {DataType: aws.String(dataType), StringValue: aws.String("1493147359900")}}
	}
	tests := []struct {
		name       string
		attributes map[string]types.MessageAttributeValue
		want       string
	}{
		// These two are what AWS returned, as its clients have recorded it.
		{"number", timestamp("Number"), "235c5c510d26fb653d073faed50ae77c"},
		{"number with a label", timestamp("Number.java.lang.Long"), "2e2e4876d8e0bd6b8c2c8f556831c349"},
		// This one is by hand: md5 of the lengths, names, types, kinds and values, in the order of the names.
		{"text and bytes", map[string]types.MessageAttributeValue{
			"room": {DataType: aws.String("String"), StringValue: aws.String("grüße")},
			"raw":  {DataType: aws.String("Binary"), BinaryValue: []byte{0, 1, 255}},
		}, "54ccd651fae5e6224a36c5aac2c0e00c"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, err := s.client.SendMessage(t.Context(), &client.SendMessageInput{
				QueueUrl: aws.String(s.URL("fanout")), MessageBody: aws.String("hi"), MessageAttributes: tt.attributes,
			})
			if err != nil {
				t.Fatal(err)
			}
			if *out.MD5OfMessageAttributes != tt.want {
				t.Errorf("%s, want %s", *out.MD5OfMessageAttributes, tt.want)
			}
		})
	}
}

func TestABatchReportsEachEntryByItself(t *testing.T) {
	s := newStack(t, sqs.Config{Queues: []sqs.Queue{{Name: "fanout"}}})
	url := aws.String(s.URL("fanout"))
	sent, err := s.client.SendMessageBatch(t.Context(), &client.SendMessageBatchInput{QueueUrl: url, Entries: []types.SendMessageBatchRequestEntry{
		{Id: aws.String("a"), MessageBody: aws.String("one")},
		{Id: aws.String("b"), MessageBody: aws.String("\x01")},
		{Id: aws.String("c"), MessageBody: aws.String("two"), DelaySeconds: 901},
		{Id: aws.String("d"), MessageBody: aws.String("three")},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if len(sent.Successful) != 2 || *sent.Successful[0].Id != "a" || *sent.Successful[1].Id != "d" {
		t.Errorf("sent %+v", sent.Successful)
	}
	if len(sent.Failed) != 2 || *sent.Failed[0].Code != "InvalidMessageContents" || *sent.Failed[1].Code != "InvalidParameterValue" || !sent.Failed[0].SenderFault {
		t.Errorf("failed %+v", sent.Failed)
	}

	held := s.receive(t, "fanout")
	changed, err := s.client.ChangeMessageVisibilityBatch(t.Context(), &client.ChangeMessageVisibilityBatchInput{QueueUrl: url, Entries: []types.ChangeMessageVisibilityBatchRequestEntry{
		{Id: aws.String("x"), ReceiptHandle: aws.String(held[0].ReceiptHandle), VisibilityTimeout: 0},
		{Id: aws.String("y"), ReceiptHandle: aws.String("made up"), VisibilityTimeout: 0},
	}})
	if err != nil || len(changed.Successful) != 1 || *changed.Failed[0].Code != "ReceiptHandleIsInvalid" {
		t.Errorf("changed %+v, %v", changed, err)
	}
	s.wantDepth(t, "fanout", sqs.Depth{Visible: 1, InFlight: 1})

	deleted, err := s.client.DeleteMessageBatch(t.Context(), &client.DeleteMessageBatchInput{QueueUrl: url, Entries: []types.DeleteMessageBatchRequestEntry{
		{Id: aws.String("x"), ReceiptHandle: aws.String(held[0].ReceiptHandle)},
		{Id: aws.String("y"), ReceiptHandle: aws.String(held[1].ReceiptHandle)},
		{Id: aws.String("z"), ReceiptHandle: aws.String("made up")},
	}})
	if err != nil || len(deleted.Successful) != 2 || len(deleted.Failed) != 1 {
		t.Errorf("deleted %+v, %v", deleted, err)
	}
	s.wantDepth(t, "fanout", sqs.Depth{})
}

func TestRefusalsReachTheClientAsTheirTypes(t *testing.T) {
	s := newStack(t, sqs.Config{Queues: []sqs.Queue{{Name: "fanout"}}})
	url := aws.String(s.URL("fanout"))
	batch := func(ids ...string) error {
		in := &client.SendMessageBatchInput{QueueUrl: url, Entries: []types.SendMessageBatchRequestEntry{}}
		for _, id := range ids {
			in.Entries = append(in.Entries, types.SendMessageBatchRequestEntry{Id: aws.String(id), MessageBody: aws.String("hi")})
		}
		_, err := s.client.SendMessageBatch(t.Context(), in)
		return err
	}
	send := func(queueURL, body string) error {
		_, err := s.client.SendMessage(t.Context(), &client.SendMessageInput{QueueUrl: aws.String(queueURL), MessageBody: aws.String(body)})
		return err
	}
	half := strings.Repeat("x", sqs.MaxMessageSize/2+1)
	_, tooLong := s.client.SendMessageBatch(t.Context(), &client.SendMessageBatchInput{QueueUrl: url, Entries: []types.SendMessageBatchRequestEntry{
		{Id: aws.String("a"), MessageBody: aws.String(half)}, {Id: aws.String("b"), MessageBody: aws.String(half)},
	}})
	_, badHandle := s.client.DeleteMessage(t.Context(), &client.DeleteMessageInput{QueueUrl: url, ReceiptHandle: aws.String("made up")})
	_, noQueue := s.client.GetQueueUrl(t.Context(), &client.GetQueueUrlInput{QueueName: aws.String("nowhere")})
	_, badAttribute := s.client.GetQueueAttributes(t.Context(), &client.GetQueueAttributesInput{QueueUrl: url, AttributeNames: []types.QueueAttributeName{"Colour"}})

	tests := []struct {
		name string
		err  error
		is   func(error) bool
	}{
		{"unknown queue", send(s.URL("nowhere"), "hi"), isA[*types.QueueDoesNotExist]},
		{"unknown queue by name", noQueue, isA[*types.QueueDoesNotExist]},
		{"queue of another account", send(s.url+"/111111111111/fanout", "hi"), isA[*types.QueueDoesNotExist]},
		{"no queue URL", send("fanout", "hi"), isA[*types.InvalidAddress]},
		{"control character", send(*url, "\x00"), isA[*types.InvalidMessageContents]},
		{"not a character", send(*url, "\uFFFE"), isA[*types.InvalidMessageContents]},
		{"empty batch", batch(), isA[*types.EmptyBatchRequest]},
		{"eleven entries", batch("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"), isA[*types.TooManyEntriesInBatchRequest]},
		{"same id twice", batch("1", "1"), isA[*types.BatchEntryIdsNotDistinct]},
		{"bad entry id", batch("a b"), isA[*types.InvalidBatchEntryId]},
		{"batch too long", tooLong, isA[*types.BatchRequestTooLong]},
		{"receipt handle", badHandle, isA[*types.ReceiptHandleIsInvalid]},
		{"unknown attribute", badAttribute, isA[*types.InvalidAttributeName]},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if !tt.is(tt.err) {
				t.Errorf("error is %v", tt.err)
			}
		})
	}
	s.wantDepth(t, "fanout", sqs.Depth{})
}

func isA[E error](err error) bool {
	var e E
	return errors.As(err, &e)
}

func TestAMessageMayBeExactlyAsLargeAsTheLimit(t *testing.T) {
	s := newStack(t, sqs.Config{Queues: []sqs.Queue{{Name: "fanout"}}})
	attributes := map[string]sqs.Attribute{"k": {DataType: "String", StringValue: "v"}} // 1 + 6 + 1 bytes
	body := strings.Repeat("\x7f", sqs.MaxMessageSize-8)
	if _, err := s.Send("fanout", body, attributes); err != nil {
		t.Error(err)
	}
	_, err := s.Send("fanout", body+"x", attributes)
	wantCode(t, err, sqs.InvalidParameterValue)
	if got := s.one(t, "fanout").Body; got != body {
		t.Error("the body changed")
	}
}

func TestBadParametersAreRefused(t *testing.T) {
	s := newStack(t, sqs.Config{Queues: []sqs.Queue{{Name: "fanout"}}})
	eleven := map[string]any{}
	for i := range 11 {
		eleven[strconv.Itoa(i)] = map[string]any{"DataType": "String", "StringValue": "x"}
	}
	attribute := func(name string, a map[string]any) map[string]any {
		return map[string]any{"MessageBody": "hi", "MessageAttributes": map[string]any{name: a}}
	}
	tests := []struct {
		name, operation string
		in              map[string]any
		want            string
	}{
		{"empty body", "SendMessage", map[string]any{"MessageBody": ""}, "MissingParameter"},
		{"negative delay", "SendMessage", map[string]any{"MessageBody": "hi", "DelaySeconds": -1}, "InvalidParameterValue"},
		{"deduplication id", "SendMessage", map[string]any{"MessageBody": "hi", "MessageDeduplicationId": "x"}, "InvalidParameterValue"},
		{"eleven attributes", "SendMessage", map[string]any{"MessageBody": "hi", "MessageAttributes": eleven}, "InvalidParameterValue"},
		{"attribute of AWS", "SendMessage", attribute("AWS.x", map[string]any{"DataType": "String", "StringValue": "x"}), "InvalidParameterValue"},
		{"attribute without type", "SendMessage", attribute("a", map[string]any{"StringValue": "x"}), "InvalidParameterValue"},
		{"attribute of unknown type", "SendMessage", attribute("a", map[string]any{"DataType": "Bool", "StringValue": "x"}), "InvalidParameterValue"},
		{"attribute without value", "SendMessage", attribute("a", map[string]any{"DataType": "Binary"}), "InvalidParameterValue"},
		{"attribute that is no number", "SendMessage", attribute("a", map[string]any{"DataType": "Number", "StringValue": "x"}), "InvalidParameterValue"},
		{"attribute with a control character", "SendMessage", attribute("a", map[string]any{"DataType": "String", "StringValue": "\x00"}), "InvalidMessageContents"},
		{"unknown system attribute", "SendMessage", map[string]any{"MessageBody": "hi", "MessageSystemAttributes": map[string]any{"x": map[string]any{"DataType": "String", "StringValue": "x"}}}, "InvalidParameterValue"},
		{"body of another type", "SendMessage", map[string]any{"MessageBody": 1}, "SerializationException"},
		{"no receipt handle", "DeleteMessage", map[string]any{}, "MissingParameter"},
		{"no timeout", "ChangeMessageVisibility", map[string]any{"ReceiptHandle": "x"}, "MissingParameter"},
		{"timeout over 12 h", "ChangeMessageVisibility", map[string]any{"ReceiptHandle": "x", "VisibilityTimeout": 43201}, "InvalidParameterValue"},
		{"receive timeout over 12 h", "ReceiveMessage", map[string]any{"VisibilityTimeout": 43201}, "InvalidParameterValue"},
		{"wait over 20 s", "ReceiveMessage", map[string]any{"WaitTimeSeconds": 21}, "InvalidParameterValue"},
		{"no messages", "ReceiveMessage", map[string]any{"MaxNumberOfMessages": 0}, "InvalidParameterValue"},
		{"no queue", "PurgeQueue", map[string]any{"QueueUrl": ""}, "MissingParameter"},
		{"results", "ListQueues", map[string]any{"MaxResults": 0}, "InvalidParameterValue"},
		{"token", "ListQueues", map[string]any{"NextToken": "%"}, "InvalidParameterValue"},
		{"unknown operation", "CreateQueue", map[string]any{}, "InvalidAction"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, ok := tt.in["QueueUrl"]; !ok {
				tt.in["QueueUrl"] = s.URL("fanout")
			}
			response, body := s.post(t, tt.operation, tt.in, authorization)
			if got := response.Header.Get("x-amzn-query-error"); got != tt.want+";Sender" || response.StatusCode != http.StatusBadRequest {
				t.Errorf("%s, %q, %s", response.Status, got, body)
			}
		})
	}
	s.wantDepth(t, "fanout", sqs.Depth{})
}

const authorization = "AWS4-HMAC-SHA256 Credential=local/20261121/" + region + "/sqs/aws4_request, SignedHeaders=host;x-amz-date, Signature=00"

// post calls an operation without a client.
func (s *stack) post(t *testing.T, operation string, in any, authorization string) (*http.Response, []byte) {
	t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Amz-Target", "AmazonSQS."+operation)
	request.Header.Set("Content-Type", "application/x-amz-json-1.0")
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	defer http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	out, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, out
}

func TestAnErrorHasTheShapeOfTheProtocol(t *testing.T) {
	s := newStack(t, sqs.Config{})
	response, body := s.post(t, "GetQueueUrl", map[string]any{"QueueName": "nowhere"}, authorization)
	want := `{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"The specified queue does not exist."}`
	if strings.TrimSpace(string(body)) != want {
		t.Errorf("body %s", body)
	}
	if got := response.Header.Get("x-amzn-query-error"); got != "AWS.SimpleQueueService.NonExistentQueue;Sender" {
		t.Errorf("x-amzn-query-error %q", got)
	}
	if response.Header.Get("x-amzn-RequestId") == "" || response.Header.Get("Content-Type") != "application/x-amz-json-1.0" {
		t.Errorf("headers %v", response.Header)
	}
}

// knows is a Config's Secret that knows one access key.
func knows(accessKey string) func(string) (string, bool) {
	return func(key string) (string, bool) { return "secret", key == accessKey }
}

func TestOnlySignedRequestsOfOurKeyAreLetIn(t *testing.T) {
	s := newStack(t, sqs.Config{Secret: knows("local")})
	header := func(credential string) string {
		return fmt.Sprintf("AWS4-HMAC-SHA256 Credential=%s,SignedHeaders=host,Signature=00", credential)
	}
	tests := []struct{ name, authorization, want string }{
		{"none", "", "MissingAuthenticationToken"},
		{"another scheme", "Bearer x", "SignatureDoesNotMatch"},
		{"no scope", header("local"), "SignatureDoesNotMatch"},
		{"a signature that is made up", authorization, "SignatureDoesNotMatch"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			response, _ := s.post(t, "ListQueues", map[string]any{}, tt.authorization)
			if got := response.Header.Get("x-amzn-query-error"); got != tt.want+";Sender" || response.StatusCode != http.StatusForbidden {
				t.Errorf("%s, %q", response.Status, got)
			}
		})
	}
	if _, err := s.client.ListQueues(t.Context(), &client.ListQueuesInput{}); err != nil {
		t.Error(err)
	}
	stranger := newStack(t, sqs.Config{Secret: knows("another")})
	if _, err := stranger.client.ListQueues(t.Context(), &client.ListQueuesInput{}); err == nil || !strings.Contains(err.Error(), "InvalidClientTokenId") &&
		!strings.Contains(err.Error(), "UnrecognizedClientException") {
		t.Errorf("a key that nobody knows: %v", err)
	}
}
