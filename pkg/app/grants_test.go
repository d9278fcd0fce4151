package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	awssns "github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/infra/local/sns"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/config"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
	"github.com/parley-im/parley/pkg/wire"
)

// recorder is an HTTP client that notes the IAM action of each request of one function.
type recorder struct {
	mu      sync.Mutex
	client  http.Client
	actions map[string]bool
}

func (r *recorder) note(action string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.actions[action] = true
}

// on is an action on a table, or on an index if its name follows.
func on(table, action string) string { return action + " on " + table }

// Do implements the HTTP client of the SDK.
func (r *recorder) Do(q *http.Request) (*http.Response, error) {
	var body []byte
	if q.Body != nil {
		var err error
		if body, err = io.ReadAll(q.Body); err != nil {
			return nil, err
		}
		q.Body = io.NopCloser(bytes.NewReader(body))
	}
	_, operation, _ := strings.Cut(q.Header.Get("X-Amz-Target"), ".")
	switch target := q.Header.Get("X-Amz-Target"); {
	case strings.HasSuffix(target, ".TransactWriteItems"): // allowed is what the items do (DynamoDB guide, IAM and transactions)
		var transaction struct{ TransactItems []map[string]any }
		if err := json.Unmarshal(body, &transaction); err != nil {
			return nil, err
		}
		for _, item := range transaction.TransactItems {
			for kind, change := range item {
				table, _ := change.(map[string]any)["TableName"].(string)
				r.note(on(table, "dynamodb:"+strings.TrimSuffix(kind, "Item")+"Item"))
			}
		}
	case strings.HasPrefix(target, "DynamoDB_"):
		var in struct {
			TableName, IndexName string
			RequestItems         map[string]any
		}
		if err := json.Unmarshal(body, &in); err != nil {
			return nil, err
		}
		if in.TableName != "" {
			r.note(on(in.TableName+in.IndexName, "dynamodb:"+operation))
		}
		for table := range in.RequestItems {
			r.note(on(table, "dynamodb:"+operation))
		}
	case strings.HasPrefix(target, "AmazonSSM"):
		r.note("ssm:" + operation)
	case strings.HasPrefix(target, "AmazonSQS"):
		r.note("sqs:" + operation)
	case q.Method == http.MethodPost:
		form, _ := url.ParseQuery(string(body))
		r.note("sns:" + form.Get("Action"))
	case q.Method == http.MethodHead:
		r.note("s3:GetObject")
	case q.URL.Query().Has("tagging"):
		r.note("s3:PutObjectTagging")
	default:
		r.note(q.Method + " " + q.URL.Path)
	}
	return r.client.Do(q)
}

// cloud is what the functions reach: real tables and topics, and stubs for the rest.
type cloud struct {
	t         *testing.T
	vars      map[string]string
	recorders map[string]*recorder
	posting   *recorder // whose posts arrive
	forget    func()    // removes every endpoint from the platform
	web       web
	database  string
}

