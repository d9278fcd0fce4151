package shards_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	client "github.com/aws/aws-sdk-go-v2/service/sqs"
	"go.uber.org/goleak"

	"github.com/parley-im/parley/infra/local/sqs"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/shards"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newClient(server *httptest.Server) *client.Client {
	return client.New(client.Options{
		Region: "eu-central-1", BaseEndpoint: aws.String(server.URL), HTTPClient: server.Client(), Retryer: aws.NopRetryer{},
		Credentials: credentials.NewStaticCredentialsProvider("local", "secret", ""),
	})
}

// newQueue returns a queue and the service that it is in.
func newQueue(t *testing.T) (*shards.Queue, *sqs.Service) {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	service, err := sqs.New(sqs.Config{
		Region: "eu-central-1", Account: "000000000000", BaseURL: "http://" + server.Listener.Addr().String(), Queues: []sqs.Queue{{Name: "fanout"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = service
	server.Start()
	t.Cleanup(func() {
		server.Close()
		if err := service.Close(); err != nil {
			t.Error(err)
		}
	})
	return shards.New(newClient(server), service.URL("fanout")), service
}

func share(n int) chat.Share {
	s := chat.Share{Conversation: chat.GroupID("ann", "1"), Seq: chat.MaxSeq, Except: "R1kmxc2VNjMCFIA="}
	for i := range chat.Shard {
		s.Users = append(s.Users, chat.UserID(fmt.Sprintf("%0128d", n*chat.Shard+i)))
	}
	return s
}

func TestEveryShardIsOneMessageAndArrivesAsItWasHanded(t *testing.T) {
	queue, service := newQueue(t)
	want := []chat.Share{share(0), share(1), share(2), share(3), share(4)} // the largest group, with the longest names
	if err := queue.Hand(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	messages, err := service.Receive(t.Context(), "fanout", 10, 0)
	if err != nil {
		t.Fatal(err)
	}
	var got []chat.Share
	for _, m := range messages {
		s, err := shards.Read(m.Body)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, s)
	}
	slices.SortFunc(got, func(a, b chat.Share) int { return strings.Compare(string(a.Users[0]), string(b.Users[0])) })
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%d shares, want %d, or others", len(got), len(want))
	}
}

func TestHandingNothingAsksNothing(t *testing.T) {
	queue, service := newQueue(t)
	if err := queue.Hand(t.Context(), nil); err != nil {
		t.Error(err)
	}
	if n := service.Usage()["SendMessage"].Billed; n != 0 {
		t.Errorf("%d requests", n)
	}
}

// One that is not queued is members who get nothing, so the sender must get no acknowledgement.
func TestOneShardThatIsNotQueuedFailsAll(t *testing.T) {
	var n atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if n.Add(1) == 2 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		_, _ = w.Write([]byte(`{"MessageId":"1"}`))
	}))
	defer server.Close()
	queue := shards.New(newClient(server), server.URL+"/000000000000/fanout")
	err := queue.Hand(t.Context(), []chat.Share{share(0), share(1), share(2)})
	if err == nil || chat.AsError(err).Code != chat.Unavailable {
		t.Error(err)
	}
}

func TestWhatIsNoShareIsAnError(t *testing.T) {
	for _, message := range []string{"", "hello canary", "[]", `{"seq":"canary"}`, `{"users":"canary"}`} {
		if s, err := shards.Read(message); err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("%q: %+v, %v", message, s, err)
		}
	}
}
