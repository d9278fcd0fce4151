package fidelity_test

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parley-im/parley/infra/local/sns"
	"github.com/parley-im/parley/infra/local/sqs"
)

// cli runs a command of the AWS CLI against an endpoint and returns what it prints, decoded from JSON if that is not empty.
func (r *rig) cli(endpoint string, args ...string) (object, error) {
	r.Helper()
	printed, err := r.aws(endpoint, args...)
	if err != nil || strings.TrimSpace(printed) == "" {
		return nil, err
	}
	return r.decode(printed), nil
}

func (r *rig) aws(endpoint string, args ...string) (string, error) {
	r.Helper()
	path := tool(r.T, "install the AWS CLI", "aws")
	credentials, err := r.credentials.Retrieve(r.Context())
	if err != nil {
		r.Fatal(err)
	}
	environment := []string{
		"AWS_ACCESS_KEY_ID=" + credentials.AccessKeyID, "AWS_SECRET_ACCESS_KEY=" + credentials.SecretAccessKey,
		"AWS_SESSION_TOKEN=" + credentials.SessionToken, "AWS_REGION=" + r.region, "AWS_DEFAULT_REGION=" + r.region,
		"AWS_EC2_METADATA_DISABLED=true", "AWS_PAGER=", "AWS_MAX_ATTEMPTS=1",
	}
	return output(r.T, environment, path, append(args, "--endpoint-url", endpoint, "--output", "json")...)
}

// must runs a command that must succeed.
func (r *rig) must(endpoint string, args ...string) object {
	r.Helper()
	o, err := r.cli(endpoint, args...)
	if err != nil {
		r.Fatalf("aws %v: %v", args[:2], err)
	}
	return o
}

// The AWS CLI posts to a connection, describes and deletes it, and says GoneException after.
//
// Source: the client itself; aws.md 1.7.
func TestCLIOfConnections(t *testing.T) {
	r := withTool(t)
	c := r.dial()
	id := c.id()
	data := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(data, []byte("from the CLI ☃"), 0o600); err != nil {
		t.Fatal(err)
	}
	const service = "apigatewaymanagementapi"
	r.must(callback(r.url), service, "post-to-connection", "--connection-id", id, "--data", "fileb://"+data)
	c.expect("from the CLI ☃")
	described := r.must(callback(r.url), service, "get-connection", "--connection-id", id)
	if described.text("ConnectedAt") == "" || described.text("LastActiveAt") == "" || described.text("Identity", "UserAgent") != "fidelity/1.0" {
		t.Errorf("described as %v", described)
	}
	r.must(callback(r.url), service, "delete-connection", "--connection-id", id)
	if code, _ := c.closed(); code != 1000 {
		t.Errorf("closed with %d, want 1000", code)
	}
	if _, err := r.cli(callback(r.url), service, "get-connection", "--connection-id", id); err == nil || !strings.Contains(err.Error(), "GoneException") {
		t.Errorf("got %v, want GoneException", err)
	}
}

