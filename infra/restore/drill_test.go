package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/parley-im/parley/infra/local/stack"
	"github.com/parley-im/parley/infra/local/stack/stacktest"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/topology"
)

// The drill of infra/runbook/restore.md, with a copy of the items in place of a recovery to a point in time.
func TestTheDrill(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the functions")
	}
	s := startStack(t)
	ann, bob := join(t, s, "ann"), join(t, s, "bob")
	direct := chat.DirectID("ann", "bob")
	created, err := ann.CreateGroup(t.Context(), "Sailing", "bob")
	if err != nil {
		t.Fatal(err)
	}
	ann.say("bob", "one")
	bob.await(direct, "one")

	backup := s.copy(t)
	bob.say("ann", "lost")
	ann.say("bob", "lost too")
	for _, p := range []*person{ann, bob} {
		p.await(direct, "one", "lost", "lost too")
	}
	ann.end() // she is away; bob stays

	s.replace(t, backup)
	t.Setenv("AWS_ENDPOINT_URL_DYNAMODB", s.DynamoDB.URL())
	t.Setenv("AWS_ACCESS_KEY_ID", stack.AccessKey)
	t.Setenv("AWS_SECRET_ACCESS_KEY", stack.SecretKey)
	t.Setenv("AWS_REGION", stack.Region)
	var out bytes.Buffer
	epoch := fmt.Sprint(time.Now().Unix())
	if err := run(t.Context(), []string{"-table", topology.Conversations.Name, "-epoch", epoch}, &out); err != nil {
		t.Fatal(err)
	}
	if want := "2 conversations are of epoch " + epoch + " now\n"; out.String() != want {
		t.Errorf("%q, want %q", &out, want)
	}

	out.Reset()
	if err := run(t.Context(), []string{"-sessions", topology.Sessions.Name, "-gateway", s.Connection}, &out); err != nil {
		t.Fatal(err)
	}
	if want := "1 connections are closed\n"; out.String() != want {
		t.Errorf("%q, want %q", &out, want)
	}

	// Bob is back first, and gives the numbers of what was lost, and more, to what he says.
	bob.await(direct, "one", "lost", "lost too", restarted, "one")
	for _, text := range []string{"two", "three", "four"} {
		bob.say("ann", text)
	}
	ann = ann.again()
	ann.await(direct, "one", "lost", "lost too", restarted, "one", "two", "three", "four")
	ann.say("bob", "five")
	bob.await(direct, "one", "lost", "lost too", restarted, "one", "two", "three", "four", "five")
	ann.await(created.Conversation, "", restarted, "")

	// Once is enough.
	bob.end()
	bob = bob.again()
	ann.say("bob", "six")
	bob.await(direct, "one", "lost", "lost too", restarted, "one", "two", "three", "four", "five", "six")
}

type running struct {
	*stack.Stack
	db *dynamodb.Client
}

func startStack(t *testing.T) running {
	t.Helper()
	t.Chdir(".") // and back again: the S3 of the stack works in a folder of its own
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cfg, err := stacktest.Config(ctx, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	cfg.Logs = t.Output()
	s, err := stack.Start(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close(context.Background()) })
	return running{s, dynamodb.New(dynamodb.Options{
		Region: stack.Region, BaseEndpoint: aws.String(s.DynamoDB.URL()),
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	})}
}

type item = map[string]types.AttributeValue

// copy is what the table of conversations holds.
func (s running) copy(t *testing.T) []item {
	t.Helper()
	page, err := s.db.Scan(t.Context(), &dynamodb.ScanInput{TableName: &topology.Conversations.Name})
	if err != nil || page.LastEvaluatedKey != nil {
		t.Fatal("copy: ", err)
	}
	return page.Items
}

// replace makes the table hold these items and no others.
func (s running) replace(t *testing.T, by []item) {
	t.Helper()
	table := topology.Conversations
	for _, there := range s.copy(t) {
		key := item{table.PartitionKey: there[table.PartitionKey], table.SortKey: there[table.SortKey]}
		if _, err := s.db.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &table.Name, Key: key}); err != nil {
			t.Fatal(err)
		}
	}
	for _, i := range by {
		if _, err := s.db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table.Name, Item: i}); err != nil {
			t.Fatal(err)
		}
	}
}

// restarted is what a person notes when a conversation begins again.
const restarted = "(again)"

// person is somebody with one device, who notes what is said in each conversation.
type person struct {
	*client.Client
	t     *testing.T
	s     running
	store *client.MemoryStore
	end   func()

	mu   *sync.Mutex
	said map[chat.ConversationID][]string
	news chan struct{} // capacity 1
}

func join(t *testing.T, s running, user chat.UserID) *person {
	t.Helper()
	p := &person{
		t: t, s: s, store: client.NewMemoryStore(nil), mu: &sync.Mutex{}, said: map[chat.ConversationID][]string{}, news: make(chan struct{}, 1),
	}
	return p.connect(user)
}

// again is the person with the same device, after a break.
func (p *person) again() *person {
	back := *p
	return back.connect(p.User())
}

func (p *person) connect(user chat.UserID) *person {
	p.t.Helper()
	caught := make(chan struct{}, 1)
	c, err := client.New(client.Options{
		URL: p.s.Gateway, User: user, Store: p.store, Token: func(ctx context.Context) (string, error) { return token(ctx, p.s.Web, user) },
		Handle: func(e client.Event) {
			p.mu.Lock()
			defer p.mu.Unlock()
			switch e := e.(type) {
			case client.Entry:
				p.said[e.Conversation] = append(p.said[e.Conversation], e.Body.Text)
			case client.Restarted:
				p.said[e.Conversation] = append(p.said[e.Conversation], restarted)
			case client.CaughtUp:
				notify(caught)
			}
			notify(p.news)
		},
	})
	if err != nil {
		p.t.Fatal(err)
	}
	p.Client = c
	go func() { _ = c.Run(context.Background()) }() // until Close
	p.end = sync.OnceFunc(c.Close)
	p.t.Cleanup(p.end)
	select {
	case <-caught:
	case <-time.After(30 * time.Second):
		p.t.Fatalf("%s does not get in", user)
	}
	return p
}

func notify(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

func (p *person) say(to chat.UserID, text string) {
	p.t.Helper()
	if _, err := p.Send(p.t.Context(), client.ToUser(to), client.Text(text)); err != nil {
		p.t.Fatal(err)
	}
}

// await waits until the person has noted exactly this of a conversation.
func (p *person) await(id chat.ConversationID, want ...string) {
	p.t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		p.mu.Lock()
		got := slices.Clone(p.said[id])
		p.mu.Unlock()
		if slices.Equal(got, want) {
			return
		}
		select {
		case <-p.news:
		case <-deadline:
			p.t.Fatalf("%s noted %q, want %q", p.User(), got, want)
		}
	}
}

func token(ctx context.Context, web string, user chat.UserID) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, web+"/dev/token", bytes.NewBufferString(fmt.Sprintf(`{"user":%q}`, user)))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	var body struct{ Token string }
	err = json.NewDecoder(response.Body).Decode(&body)
	return body.Token, err
}
