package notices_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	client "github.com/aws/aws-sdk-go-v2/service/sns"

	"github.com/parley-im/parley/infra/local/sns"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/notices"
)

func newClient(server *httptest.Server) *client.Client {
	return client.New(client.Options{
		Region: "eu-central-1", BaseEndpoint: aws.String(server.URL), HTTPClient: server.Client(), Retryer: aws.NopRetryer{},
		Credentials: credentials.NewStaticCredentialsProvider("local", "secret", ""),
	})
}

// newTopic returns a notifier and what reaches the function behind its topic.
func newTopic(t *testing.T) (*notices.Topic, <-chan events.SNSEvent) {
	t.Helper()
	invoked := make(chan events.SNSEvent, 10)
	service, err := sns.New(sns.Config{
		Region: "eu-central-1", Account: "000000000000",
		Topics: []sns.Topic{{Name: "offline", Subscriptions: []sns.Subscription{{Protocol: "lambda", Endpoint: "push"}}}},
		Deliver: func(_ context.Context, _ string, event []byte) error {
			var e events.SNSEvent
			err := json.Unmarshal(event, &e)
			invoked <- e
			return err
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(service)
	t.Cleanup(func() {
		server.Close()
		if err := service.Close(); err != nil {
			t.Error(err)
		}
	})
	return notices.New(newClient(server), service.TopicARN("offline")), invoked
}

func TestANoticeArrivesAsItWasSent(t *testing.T) {
	topic, invoked := newTopic(t)
	var crowd []chat.UserID
	for i := range 200 { // as many as one delivery serves, with the longest names
		crowd = append(crowd, chat.UserID(fmt.Sprintf("%0128d", i)))
	}
	full := chat.Notice{
		Conversation: chat.DirectID("ann", "bob"), Seq: chat.MaxSeq, Title: strings.Repeat("😀", chat.MaxName),
		Users: crowd,
	}
	for name, want := range map[string]chat.Notice{
		"full":  full,
		"small": {Conversation: "d_x", Seq: 1, Title: "naïve \x00 \" </script> \u2028", Users: []chat.UserID{"bob"}},
	} {
		if err := topic.Notify(t.Context(), want); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, err := notices.Read((<-invoked).Records[0].SNS.Message)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v; want %+v", name, got, err, want)
		}
	}
}

func TestWhatIsNotPublishedIsTemporary(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }))
	defer server.Close()
	err := notices.New(newClient(server), "arn:aws:sns:eu-central-1:000000000000:offline").Notify(t.Context(), chat.Notice{Title: "canary"})
	if err == nil || chat.AsError(err).Code != chat.Unavailable || strings.Contains(err.Error(), "canary") {
		t.Error(err)
	}
}

func TestWhatIsNoNoticeIsAnError(t *testing.T) {
	for _, message := range []string{"", "hello canary", "[]", `{"seq":"canary"}`, `{"seq":-1}`} {
		if n, err := notices.Read(message); err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("%q: %+v, %v", message, n, err)
		}
	}
}
