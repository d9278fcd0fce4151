package console

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/parley-im/parley/infra/local/lambda"
	"github.com/parley-im/parley/pkg/price"
)

func newConsole() *Console { return New(price.Tables[0], func() time.Time { return epoch }) }

// account is what an action has used.
func (c *Console) account(action string) Action {
	for _, a := range c.ledger.Actions() {
		if a.Action == action {
			return a
		}
	}
	return Action{}
}

const trace = "Root=1-00000000-000000000000000000000001;Parent=0000000000000001;Sampled=0"

const sendEvent = `{"requestContext":{"routeKey":"send","eventType":"MESSAGE"},"body":"{}"}`

func TestEveryRequestIsCountedAsAWSBillsIt(t *testing.T) {
	publishing := func(values url.Values) string { return values.Encode() }
	for name, test := range map[string]struct {
		service, method, path, target, body string
		status                              int
		answer                              string
		want                                price.Bill
		outcome                             Outcome
	}{
		"a query": {service: "dynamodb", target: "DynamoDB_20120810.Query", answer: `{"Items":[],"ConsumedCapacity":{"CapacityUnits":0.5}}`,
			want: price.Bill{price.ReadUnit: 0.5}},
		"reads of two tables": {service: "dynamodb", target: "DynamoDB_20120810.BatchGetItem",
			answer: `{"ConsumedCapacity":[{"CapacityUnits":1},{"CapacityUnits":0.5}]}`, want: price.Bill{price.ReadUnit: 1.5}},
		"a write": {service: "dynamodb", target: "DynamoDB_20120810.PutItem", answer: `{"ConsumedCapacity":{"CapacityUnits":2}}`,
			want: price.Bill{price.WriteUnit: 2}},
		"a write that says nothing": {service: "dynamodb", target: "DynamoDB_20120810.PutItem", answer: `{}`, want: price.Bill{}},
		"a condition that does not hold": {service: "dynamodb", target: "DynamoDB_20120810.PutItem", status: 400,
			answer: `{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"}`, want: price.Bill{price.WriteUnit: 1}, outcome: Refused},
		"a transaction that is refused": {service: "dynamodb", target: "DynamoDB_20120810.TransactWriteItems", status: 400, body: `{"TransactItems":[{},{}]}`,
			answer: `{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException"}`, want: price.Bill{price.WriteUnit: 4}, outcome: Refused},
		"a throttled read": {service: "dynamodb", target: "DynamoDB_20120810.Query", status: 400,
			answer: `{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"}`, want: price.Bill{}, outcome: Refused},
		"a post":             {service: "apigateway", body: strings.Repeat("x", 32<<10), want: price.Bill{price.Frame: 1}, outcome: Posts},
		"a post and a byte":  {service: "apigateway", body: strings.Repeat("x", 32<<10+1), want: price.Bill{price.Frame: 2}, outcome: Posts},
		"a post to nobody":   {service: "apigateway", body: "x", status: 410, want: price.Bill{}, outcome: Posts},
		"a post too many":    {service: "apigateway", body: "x", status: 429, want: price.Bill{}, outcome: Posts},
		"a look at somebody": {service: "apigateway", method: "GET", want: price.Bill{}},
		"a publish": {service: "sns", body: publishing(url.Values{"Action": {"Publish"}, "TopicArn": {"arn"}, "Message": {strings.Repeat("x", 64<<10+1)}}),
			want: price.Bill{price.Publish: 2}},
		"a push": {service: "sns", body: publishing(url.Values{"Action": {"Publish"}, "TargetArn": {"arn"}, "Message": {"x"}}),
			want: price.Bill{price.Publish: 1, price.Push: 1}, outcome: Pushes},
		"a push that is refused": {service: "sns", status: 400, body: publishing(url.Values{"Action": {"Publish"}, "TargetArn": {"arn"}}),
			want: price.Bill{}, outcome: Pushes},
		"a batch of a queue": {service: "sqs", body: fmt.Sprintf(`{"Entries":[{"MessageBody":%q},{"MessageBody":"y"}]}`, strings.Repeat("x", 64<<10)),
			want: price.Bill{price.QueueRequest: 2}},
		"a message of a queue": {service: "sqs", body: `{"MessageBody":"x"}`, want: price.Bill{price.QueueRequest: 1}},
		"tags of an object":    {service: "s3", method: "PUT", path: "/b/k?tagging", want: price.Bill{price.ObjectWrite: 1}},
		"an object":            {service: "s3", method: "GET", path: "/b/k", want: price.Bill{price.ObjectRead: 1}},
		"an object's end":      {service: "s3", method: "DELETE", path: "/b/k", status: 204, want: price.Bill{}},
	} {
		t.Run(name, func(t *testing.T) {
			c := newConsole()
			if test.status == 0 {
				test.status = http.StatusOK
			}
			service := c.Tap(test.service, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if got, err := io.ReadAll(r.Body); string(got) != test.body || err != nil {
					t.Errorf("the service gets %.40q, %v", got, err)
				}
				w.Header().Set("X-Of-The-Service", "yes")
				w.WriteHeader(test.status)
				fmt.Fprint(w, test.answer)
			}))
			c.Began("message", trace, []byte(`{"requestContext":{"routeKey":"send"}}`))
			if test.method == "" {
				test.method = http.MethodPost
			}
			r := httptest.NewRequest(test.method, "http://service"+test.path, strings.NewReader(test.body))
			r.Header.Set("X-Amz-Target", test.target)
			r.Header.Set(traceHeader, trace)
			w := httptest.NewRecorder()
			service.ServeHTTP(w, r)
			if w.Code != test.status || w.Body.String() != test.answer || w.Header().Get("X-Of-The-Service") != "yes" {
				t.Errorf("the function gets %d, %s", w.Code, w.Body)
			}
			used := c.account("send").Bill
			for _, rate := range price.Tables[0].Rates {
				if used[rate.Unit] != test.want[rate.Unit] {
					t.Errorf("%v %s, want %v", used[rate.Unit], rate.Unit, test.want[rate.Unit])
				}
			}
			for _, kind := range []Outcome{Posts, Pushes, Refused} {
				if got := len(c.ledger.Outcomes()[kind]); (got == 1) != (kind == test.outcome) {
					t.Errorf("%d outcomes of %s", got, kind)
				}
			}
		})
	}
}

