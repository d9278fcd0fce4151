// Package events stands in for Amazon EventBridge, as far as rules on a schedule go: a rule with a rate invokes a Lambda
// function asynchronously, again and again, with the event that AWS documents ("Scheduled Event" of aws.events).
//
// A [Service] fires its rules on its clock from New until Close. There is no API over HTTP: rules are made when a stack is
// deployed, and what exists is decided by the [Config].
//
// As on AWS a rule may fire more than once for one time, if whoever invokes makes it so, and what it invokes must not mind.
// Not there: rules on event patterns, cron expressions, targets other than Lambda functions, and the repetition of
// deliveries that Lambda does not accept, which an asynchronous invocation always does.
package events

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/parley-im/parley/infra/local/clock"
)

// Rule invokes a function at a steady rate.
type Rule struct {
	Name string
	// Every is the rate: whole minutes, of which EventBridge's finest is one (user guide, "Rate expressions").
	Every    time.Duration
	Function string
}

// Config says what exists and how functions are invoked.
type Config struct {
	Region  string // as in the ARNs
	Account string // twelve digits
	Rules   []Rule
	// Invoke invokes a Lambda function asynchronously with an event in the shape of events.EventBridgeEvent and returns once it is
	// accepted. An error is logged.
	Invoke func(function string, event []byte) error
	Clock  clock.Clock  // nil: the machine's clock
	Logger *slog.Logger // nil: slog.Default()
}

// Service fires rules. It is safe for concurrent use.
type Service struct {
	cfg Config

	mu     sync.Mutex
	closed bool
	timers map[string]clock.Timer // the next of each rule
	firing sync.WaitGroup         // added to only while not closed
}

// New starts the rules: each fires for the first time when its rate has passed once.
func New(cfg Config) (*Service, error) {
	if cfg.Clock == nil {
		cfg.Clock = clock.Real{}
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	s := &Service{cfg: cfg, timers: map[string]clock.Timer{}}
	seen := map[string]bool{}
	for _, r := range cfg.Rules {
		if r.Every < time.Minute || r.Every%time.Minute != 0 || seen[r.Name] {
			return nil, fmt.Errorf("events: rule %q: a name of its own and a rate of whole minutes", r.Name)
		}
		seen[r.Name] = true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range cfg.Rules {
		s.wait(r, cfg.Clock.Now().Add(r.Every))
	}
	return s, nil
}

// wait has a rule fire at a time; the caller holds the lock.
func (s *Service) wait(r Rule, at time.Time) {
	s.timers[r.Name] = s.cfg.Clock.AfterFunc(at.Sub(s.cfg.Clock.Now()), func() {
		s.mu.Lock()
		if s.closed {
			s.mu.Unlock()
			return
		}
		s.firing.Add(1)
		next := at.Add(r.Every)
		for now := s.cfg.Clock.Now(); !next.After(now); next = next.Add(r.Every) {
			continue // a machine that slept makes up for nothing
		}
		s.wait(r, next)
		s.mu.Unlock()
		defer s.firing.Done()
		s.fire(r, at)
	})
}

// Fire has a rule fire once more, as it would at a time. It is for tests, which need not wait for it.
func (s *Service) Fire(rule string, at time.Time) error {
	for _, r := range s.cfg.Rules {
		if r.Name == rule {
			return s.cfg.Invoke(r.Function, s.event(r, at))
		}
	}
	return fmt.Errorf("events: there is no rule %q", rule)
}

func (s *Service) fire(r Rule, at time.Time) {
	if err := s.cfg.Invoke(r.Function, s.event(r, at)); err != nil {
		s.cfg.Logger.Error("events: not delivered", "rule", r.Name, "error", err)
	}
}

// Close stops all rules and waits for those that fire.
func (s *Service) Close() {
	s.mu.Lock()
	s.closed = true
	for _, timer := range s.timers {
		timer.Stop()
	}
	s.mu.Unlock()
	s.firing.Wait()
}

// event is what a function gets (user guide, "Creating a rule that runs on a schedule"; Lambda guide, "Using Lambda with
// EventBridge"). Its time has no fraction of a second.
func (s *Service) event(r Rule, at time.Time) []byte {
	event, err := json.Marshal(struct {
		Version    string   `json:"version"`
		ID         string   `json:"id"`
		DetailType string   `json:"detail-type"`
		Source     string   `json:"source"`
		Account    string   `json:"account"`
		Time       string   `json:"time"`
		Region     string   `json:"region"`
		Resources  []string `json:"resources"`
		Detail     struct{} `json:"detail"`
	}{
		Version: "0", ID: newID(), DetailType: "Scheduled Event", Source: "aws.events", Account: s.cfg.Account,
		Time: at.UTC().Format("2006-01-02T15:04:05Z"), Region: s.cfg.Region,
		Resources: []string{"arn:aws:events:" + s.cfg.Region + ":" + s.cfg.Account + ":rule/" + r.Name},
	})
	if err != nil {
		panic(err) // strings are always rendered
	}
	return event
}

// newID is a random UUID (RFC 9562, version 4).
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
