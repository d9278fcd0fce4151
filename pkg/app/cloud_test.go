package app

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awssns "github.com/aws/aws-sdk-go-v2/service/sns"

	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/infra/local/sns"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/config"
	"github.com/parley-im/parley/pkg/topology"
)

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
	tags := map[string]string{} // of the functions only one runs at a time
	bucket := serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodHead:
			w.Header().Set("Content-Type", "image/png")
			w.Header().Set("Content-Length", "1")
		case http.MethodPut:
			body, _ := io.ReadAll(r.Body)
			tags[r.URL.Path] = string(body)
		default:
			_, _ = io.WriteString(w, cmp.Or(tags[r.URL.Path], pendingTag))
		}
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
	do("change", `,"setup":{"picture":{"media":"m_baaaaaaaaaaaaaaaaaaaaaaaaa"}}`)
	do("change", `,"setup":{"picture":{"media":"m_aaaaaaaaaaaaaaaaaaaaaaaaaa"}}`)
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