func newCloud(t *testing.T) *cloud {
	t.Helper()
	c := &cloud{t: t, recorders: map[string]*recorder{}}
	serve := func(h http.Handler) string {
		server := httptest.NewServer(h)
		t.Cleanup(server.Close)
		return server.URL
	}
	gcm := sns.Application{Platform: "GCM", Name: "parley"}
	topics, err := sns.New(sns.Config{Region: "eu-central-1", Account: "000000000000", Topics: []sns.Topic{{Name: "offline"}}, Applications: []sns.Application{gcm}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = topics.Close() })
	platform := serve(topics)
	gateway := serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.posting.note(r.Method)
		if strings.HasSuffix(r.URL.Path, "gone") {
			w.WriteHeader(http.StatusGone)
		}
	}))
	bucket := serve(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		w.Header().Set("Content-Length", "0")
	}))
	queues := serve(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"MessageId":"1"}`)) }))
	c.database = *dynamodbtest.Start(t).Options().BaseEndpoint
	c.web = newWeb(t)
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL_SSM": c.web.parameters,
		"AWS_ACCESS_KEY_ID":    "local", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "eu-central-1", "AWS_EC2_METADATA_DISABLED": "true",
		"AWS_ENDPOINT_URL_DYNAMODB": c.database, "AWS_ENDPOINT_URL_SNS": platform,
		"AWS_ENDPOINT_URL_SQS": queues, "AWS_ENDPOINT_URL_S3": bucket, topology.Posts.EnvName(): gateway,
	} {
		t.Setenv(name, value)
	}
	c.forget = func() {
		client := awssns.New(awssns.Options{Region: "eu-central-1", BaseEndpoint: &platform, Credentials: credentials.NewStaticCredentialsProvider("local", "secret", "")})
		arn := topics.ApplicationARN(gcm)
		list, err := client.ListEndpointsByPlatformApplication(t.Context(), &awssns.ListEndpointsByPlatformApplicationInput{PlatformApplicationArn: &arn})
		if err != nil || len(list.Endpoints) == 0 {
			t.Fatal(list, err)
		}
		for _, e := range list.Endpoints {
			if _, err := client.DeleteEndpoint(t.Context(), &awssns.DeleteEndpointInput{EndpointArn: e.EndpointArn}); err != nil {
				t.Fatal(err)
			}
		}
	}
	c.vars = map[string]string{
		topology.Conversations.EnvName(): topology.Conversations.Name, topology.Sessions.EnvName(): topology.Sessions.Name,
		topology.People.EnvName(): topology.People.Name, topology.Grace.EnvName(): queues + "/000000000000/grace",
		topology.Offline.EnvName(): topics.TopicARN("offline"), topology.Fanout.EnvName(): queues + "/000000000000/fanout",
		topology.Media.EnvName(): "media", topology.Posts.EnvName(): gateway, topology.Push.EnvName(): "fcm=" + topics.ApplicationARN(gcm),
	}
	maps.Copy(c.vars, c.web.vars)
	return c
}

// do builds a function as Run does and invokes it.
func (c *cloud) do(function string, event any) []byte {
	c.t.Helper()
	r := c.recorders[function]
	if r == nil {
		r = &recorder{actions: map[string]bool{}}
		c.recorders[function] = r
		c.t.Cleanup(r.client.CloseIdleConnections)
	}
	c.posting = r
	cfg, err := awsconfig.LoadDefaultConfig(c.t.Context(), awsconfig.WithRetryer(func() aws.Retryer { return aws.NopRetryer{} }))
	if err != nil {
		c.t.Fatal(err)
	}
	cfg.HTTPClient = r
	p, logs := newParts()
	p.aws, p.env = cfg, config.New(func(name string) (string, bool) { value, ok := c.vars[name]; return value, ok })
	out, err := invoke(c.t, built[function](p), event)
	if err != nil {
		c.t.Fatalf("%s: %v", function, err)
	}
	if strings.Contains(string(out), `\"event\":\"error\"`) {
		c.t.Fatalf("%s: %s, %s", function, out, logs)
	}
	return out
}

// ask sends a frame of a user from a connection and a device that are named after the user.
func (c *cloud) ask(function, user, route, members string) {
	c.t.Helper()
	event := frame(c.t, route, fmt.Sprintf(`{"action":%q,"ref":"1"%s}`, route, members))
	c.as(event, user)
	c.do(function, event)
}

// arrive connects a user.
func (c *cloud) arrive(user, connection string) {
	c.t.Helper()
	event := payload(c.t, "connect")
	c.as(event, user)
	at(event, "requestContext")["connectionId"] = connection
	c.do("connect", event)
}

func (c *cloud) as(event map[string]any, user string) {
	at(event, "requestContext")["connectionId"] = user + "-gone"
	values := at(event, "requestContext", "authorizer")
	values["user"], values["device"] = user, user+"-1"
	expire(event, time.Now().Add(time.Hour))
}

