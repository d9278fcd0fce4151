package meter_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/meter"
	"github.com/parley-im/parley/pkg/price"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
)

var epoch = time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)

func prices(t *testing.T) price.Table {
	t.Helper()
	table, err := price.Of("us-east-1", epoch)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// watched is a configuration whose requests are counted and go to a server.
func watched(m *meter.Meter, endpoint string) aws.Config {
	cfg := aws.Config{
		Region: "us-east-1", BaseEndpoint: &endpoint, Credentials: credentials.NewStaticCredentialsProvider("local", "secret", ""),
		Retryer: func() aws.Retryer { return aws.NopRetryer{} },
	}
	m.Watch(&cfg)
	return cfg
}

func used(m *meter.Meter, action string) price.Bill {
	accounts, _ := m.Read()
	return accounts[action].Bill
}

func TestDynamoDBTellsWhatItsRequestsConsume(t *testing.T) {
	m := meter.New(epoch)
	emulator := dynamodbtest.Start(t)
	cfg := watched(m, *emulator.Options().BaseEndpoint)
	db := dynamo.NewFromIface(dynamodb.NewFromConfig(cfg))
	log := store.NewConversations(db, topology.Conversations.Name, topology.ConversationsByUser.Name)
	entry := chat.Entry{Conversation: chat.DirectID("ann", "bob"), Seq: 1, Kind: chat.Message, ID: "1", From: "ann", At: epoch}
	ctx := meter.With(t.Context(), "send")
	put := func(wrote bool) {
		t.Helper()
		if _, ok, err := log.Put(ctx, entry); err != nil || ok != wrote {
			t.Fatal(ok, err)
		}
	}
	put(true)
	if got := used(m, "send"); got[price.WriteUnit] != 1 || got[price.ReadUnit] != 0 {
		t.Errorf("a put: %v", got)
	}
	put(false) // what is refused costs as much
	if got := used(m, "send"); got[price.WriteUnit] != 2 {
		t.Errorf("a refused put: %v", got)
	}
	second := entry
	second.Seq, second.ID, second.Kind, second.Body.Target = 2, "2", chat.Reacted, 1
	change := chat.Change{Seq: 1, React: &chat.Reaction{User: "ann", Marks: []string{"x"}}}
	if _, wrote, err := log.Commit(ctx, second, change); err != nil || !wrote {
		t.Fatal(wrote, err)
	}
	if got := used(m, "send"); got[price.WriteUnit] != 6 {
		t.Errorf("a transaction of two: %v", got)
	}
	if _, wrote, err := log.Commit(ctx, second, change); err != nil || wrote {
		t.Fatal(wrote, err)
	}
	if got := used(m, "send"); got[price.WriteUnit] != 10 {
		t.Errorf("a refused transaction: %v", got)
	}
	if got := happened(m, "send"); got[meter.Conflict] != 2 || len(got) != 1 {
		t.Errorf("two writes were refused: %v", got)
	}
	if _, err := log.After(meter.With(t.Context(), "sync"), entry.Conversation, 0, 10, chat.Eventual); err != nil {
		t.Fatal(err)
	}
	if _, _, err := log.Entry(meter.With(t.Context(), "sync"), entry.Conversation, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := log.Entries(meter.With(t.Context(), "sync"), entry.Conversation, []chat.Seq{1, 2}); err != nil {
		t.Fatal(err)
	}
	if got := used(m, "sync"); got[price.ReadUnit] != 0.5+1+2 {
		t.Errorf("an eventual query, a strong get, a strong batch of two: %v", got)
	}
}

func TestOtherServicesAreCountedByRequestAndSize(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.Contains(r.URL.Path, "gone"):
			w.WriteHeader(http.StatusGone)
		case strings.HasPrefix(r.Header.Get("X-Amz-Target"), "AmazonSQS"):
			_, _ = io.WriteString(w, `{}`)
		case r.Header.Get("Content-Type") == "application/x-www-form-urlencoded":
			_, _ = io.WriteString(w, `<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>`)
		}
	}))
	t.Cleanup(server.Close)
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	m := meter.New(epoch)
	cfg := watched(m, server.URL)
	ctx := meter.With(t.Context(), "x")
	posts, topics := apigatewaymanagementapi.NewFromConfig(cfg), sns.NewFromConfig(cfg)
	queues := sqs.NewFromConfig(cfg)
	objects := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })
	text := func(n int) *string { return aws.String(strings.Repeat("x", n)) }

	for name, test := range map[string]struct {
		do   func() error
		want price.Bill
	}{
		"a frame": {func() error {
			_, err := posts.PostToConnection(ctx, &apigatewaymanagementapi.PostToConnectionInput{ConnectionId: aws.String("c"), Data: []byte(*text(32 << 10))})
			return err
		}, price.Bill{price.Frame: 1}},
		"a frame and a byte": {func() error {
			_, err := posts.PostToConnection(ctx, &apigatewaymanagementapi.PostToConnectionInput{ConnectionId: aws.String("c"), Data: []byte(*text(32<<10 + 1))})
			return err
		}, price.Bill{price.Frame: 2}},
		"a frame to nobody": {func() error {
			if _, err := posts.PostToConnection(ctx, &apigatewaymanagementapi.PostToConnectionInput{ConnectionId: aws.String("gone"), Data: []byte("x")}); err == nil {
				return errors.New("it was taken")
			}
			return nil
		}, price.Bill{}},
		"a closed connection": {func() error {
			_, err := posts.DeleteConnection(ctx, &apigatewaymanagementapi.DeleteConnectionInput{ConnectionId: aws.String("c")})
			return err
		}, price.Bill{}},
		"a publish": {func() error {
			_, err := topics.Publish(ctx, &sns.PublishInput{TopicArn: aws.String("arn"), Message: text(64<<10 + 1)})
			return err
		}, price.Bill{price.Publish: 2}},
		"a push": {func() error {
			_, err := topics.Publish(ctx, &sns.PublishInput{TargetArn: aws.String("arn"), Message: text(1)})
			return err
		}, price.Bill{price.Publish: 1, price.Push: 1}},
		"a message in a queue": {func() error {
			_, err := queues.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: aws.String(server.URL + "/q"), MessageBody: text(1)})
			return err
		}, price.Bill{price.QueueRequest: 1}},
		"a tagged object": {func() error {
			_, err := objects.HeadObject(ctx, &s3.HeadObjectInput{Bucket: aws.String("b"), Key: aws.String("k")})
			return err
		}, price.Bill{price.ObjectRead: 1}},
	} {
		before := used(m, "x")
		if err := test.do(); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		after := used(m, "x")
		for _, rate := range prices(t).Rates {
			if got := after[rate.Unit] - before[rate.Unit]; got != test.want[rate.Unit] {
				t.Errorf("%s: %v %s, want %v", name, got, rate.Unit, test.want[rate.Unit])
			}
		}
	}
}

