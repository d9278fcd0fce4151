package client_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/client/clienttest"
	"github.com/parley-im/parley/pkg/wire"
)

// TestNothingIsLostDoubledOrReorderedInAStorm lets three people and a second device talk while a third of what they ask
// for goes wrong in every way there is, and half of what is posted to them is dropped, doubled or late.
func TestNothingIsLostDoubledOrReorderedInAStorm(t *testing.T) {
	for seed := range uint64(5) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			play(t, func(t *scene) {
				weather := &weather{Rand: rand.New(rand.NewPCG(seed, 1))}
				t.server.Fault, t.server.Post = weather.fault, weather.post
				devices := []*device{t.connect("ann"), t.connect("ann"), t.connect("bob"), t.connect("cat")}
				group, err := devices[0].CreateGroup(t.Context(), "storm", "bob", "cat")
				if err != nil {
					t.Fatal(err)
				}
				const each = 60
				var pending []*client.Pending
				for i := range each {
					for n, d := range devices {
						pending = append(pending, d.Queue(client.To(group.Conversation), client.Text(fmt.Sprintf("%d from %d", i, n))))
						after(weather.lull())
					}
				}
				for _, p := range pending {
					if _, err := p.Result(); err != nil {
						t.Fatal(err)
					}
				}
				weather.calm()
				t.server.CutAll() // so that the last entries are not missed for want of a next one
				after(time.Minute)

				log := t.server.Log(group.Conversation)
				for n := range devices {
					var said []string
					for _, e := range log {
						if strings.HasSuffix(e.Body.Text, fmt.Sprint(" from ", n)) {
							said = append(said, e.Body.Text)
						}
					}
					for i := range each {
						if want := fmt.Sprintf("%d from %d", i, n); i >= len(said) || said[i] != want {
							t.Fatalf("%q is not in its place in %q", want, said)
						}
					}
				}
				for _, d := range devices {
					d.expect(group.Conversation, len(log))
					if !slices.EqualFunc(d.entries(group.Conversation), log, func(a client.Entry, b wire.Entry) bool {
						return a.ID == b.ID && a.Body.Text == b.Body.Text && a.At == b.At && a.From == b.From
					}) {
						t.Errorf("%s saw another log", d.User())
					}
				}
				if len(log) != 1+each*len(devices) {
					t.Errorf("%d entries are stored", len(log))
				}
			})
		})
	}
}

// weather is what goes wrong.
type weather struct {
	mu     sync.Mutex
	calmed bool
	*rand.Rand
}

// lull is how long it takes until somebody says the next thing.
func (w *weather) lull() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Duration(w.IntN(300)) * time.Millisecond
}

func (w *weather) calm() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calmed = true
}

func (w *weather) fault(clienttest.Request) clienttest.Fault {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.calmed || w.Float64() < 0.67 {
		return clienttest.Fault{}
	}
	forget := w.IntN(2) == 0
	return []clienttest.Fault{
		{Ignore: true, Forget: forget}, {Cut: true, Forget: forget}, {Gateway: true, Forget: forget},
		{Refuse: &chat.Error{Code: chat.Limited}}, {Refuse: &chat.Error{Code: chat.Unavailable}},
	}[w.IntN(5)]
}

func (w *weather) post(_ chat.UserID, _ chat.DeviceID, _ wire.Entry, post func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.calmed || w.IntN(2) == 0 {
		post()
		return
	}
	switch w.IntN(3) {
	case 0: // dropped
	case 1:
		post()
		post()
	case 2:
		time.AfterFunc(time.Duration(w.IntN(2000))*time.Millisecond, post)
	}
}

// TestChangesAreMadeOnceAndSeenByAllInAStorm lets three people and a second device do anything to each other's messages in
// the same weather, all at once.
func TestChangesAreMadeOnceAndSeenByAllInAStorm(t *testing.T) {
	for seed := range uint64(5) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			play(t, func(t *scene) {
				weather := &weather{Rand: rand.New(rand.NewPCG(seed, 2))}
				t.server.Fault, t.server.Post = weather.fault, weather.post
				devices := []*device{t.connect("ann"), t.connect("ann"), t.connect("bob"), t.connect("cat")}
				group, err := devices[0].CreateGroup(t.Context(), "storm", "bob", "cat")
				if err != nil {
					t.Fatal(err)
				}
				made := make([]int, len(devices))
				var all sync.WaitGroup
				for n, d := range devices {
					r := rand.New(rand.NewPCG(seed, uint64(n)))
					all.Go(func() {
						for last := group.Seq; made[n] < 40; {
							a := act{
								what: []string{"say", "reply", "edit", "delete", "react", "pin", "forward"}[r.IntN(7)], who: d.User(), back: r.IntN(12),
								mark: []string{"👍", "🎉", "❤️"}[:r.IntN(4)], text: fmt.Sprint(n, ".", made[n]),
							}
							err := a.do(t, d, group.Conversation, last)
							if e, ok := errors.AsType[*client.Error](err); ok && !e.Temporary {
								continue // it is somebody else's, or deleted
							}
							if err != nil {
								t.Error(err)
								return
							}
							last = chat.Seq(len(t.server.Log(group.Conversation)))
							made[n]++
							<-time.After(weather.lull())
						}
					})
				}
				all.Wait()
				weather.calm()
				t.server.CutAll()
				after(time.Minute)

				log := t.server.Log(group.Conversation)
				if len(log) != 1+40*len(devices) {
					t.Errorf("%d entries are stored", len(log))
				}
				for _, d := range devices {
					d.expect(group.Conversation, len(log))
					if got, want := render(d.room(group.Conversation).Messages()), said(log); got != want {
						t.Errorf("%s shows\n%s, want\n%s", d.User(), got, want)
					}
				}
			})
		})
	}
}
