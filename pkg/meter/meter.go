// Package meter counts every unit that AWS bills, where it is used, and tells what it came to. A function has one Meter: the
// AWS clients count what their requests consume (client.go), the invocation counts its frames, its time and what it
// logs (invocation.go), and now and then all of it is written as one line of CloudWatch's embedded metric format (emf.go).
// The same happens locally, so what a message costs is a test as well as a dashboard.
package meter

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/parley-im/parley/pkg/price"
)

// Meter counts by action. It is safe for concurrent use.
type Meter struct {
	mu    sync.Mutex
	since time.Time
	used  map[string]*Account
}

// Account is what one action has used since the last reading.
type Account struct {
	// Count is how often the action was invoked, and Failed how often it ended in an error of the server.
	Count, Failed int
	Bill          price.Bill
	// Times are how long invocations took, at most maxTimes of them.
	Times []time.Duration
	// Starts are how long processes took to start that were started for it, at most maxTimes of them.
	Starts   []time.Duration
	Outcomes map[Outcome]int
}

// maxTimes is how many values one metric of an embedded metric document can have (CloudWatch guide, "Specification").
const maxTimes = 100

// New returns a meter that has counted nothing since a time.
func New(since time.Time) *Meter { return &Meter{since: since, used: map[string]*Account{}} }

type actionKey struct{}

// With returns a context whose uses are counted for an action. Actions are few and fixed: they become a dimension.
func With(ctx context.Context, action string) context.Context {
	return context.WithValue(ctx, actionKey{}, action)
}

// other is what is counted under that no action was named for.
const other = "other"

// Action is what the uses of the context are counted for.
func Action(ctx context.Context) string {
	if name, ok := ctx.Value(actionKey{}).(string); ok {
		return name
	}
	return other
}

type billKey struct{}

// separately returns a context whose uses are also counted by themselves, in the bill. It may be read when they are over.
func separately(ctx context.Context) (context.Context, price.Bill) {
	bill := price.Bill{}
	return context.WithValue(ctx, billKey{}, bill), bill
}

// Use counts n units for the action of the context.
func (m *Meter) Use(ctx context.Context, unit price.Unit, n float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.account(Action(ctx)).Bill[unit] += n
	if bill, ok := ctx.Value(billKey{}).(price.Bill); ok {
		bill[unit] += n
	}
}

// done counts an invocation for the action of the context.
func (m *Meter) done(ctx context.Context, took time.Duration, failed bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a := m.account(Action(ctx))
	a.Count++
	if failed {
		a.Failed++
	}
	if len(a.Times) < maxTimes {
		a.Times = append(a.Times, took)
	}
}

// started counts a cold start for the action of the context: the first invocation of a process.
func (m *Meter) started(ctx context.Context, took time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if a := m.account(Action(ctx)); len(a.Starts) < maxTimes {
		a.Starts = append(a.Starts, took)
	}
}

func (m *Meter) account(name string) *Account {
	a := m.used[name]
	if a == nil {
		a = &Account{Bill: price.Bill{}, Outcomes: map[Outcome]int{}}
		m.used[name] = a
	}
	return a
}

// Read returns what was counted by action, and since when.
func (m *Meter) Read() (map[string]Account, time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make(map[string]Account, len(m.used))
	for name, a := range m.used {
		out[name] = Account{
			Count: a.Count, Failed: a.Failed, Bill: maps.Clone(a.Bill), Outcomes: maps.Clone(a.Outcomes),
			Times: slices.Clone(a.Times), Starts: slices.Clone(a.Starts),
		}
	}
	return out, m.since
}

// Reset begins anew and returns what was counted until then.
func (m *Meter) Reset(now time.Time) map[string]Account {
	out, _ := m.Read()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.used, m.since = map[string]*Account{}, now
	return out
}

// started is how many parts of a size are begun by n bytes: what AWS bills by started parts.
func started(n, size int) float64 { return float64(max(1, (n+size-1)/size)) }