func TestWhoHasNoTraceIsAClient(t *testing.T) {
	c := newConsole()
	c.Tap("s3", http.NotFoundHandler()).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/b/k", nil))
	if got := c.account("clients").Bill[price.ObjectRead]; got != 1 {
		t.Errorf("%v reads", got)
	}
}

func TestAnInvocationCountsItsFramesItsTimeAndItsAnswer(t *testing.T) {
	c := newConsole()
	c.Began("message", trace, []byte(sendEvent))
	c.Ended("message", trace, lambda.Result{
		Payload: []byte(`{"statusCode":200,"body":"{\"event\":\"error\",\"code\":\"forbidden\"}"}`),
		Report:  lambda.Report{Init: 90 * time.Millisecond, Duration: 10 * time.Millisecond, Billed: 100 * time.Millisecond},
	}, nil)
	got := c.account("send")
	if got.Count != 1 || got.Failed != 0 || got.Bill[price.Frame] != 2 || got.Bill[price.Request] != 1 || got.Bill[price.Compute] != 0.1*0.5 {
		t.Errorf("%+v", got)
	}
	if errors := c.ledger.Outcomes()[Errors]; errors["forbidden"] != 1 {
		t.Error(errors)
	}
	if newest := c.invocations.newest(); len(newest) != 1 || newest[0].Init != 90 || newest[0].Took != 10 || newest[0].Cost <= 2 {
		t.Errorf("%+v", newest)
	}
	c.Began("push", trace, []byte(`{"Records":[]}`))
	c.Ended("push", trace, lambda.Result{FunctionError: "Unhandled"}, nil)
	if got := c.account("push"); got.Count != 1 || got.Failed != 1 || got.Bill[price.Frame] != 0 {
		t.Errorf("what has no route is counted for its function: %+v", got)
	}
	c.Began("authorizer", trace, []byte(`{"type":"REQUEST","requestContext":{"routeKey":"$connect"}}`))
	c.Ended("authorizer", trace, lambda.Result{}, nil)
	if got := c.account("authorizer"); got.Count != 1 {
		t.Errorf("%+v", got)
	}
	c.Began("message", trace, []byte(sendEvent))
	c.Ended("message", trace, lambda.Result{}, lambda.ErrClosed)
	if got := c.account("send"); got.Count != 1 || len(c.underWay) != 0 {
		t.Errorf("what never ran is counted: %+v, %d under way", got, len(c.underWay))
	}
}

func TestLogLinesAreKeptAndCounted(t *testing.T) {
	c := newConsole()
	var out bytes.Buffer
	w := c.Logs(&out)
	fmt.Fprintf(w, "[message] hello\n")
	fmt.Fprintf(w, "[push] %s\n", strings.Repeat("x", 3*maxLine))
	lines := c.lines.newest()
	if len(lines) != 2 || lines[1].Function != "message" || lines[1].Text != "hello" || len(lines[0].Text) != maxLine {
		t.Errorf("%.200v", lines)
	}
	if got := c.account("logs").Bill[price.LogByte]; got != 6+3*maxLine+1 {
		t.Errorf("%v bytes", got)
	}
	if !strings.HasPrefix(out.String(), "[message] hello\n[push] x") {
		t.Errorf("%.40q", out.String())
	}
}
