package client_test

import (
	"context"
	"encoding/json"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/client/clienttest"
	"github.com/parley-im/parley/pkg/contract"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// scene is a server and what its clients saw, in a bubble whose clock moves on when everybody waits.
type scene struct {
	*testing.T
	server *clienttest.Server
}

// play runs f in a bubble. A goroutine that is left at its end fails the test.
func play(t *testing.T, f func(t *scene)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		server := clienttest.StartInMemory()
		t.Cleanup(server.Close)
		f(&scene{T: t, server: server})
	})
}

// device is a client under test.
type device struct {
	*client.Client
	t   *testing.T
	end func() error // cancels Run and returns its error

	mu     sync.Mutex
	events []client.Event
	pings  int
}

// options for a user of the scene; the device records every event and checks every frame against the contract.
func (s *scene) options(d *device, user chat.UserID) client.Options {
	return client.Options{
		URL: s.server.URL, User: user, HTTPClient: s.server.HTTP, Trace: d.validate(s.T),
		Token: func(context.Context) (string, error) { return clienttest.Token(user), nil },
		Handle: func(e client.Event) {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.events = append(d.events, e)
		},
	}
}

// open makes a client and does not run it.
func (s *scene) open(user chat.UserID, change ...func(*client.Options)) *device {
	s.Helper()
	d := &device{t: s.T}
	o := s.options(d, user)
	for _, f := range change {
		f(&o)
	}
	c, err := client.New(o)
	if err != nil {
		s.Fatal(err)
	}
	d.Client = c
	return d
}

// run runs the client until the end of the test.
func (d *device) run() *device {
	ctx, cancel := context.WithCancel(d.t.Context())
	result := make(chan error, 1)
	go func() { result <- d.Run(ctx) }()
	d.end = sync.OnceValue(func() error {
		cancel()
		return <-result
	})
	d.t.Cleanup(func() { _ = d.end() })
	return d
}

// connect runs a client that has caught up.
func (s *scene) connect(user chat.UserID, change ...func(*client.Options)) *device {
	s.Helper()
	d := s.open(user, change...).run()
	synctest.Wait()
	return d
}

// entries are the seqs that were delivered of a conversation.
func (d *device) entries(id chat.ConversationID) []client.Entry {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []client.Entry
	for _, e := range d.events {
		if e, ok := e.(client.Entry); ok && e.Conversation == id {
			out = append(out, e)
		}
	}
	return out
}

// phases are the states that the client went through.
func (d *device) phases() (out []client.Phase) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, e := range d.events {
		if e, ok := e.(client.State); ok {
			out = append(out, e.Phase)
		}
	}
	return out
}

// count is how many events of type E there were.
func count[E client.Event](d *device) (n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, e := range d.events {
		if _, ok := e.(E); ok {
			n++
		}
	}
	return n
}

// pinged is how many pings were sent.
func (d *device) pinged() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.pings
}

// expect fails unless exactly the entries 1 … n of the conversation were delivered, in order.
func (d *device) expect(id chat.ConversationID, n int) {
	d.t.Helper()
	d.expectFrom(id, 1, n)
}

func (d *device) expectFrom(id chat.ConversationID, first, last int) {
	d.t.Helper()
	entries := d.entries(id)
	for i, e := range entries {
		if e.Seq != chat.Seq(first+i) {
			d.t.Fatalf("%s got seq %d in place %d", d.User(), e.Seq, i)
		}
	}
	if len(entries) != last-first+1 {
		d.t.Fatalf("%s got %d entries, want %d", d.User(), len(entries), last-first+1)
	}
}

// schemas takes a while to compile.
var schemas = sync.OnceValues(contract.New)

// validate holds every frame against the published schemas.
func (d *device) validate(t *testing.T) func(bool, []byte) {
	t.Helper()
	v, err := schemas()
	if err != nil {
		t.Fatal(err)
	}
	actions := map[string]string{}
	return func(out bool, frame []byte) {
		d.mu.Lock()
		defer d.mu.Unlock()
		var head struct{ Action, Ref string }
		_ = json.Unmarshal(frame, &head)
		var err error
		if out {
			if head.Action == "ping" {
				d.pings++
			}
			actions[head.Ref] = head.Action
			err = v.Request(frame)
		} else {
			err = v.Event(frame, actions[head.Ref])
		}
		if err != nil {
			t.Errorf("frame %s: %v", frame, err)
		}
	}
}

// unchecked lets a client send and get what the contract does not allow.
func unchecked(o *client.Options) { o.Trace = nil }

// after lets d pass and then everybody come to rest.
func after(d time.Duration) {
	<-time.After(d) // in a bubble this takes no time
	synctest.Wait()
}
