package live

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-im/parley/infra/local/console"
	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/infra/local/stack"
	"github.com/parley-im/parley/infra/local/stack/stacktest"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/price"
	"github.com/parley-im/parley/pkg/wire"
)

var picture = flag.String("picture", "", "let people talk for a minute and write a picture of the page to this file of the folder above")

// patience bounds what should happen.
const patience = 30 * time.Second

// watched is the one stack of these tests with its console: a process can hold one.
type watched struct {
	root string
	*stack.Stack
	console *console.Console
}

// local is set once, before any test.
var local watched

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	flag.Parse()
	data, err := os.MkdirTemp("", "parley-console-")
	if err == nil {
		defer os.RemoveAll(data)
		local, err = start(data)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "console:", err)
		return 1
	}
	defer local.Close(context.Background())
	return m.Run()
}

func start(data string) (watched, error) {
	root, err := dynamodbtest.Root()
	if err != nil {
		return watched{}, err
	}
	cfg, err := stacktest.Config(context.Background(), data)
	if err != nil {
		return watched{}, err
	}
	w := watched{root: root, console: console.New(price.Tables[0], time.Now)}
	cfg.Logger, cfg.Console = slog.New(slog.DiscardHandler), w.console
	w.Stack, err = stack.Start(context.Background(), cfg)
	return w, err
}

// folder of the console.
func (w watched) folder() string { return filepath.Join(w.root, "infra", "local", "console") }

// device is one of a user, with the entries that it was told of.
type device struct {
	*client.Client
	entries chan client.Entry
}

// connect starts a device and waits until it has caught up.
func (w watched) connect(t *testing.T, user chat.UserID) device {
	t.Helper()
	d, ready := device{entries: make(chan client.Entry, 100)}, make(chan struct{}, 100)
	transport := &http.Transport{}
	var err error
	d.Client, err = client.New(client.Options{
		URL: w.Gateway, User: user, Device: "phone", Token: client.TokenFrom(w.Web+"/dev/token", user), HTTPClient: &http.Client{Transport: transport},
		Handle: func(e client.Event) {
			switch e := e.(type) {
			case client.Entry:
				select {
				case d.entries <- e:
				default: // nobody waits for so many
				}
			case client.CaughtUp:
				ready <- struct{}{}
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- d.Run(context.Background()) }()
	t.Cleanup(func() {
		d.Close()
		<-ended
		transport.CloseIdleConnections()
	})
	receive(t, ready)
	return d
}

func receive[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	select {
	case got := <-from:
		return got
	case <-time.After(patience):
		t.Fatal("waited in vain")
		panic("unreachable")
	}
}

func (d device) says(t *testing.T, to chat.UserID, text string) wire.Accepted {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	accepted, err := d.Send(ctx, client.ToUser(to), client.Text(text))
	if err != nil {
		t.Fatal(err)
	}
	return accepted
}

// someone is a new user.
func someone(name string) chat.UserID {
	return chat.UserID(name + "." + strings.ToLower(rand.Text()[:8]))
}

// account is what an action has used so far, but for its time, which is another on each machine.
func (w watched) account(action string) console.Action {
	for _, a := range w.console.Ledger().Actions() {
		if a.Action == action {
			delete(a.Bill, price.Compute)
			return a
		}
	}
	return console.Action{Bill: price.Bill{}}
}

// What the console sees from outside of the functions is what the test of pkg/app counts inside of them.
func TestASendCostsInTheLedgerWhatIsPublished(t *testing.T) {
	ann, bob := someone("ann"), someone("bob")
	phone, bobsPhone := local.connect(t, ann), local.connect(t, bob)
	text, err := os.ReadFile(filepath.Join(local.root, "infra", "cost", "operations.json"))
	if err != nil {
		t.Fatal(err)
	}
	type operation struct {
		Action, Case string
		Bill         price.Bill
	}
	var published []operation
	if err := json.Unmarshal(text, &published); err != nil {
		t.Fatal(err)
	}
	for _, situation := range []string{"the first to a person", "to one person"} {
		i := slices.IndexFunc(published, func(o operation) bool { return o.Action == "send" && o.Case == situation })
		if i < 0 {
			t.Fatalf("nobody counts a send %s", situation)
		}
		before := local.account("send")
		phone.says(t, bob, "see you at the harbour")
		after := local.account("send")
		receive(t, bobsPhone.entries)
		for unit, n := range before.Bill {
			if after.Bill[unit] -= n; after.Bill[unit] == 0 {
				delete(after.Bill, unit)
			}
		}
		if after.Count != before.Count+1 || !maps.Equal(after.Bill, published[i].Bill) {
			t.Errorf("%s: %d sends use %v, published is %v", situation, after.Count-before.Count, after.Bill, published[i].Bill)
		}
	}
	s := local.snapshot(t)
	if s.Connections.Now < 2 || s.Outcomes[console.Posts]["200"] < 2 || s.Recent.Messages < 2 || s.Recent.Acks.Count < 2 || s.Recent.Cost <= 3.825 {
		t.Errorf("%+v, %v, %+v", s.Connections, s.Outcomes, s.Recent)
	}
	i := slices.IndexFunc(s.Functions, func(f console.Function) bool { return f.Name == "message" })
	if f := s.Functions[i]; f.Invocations < 2 || f.ColdStarts < 1 || f.Processes < 1 || f.Mean <= 0 || f.About == "" {
		t.Errorf("%+v", f)
	}
}

// snapshot asks for one as the page does.
func (w watched) snapshot(t *testing.T) (s console.Snapshot) {
	t.Helper()
	response, err := http.Get(w.Web + "/dev/console")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(&s); err != nil || response.StatusCode != http.StatusOK {
		t.Fatal(response.Status, err)
	}
	return s
}

// talk has some people talk for a minute, one of whom has gone.
func (w watched) talk(t *testing.T) {
	cleo := someone("cleo")
	gone := w.connect(t, cleo)
	if err := gone.Register(t.Context(), "fcm", "a-phone"); err != nil {
		t.Fatal(err)
	}
	gone.Close()
	dan, eve := someone("dan"), someone("eve")
	a, b := w.connect(t, dan), w.connect(t, eve)
	ticker := time.NewTicker(500 * time.Millisecond)
	defer ticker.Stop()
	for i := range 120 {
		<-ticker.C
		for range i / 20 % 3 {
			a.says(t, eve, "shall we?")
		}
		accepted := b.says(t, dan, "in an hour")
		if i%4 == 0 {
			if _, err := b.React(t.Context(), accepted.Conversation, accepted.Seq, "+"); err != nil {
				t.Fatal(err)
			}
		}
		if i%20 == 0 {
			a.says(t, cleo, "where are you?")
		}
	}
}
