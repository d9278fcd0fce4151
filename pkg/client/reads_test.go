package client_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/client/clienttest"
	"github.com/parley-im/parley/pkg/wire"
)

func TestHistoryPagesBackwards(t *testing.T) {
	play(t, func(t *scene) {
		for range 60 {
			t.server.Say("bob", "ann", "x")
		}
		ann := t.connect("ann")
		for _, c := range []struct {
			before      chat.Seq
			limit       int
			first, last chat.Seq
			more        bool
		}{
			{0, 0, 11, 60, true},
			{11, 20, 1, 10, false},
			{31, 5, 26, 30, true},
		} {
			page, err := ann.History(t.Context(), annAndBob, c.before, c.limit)
			if err != nil {
				t.Fatal(err)
			}
			n := len(page.Entries)
			if page.Entries[0].Seq != c.first || page.Entries[n-1].Seq != c.last || page.More != c.more || page.Head != 60 {
				t.Errorf("before %d: %d to %d, more %v", c.before, page.Entries[0].Seq, page.Entries[n-1].Seq, page.More)
			}
		}
		if _, err := ann.History(t.Context(), chat.DirectID("x", "y"), 0, 0); !errors.Is(err, client.ErrForbidden) {
			t.Errorf("somebody else's: %v", err)
		}
	})
}

func TestMembersTellsWhoIsOnline(t *testing.T) {
	play(t, func(t *scene) {
		ann, bob := t.connect("ann"), t.connect("bob")
		group, err := ann.CreateGroup(t.Context(), "g", "bob", "cat")
		if err != nil {
			t.Fatal(err)
		}
		_ = bob.end()
		after(0) // until the server knows, too
		members, err := ann.Members(t.Context(), group.Conversation)
		if err != nil || len(members) != 3 {
			t.Fatalf("%v, %v", members, err)
		}
		for i, want := range []wire.Presence{wire.Online, wire.Offline, wire.Unknown} {
			if members[i].Presence != want {
				t.Errorf("%s is %s", members[i].User, members[i].Presence)
			}
		}
	})
}

func TestADeviceRegistersForNotifications(t *testing.T) {
	play(t, func(t *scene) {
		ann := t.connect("ann", unchecked)
		if err := ann.Register(t.Context(), "fcm", "abc"); err != nil || t.server.Registered(ann.Device()) != "abc" {
			t.Errorf("registered %q, %v", t.server.Registered(ann.Device()), err)
		}
		browser := wire.Subscription{Endpoint: "https://push.example.com/1", Keys: wire.SubscriptionKeys{
			P256DH: "B" + strings.Repeat("A", 86), Auth: strings.Repeat("A", 22),
		}}
		if err := ann.RegisterBrowser(t.Context(), browser); err != nil || t.server.Registered(ann.Device()) != browser.Endpoint {
			t.Errorf("registered %q, %v", t.server.Registered(ann.Device()), err)
		}
		if err := ann.Unregister(t.Context()); err != nil || t.server.Registered(ann.Device()) != "" {
			t.Errorf("registered %q, %v", t.server.Registered(ann.Device()), err)
		}
		if err := ann.Register(t.Context(), "pigeon", "abc"); !errors.Is(err, &client.Error{Code: chat.Invalid}) {
			t.Errorf("by pigeon: %v", err)
		}
	})
}

func TestARequestOutlivesItsConnection(t *testing.T) {
	play(t, func(t *scene) {
		t.server.Fault = func(r clienttest.Request) clienttest.Fault {
			return clienttest.Fault{Cut: r.Action == "members" && r.Nth < 4}
		}
		t.server.Say("ann", "bob", "x")
		ann := t.connect("ann")
		if members, err := ann.Members(t.Context(), annAndBob); err != nil || len(members) != 2 {
			t.Errorf("%v, %v", members, err)
		}
		after(time.Second)
	})
}
