package soak

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/topology"
)

// Ticks come again and again, also two at once, while everything goes wrong: each scheduled message is sent once.
func TestI20ScheduledMessagesAreSentOnceUnderEveryFault(t *testing.T) {
	const each = 10
	ann, bob := connect(t, person("ann")).ready(), connect(t, person("bob")).ready()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	due := time.Now().Add(time.Hour)
	want := map[chat.MessageID]string{}
	for n := range each {
		for from, to := range map[*device]*device{ann: bob, bob: ann} {
			text := fmt.Sprintf("%s planned %04d", from.User(), n)
			id, err := from.Schedule(ctx, client.ToUser(to.User()), client.Text(text), due)
			if err != nil {
				t.Fatal(err)
			}
			want[id] = text
		}
	}
	tick := func() {
		if err := local.Events.Fire(topology.Tick.Name, due.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	seed := strike(t, 0, everything()...).Seed
	t.Logf("seed %d", seed)
	pace := time.NewTicker(pace)
	defer pace.Stop()
	for range 12 {
		tick()
		ann.Queue(client.ToUser(bob.User()), client.Text("something in between"))
		<-pace.C
	}
	heal(t)
	for left := 1; left > 0; {
		tick()
		<-pace.C
		left = 0
		for _, d := range []*device{ann, bob} {
			all, err := d.Scheduled(ctx)
			if err != nil {
				t.Fatal(err)
			}
			left += len(all)
			for _, m := range all {
				if m.Code != "" {
					t.Fatalf("seed %d: %s failed with %s", seed, m.Body.Text, m.Code)
				}
			}
		}
	}
	id := chat.DirectID(ann.User(), bob.User())
	for _, d := range []*device{ann, bob} {
		d.until("every scheduled message", func() bool {
			n := 0
			for _, e := range d.logs[id] {
				if want[e.ID] == e.Body.Text && want[e.ID] != "" {
					n++
				}
			}
			return n >= len(want)
		})
		times := map[string]int{}
		for _, e := range d.log(id) {
			times[e.Body.Text]++
		}
		for _, text := range want {
			if times[text] != 1 {
				t.Errorf("seed %d: %s has %q %d times", seed, d.User(), text, times[text])
			}
		}
	}
}
