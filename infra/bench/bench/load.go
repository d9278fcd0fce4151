package bench

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
)

// pairs is how many conversations of two the load is spread over: so many that at the highest rate nobody is faster than
// one person may be.
const pairs = 100

// load sends at a fixed rate whatever the answers do (open loop), then raises the rate until the stack does not keep up.
// Times count from when a message was due, so that waiting for a late answer is not left out.
func load(ctx context.Context, o options, s *launched) error {
	c := &crowd{sent: map[string]*message{}}
	defer c.leave()
	for i := range 2 * pairs {
		if err := c.join(ctx, s, fmt.Sprintf("bench%03d", i)); err != nil {
			return err
		}
	}
	fmt.Fprintf(o.out, "\nsends in %d conversations of two, open loop, clients on the same machine\n", pairs)
	c.run(ctx, pairs/2, 4*time.Second) // makes the conversations and the first processes
	c.run(ctx, o.rate, o.duration).print(o)
	for rate := 100; ; rate = rate * 3 / 2 {
		r := c.run(ctx, rate, o.step)
		r.print(o)
		if r.lost > 0 || r.p(0.99) > time.Second || ctx.Err() != nil {
			break
		}
	}
	return ctx.Err()
}

// message is one send: when it was due, acknowledged and delivered.
type message struct {
	due              time.Time
	acked, delivered atomic.Int64 // nanoseconds after due
	done             chan struct{}
	parts            atomic.Int32
}

func (m *message) finish(at *atomic.Int64) {
	if at.CompareAndSwap(0, int64(time.Since(m.due))) && m.parts.Add(1) == 2 {
		close(m.done)
	}
}

// crowd is the connected people.
type crowd struct {
	people []*person
	mu     sync.Mutex
	sent   map[string]*message
	refs   int
}

type person struct {
	name string
	ws   *websocket.Conn
}

func (c *crowd) join(ctx context.Context, s *launched, name string) error {
	body, err := json.Marshal(map[string]string{"user": name})
	if err != nil {
		return err
	}
	response, err := http.Post(s.web+"/dev/token", "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	var token struct{ Token string }
	if err := json.NewDecoder(response.Body).Decode(&token); err != nil {
		return err
	}
	ws, _, err := websocket.Dial(ctx, s.gateway+"?device=bench", &websocket.DialOptions{
		Subprotocols: []string{"parley.v1"}, HTTPHeader: http.Header{"Authorization": {"Bearer " + token.Token}},
	})
	if err != nil {
		return err
	}
	p := &person{name, ws}
	c.people = append(c.people, p)
	go c.listen(p)
	return nil
}

func (c *crowd) leave() {
	for _, p := range c.people {
		_ = p.ws.CloseNow()
	}
}

// listen notes acknowledgements and deliveries.
func (c *crowd) listen(p *person) {
	for {
		_, frame, err := p.ws.Read(context.Background())
		if err != nil {
			return
		}
		var f struct{ Event, Ref, ID string }
		if json.Unmarshal(frame, &f) != nil {
			continue
		}
		key := f.Ref
		if f.Event == "message" {
			key = f.ID
		}
		c.mu.Lock()
		m := c.sent[key]
		c.mu.Unlock()
		switch {
		case m == nil:
		case f.Event == "message":
			m.finish(&m.delivered)
		case f.Event == "reply":
			m.finish(&m.acked)
		}
	}
}

// run sends at a rate for a while and waits for what is under way.
func (c *crowd) run(ctx context.Context, rate int, length time.Duration) result {
	r := result{rate: rate}
	n := int(length.Seconds() * float64(rate))
	begin := time.Now()
	for i := range n {
		due := begin.Add(time.Duration(i) * time.Second / time.Duration(rate))
		select {
		case <-time.After(time.Until(due)):
		case <-ctx.Done():
			return r
		}
		r.messages = append(r.messages, c.send(ctx, due, i))
	}
	patience := time.After(10 * time.Second)
	for _, m := range r.messages {
		select {
		case <-m.done:
		case <-patience:
			patience = time.After(0)
			r.lost++
		}
	}
	r.took = time.Since(begin)
	return r
}

func (c *crowd) send(ctx context.Context, due time.Time, i int) *message {
	from := c.people[i%len(c.people)]
	to := c.people[(i%len(c.people))^1]
	id := uuid()
	c.mu.Lock()
	c.refs++
	ref := strconv.Itoa(c.refs)
	m := &message{due: due, done: make(chan struct{})}
	c.sent[id], c.sent[ref] = m, m
	c.mu.Unlock()
	frame := fmt.Appendf(nil, `{"action":"send","ref":%q,"id":%q,"to":{"user":%q},"body":{"text":"Shall we meet at eight, where we met the last time?"}}`, ref, id, to.name)
	_ = from.ws.Write(ctx, websocket.MessageText, frame) // a failed write shows as a lost message
	return m
}

func uuid() string {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// result is what became of a run's messages.
type result struct {
	rate, lost int
	took       time.Duration
	messages   []*message
}

func (r result) times(of func(*message) *atomic.Int64) []time.Duration {
	var times []time.Duration
	for _, m := range r.messages {
		if t := of(m).Load(); t > 0 {
			times = append(times, time.Duration(t))
		}
	}
	slices.Sort(times)
	return times
}

// p is a percentile of the acknowledgements.
func (r result) p(q float64) time.Duration {
	return percentile(r.times(func(m *message) *atomic.Int64 { return &m.acked }), q)
}

func percentile(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

func (r result) print(o options) {
	delivered := r.times(func(m *message) *atomic.Int64 { return &m.delivered })
	fmt.Fprintf(o.out, "  %4d/s for %3.0f s  ack p50 %6.1f ms, p99 %7.1f ms  delivered p50 %6.1f ms, p99 %7.1f ms  %d sent, %d lost\n",
		r.rate, float64(len(r.messages))/float64(r.rate), ms(r.p(0.5)), ms(r.p(0.99)),
		ms(percentile(delivered, 0.5)), ms(percentile(delivered, 0.99)), len(r.messages), r.lost)
}