// govern lets ann do everything to a group of hers that has the members m0, m1 and m2.
func (c *cloud) govern(id chat.ConversationID, n int, message func(int) string) {
	c.t.Helper()
	do := func(action, rest string) []byte {
		n++
		event := frame(c.t, action, fmt.Sprintf(`{"action":%q,"ref":"1","id":%q,"conversation":%q%s}`, action, message(n), id, rest))
		c.as(event, "ann")
		return c.do("group", event)
	}
	do("add", `,"users":["bob","m0"]`)
	do("role", `,"users":["bob"],"role":"moderator"`)
	do("change", `,"setup":{"slow":1,"picture":{"media":"m_aaaaaaaaaaaaaaaaaaaaaaaaaa"}}`)
	do("remove", `,"users":["m0"],"ban":true`)
	do("remove", `,"users":["m1","nobody"],"ban":true`)
	do("add", `,"users":["m0"]`)
	c.ask("message", "m2", "send", fmt.Sprintf(`,"id":%q,"to":{"conversation":%q},"body":{"text":"slowly"}`, message(n+100), id))
	event := frame(c.t, "invite", fmt.Sprintf(`{"action":"invite","ref":"1","conversation":%q}`, id))
	c.as(event, "ann")
	var answer struct{ Body string }
	var reply struct {
		Result struct{ Code, Invite string }
	}
	if err := json.Unmarshal(c.do("group", event), &answer); err != nil || json.Unmarshal([]byte(answer.Body), &reply) != nil {
		c.t.Fatal(answer, err)
	}
	c.ask("group", "ann", "invites", fmt.Sprintf(`,"conversation":%q`, id))
	c.ask("group", "cat", "preview", fmt.Sprintf(`,"code":%q`, reply.Result.Code))
	c.ask("group", "cat", "join", fmt.Sprintf(`,"id":%q,"code":%q`, message(n+101), reply.Result.Code))
	c.ask("group", "ann", "revoke", fmt.Sprintf(`,"conversation":%q,"invite":%q`, id, reply.Result.Invite))
	c.ask("media", "ann", "download", fmt.Sprintf(`,"conversation":%q,"media":"m_aaaaaaaaaaaaaaaaaaaaaaaaaa"`, id))
	do("leave", "")
}

// fails stores a scheduled message to a conversation that there is not, as if its sender had been a member.
func (c *cloud) fails(id string) {
	c.t.Helper()
	s := store.NewSchedule(dynamo.NewFromIface(dynamodb.New(dynamodb.Options{
		Region: "eu-central-1", BaseEndpoint: aws.String(c.database), Credentials: credentials.NewStaticCredentialsProvider("local", "secret", ""),
	})), topology.People.Name, topology.PeopleByDue.Name)
	_, wrote, err := s.AddScheduled(c.t.Context(), chat.Scheduled{
		User: "ann", ID: chat.MessageID(id), Conversation: chat.GroupID("eve", chat.MessageID(id)), Body: chat.Body{Text: "hi"}, At: time.Now(),
	})
	if err != nil || !wrote {
		c.t.Fatal(wrote, err)
	}
}