// function is a metered function on a clock of its own.
type function struct {
	lambda.Handler
	inner lambda.Handler // what is metered
	meter *meter.Meter
	now   time.Time
	out   bytes.Buffer
	// answers is the frame that it replies with.
	answers string
}

func newFunction(t *testing.T, takes time.Duration, use price.Bill) *function {
	f := &function{meter: meter.New(epoch), now: epoch, answers: "{}"}
	handler := lambda.NewHandler(func(ctx context.Context, _ map[string]any) (map[string]any, error) {
		f.now = f.now.Add(takes)
		for unit, n := range use {
			f.meter.Use(ctx, unit, n)
		}
		return map[string]any{"statusCode": 200, "body": f.answers}, nil
	})
	f.inner = handler
	f.Handler = f.meter.Wrap(handler, meter.Function{
		Name: "message", Stage: "dev", Memory: 512, Started: epoch.Add(-100 * time.Millisecond), Prices: prices(t),
		Now: func() time.Time { return f.now }, Out: &f.out,
	})
	return f
}

const frameEvent = `{"requestContext":{"routeKey":"send"},"body":"{\"action\":\"send\"}"}`

func (f *function) invoke(t *testing.T, event string) {
	t.Helper()
	if _, err := f.Invoke(t.Context(), []byte(event)); err != nil {
		t.Fatal(err)
	}
}

func TestAnInvocationCountsItsFramesItsTimeAndItsStart(t *testing.T) {
	f := newFunction(t, 10*time.Millisecond, nil)
	f.invoke(t, frameEvent)
	got := used(f.meter, "send")
	if got[price.Frame] != 2 || got[price.Request] != 1 || got[price.Compute] != 0.110*0.5 {
		t.Errorf("the first: %v", got)
	}
	f.invoke(t, frameEvent)
	if got := used(f.meter, "send"); got[price.Compute] != 0.110*0.5+0.010*0.5 || got[price.Frame] != 4 {
		t.Errorf("the second is warm: %v", got)
	}
	f.invoke(t, `{"Records":[]}`)
	if got := used(f.meter, "message"); got[price.Request] != 1 {
		t.Errorf("what has no route is counted for the function: %v", got)
	}
}

