package console

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/parley-im/parley/pkg/meter"
	"github.com/parley-im/parley/pkg/price"
)

// history is how many seconds the ledger remembers one by one, and recent how many make up what it says of now.
const (
	history = 600
	recent  = 60
)

// Outcome is a kind of thing that ends in one of several ways.
type Outcome string

// The outcomes that are counted: posts to connections and notifications to endpoints by status, requests that DynamoDB refused
// by exception, errors that clients saw by code.
const (
	Posts   Outcome = "posts"
	Pushes  Outcome = "pushes"
	Refused Outcome = "refused"
	Errors  Outcome = "errors"
)

// Ledger counts what AWS would bill, by action, and what became of it: since it was made, and each of the last ten minutes'
// seconds. It is safe for concurrent use.
type Ledger struct {
	prices price.Table
	now    func() time.Time

	mu       sync.Mutex
	actions  map[string]*account
	outcomes map[Outcome]map[string]int
	seconds  [history]second // each at its time modulo history
}

// account is what an action has used.
type account struct {
	count, failed int
	bill          price.Bill
	took          histogram
}

// second is what happened in one.
type second struct {
	at      int64 // Unix time
	actions map[string]int
	bills   map[string]price.Bill // by class
	posts   map[string]int
	acks    histogram
}

// NewLedger returns an empty one.
func NewLedger(prices price.Table, now func() time.Time) *Ledger {
	return &Ledger{prices: prices, now: now, actions: map[string]*account{}, outcomes: map[Outcome]map[string]int{}}
}

// Use counts n units for an action, now.
func (l *Ledger) Use(action string, unit price.Unit, n float64) {
	if n == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.account(action).bill[unit] += n
	class, s := meter.ClassOf(action), l.current()
	if s.bills[class] == nil {
		s.bills[class] = price.Bill{}
	}
	s.bills[class][unit] += n
}

// Done counts an action that has ended now.
func (l *Ledger) Done(action string, took time.Duration, failed bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.account(action)
	a.count++
	a.took.add(took)
	if failed {
		a.failed++
	}
	l.current().actions[meter.ClassOf(action)]++
}

// Add counts what has happened some time before: it is in the sums, and in no second.
func (l *Ledger) Add(action string, count int, used price.Bill) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.account(action)
	a.count += count
	a.bill.Add(used)
}

// Acked counts how long a client waited for its acknowledgement.
func (l *Ledger) Acked(took time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.current().acks.add(took)
}

// Ended counts one of the outcomes.
func (l *Ledger) Ended(kind Outcome, how string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.outcomes[kind] == nil {
		l.outcomes[kind] = map[string]int{}
	}
	l.outcomes[kind][how]++
	if kind == Posts {
		l.current().posts[how]++
	}
}

func (l *Ledger) account(action string) *account {
	a := l.actions[action]
	if a == nil {
		a = &account{bill: price.Bill{}}
		l.actions[action] = a
	}
	return a
}

// current returns the second that it is, in the place of the one ten minutes ago.
func (l *Ledger) current() *second {
	at := l.now().Unix()
	s := &l.seconds[at%history]
	if s.at != at {
		*s = second{at: at, actions: map[string]int{}, bills: map[string]price.Bill{}, posts: map[string]int{}}
	}
	return s
}

// Action is what one action has used since the ledger was made.
type Action struct {
	Action string     `json:"action"`
	Class  string     `json:"class"`
	Count  int        `json:"count"`
	Failed int        `json:"failed"`
	Took   Quantiles  `json:"took_ms"`
	Bill   price.Bill `json:"bill"`
	// Cost of all of it, in microdollars, and Parts that it is made of.
	Cost  float64                `json:"microdollars"`
	Parts map[price.Part]float64 `json:"parts"`
}

// Actions returns the sums, the most expensive first.
func (l *Ledger) Actions() []Action {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := []Action{}
	for name, a := range l.actions {
		cost, parts := l.cost(a.bill)
		all = append(all, Action{name, meter.ClassOf(name), a.count, a.failed, a.took.quantiles(), maps.Clone(a.bill), cost, parts})
	}
	slices.SortFunc(all, func(a, b Action) int { return cmp.Or(cmp.Compare(b.Cost, a.Cost), cmp.Compare(a.Action, b.Action)) })
	return all
}

// Outcomes returns how often each was counted.
func (l *Ledger) Outcomes() map[Outcome]map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := map[Outcome]map[string]int{}
	for kind, counts := range l.outcomes {
		all[kind] = maps.Clone(counts)
	}
	return all
}

// Point is a second of a chart. What did not happen is left out.
type Point struct {
	At int64 `json:"at"` // Unix time
	// Actions and Cost, in microdollars, are by class.
	Actions map[string]int     `json:"actions,omitempty"`
	Cost    map[string]float64 `json:"cost,omitempty"`
	// Sends is the cost of the class that messages are of, by part.
	Sends map[price.Part]float64 `json:"sends,omitempty"`
	Posts map[string]int         `json:"posts,omitempty"`
	Acks  *Quantiles             `json:"acks,omitempty"`
}

// Points returns the seconds after a time that are over and in which something happened, oldest first.
func (l *Ledger) Points(after int64) []Point {
	l.mu.Lock()
	defer l.mu.Unlock()
	points := []Point{}
	now := l.now().Unix()
	for at := max(after+1, now-history+1); at < now; at++ {
		s := &l.seconds[at%history]
		if s.at != at {
			continue
		}
		p := Point{At: at, Actions: maps.Clone(s.actions), Cost: map[string]float64{}, Posts: maps.Clone(s.posts)}
		for class, bill := range s.bills {
			p.Cost[class], _ = l.cost(bill)
		}
		if bill, ok := s.bills[message]; ok {
			_, p.Sends = l.cost(bill)
		}
		if s.acks.count() > 0 {
			acks := s.acks.quantiles()
			p.Acks = &acks
		}
		points = append(points, p)
	}
	return points
}

// message is the class of what people say.
const message = "send"

// Recent is what the last minute was like.
type Recent struct {
	Acks Quantiles `json:"acks"`
	// Messages, what each of them cost in microdollars, and the parts of that.
	Messages int                    `json:"messages"`
	Cost     float64                `json:"microdollars"`
	Parts    map[price.Part]float64 `json:"parts"`
}

// Recent returns it.
func (l *Ledger) Recent() Recent {
	l.mu.Lock()
	defer l.mu.Unlock()
	var r Recent
	var acks histogram
	bill, now := price.Bill{}, l.now().Unix()
	for i := range l.seconds {
		s := &l.seconds[i]
		if s.at <= now-recent {
			continue
		}
		acks.merge(&s.acks)
		bill.Add(s.bills[message])
		r.Messages += s.actions[message]
	}
	r.Acks = acks.quantiles()
	r.Cost, r.Parts = l.cost(bill)
	r.Cost /= float64(max(1, r.Messages))
	for part := range r.Parts {
		r.Parts[part] /= float64(max(1, r.Messages))
	}
	return r
}

// cost of a bill in microdollars, and the parts that are not nothing.
func (l *Ledger) cost(bill price.Bill) (float64, map[price.Part]float64) {
	total, parts := l.prices.Cost(bill)
	for part, dollars := range parts {
		if parts[part] = dollars * 1e6; dollars == 0 {
			delete(parts, part)
		}
	}
	return total * 1e6, parts
}