// Locally nobody checks permissions; on AWS what is not granted is refused.
func TestFunctionsDoNothingThatTheyAreNotGranted(t *testing.T) {
	c := newCloud(t)
	c.ask("presence", "eve", "watch", `,"users":["ann","bob","dan"]`)
	for _, user := range []string{"ann", "bob"} {
		for range 2 { // their connections are gone by then, so that posts find out
			event := payload(t, "connect")
			c.as(event, user)
			c.do("connect", event)
		}
	}
	for i := range chat.MaxConnections {
		event := payload(t, "connect")
		c.as(event, "dan")
		at(event, "requestContext")["connectionId"] = fmt.Sprint("dan-", i)
		c.do("connect", event)
	}
	event := payload(t, "connect")
	c.as(event, "dan")
	c.do("connect", event)
	c.do("disconnect", func() any { event := payload(t, "disconnect"); c.as(event, "dan"); return event }())

	message := func(n int) string { return fmt.Sprintf("018f0000-0000-7000-8000-%012d", n) }
	var crowd []string
	for i := range 250 {
		crowd = append(crowd, fmt.Sprint("m", i))
	}
	members, err := json.Marshal(crowd)
	if err != nil {
		t.Fatal(err)
	}
	small := chat.GroupID("ann", chat.MessageID(message(5)))
	direct, large := chat.DirectID("ann", "bob"), chat.GroupID("ann", chat.MessageID(message(1)))
	c.ask("devices", "bob", "register", `,"platform":"fcm","token":"token"`)
	c.ask("message", "ann", "create", fmt.Sprintf(`,"id":%q,"name":"all","members":%s`, message(1), members))
	c.ask("message", "ann", "send", fmt.Sprintf(`,"id":%q,"to":{"conversation":%q},"body":{"text":"hi"}`, message(2), large))
	c.ask("message", "ann", "send", fmt.Sprintf(`,"id":%q,"to":{"user":"bob"},"body":{"text":"hi"}`, message(3)))
	c.ask("message", "ann", "send", fmt.Sprintf(`,"id":%q,"to":{"user":"bob"},"after":0,"body":{"text":"hi"}`, message(4)))
	c.ask("message", "ann", "create", fmt.Sprintf(`,"id":%q,"name":"few","members":["m0","m1","m2"]`, message(5)))
	c.ask("message", "ann", "send", fmt.Sprintf(`,"id":%q,"to":{"user":"bob"},"body":{"text":"hi"},"expires":60`, message(905)))
	c.ask("message", "ann", "edit", fmt.Sprintf(`,"id":%q,"conversation":%q,"seq":3,"body":{"text":"ho"}`, message(906), direct))
	c.ask("message", "ann", "pin", fmt.Sprintf(`,"id":%q,"conversation":%q,"seq":3`, message(907), direct))
	c.ask("message", "ann", "delete", fmt.Sprintf(`,"id":%q,"conversation":%q,"seq":3`, message(908), direct))
	c.ask("message", "ann", "hide", fmt.Sprintf(`,"conversation":%q,"seqs":[1]`, direct))
	for n, id := range []chat.ConversationID{direct, large} {
		c.ask("message", "ann", "send", fmt.Sprintf(`,"id":%q,"to":{"thread":{"conversation":%q,"seq":2}},"body":{"text":"hi"}`, message(910+n), id))
		for _, off := range []bool{true, false} {
			c.ask("message", "ann", "follow", fmt.Sprintf(`,"conversation":%q,"off":%t`, chat.ThreadID(id, 2), off))
		}
		c.ask("sync", "ann", "pins", fmt.Sprintf(`,"conversation":%q`, id))
		c.ask("sync", "ann", "threads", fmt.Sprintf(`,"conversation":%q,"roots":[2]`, id))
		c.ask("sync", "ann", "history", fmt.Sprintf(`,"conversation":%q`, chat.ThreadID(id, 2)))
	}
	for _, seq := range []int{1, 2} {
		share, err := json.Marshal(chat.Share{Conversation: large, Seq: chat.Seq(seq), Users: []chat.UserID{"bob", "m1"}})
		if err != nil {
			t.Fatal(err)
		}
		c.do("fanout", events.SQSEvent{Records: []events.SQSMessage{{MessageId: "1", Body: string(share)}}})
	}
	c.ask("message", "ann", "send", fmt.Sprintf(`,"id":%q,"to":{"user":"bob"},"body":{"text":"hi"},"draft":true`, message(5)))
	in := func(d time.Duration) string { return wire.Time(time.Now().Add(d)) }
	c.ask("drafts", "bob", "draft", fmt.Sprintf(`,"to":{"conversation":%q},"body":{"text":"hi"}`, direct))
	c.ask("drafts", "ann", "draft", fmt.Sprintf(`,"to":{"conversation":%q},"body":{"text":"hi"}`, large))
	c.ask("drafts", "ann", "draft", `,"to":{"user":"bob"}`)
	c.ask("drafts", "ann", "drafts", "")
	for n, to := range []string{`"user":"bob"`, `"user":"eva"`, fmt.Sprintf(`"conversation":%q`, large)} {
		c.ask("drafts", "ann", "schedule", fmt.Sprintf(`,"id":%q,"to":{%s},"body":{"text":"hi"},"at":%q`, message(10+n), to, in(time.Hour)))
	}
	c.ask("drafts", "ann", "schedule", fmt.Sprintf(`,"id":%q,"to":{"user":"bob"},"body":{"text":"hi"},"at":%q,"replace":true`, message(10), in(time.Minute)))
	c.ask("drafts", "ann", "schedule", fmt.Sprintf(`,"id":%q,"to":{"user":"bob"},"body":{"text":"hi"},"at":%q`, message(20), in(time.Hour)))
	c.ask("drafts", "ann", "unschedule", fmt.Sprintf(`,"id":%q`, message(20)))
	c.ask("drafts", "ann", "scheduled", "")
	c.fails(message(21))
	tick := payload(t, "tick")
	tick["time"] = time.Now().Add(2 * time.Hour).Format(time.RFC3339)
	c.do("tick", tick)
	for _, id := range []chat.ConversationID{direct, large} {
		c.ask("signal", "bob", "receipts", fmt.Sprintf(`,"cursors":[{"conversation":%q,"read":1}]`, id))
		c.ask("signal", "ann", "mark", fmt.Sprintf(`,"conversation":%q,"seq":1`, id))
		c.ask("signal", "ann", "prefs", fmt.Sprintf(`,"conversation":%q,"pinned":true`, id))
		c.ask("sync", "ann", "explain", fmt.Sprintf(`,"conversation":%q`, id))
		c.ask("sync", "ann", "seen", fmt.Sprintf(`,"conversation":%q,"seq":2`, id))
		c.ask("sync", "ann", "sync", fmt.Sprintf(`,"cursors":[{"conversation":%q,"after":0}]`, id))
		c.ask("sync", "ann", "history", fmt.Sprintf(`,"conversation":%q`, id))
		c.ask("sync", "ann", "members", fmt.Sprintf(`,"conversation":%q`, id))
	}
	thread := chat.ThreadID(large, 2)
	for action, members := range map[string]string{
		"mark": `,"conversation":%q,"seq":1`, "prefs": `,"conversation":%q,"pinned":true`, "receipts": `,"cursors":[{"conversation":%q,"read":1}]`,
		"typing": `,"conversation":%q,"kind":"text"`,
	} {
		c.ask("signal", "ann", action, fmt.Sprintf(members, thread))
	}
	c.ask("people", "ann", "mute", fmt.Sprintf(`,"conversation":%q`, thread))
	c.ask("sync", "ann", "conversations", "")
	c.ask("search", "ann", "search", `,"query":"hi"`)
	c.ask("search", "m1", "search", fmt.Sprintf(`,"from":"ann","in":%q,"before":"2026-11-21T00:00:00.000Z"`, large)) // looks for that time
	c.ask("media", "ann", "upload", `,"name":"a.png","type":"image/png","size":5,"sha256":"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="`)

	picture := string(chat.NewMediaID([]byte("a picture of ann")))
	c.ask("people", "ann", "profile", fmt.Sprintf(`,"name":"Ann","picture":%q`, picture))
	c.ask("people", "bob", "profiles", `,"users":["ann"]`)
	c.ask("media", "bob", "download", fmt.Sprintf(`,"user":"ann","media":%q`, picture))
	c.ask("people", "bob", "contact", `,"user":"ann","name":"Annie"`)
	c.ask("people", "bob", "contacts", "")
	c.ask("people", "bob", "contact", `,"user":"ann","remove":true`)
	c.ask("people", "bob", "settings", `,"messages":"contacts"`)
	c.ask("people", "bob", "mute", fmt.Sprintf(`,"conversation":%q`, direct))
	c.ask("people", "bob", "mute", fmt.Sprintf(`,"conversation":%q,"off":true`, direct))
	c.ask("people", "m1", "mute", fmt.Sprintf(`,"conversation":%q`, large))
	c.ask("people", "bob", "accept", fmt.Sprintf(`,"conversation":%q`, direct))
	c.ask("people", "bob", "block", `,"user":"cat"`)
	c.ask("people", "bob", "blocked", "")
	c.ask("message", "cat", "send", fmt.Sprintf(`,"id":%q,"to":{"user":"m1"},"body":{"text":"hi"}`, message(5)))

	notice := payload(t, "push")
	at(notice["Records"].([]any)[0].(map[string]any), "Sns")["Message"] = fmt.Sprintf(`{"conversation":%q,"seq":1,"users":["fay"]}`, chat.DirectID("ann", "fay"))
	c.ask("signal", "ann", "typing", fmt.Sprintf(`,"conversation":%q,"kind":"text"`, direct))
	c.ask("signal", "m0", "typing", fmt.Sprintf(`,"conversation":%q,"kind":"text"`, small)) // asks who has blocked whom
	c.ask("signal", "ann", "typing", `,"conversation":"d_aaaaaaaaaaaaaaaaaaaaaaaaaa","kind":"text"`)
	c.arrive("dan", "dan-10")
	c.arrive("dan", "dan-gone")
	c.ask("presence", "eve", "watch", `,"users":["dan"]`)
	c.ask("presence", "dan", "status", `,"status":"busy","for":60`)
	c.ask("presence", "dan", "status", `,"status":"away"`)
	c.ask("presence", "eve", "unwatch", `,"users":["ann"]`)
	c.do("disconnect", func() any {
		event := payload(t, "disconnect")
		c.as(event, "dan")
		at(event, "requestContext")["connectionId"] = "dan-10"
		return event
	}())
	absences := []string{`{"user":"dan","left":1}`, `{"user":"bob","left":1}`}
	for _, absence := range absences {
		c.do("grace", events.SQSEvent{Records: []events.SQSMessage{{MessageId: "1", Body: absence}}})
	}
	c.ask("devices", "dan", "logout", "")

	c.ask("message", "ann", "send", fmt.Sprintf(`,"id":%q,"to":{"user":"fay"},"body":{"text":"hi"}`, message(920)))
	browser, endpoint := c.web.register(t, "fay")
	for _, user := range []string{"eve", "fay"} { // who takes it over
		c.ask("devices", user, "register", browser)
	}
	c.do("push", notice)
	if got := c.web.service.Notifications(); len(got) != 1 || got[0].User != "fay" {
		t.Errorf("browsers show %v", got)
	}
	c.web.service.Unsubscribe(endpoint)
	c.do("push", notice)
	c.ask("devices", "fay", "register", browser)
	c.ask("devices", "fay", "unregister", "")
	c.ask("devices", "fay", "register", `,"platform":"fcm","token":"token-fay"`)
	c.do("push", notice)
	c.forget()
	c.do("push", notice)
	c.ask("devices", "bob", "register", `,"platform":"fcm","token":"token"`)
	c.ask("devices", "cat", "register", `,"platform":"fcm","token":"token"`) // takes it over
	c.ask("devices", "bob", "register", `,"platform":"fcm","token":"token-2"`)
	c.ask("devices", "bob", "unregister", "")

	for n, id := range []chat.ConversationID{small, large} {
		c.govern(id, 10*n+10, message)
	}

	for _, f := range topology.Functions {
		granted := map[string]bool{}
		for _, g := range f.Grants {
			for _, action := range g.Actions {
				switch table := g.On.(type) {
				case topology.Table:
					action = on(table.Name, action)
				case topology.Index:
					action = on(table.Table+table.Name, action)
				}
				granted[action] = true
			}
		}
		r := c.recorders[f.Name]
		if r == nil {
			if len(f.Grants) > 0 {
				t.Errorf("%s was not tried", f.Name)
			}
			continue
		}
		for _, action := range slices.Sorted(maps.Keys(r.actions)) {
			if !granted[action] {
				t.Errorf("%s does %s and is not granted it", f.Name, action)
			}
		}
		if f.Name == "push" { // the only one whose every permission is needed here, because each is for one kind of device
			for action := range granted {
				if !r.actions[action] && !strings.HasPrefix(action, "sqs:") { // Lambda itself keeps what fails
					t.Errorf("push never does %s", action)
				}
			}
		}
		if len(r.actions) == 0 && f.Name != "media" {
			t.Errorf("%s did nothing", f.Name)
		}
	}
}
