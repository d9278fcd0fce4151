package client_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/client/clienttest"
	"github.com/parley-im/parley/pkg/wire"
)

// presences are what a device was told of somebody, in order.
func (d *device) presences(user chat.UserID) (all []wire.Presence) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, e := range d.events {
		if e, ok := e.(client.Presence); ok && e.User == user {
			all = append(all, e.Status)
		}
	}
	return all
}

func (d *device) hearsOf(user chat.UserID, want ...wire.Presence) {
	d.t.Helper()
	after(0)
	if got := d.presences(user); !slices.Equal(got, want) {
		d.t.Fatalf("%s hears of %s: %v, want %v", d.User(), user, got, want)
	}
}

func (d *device) sets(status chat.Presence, last time.Duration) wire.Chosen {
	d.t.Helper()
	chosen, err := d.SetStatus(d.t.Context(), status, last)
	if err != nil {
		d.t.Fatal(err)
	}
	return chosen
}

func TestChangesOfPresenceAreTold(t *testing.T) {
	play(t, func(t *scene) {
		ann, bob := t.connect("ann"), t.connect("bob")
		lines, err := bob.Watch(t.Context(), "ann", "cat")
		if err != nil || len(lines) != 2 || lines[0].Status != wire.Online || lines[1].Status != wire.Unknown {
			t.Fatalf("%+v, %v", lines, err)
		}
		bob.hearsOf("ann") // of what he was answered
		if chosen := ann.sets(chat.Busy, time.Hour); chosen.Until != wire.Time(time.Now().Add(time.Hour)) {
			t.Errorf("%+v", chosen)
		}
		bob.hearsOf("ann", wire.Busy)
		if err := ann.SetAway(t.Context(), true); err != nil {
			t.Fatal(err)
		}
		ann.sets(chat.Online, 0)
		bob.hearsOf("ann", wire.Busy, wire.Online)
		if err := bob.Unwatch(t.Context(), "ann"); err != nil {
			t.Fatal(err)
		}
		ann.sets(chat.Invisible, 0)
		bob.hearsOf("ann", wire.Busy, wire.Online)
	})
}

func TestWhatIsWatchedStaysSoOverConnections(t *testing.T) {
	play(t, func(t *scene) {
		ann, bob := t.connect("ann"), t.connect("bob")
		many := []chat.UserID{"ann"}
		for i := range chat.MaxWatch {
			many = append(many, chat.UserID(fmt.Sprint("u", i)))
		}
		if lines, err := bob.Watch(t.Context(), many...); err != nil || len(lines) != len(many) {
			t.Fatalf("%d lines, %v", len(lines), err)
		}
		if err := bob.SetAway(t.Context(), true); err != nil {
			t.Fatal(err)
		}
		if _, err := ann.Watch(t.Context(), "bob"); err != nil {
			t.Fatal(err)
		}
		t.server.CutAll()
		after(time.Minute)
		before := bob.presences("ann") // this server has no grace
		if len(before) > 0 && before[len(before)-1] != wire.Online {
			t.Errorf("she is back, and bob hears %v", before)
		}
		ann.sets(chat.Busy, 0)
		bob.hearsOf("ann", append(before, wire.Busy)...)
		if got := ann.presences("bob"); len(got) > 0 && got[len(got)-1] != wire.Away {
			t.Errorf("bob's device was left alone, and ann hears %v", got)
		}
		_ = ann.end()
		bob.hearsOf("ann", append(before, wire.Busy, wire.Offline)...)
	})
}

func TestTheNewestOfWhatComesInAnyOrderCounts(t *testing.T) {
	play(t, func(t *scene) {
		t.connect("ann")
		bob := t.connect("bob")
		t.server.Fault = func(r clienttest.Request) (f clienttest.Fault) {
			if r.Action == "watch" && r.Nth == 1 {
				return clienttest.Fault{Gateway: true, Forget: true} // she is watched, and there is no answer
			}
			return f
		}
		says := func(status wire.Presence, after time.Duration) {
			t.server.PostRaw("bob", fmt.Sprintf(`{"event":"presence","user":"ann","status":%q,"at":%q}`, status, wire.Time(time.Now().Add(after))))
		}
		done := make(chan []wire.PresenceLine)
		go func() {
			lines, err := bob.Watch(t.Context(), "ann")
			if err != nil {
				t.Error(err)
			}
			done <- lines
		}()
		after(0)
		says(wire.Busy, time.Minute) // while it waits to ask again, and newer than what it will be answered
		if lines := <-done; len(lines) != 1 || lines[0].Status != wire.Busy {
			t.Errorf("%+v", lines)
		}
		bob.hearsOf("ann", wire.Busy)
		says(wire.Away, time.Second)
		bob.hearsOf("ann", wire.Busy)
		says(wire.Busy, time.Hour)
		says(wire.Online, 2*time.Hour)
		says(wire.Offline, time.Hour)
		bob.hearsOf("ann", wire.Busy, wire.Online)
	})
}

func TestBusyEndsByItself(t *testing.T) {
	now := time.Date(2026, 11, 21, 22, 23, 0, 0, time.UTC)
	line := wire.PresenceLine{User: "ann", Status: wire.Busy, Until: wire.Time(now)}
	if before, then := line.Now(now.Add(-1)), line.Now(now); before != wire.Busy || then != wire.Online {
		t.Errorf("%s, and then %s", before, then)
	}
	if got := (wire.PresenceLine{Status: wire.Away}).Now(now); got != wire.Away {
		t.Errorf("%s", got)
	}
}

func TestL1LogoutEndsTheClient(t *testing.T) {
	play(t, func(t *scene) {
		ann, bob := t.connect("ann"), t.connect("bob")
		if err := ann.Register(t.Context(), "fcm", "token"); err != nil {
			t.Fatal(err)
		}
		if _, err := bob.Watch(t.Context(), "ann"); err != nil {
			t.Fatal(err)
		}
		if err := ann.Logout(t.Context()); err != nil {
			t.Fatal(err)
		}
		after(time.Hour)
		bob.hearsOf("ann", wire.Offline)
		if n, token := t.server.Connections("ann"), t.server.Registered(ann.Device()); n != 0 || token != "" {
			t.Errorf("%d connections, token %q", n, token)
		}
		if err := ann.end(); err != nil {
			t.Errorf("Run returns %v", err)
		}
		if phases := ann.phases(); phases[len(phases)-1] != client.Closed {
			t.Errorf("phases %v", phases)
		}
	})
}
