package faults_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/infra/local/faults"
	localsns "github.com/parley-im/parley/infra/local/sns"
	localsqs "github.com/parley-im/parley/infra/local/sqs"
	"github.com/parley-im/parley/pkg/topology"
)

// trace is that of the invocation in which the tests call services.
const trace = "Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled=0"

// services are those of AWS behind an injector, as a function named message sees them: through clients of the SDK that try
// everything once.
type services struct {
	*faults.Injector
	dynamodb *dynamodb.Client
	s3       *s3.Client
	sns      *sns.Client
	sqs      *sqs.Client
	posts    *apigatewaymanagementapi.Client

	inbox  *localsns.Service
	queues *localsqs.Service
	lambda *host

	mu     sync.Mutex
	served map[string]int // how many requests reached each service
}

// host is where the function runs.
type host struct {
	mu     sync.Mutex
	killed []string
}

func (*host) FunctionOf(id string) (string, bool) { return "message", id == trace }

func (h *host) KillTrace(id string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.killed = append(h.killed, id)
	return id == trace
}

// deaths are the invocations that were killed.
func (h *host) deaths() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.killed)
}

func start(t *testing.T) *services {
	t.Helper()
	// From these the SDK knows whose request it sends.
	t.Setenv("AWS_LAMBDA_FUNCTION_NAME", "message")
	t.Setenv("_X_AMZN_TRACE_ID", trace)
	s := &services{Injector: faults.New(slog.New(slog.DiscardHandler)), lambda: &host{}, served: map[string]int{}}
	s.Watch(s.lambda)
	config := func(service string, real http.Handler) aws.Config {
		counted := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			s.mu.Lock()
			s.served[service]++
			s.mu.Unlock()
			real.ServeHTTP(w, r)
		})
		server := httptest.NewServer(s.Tap(service, counted))
		t.Cleanup(server.Close)
		return aws.Config{
			Region: "us-east-1", BaseEndpoint: aws.String(server.URL), HTTPClient: server.Client(),
			Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
			Retryer:     func() aws.Retryer { return aws.NopRetryer{} },
		}
	}
	emulator, err := url.Parse(*dynamodbtest.Start(t).Options().BaseEndpoint)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	s.dynamodb = dynamodb.NewFromConfig(config("dynamodb", &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(emulator) }, Transport: transport,
	}))
	if s.inbox, err = localsns.New(localsns.Config{
		Region: "us-east-1", Account: "000000000000", Topics: []localsns.Topic{{Name: "offline"}},
		Applications: []localsns.Application{{Platform: "GCM", Name: "parley"}},
	}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.inbox.Close() })
	s.sns = sns.NewFromConfig(config("sns", s.inbox))
	if s.queues, err = localsqs.New(localsqs.Config{
		Region: "us-east-1", Account: "000000000000", BaseURL: "http://127.0.0.1", Queues: []localsqs.Queue{{Name: "fanout"}},
	}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.queues.Close() })
	s.sqs = sqs.NewFromConfig(config("sqs", s.queues))
	// Nothing is asked of these two but to be there.
	empty := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
	s.s3 = s3.NewFromConfig(config("s3", empty), func(o *s3.Options) { o.UsePathStyle = true })
	s.posts = apigatewaymanagementapi.NewFromConfig(config("apigateway", empty))
	return s
}

// plan puts rules in force.
func (s *services) plan(t *testing.T, rules ...faults.Rule) {
	t.Helper()
	if err := s.Set(faults.Plan{Seed: 1, Rules: rules}); err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.served)
}

// reached returns how many requests have reached a service under this plan.
func (s *services) reached(service string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.served[service]
}

// post posts to a connection.
func (s *services) post(ctx context.Context) error {
	_, err := s.posts.PostToConnection(ctx, &apigatewaymanagementapi.PostToConnectionInput{
		ConnectionId: aws.String("R1kmxc2VNjMCFIA="), Data: []byte("{}"),
	})
	return err
}

// put stores when a user was seen.
func (s *services) put(ctx context.Context, seen string) error {
	_, err := s.dynamodb.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(topology.Sessions.Name),
		Item:      map[string]types.AttributeValue{"user": &types.AttributeValueMemberS{Value: "ann"}, "seen": &types.AttributeValueMemberN{Value: seen}},
	})
	return err
}

// get returns when the user was seen.
func (s *services) get(t *testing.T, strong bool) string {
	t.Helper()
	out, err := s.dynamodb.GetItem(t.Context(), &dynamodb.GetItemInput{
		TableName: aws.String(topology.Sessions.Name), ConsistentRead: aws.Bool(strong), Key: ann(),
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Item) == 0 {
		return ""
	}
	return out.Item["seen"].(*types.AttributeValueMemberN).Value
}

func ann() map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"user": &types.AttributeValueMemberS{Value: "ann"}}
}

// batch reads the user in the way that most reads of a delivery go.
func (s *services) batch(ctx context.Context) (*dynamodb.BatchGetItemOutput, error) {
	return s.dynamodb.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{
		RequestItems: map[string]types.KeysAndAttributes{topology.Sessions.Name: {Keys: []map[string]types.AttributeValue{ann()}}},
	})
}

// publish publishes to the topic, or to an endpoint.
func (s *services) publish(ctx context.Context, endpoint string) error {
	in := &sns.PublishInput{Message: aws.String("hi"), TopicArn: aws.String(s.inbox.TopicARN("offline"))}
	if endpoint != "" {
		in.TopicArn, in.TargetArn = nil, aws.String(endpoint)
	}
	_, err := s.sns.Publish(ctx, in)
	return err
}