func TestEachInvocationTellsWhatItAloneCame(t *testing.T) {
	var told []float64
	f := newFunction(t, 10*time.Millisecond, price.Bill{price.WriteUnit: 1})
	f.Handler = f.meter.Wrap(f.inner, meter.Function{
		Name: "message", Memory: 512, Started: epoch, Prices: prices(t), Now: func() time.Time { return f.now }, Out: &f.out,
		Spent: func(ctx context.Context, dollars float64) {
			if meter.Action(ctx) != "send" {
				t.Errorf("of %s", meter.Action(ctx))
			}
			told = append(told, dollars)
		},
	})
	f.invoke(t, frameEvent)
	f.invoke(t, frameEvent)
	want, _ := prices(t).Cost(price.Bill{price.Frame: 2, price.Request: 1, price.WriteUnit: 1, price.Compute: 0.010 * 0.5})
	if len(told) != 2 || told[0] != want || told[1] != want {
		t.Errorf("%v, want %v of each", told, want)
	}
}

// What metering costs is under a hundredth of what it reports, whatever the load.
func TestTheMeterCostsLessThanOneHundredthOfWhatItReports(t *testing.T) {
	table := prices(t)
	message := price.Bill{price.Frame: 1, price.WriteUnit: 1, price.ReadUnit: 1.5}
	for _, every := range []time.Duration{time.Millisecond, time.Second, time.Minute, 10 * time.Minute} {
		f := newFunction(t, time.Millisecond, message)
		const n = 5000
		for range n {
			f.now = f.now.Add(every)
			f.invoke(t, frameEvent)
		}
		rate, _ := table.Rate(price.LogByte)
		spent := float64(f.out.Len()) * rate.One()
		perMessage, _ := table.Cost(price.Bill{price.Frame: 3, price.Request: 1, price.WriteUnit: 1, price.ReadUnit: 1.5})
		if f.out.Len() == 0 && every*n > meter.Interval {
			t.Errorf("a message every %v: nothing was written", every)
		}
		if share := spent / (n * perMessage); share > meter.Share {
			t.Errorf("a message every %v: metering costs %.2f %% of the bill", every, 100*share)
		}
		reported := 0
		for line := range strings.Lines(f.out.String()) {
			var d struct {
				Count int
				Took  []float64 `json:"took_ms"`
				Cost  float64   `json:"cost_microdollars"`
				AWS   struct {
					Timestamp int64
					Metrics   []struct {
						Dimensions [][]string
						Metrics    []struct{ Name string }
					} `json:"CloudWatchMetrics"`
				} `json:"_aws"`
			}
			var members map[string]any
			if err := errors.Join(json.Unmarshal([]byte(line), &d), json.Unmarshal([]byte(line), &members)); err != nil {
				t.Fatal(err)
			}
			reported += d.Count
			if len(d.Took) > 100 || d.Cost <= 0 || d.AWS.Timestamp == 0 {
				t.Fatal(line)
			}
			for _, directive := range d.AWS.Metrics { // what a directive names must be there
				for _, name := range append(directive.Dimensions[0], names(directive.Metrics)...) {
					if _, ok := members[name]; !ok {
						t.Fatalf("%s is missing in %s", name, line)
					}
				}
			}
		}
		accounts, _ := f.meter.Read()
		if waiting := accounts["send"].Count; reported+waiting != n {
			t.Errorf("a message every %v: %d were reported and %d wait, of %d", every, reported, waiting, n)
		}
		t.Logf("a message every %v: %.3f %% of the bill", every, 100*spent/(n*perMessage))
	}
}

func names(metrics []struct{ Name string }) []string {
	var out []string
	for _, m := range metrics {
		out = append(out, m.Name)
	}
	return out
}

func TestWhatIsLoggedIsCounted(t *testing.T) {
	m := meter.New(epoch)
	var out bytes.Buffer
	if _, err := fmt.Fprint(m.Log(&out), "a line\n"); err != nil {
		t.Fatal(err)
	}
	if got := used(m, "other")[price.LogByte]; got != 7 || out.String() != "a line\n" {
		t.Errorf("%v bytes of %q", got, out.String())
	}
}

func TestEveryRouteHasAClass(t *testing.T) {
	known := map[string]bool{}
	for _, f := range topology.Functions {
		known[f.Name] = true
		for _, route := range f.Routes {
			known[strings.TrimPrefix(route, "$")] = true
		}
	}
	for action := range meter.Classes {
		if !known[action] {
			t.Errorf("%s has a class and is no action", action)
		}
	}
}