// The AWS CLI sends, receives, hides, deletes and counts messages of a queue of the stand-in of SQS.
//
// Source: the client itself; infra/local/sqs.
func TestCLIOfQueues(t *testing.T) {
	localOnly(t, "the deployed suite has no queue")
	r := withTool(t)
	url := r.queues(sqs.Queue{Name: "work"}).URL("work")
	endpoint, _, _ := strings.Cut(url, "/"+account)

	listed := r.must(endpoint, "sqs", "list-queues")
	if urls, _ := listed["QueueUrls"].([]any); len(urls) != 1 || urls[0] != url {
		t.Errorf("queues are %v, want %s", listed["QueueUrls"], url)
	}
	if got := r.must(endpoint, "sqs", "get-queue-url", "--queue-name", "work").text("QueueUrl"); got != url {
		t.Errorf("the URL of the queue is %s, want %s", got, url)
	}
	sent := r.must(endpoint, "sqs", "send-message", "--queue-url", url, "--message-body", "ünïcödé ☃",
		"--message-attributes", `{"color":{"DataType":"String","StringValue":"teal"}}`)
	received := r.must(endpoint, "sqs", "receive-message", "--queue-url", url, "--message-attribute-names", "All", "--attribute-names", "All")
	messages, _ := received["Messages"].([]any)
	if len(messages) != 1 {
		t.Fatalf("received %v", received)
	}
	message := object(messages[0].(map[string]any))
	if message.text("MessageId") != sent.text("MessageId") || message.text("Body") != "ünïcödé ☃" {
		t.Errorf("received %v, sent %v", message, sent)
	}
	if got := message.text("MessageAttributes", "color", "StringValue"); got != "teal" {
		t.Errorf("attribute color is %q, want teal", got)
	}
	count := func(name string) string {
		t.Helper()
		return r.must(endpoint, "sqs", "get-queue-attributes", "--queue-url", url, "--attribute-names", "All").text("Attributes", name)
	}
	if got := count("ApproximateNumberOfMessagesNotVisible"); got != "1" {
		t.Errorf("%s messages in flight, want 1", got)
	}
	handle := message.text("ReceiptHandle")
	r.must(endpoint, "sqs", "change-message-visibility", "--queue-url", url, "--receipt-handle", handle, "--visibility-timeout", "0")
	if got := count("ApproximateNumberOfMessages"); got != "1" {
		t.Errorf("%s messages, want 1", got)
	}
	r.must(endpoint, "sqs", "delete-message", "--queue-url", url, "--receipt-handle", handle)
	if got := count("ApproximateNumberOfMessages"); got != "0" {
		t.Errorf("%s messages after the deletion, want 0", got)
	}
	if _, err := r.cli(endpoint, "sqs", "receive-message", "--queue-url", url+"-other"); err == nil || !strings.Contains(err.Error(), "NonExistentQueue") && !strings.Contains(err.Error(), "QueueDoesNotExist") {
		t.Errorf("got %v, want that there is no such queue", err)
	}
}

// queues serves queues that live as long as the test.
func (r *rig) queues(queues ...sqs.Queue) *sqs.Service {
	r.Helper()
	server := httptest.NewUnstartedServer(nil)
	service, err := sqs.New(sqs.Config{
		Region: region, Account: account, Secret: secret, BaseURL: "http://" + server.Listener.Addr().String(), Queues: queues,
	})
	if err != nil {
		r.Fatal(err)
	}
	server.Config.Handler = service
	server.Start()
	r.Cleanup(func() {
		server.Close()
		if err := service.Close(); err != nil {
			r.Error(err)
		}
	})
	return service
}

// The AWS CLI lists topics and publishes to one, which reaches a queue of the stand-in of SQS.
//
// Source: the client itself; infra/local/sns.
func TestCLIOfTopics(t *testing.T) {
	localOnly(t, "the deployed suite has no topic")
	r := withTool(t)
	queues := r.queues(sqs.Queue{Name: "inbox"})
	service, endpoint := r.topics(sns.Config{
		Topics: []sns.Topic{{Name: "news", Subscriptions: []sns.Subscription{{Protocol: "sqs", Endpoint: "inbox"}}}},
		Send: func(_ context.Context, queue, body string, _ map[string]sns.Attribute) error {
			_, err := queues.Send(queue, body, nil)
			return err
		},
	})
	topic := service.TopicARN("news")
	listed := r.must(endpoint, "sns", "list-topics")
	if topics, _ := listed["Topics"].([]any); len(topics) != 1 || object(topics[0].(map[string]any)).text("TopicArn") != topic {
		t.Errorf("topics are %v, want %s", listed["Topics"], topic)
	}
	subscriptions, _ := r.must(endpoint, "sns", "list-subscriptions-by-topic", "--topic-arn", topic)["Subscriptions"].([]any)
	if len(subscriptions) != 1 {
		t.Errorf("subscriptions are %v", subscriptions)
	}
	published := r.must(endpoint, "sns", "publish", "--topic-arn", topic, "--message", "ünïcödé ☃")
	ctx, cancel := r.soon()
	defer cancel()
	messages, err := queues.Receive(ctx, "inbox", 1, r.patience())
	if err != nil || len(messages) != 1 {
		t.Fatalf("received %v, %v", messages, err)
	}
	var envelope struct{ Type, MessageId, TopicArn, Message string }
	if err := json.Unmarshal([]byte(messages[0].Body), &envelope); err != nil {
		t.Fatal(err)
	}
	if envelope.Type != "Notification" || envelope.MessageId != published.text("MessageId") || envelope.TopicArn != topic || envelope.Message != "ünïcödé ☃" {
		t.Errorf("the queue got %+v of %v", envelope, published)
	}
	if _, err := r.cli(endpoint, "sns", "publish", "--topic-arn", topic+"-other", "--message", "x"); err == nil || !strings.Contains(err.Error(), "NotFound") {
		t.Errorf("got %v, want NotFound", err)
	}
}

