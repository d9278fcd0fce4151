package client_test

import (
	"errors"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
)

func TestAScheduledMessageArrivesAsItsSendersOnAllDevices(t *testing.T) {
	play(t, func(t *scene) {
		phone, laptop := t.connect("ann"), t.connect("ann")
		at := time.Now().Add(time.Hour)
		id, err := phone.Schedule(t.Context(), client.ToUser("bob"), client.Text("good evning"), at)
		if err != nil {
			t.Fatal(err)
		}
		if err := phone.Reschedule(t.Context(), id, client.ToUser("bob"), client.Text("good evening"), at); err != nil {
			t.Fatal(err)
		}
		all, err := laptop.Scheduled(t.Context())
		if err != nil || len(all) != 1 || all[0].ID != id || all[0].Body.Text != "good evening" {
			t.Errorf("%+v, %v", all, err)
		}
		after(time.Hour)
		t.server.Tick()
		after(time.Second)
		for _, d := range []*device{phone, laptop} {
			d.expect(annAndBob, 1)
			if e := d.entries(annAndBob)[0]; e.ID != id || e.From != "ann" {
				t.Errorf("%+v", e)
			}
		}
	})
}

func TestWhatIsScheduledIsTakenBack(t *testing.T) {
	play(t, func(t *scene) {
		ann := t.connect("ann")
		id, err := ann.Schedule(t.Context(), client.ToUser("bob"), client.Text("never mind"), time.Now().Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		if err := ann.Unschedule(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		if err := ann.Unschedule(t.Context(), id); !errors.Is(err, &client.Error{Code: chat.NotFound}) {
			t.Errorf("twice: %v", err)
		}
		if all, err := ann.Scheduled(t.Context()); err != nil || len(all) != 0 {
			t.Errorf("%+v, %v", all, err)
		}
		if _, err := ann.Schedule(t.Context(), client.ToUser("bob"), client.Text("too late"), time.Now()); !errors.Is(err, &client.Error{Code: chat.Invalid}) {
			t.Errorf("now: %v", err)
		}
	})
}

func TestTheDevicesAreToldOfWhatWasNotSent(t *testing.T) {
	play(t, func(t *scene) {
		ann := t.connect("ann")
		id, err := ann.Schedule(t.Context(), client.To(chat.GroupID("eve", "1")), client.Text("hi"), time.Now().Add(time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		after(time.Minute)
		t.server.Tick()
		after(time.Second)
		ann.mu.Lock()
		defer ann.mu.Unlock()
		for _, e := range ann.events {
			if e, ok := e.(client.NotSent); ok && e.ID == id && e.Code == chat.Forbidden {
				return
			}
		}
		t.Errorf("ann got %+v", ann.events)
	})
}
