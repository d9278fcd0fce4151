package app

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"

	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/pkg/config"
	"github.com/parley-im/parley/pkg/meter"
	"github.com/parley-im/parley/pkg/price"
	"github.com/parley-im/parley/pkg/topology"
)

var update = flag.Bool("update", false, "write what actions use to infra/cost/operations.json")

// operations is the file of what each action uses, from which the README's table and the calculator are made.
const operations = "../../infra/cost/operations.json"

// Operation is what one action uses, in one situation.
type Operation struct {
	// Action is a route or a function, and Case the situation.
	Action string     `json:"action"`
	Case   string     `json:"case"`
	Bill   price.Bill `json:"bill"`
}

// ledger runs all functions as one deployment whose every use is counted: what is published or queued is handed on.
type ledger struct {
	t        *testing.T
	meter    *meter.Meter
	cfg      aws.Config
	vars     map[string]string
	handlers map[string]lambda.Handler
	mu       sync.Mutex          // of the two that follow
	notices  []string            // published and not handed to push yet
	queued   map[string][]string // and not handed to the function of their queue yet
	web      web
	ids      int
	found    []Operation
}

func newLedger(t *testing.T) *ledger {
	t.Helper()
	l := &ledger{t: t, meter: meter.New(time.Now()), handlers: map[string]lambda.Handler{}, queued: map[string][]string{}}
	l.web = newWeb(t)
	server := httptest.NewServer(http.HandlerFunc(l.serve))
	t.Cleanup(server.Close)
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true",
		"AWS_ENDPOINT_URL_DYNAMODB": *dynamodbtest.Start(t).Options().BaseEndpoint, "AWS_ENDPOINT_URL_SNS": server.URL,
		"AWS_ENDPOINT_URL_SSM": l.web.parameters, "AWS_ENDPOINT_URL_SQS": server.URL, "AWS_ENDPOINT_URL_S3": server.URL, topology.Posts.EnvName(): server.URL,
	} {
		t.Setenv(name, value)
	}
	l.vars = map[string]string{
		topology.Offline.EnvName(): "arn:aws:sns:us-east-1:000000000000:offline", topology.Fanout.EnvName(): server.URL + "/000000000000/fanout",
		topology.Grace.EnvName(): server.URL + "/000000000000/grace", topology.Media.EnvName(): "media", topology.Posts.EnvName(): server.URL,
		topology.Push.EnvName(): "fcm=arn:aws:sns:us-east-1:000000000000:app/GCM/parley",
	}
	maps.Copy(l.vars, l.web.vars)
	for _, table := range topology.Tables {
		l.vars[table.EnvName()] = table.Name
	}
	client := &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}
	t.Cleanup(client.CloseIdleConnections)
	cfg, err := awsconfig.LoadDefaultConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	cfg.HTTPClient = client
	l.meter.Watch(&cfg)
	l.cfg = cfg
	return l
}

// serve stands for every service but DynamoDB: it takes what it is given and keeps what is to be handed on.
func (l *ledger) serve(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case r.Header.Get("X-Amz-Target") == "AmazonSQS.SendMessage", r.Header.Get("X-Amz-Target") == "AmazonSQS.SendMessageBatch":
		var in struct {
			QueueUrl, MessageBody string
			Entries               []struct{ Id, MessageBody string }
		}
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			l.t.Error(err)
		}
		_, function, _ := strings.Cut(in.QueueUrl, "/000000000000/") // a queue is called like its function
		type result struct{ Id, MessageId string }
		out := struct {
			MessageId  string
			Successful []result
		}{MessageId: "1"}
		if in.MessageBody != "" {
			l.queued[function] = append(l.queued[function], in.MessageBody)
		}
		for _, e := range in.Entries {
			l.queued[function] = append(l.queued[function], e.MessageBody)
			out.Successful = append(out.Successful, result{e.Id, "1"})
		}
		_ = json.NewEncoder(w).Encode(out)
	case r.Header.Get("Content-Type") == "application/x-www-form-urlencoded":
		if err := r.ParseForm(); err != nil {
			l.t.Error(err)
		}
		l.publish(w, r.Form)
	case r.Method == http.MethodHead: // an object of S3, as long as the attachments of these tests
		w.Header().Set("Content-Type", "image/png")
		w.Header().Set("Content-Length", "5")
	case r.Method == http.MethodGet && r.URL.Query().Has("tagging"):
		_, _ = io.WriteString(w, pendingTag)
	case strings.HasPrefix(r.URL.Path, "/@connections/") || r.URL.Query().Has("tagging"):
	default:
		l.t.Errorf("%s %s", r.Method, r.URL)
	}
}

// pendingTag is what S3 says of the tags of an object that nothing names yet.
const pendingTag = `<Tagging><TagSet><Tag><Key>state</Key><Value>pending</Value></Tag></TagSet></Tagging>`

func (l *ledger) publish(w http.ResponseWriter, form url.Values) {
	action, endpoint := form.Get("Action"), "arn:aws:sns:us-east-1:000000000000:endpoint/GCM/parley/1"
	if action == "Publish" && form.Get("TopicArn") != "" {
		l.notices = append(l.notices, form.Get("Message"))
	}
	_, _ = fmt.Fprintf(w, `<%sResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><%sResult><MessageId>1</MessageId><EndpointArn>%s</EndpointArn><Attributes/></%sResult></%sResponse>`,
		action, action, endpoint, action, action)
}

