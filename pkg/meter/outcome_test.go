package meter_test

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/meter"
	"github.com/parley-im/parley/pkg/price"
	"github.com/parley-im/parley/pkg/wire"
)

func happened(m *meter.Meter, action string) map[meter.Outcome]int {
	accounts, _ := m.Read()
	return accounts[action].Outcomes
}

// answering is a service that answers each request with the status that its path or body names.
func answering(t *testing.T) *httptest.Server {
	busy := 2
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // what could not be read names nothing
		switch asked := r.URL.Path + string(body); {
		case strings.Contains(asked, "gone"):
			w.WriteHeader(http.StatusGone)
		case strings.Contains(asked, "slow"):
			w.WriteHeader(http.StatusTooManyRequests)
		case strings.Contains(asked, "broken"):
			w.WriteHeader(http.StatusInternalServerError)
		case strings.Contains(asked, "disabled"):
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `<ErrorResponse><Error><Code>EndpointDisabled</Code></Error></ErrorResponse>`)
		case strings.Contains(asked, "GetItem") || r.Header.Get("X-Amz-Target") != "":
			if busy--; busy >= 0 {
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			_, _ = io.WriteString(w, `{}`)
		case strings.Contains(asked, "Publish"):
			_, _ = io.WriteString(w, `<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>`)
		}
	}))
	t.Cleanup(server.Close)
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	return server
}

func TestPostsPushesAndRetriesAreCountedByWhatBecomesOfThem(t *testing.T) {
	m := meter.New(epoch)
	cfg := watched(m, answering(t).URL)
	ctx := meter.With(t.Context(), "send")

	posts := apigatewaymanagementapi.NewFromConfig(cfg)
	refusal, err := wire.Encode(wire.NewError("", &chat.Error{Code: chat.Unauthenticated}))
	if err != nil {
		t.Fatal(err)
	}
	for _, post := range []struct{ to, data string }{
		{"here", `{"event":"message"}`}, {"here", string(refusal)}, {"gone", "{}"}, {"slow", "{}"}, {"broken", "{}"},
	} {
		_, _ = posts.PostToConnection(ctx, &apigatewaymanagementapi.PostToConnectionInput{ConnectionId: &post.to, Data: []byte(post.data)}) // the count says it
	}
	pushes := sns.NewFromConfig(cfg)
	for _, to := range []string{"arn:here", "arn:disabled", "arn:broken"} {
		_, _ = pushes.Publish(ctx, &sns.PublishInput{TargetArn: &to, Message: aws.String("hi")})
	}
	if _, err := pushes.Publish(ctx, &sns.PublishInput{TopicArn: aws.String("arn:topic"), Message: aws.String("hi")}); err != nil {
		t.Fatal(err)
	}
	cfg.Retryer = func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxBackoff = time.Millisecond })
	}
	tables := dynamodb.NewFromConfig(cfg)
	if _, err := tables.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String("t"), Key: map[string]types.AttributeValue{}}); err != nil {
		t.Fatal(err)
	}
	want := map[meter.Outcome]int{
		"posts_200": 2, "posts_410": 1, "posts_429": 1, "posts_failed": 1, "errors_unauthenticated": 1,
		"pushes_sent": 1, "pushes_disabled": 1, "pushes_failed": 1, meter.Retry: 2,
	}
	if got := happened(m, "send"); !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestNotificationsToBrowsersAreCountedByWhatBecomesOfThem(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/")) // the test's own
		w.WriteHeader(status)
	}))
	defer server.Close()
	m := meter.New(epoch)
	client := &http.Client{Transport: m.Pushes(server.Client().Transport)}
	for _, path := range []string{"/201", "/410", "/404", "/429", "/500"} {
		request, err := http.NewRequestWithContext(meter.With(t.Context(), "push"), http.MethodPost, server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
	}
	if got := happened(m, "push"); !maps.Equal(got, map[meter.Outcome]int{"pushes_sent": 1, "pushes_disabled": 2, "pushes_failed": 2}) {
		t.Errorf("%v", got)
	}
}

