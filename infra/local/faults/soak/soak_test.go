package soak

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/parley-im/parley/infra/local/faults"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/wire"
)

const (
	members  = 6
	messages = 12 // of each member in each conversation
	// often is the probability of each fault, patient the delay of those that take one. Killing costs more than the rest.
	often, seldom = 0.03, 0.01
	patient       = 200 * time.Millisecond
	// storm is how long it goes on at most, pace how often somebody's network breaks.
	storm = 5 * time.Second
	pace  = 250 * time.Millisecond
)

// everything is each fault of the catalogue, a few percent of the time.
func everything() []faults.Rule {
	var rules []faults.Rule
	for _, k := range faults.Catalogue {
		r := faults.Rule{Fault: k.Name, Probability: often}
		if k.Delay > 0 {
			r.Delay = faults.Duration(patient)
		}
		if k.Name == "lambda.kill_before" || k.Name == "lambda.kill_after" || k.Name == "lambda.throttle" {
			r.Probability = seldom
		}
		rules = append(rules, r)
	}
	return rules
}

func TestWhatMustHoldHoldsUnderEveryFault(t *testing.T) {
	random := uint64(0) // 0: the injector takes one and says which
	if text := os.Getenv("PARLEY_SEED"); text != "" {
		var err error
		if random, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal("PARLEY_SEED: ", err)
		}
	}
	for name, seed := range map[string]uint64{"the seed 1": 1, "another seed": random} {
		t.Run(name, func(t *testing.T) { soak(t, seed) })
	}
}

func soak(t *testing.T, seed uint64) {
	c := assemble(t)
	seed = strike(t, seed, everything()...).Seed
	t.Logf("PARLEY_SEED=%d", seed)

	c.talk()
	changed := c.govern()
	stop := c.breakNetworks(rand.New(rand.NewPCG(seed, 0)))
	c.settle(storm)
	stop()
	was := heal(t)
	for _, d := range c.devices { // they come back all at once
		d.network.cut()
	}
	c.settle(patience)
	changed()

	for i, r := range was.Rules {
		t.Logf("%-28s struck %3d of %d", r.Fault, was.Counts[i].Injected, was.Counts[i].Asked)
	}
	c.check()
	if t.Failed() {
		t.Logf("seed %d; the functions wrote:\n%s", seed, logs.String())
	}
}

// circle is some people, their conversations and what was said.
type circle struct {
	t       *testing.T
	devices []*device
	rooms   []room
	away    chat.UserID // a member of the first group who is not connected

	sent []said
}

// room is a conversation of some of the devices.
type room struct {
	id      chat.ConversationID
	target  func(of *device) wire.Target
	members []*device
}

// said is a message on its way, and what became of it.
type said struct {
	*client.Pending
	from *device
	text string
}

// assemble connects everybody and makes the groups, before anything goes wrong.
func assemble(t *testing.T) *circle {
	c := &circle{t: t, away: person("away")}
	for i := range members {
		c.devices = append(c.devices, connect(t, person(fmt.Sprint("u", i))))
	}
	for _, d := range c.devices {
		d.ready()
	}
	absent := connect(t, c.away).ready()
	if err := absent.Register(t.Context(), "fcm", string(c.away)+"-token"); err != nil {
		t.Fatal(err)
	}
	absent.Close()
	c.group(c.devices, c.away)
	c.group(c.devices[:4])
	for i, d := range c.devices {
		c.pair(d, c.devices[(i+1)%members])
	}
	return c
}

func (c *circle) group(members []*device, others ...chat.UserID) {
	c.t.Helper()
	users := others
	for _, d := range members[1:] {
		users = append(users, d.User())
	}
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	made, err := members[0].CreateGroup(ctx, "circle", users...)
	if err != nil {
		c.t.Fatal(err)
	}
	c.rooms = append(c.rooms, room{made.Conversation, func(*device) wire.Target { return client.To(made.Conversation) }, members})
}

func (c *circle) pair(a, b *device) {
	c.rooms = append(c.rooms, room{chat.DirectID(a.User(), b.User()), func(of *device) wire.Target {
		if of == a {
			return client.ToUser(b.User())
		}
		return client.ToUser(a.User())
	}, []*device{a, b}})
}

// talk lets everybody say everything, each in an own order per conversation.
func (c *circle) talk() {
	for n := range messages {
		for _, r := range c.rooms {
			for _, d := range r.members {
				text := fmt.Sprintf("%s says %04d", d.User(), n)
				c.sent = append(c.sent, said{d.Queue(r.target(d), client.Text(text)), d, text})
			}
		}
	}
}

// breakNetworks cuts one device after the other until stop is called.
func (c *circle) breakNetworks(random *rand.Rand) (stop func()) {
	ctx, cancel := context.WithCancel(c.t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		ticker := time.NewTicker(pace)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				c.devices[random.IntN(members)].network.cut()
			case <-ctx.Done():
				return
			}
		}
	})
	return func() {
		cancel()
		running.Wait()
	}
}

// settle waits until every message has an outcome, for a while.
func (c *circle) settle(patience time.Duration) {
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	for _, m := range c.sent {
		select {
		case <-m.Done():
		case <-timeout.C:
			return
		}
	}
}
