package soak

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parley-im/parley/infra/local/stack/stacktest"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/wire"
)

// patience is how long something may take that must happen.
const patience = 25 * time.Second

// device is one of a person: a client, the network below it, and what it has told its program.
type device struct {
	*client.Client
	t       *testing.T
	network network
	journal stacktest.Journal // what the client logs
	changed chan struct{}     // capacity 1

	mu        sync.Mutex
	logs      map[chat.ConversationID][]wire.Entry
	restarted []chat.ConversationID
	offline   bool
	caughtUp  []wire.Conversation // nil until it has caught up
}

// person is the id of somebody new.
func person(name string) chat.UserID {
	return chat.UserID(name + "." + strings.ToLower(rand.Text()[:8]))
}

// connect starts a new device of a user that knows nothing. It is closed at the end of the test.
func connect(t *testing.T, user chat.UserID) *device {
	t.Helper()
	d := &device{t: t, changed: make(chan struct{}, 1), logs: map[chat.ConversationID][]wire.Entry{}}
	transport := &http.Transport{DialContext: d.network.dial}
	var err error
	d.Client, err = client.New(client.Options{
		URL: local.Gateway, User: user, Token: client.TokenFrom(local.Web+"/dev/token", user),
		Handle: d.handle, HTTPClient: &http.Client{Transport: transport},
		Log: slog.New(slog.NewTextHandler(&d.journal, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	ended, stop := make(chan error, 1), make(chan struct{})
	go func() { ended <- d.Run(context.Background()) }()
	var running sync.WaitGroup
	running.Go(func() { d.hurry(stop) })
	t.Cleanup(func() {
		close(stop)
		running.Wait()
		d.Close()
		transport.CloseIdleConnections()
		if err := <-ended; err != nil {
			t.Errorf("the client of %s has ended: %v", user, err)
		}
	})
	return d
}

func (d *device) handle(e client.Event) {
	d.mu.Lock()
	switch e := e.(type) {
	case client.Entry:
		d.logs[e.Conversation] = append(d.logs[e.Conversation], e.Entry)
	case client.Restarted:
		d.restarted = append(d.restarted, e.Conversation)
	case client.State:
		d.offline = e.Phase == client.Disconnected
	case client.CaughtUp:
		d.caughtUp = append([]wire.Conversation{}, e.Conversations...)
	}
	d.mu.Unlock()
	select {
	case d.changed <- struct{}{}:
	default:
	}
}

// log is what the program was told of a conversation.
func (d *device) log(id chat.ConversationID) []wire.Entry {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.logs[id])
}

// ready waits until the device has caught up for the first time.
func (d *device) ready() *device {
	d.t.Helper()
	d.until("caught up", func() bool { return d.caughtUp != nil })
	return d
}

// until waits for something that the program is told. The condition is called under the lock.
func (d *device) until(what string, holds func() bool) {
	d.t.Helper()
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	for {
		d.mu.Lock()
		done := holds()
		d.mu.Unlock()
		if done {
			return
		}
		select {
		case <-d.changed:
		case <-timeout.C:
			d.t.Fatalf("%s: never %s; its client logged:\n%s", d.User(), what, &d.journal)
		}
	}
}

// hurry makes the client connect again soon: the waits between its attempts are for storms that last longer than a test.
func (d *device) hurry(stop <-chan struct{}) {
	ticker := time.NewTicker(pace)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			d.mu.Lock()
			offline := d.offline
			d.mu.Unlock()
			if offline {
				d.Wake()
			}
		case <-stop:
			return
		}
	}
}

// network is what a device reaches the world through.
type network struct {
	mu    sync.Mutex
	conns []net.Conn
}

func (n *network) dial(ctx context.Context, kind, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, kind, address)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.conns = append(n.conns, conn)
	return conn, nil
}

// cut breaks every connection as networks do, without a word.
func (n *network) cut() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, conn := range n.conns {
		_ = conn.Close()
	}
	n.conns = nil
}