// invoke calls a function as Lambda does.
func (l *ledger) invoke(function string, event any) []byte {
	l.t.Helper()
	h := l.handlers[function]
	if h == nil {
		p, _ := newParts()
		p.aws, p.env = l.cfg, config.New(func(name string) (string, bool) { value, ok := l.vars[name]; return value, ok })
		h = l.meter.Wrap(lambda.NewHandler(built[function](p)), meter.Function{
			Name: function, Memory: 512, Started: time.Now(), Prices: price.Tables[0],
			Now: func() time.Time { return time.Unix(0, 0) }, // so that it never writes
		})
		l.handlers[function] = h
	}
	in, err := json.Marshal(event)
	if err != nil {
		l.t.Fatal(err)
	}
	out, err := h.Invoke(l.t.Context(), in)
	if err != nil {
		l.t.Fatalf("%s: %v", function, err)
	}
	if strings.Contains(string(out), `\"event\":\"error\"`) {
		l.t.Fatalf("%s of %s: %s", function, in, out)
	}
	return out
}

// id is a new message id.
func (l *ledger) id() string {
	l.ids++
	return fmt.Sprintf("018f0000-0000-7000-8000-%012d", l.ids)
}

// send has a user send a frame, and returns the result.
func (l *ledger) send(user, action, members string) json.RawMessage {
	l.t.Helper()
	event := frame(l.t, action, fmt.Sprintf(`{"action":%q,"ref":"1"%s}`, action, members))
	l.as(event, user)
	i := slices.IndexFunc(topology.Functions, func(f topology.Function) bool { return slices.Contains(f.Routes, action) })
	if i < 0 {
		l.t.Fatalf("no function serves %s", action)
	}
	var answer struct{ Body string }
	if err := json.Unmarshal(l.invoke(topology.Functions[i].Name, event), &answer); err != nil {
		l.t.Fatal(err)
	}
	if answer.Body == "" || !topology.Responds(action) {
		return nil
	}
	var reply struct{ Result json.RawMessage }
	if err := json.Unmarshal([]byte(answer.Body), &reply); err != nil {
		l.t.Fatal(err)
	}
	return reply.Result
}

func (l *ledger) as(event map[string]any, user string) {
	at(event, "requestContext")["connectionId"] = "c-" + user
	values := at(event, "requestContext", "authorizer")
	values["user"], values["device"] = user, user+"-1"
	expire(event, time.Now().Add(time.Hour))
}

func (l *ledger) connect(users ...string) {
	l.t.Helper()
	for _, user := range users {
		event := payload(l.t, "connect")
		l.as(event, user)
		l.invoke("connect", event)
	}
}

// settle hands on what was published and queued, until nothing is left.
func (l *ledger) settle() {
	l.t.Helper()
	for notices, queued := l.take(); len(notices)+len(queued) > 0; notices, queued = l.take() {
		for function, bodies := range queued {
			for _, body := range bodies {
				l.invoke(function, events.SQSEvent{Records: []events.SQSMessage{{MessageId: "1", Body: body}}})
				// Lambda itself receives the message and deletes it.
				l.meter.Use(meter.With(l.t.Context(), function), price.QueueRequest, 2)
			}
		}
		for _, message := range notices {
			l.invoke("push", events.SNSEvent{Records: []events.SNSEventRecord{{SNS: events.SNSEntity{Message: message}}}})
		}
	}
}

// take returns what waits to be handed on.
func (l *ledger) take() ([]string, map[string][]string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	notices, queued := l.notices, l.queued
	l.notices, l.queued = nil, map[string][]string{}
	return notices, queued
}

// count notes what is used by what do does and all that follows from it.
func (l *ledger) count(action, situation string, do func()) {
	l.t.Helper()
	l.settle()
	l.meter.Reset(time.Now())
	do()
	l.settle()
	used := price.Bill{}
	for _, account := range l.meter.Reset(time.Now()) {
		used.Add(account.Bill)
	}
	delete(used, price.Compute)          // time is another on each machine
	delete(used, price.ConnectionMinute) // of the connection that the event tells the end of, not of its end
	for unit, n := range used {
		if n == 0 {
			delete(used, unit)
		}
	}
	l.found = append(l.found, Operation{action, situation, used})
}

// What every action uses is counted and compared with what is published. Run with -update to publish it.
func TestWhatActionsUse(t *testing.T) {
	l := newLedger(t)
	l.play()
	counted := map[string]bool{}
	for _, o := range l.found {
		counted[o.Action] = true
	}
	for _, f := range topology.Functions {
		for _, route := range f.Routes {
			if !counted[strings.TrimPrefix(route, "$")] && route != topology.RouteDefault {
				t.Errorf("nobody counts what %s uses", route)
			}
		}
	}
	got, err := json.MarshalIndent(l.found, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	if *update {
		if err := os.MkdirAll(filepath.Dir(operations), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(operations, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(operations)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		var published []Operation
		if err := json.Unmarshal(want, &published); err != nil {
			t.Fatal(err)
		}
		for i, o := range l.found {
			if i >= len(published) || fmt.Sprint(o) != fmt.Sprint(published[i]) {
				t.Errorf("%v is not what is published", o)
			}
		}
		t.Error("run go test ./pkg/app -run WhatActionsUse -update and look at what it changes")
	}
}
