package faults

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// Plan is what goes wrong. Its zero value is nothing.
type Plan struct {
	// Seed decides what is struck; 0 takes a random one.
	Seed uint64 `json:"seed"`
	// Rules are asked in their order; the first that strikes an event has it.
	Rules []Rule `json:"rules"`
}

// Rule lets one fault strike.
type Rule struct {
	Fault Name `json:"fault"`
	// Probability that an event is struck, above 0 and at most 1.
	Probability float64 `json:"probability"`
	// Skip lets the first events pass.
	Skip int `json:"skip,omitempty"`
	// Times is how often the fault strikes at most; 0 is without end.
	Times int `json:"times,omitempty"`
	// Function limits the rule to what this function does or is invoked for.
	Function string `json:"function,omitempty"`
	// Operation limits the rule to this operation of a service (PutItem, Publish, PostToConnection), or to the invocations
	// for this route ($connect, send).
	Operation string `json:"operation,omitempty"`
	// Delay belongs to the faults that take one and is theirs if 0: see [Kind].
	Delay Duration `json:"delay,omitzero"`
}

// Duration is written as "250ms".
type Duration time.Duration

// MarshalText implements encoding.TextMarshaler.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	*d = Duration(parsed)
	return err
}

// Read reads a plan in JSON and checks it. A field that a plan does not have is an error.
func Read(r io.Reader) (Plan, error) {
	var p Plan
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return Plan{}, fmt.Errorf("plan: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Plan{}, errors.New("plan: something follows it")
	}
	return p, p.check()
}

// check returns the first thing that is wrong with a plan.
func (p Plan) check() error {
	for i, r := range p.Rules {
		if err := r.check(); err != nil {
			return fmt.Errorf("rule %d: %w", i, err)
		}
	}
	return nil
}

func (r Rule) check() error {
	kind, ok := kindOf(r.Fault)
	switch {
	case !ok:
		return fmt.Errorf("no fault %q: there are %s", r.Fault, strings.Join(names(), ", "))
	case !(r.Probability > 0 && r.Probability <= 1): // NaN included
		return fmt.Errorf("%s: probability %v is not above 0 and at most 1", r.Fault, r.Probability)
	case r.Times < 0 || r.Skip < 0:
		return fmt.Errorf("%s: times %d and skip %d must not be negative", r.Fault, r.Times, r.Skip)
	case r.Delay < 0:
		return fmt.Errorf("%s: delay %v is negative", r.Fault, time.Duration(r.Delay))
	case r.Delay > 0 && kind.Delay == 0:
		return fmt.Errorf("%s: takes no delay", r.Fault)
	}
	return nil
}

// delay is the rule's, or that of its fault.
func (r Rule) delay(kind Kind) time.Duration {
	if r.Delay > 0 {
		return time.Duration(r.Delay)
	}
	return kind.Delay
}

func names() []string {
	all := make([]string, len(Catalogue))
	for i, k := range Catalogue {
		all[i] = string(k.Name)
	}
	return all
}

func kindOf(name Name) (Kind, bool) {
	i := slices.IndexFunc(Catalogue, func(k Kind) bool { return k.Name == name })
	if i < 0 {
		return Kind{}, false
	}
	return Catalogue[i], true
}

// randomSeed is below 2⁵³, so that every reader of JSON keeps it.
func randomSeed() uint64 { return 1 + rand.Uint64N(1<<53-1) }