// The AWS CLI registers a device for mobile push, publishes to it, switches it off and is told so.
//
// Source: the client itself; infra/local/sns; aws.md 4.8.
func TestCLIOfMobilePush(t *testing.T) {
	localOnly(t, "the deployed suite has no platform application")
	r := withTool(t)
	application := sns.Application{Platform: "GCM", Name: "app"}
	service, endpoint := r.topics(sns.Config{Applications: []sns.Application{application}})
	create := []string{"sns", "create-platform-endpoint", "--platform-application-arn", service.ApplicationARN(application), "--token", "device-1"}
	device := r.must(endpoint, create...).text("EndpointArn")
	if again := r.must(endpoint, create...).text("EndpointArn"); again == "" || again != device {
		t.Errorf("registered as %q and again as %q", device, again)
	}
	attributes := func() object {
		t.Helper()
		return r.must(endpoint, "sns", "get-endpoint-attributes", "--endpoint-arn", device).object("Attributes")
	}
	if got := attributes(); got.text("Token") != "device-1" || got.text("Enabled") != "true" {
		t.Errorf("attributes are %v", got)
	}
	published := r.must(endpoint, "sns", "publish", "--target-arn", device, "--message-structure", "json",
		"--message", `{"default":"hi","GCM":"{\"fcmV1Message\":{\"message\":{\"data\":{\"a\":\"b\"}}}}"}`)
	if got := service.Notifications(sns.Filter{EndpointARN: device}); len(got) != 1 || got[0].MessageID != published.text("MessageId") || !strings.Contains(got[0].Message, "fcmV1Message") {
		t.Errorf("the device got %+v", got)
	}
	r.must(endpoint, "sns", "set-endpoint-attributes", "--endpoint-arn", device, "--attributes", "Enabled=false")
	if _, err := r.cli(endpoint, "sns", "publish", "--target-arn", device, "--message", "x"); err == nil || !strings.Contains(err.Error(), "EndpointDisabled") {
		t.Errorf("got %v, want EndpointDisabled", err)
	}
	r.must(endpoint, "sns", "delete-endpoint", "--endpoint-arn", device)
	if _, err := r.cli(endpoint, "sns", "get-endpoint-attributes", "--endpoint-arn", device); err == nil || !strings.Contains(err.Error(), "NotFound") {
		t.Errorf("got %v, want NotFound", err)
	}
}

// topics serves topics and applications that live as long as the test, and returns where.
func (r *rig) topics(cfg sns.Config) (*sns.Service, string) {
	r.Helper()
	cfg.Region, cfg.Account, cfg.Secret = region, account, secret
	service, err := sns.New(cfg)
	if err != nil {
		r.Fatal(err)
	}
	server := httptest.NewServer(service)
	r.Cleanup(func() {
		server.Close()
		if err := service.Close(); err != nil {
			r.Error(err)
		}
	})
	return service, server.URL
}