// What a client is told in a reply counts as well, and what is no error does not.
func TestErrorsInRepliesAreCountedByCode(t *testing.T) {
	for _, p := range chat.Policies {
		refusal, err := wire.Encode(wire.NewError("1", &chat.Error{Code: p.Code}))
		if err != nil {
			t.Fatal(err)
		}
		f := newFunction(t, time.Millisecond, nil)
		f.answers = string(refusal)
		f.invoke(t, frameEvent)
		if got := happened(f.meter, "send"); len(got) != 1 || got[meter.Outcome("errors_"+p.Code)] != 1 {
			t.Errorf("%s: %v", p.Code, got)
		}
	}
	f := newFunction(t, time.Millisecond, nil)
	f.answers = `{"event":"error","code":"made_up"}`
	f.invoke(t, frameEvent)
	f.answers = `{"event":"reply","ref":"1","result":{}}`
	f.invoke(t, frameEvent)
	if got := happened(f.meter, "send"); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

func TestTheAuthorizerIsNotTheConnectThatFollowsIt(t *testing.T) {
	f := newFunction(t, time.Millisecond, nil)
	f.invoke(t, `{"type":"REQUEST","requestContext":{"routeKey":"$connect","eventType":"CONNECT"}}`)
	if accounts, _ := f.meter.Read(); accounts["message"].Count != 1 || accounts["connect"].Count != 0 {
		t.Errorf("%v", accounts)
	}
	f.invoke(t, `{"requestContext":{"routeKey":"$connect","eventType":"CONNECT"}}`)
	if accounts, _ := f.meter.Read(); accounts["connect"].Count != 1 {
		t.Errorf("%v", accounts)
	}
}

func TestTheEndOfAConnectionCountsItsMinutes(t *testing.T) {
	f := newFunction(t, time.Millisecond, nil)
	f.invoke(t, `{"requestContext":{"routeKey":"$disconnect","eventType":"DISCONNECT","connectedAt":1000,"requestTimeEpoch":91000}}`)
	f.invoke(t, `{"requestContext":{"routeKey":"$connect","eventType":"CONNECT","connectedAt":1000,"requestTimeEpoch":1000}}`)
	if got := used(f.meter, "disconnect")[price.ConnectionMinute]; got != 1.5 {
		t.Errorf("%v minutes", got)
	}
	if got := used(f.meter, "connect")[price.ConnectionMinute]; got != 0 {
		t.Errorf("a beginning counts %v minutes", got)
	}
}

// Outcomes and starts are metrics of the stage alone: a class more would be a price more.
func TestOutcomesAreMetricsOfTheStage(t *testing.T) {
	f := newFunction(t, time.Millisecond, price.Bill{price.Frame: 1000})
	refusal, err := wire.Encode(wire.NewError("1", &chat.Error{Code: chat.Limited}))
	if err != nil {
		t.Fatal(err)
	}
	f.answers = string(refusal)
	for range 40 {
		f.invoke(t, frameEvent)
	}
	f.now = f.now.Add(2 * meter.Interval)
	f.invoke(t, frameEvent)
	var d struct {
		AWS struct {
			Metrics []struct {
				Dimensions [][]string
				Metrics    []struct{ Name string }
			} `json:"CloudWatchMetrics"`
		} `json:"_aws"`
		Limited int       `json:"errors_limited"`
		Starts  []float64 `json:"start_ms"`
		Count   int
	}
	if err := json.Unmarshal(f.out.Bytes(), &d); err != nil {
		t.Fatal(err, f.out.String())
	}
	if d.Limited != 41 || d.Count != 41 || len(d.Starts) != 1 || d.Starts[0] != 100 {
		t.Errorf("%+v", d)
	}
	if len(d.AWS.Metrics) != 2 || len(d.AWS.Metrics[1].Dimensions[0]) != 1 || d.AWS.Metrics[1].Dimensions[0][0] != "stage" {
		t.Fatalf("%+v", d.AWS.Metrics)
	}
	if got := names(d.AWS.Metrics[1].Metrics); strings.Join(got, " ") != "errors_limited start_ms" {
		t.Errorf("%v", got)
	}
}
