package faults

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Host runs the functions whose requests are struck. lambda.Service is one.
type Host interface {
	// FunctionOf returns the function whose invocation under way has this trace id.
	FunctionOf(trace string) (name string, ok bool)
	// KillTrace kills the process of that invocation and reports whether there was one.
	KillTrace(trace string) bool
}

// Count is what a rule has done.
type Count struct {
	// Asked is about how many events, Injected how many of them were struck.
	Asked    uint64 `json:"asked"`
	Injected uint64 `json:"injected"`
}

// Injector injects the faults of one plan at a time. It is safe for concurrent use.
type Injector struct {
	logger *slog.Logger

	mu     sync.Mutex
	host   Host
	active *active
}

// active is a plan in force. Injector.mu guards what changes.
type active struct {
	Plan
	kinds  []Kind
	counts []Count
	turns  []map[string]uint64 // of each rule: how many events of each function and operation there were
	memory *memory             // nil unless a rule answers from it
	over   chan struct{}       // closed when the plan is
}

// strike is the decision that a fault strikes an event.
type strike struct {
	chance
	kind  Kind
	delay time.Duration
	over  <-chan struct{}
}

// New returns an injector without a plan. It says on logger which plan, with which seed, becomes active.
func New(logger *slog.Logger) *Injector {
	return &Injector{logger: logger, active: &active{over: make(chan struct{})}}
}

// Watch tells who runs the functions. Before it, no function is known and none can be killed.
func (i *Injector) Watch(h Host) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.host = h
}

// Set replaces the plan, unless something is wrong with it. What the old one holds back goes on at once. Counts begin again.
func (i *Injector) Set(p Plan) error {
	if err := p.check(); err != nil {
		return err
	}
	if p.Seed == 0 && len(p.Rules) > 0 {
		p.Seed = randomSeed()
	}
	next := &active{
		Plan: Plan{p.Seed, append([]Rule{}, p.Rules...)}, counts: make([]Count, len(p.Rules)),
		over: make(chan struct{}),
	}
	var oldest time.Duration
	for _, r := range p.Rules {
		kind, _ := kindOf(r.Fault)
		next.kinds = append(next.kinds, kind)
		next.turns = append(next.turns, map[string]uint64{})
		if r.Fault == stale {
			oldest = max(oldest, r.delay(kind))
			next.memory = newMemory(oldest)
		}
	}
	i.mu.Lock()
	last := i.active
	close(last.over)
	i.active = next
	i.mu.Unlock()
	switch {
	case len(p.Rules) > 0:
		i.logger.Info("fault plan active", "seed", p.Seed, "rules", len(p.Rules))
	case len(last.Rules) > 0:
		i.logger.Info("fault plan over", "seed", last.Seed)
	}
	return nil
}

// Plan returns the plan in force, with its seed.
func (i *Injector) Plan() Plan {
	plan, _ := i.state()
	return plan
}

// Injected returns what each rule of the plan in force has done.
func (i *Injector) Injected() []Count {
	_, counts := i.state()
	return counts
}

// state returns the plan with its counts.
func (i *Injector) state() (Plan, []Count) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return Plan{i.active.Seed, append([]Rule{}, i.active.Rules...)}, append([]Count{}, i.active.counts...)
}

// current returns the memory of the plan in force, if it has one, whether there are rules at all, and the host.
func (i *Injector) current() (m *memory, armed bool, h Host) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.active.memory, len(i.active.Rules) > 0, i.host
}

// decide asks every rule about an event and returns the first that strikes.
func (i *Injector) decide(e event) (struck strike, ok bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	a := i.active
	for n, r := range a.Rules {
		if !a.concerns(n, e) {
			continue
		}
		turn := e.function + " " + e.operation
		c := draw(a.Seed, n, turn, a.turns[n][turn])
		a.turns[n][turn]++
		count := &a.counts[n]
		count.Asked++
		if ok || !c.hits(r.Probability) || count.Asked <= uint64(r.Skip) || (r.Times > 0 && count.Injected == uint64(r.Times)) {
			continue
		}
		count.Injected++
		struck, ok = strike{chance: c, kind: a.kinds[n], delay: r.delay(a.kinds[n]), over: a.over}, true
		i.logger.Debug("fault injected", "fault", r.Fault, "function", e.function, "operation", e.operation, "rule", n, "asked", count.Asked)
	}
	return struck, ok
}

// concerns reports whether rule n is asked about an event.
func (a *active) concerns(n int, e event) bool {
	r := a.Rules[n]
	return a.kinds[n].strikes(e) &&
		(r.Function == "" || r.Function == e.function) && (r.Operation == "" || r.Operation == e.operation)
}

// wait returns after d, or when the plan is over, or with false when ctx ends first.
func (s strike) wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.over:
	case <-ctx.Done():
	}
	return ctx.Err() == nil
}
