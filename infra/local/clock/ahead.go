package clock

import (
	"sync"
	"time"
)

// Ahead is the machine's clock, moved on by as much as it was advanced. With it a running stack need not be waited for. Its
// zero value is ready; it is safe for concurrent use.
type Ahead struct {
	mu     sync.Mutex
	by     time.Duration
	timers map[*aheadTimer]struct{}
}

// Now returns the time that the clock shows.
func (c *Ahead) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.by)
}

// AfterFunc is time.AfterFunc, unless the clock is advanced before.
func (c *Ahead) AfterFunc(d time.Duration, f func()) Timer {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.timers == nil {
		c.timers = map[*aheadTimer]struct{}{}
	}
	t := &aheadTimer{clock: c, f: f, due: time.Now().Add(c.by + d)}
	c.timers[t] = struct{}{}
	t.timer = time.AfterFunc(d, t.ring)
	return t
}

// Advance moves the clock on by d. What is due by then is called at once.
func (c *Ahead) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.by += d
	now := time.Now().Add(c.by)
	for t := range c.timers {
		t.timer.Reset(max(0, t.due.Sub(now)))
	}
}

type aheadTimer struct {
	clock *Ahead
	f     func()
	due   time.Time
	timer *time.Timer
}

// ring calls f unless the timer was stopped, or was called already.
func (t *aheadTimer) ring() {
	t.clock.mu.Lock()
	_, pending := t.clock.timers[t]
	delete(t.clock.timers, t)
	t.clock.mu.Unlock()
	if pending {
		t.f()
	}
}

func (t *aheadTimer) Stop() bool {
	t.clock.mu.Lock()
	defer t.clock.mu.Unlock()
	_, pending := t.clock.timers[t]
	delete(t.clock.timers, t)
	t.timer.Stop()
	return pending
}

func (t *aheadTimer) Reset(d time.Duration) bool {
	t.clock.mu.Lock()
	defer t.clock.mu.Unlock()
	_, pending := t.clock.timers[t]
	t.clock.timers[t] = struct{}{}
	t.due = time.Now().Add(t.clock.by + d)
	t.timer.Reset(d)
	return pending
}
