package events_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	lambda "github.com/aws/aws-lambda-go/events"
	"go.uber.org/goleak"

	"github.com/parley-im/parley/infra/local/clock"
	"github.com/parley-im/parley/infra/local/events"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start is not at the beginning of a second, let alone of a minute.
var start = time.Date(2026, 11, 22, 3, 0, 7, 250e6, time.UTC)

// target is what rules invoke.
type target struct {
	mu    sync.Mutex
	fired []string // function and time of each event
	last  []byte
	err   error
}

func (g *target) invoke(function string, event []byte) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	var e lambda.EventBridgeEvent
	if err := json.Unmarshal(event, &e); err != nil {
		return err
	}
	g.fired = append(g.fired, function+" "+e.Time.Format("15:04:05"))
	g.last = event
	return g.err
}

func newService(t *testing.T, g *target, rules ...events.Rule) (*events.Service, *clock.Fake, *bytes.Buffer) {
	t.Helper()
	fake, logs := clock.NewFake(start), &bytes.Buffer{}
	s, err := events.New(events.Config{
		Region: "eu-central-1", Account: "123456789012", Rules: rules, Invoke: g.invoke,
		Clock: fake, Logger: slog.New(slog.NewTextHandler(logs, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s, fake, logs
}

var (
	tick  = events.Rule{Name: "tick", Every: time.Minute, Function: "ticks"}
	sweep = events.Rule{Name: "sweep", Every: 2 * time.Minute, Function: "sweeps"}
)

func TestRulesFireAtTheirRateUntilTheEnd(t *testing.T) {
	g := &target{}
	s, fake, _ := newService(t, g, tick, sweep)
	fake.Advance(time.Minute - time.Nanosecond)
	if g.fired != nil {
		t.Errorf("fired %v", g.fired)
	}
	fake.Advance(3 * time.Minute)
	want := []string{"ticks 03:01:07", "sweeps 03:02:07", "ticks 03:02:07", "ticks 03:03:07"}
	slices.Sort(g.fired[1:3]) // both at once, in any order
	if !slices.Equal(g.fired, want) {
		t.Errorf("fired %v, want %v", g.fired, want)
	}
	s.Close()
	fake.Advance(time.Hour)
	if len(g.fired) != len(want) {
		t.Errorf("fired %v after the end", g.fired)
	}
}

func TestAnEventHasTheShapeThatAWSDocuments(t *testing.T) {
	g := &target{}
	_, fake, _ := newService(t, g, tick)
	fake.Advance(time.Minute)
	var got, first map[string]any
	if err := json.Unmarshal(g.last, &got); err != nil {
		t.Fatal(err)
	}
	id, _ := got["id"].(string)
	delete(got, "id")
	want := map[string]any{
		"version": "0", "detail-type": "Scheduled Event", "source": "aws.events", "account": "123456789012",
		"time": "2026-11-22T03:01:07Z", "region": "eu-central-1",
		"resources": []any{"arn:aws:events:eu-central-1:123456789012:rule/tick"}, "detail": map[string]any{},
	}
	if !reflect.DeepEqual(got, want) || len(id) != 36 {
		t.Errorf("%s %v, want %v", id, got, want)
	}
	fake.Advance(time.Minute)
	if err := json.Unmarshal(g.last, &first); err != nil || first["id"] == id {
		t.Errorf("two events are called %s: %v", id, err)
	}
}

func TestATestFiresARuleForAnyTime(t *testing.T) {
	g := &target{}
	s, _, _ := newService(t, g, tick)
	if err := s.Fire("tick", start.Add(time.Hour)); err != nil || !slices.Equal(g.fired, []string{"ticks 04:00:07"}) {
		t.Errorf("fired %v, %v", g.fired, err)
	}
	if err := s.Fire("tock", start); err == nil {
		t.Error("a rule fires that there is not")
	}
	g.err = errors.New("no such function")
	if err := s.Fire("tick", start); !errors.Is(err, g.err) {
		t.Errorf("%v, want %v", err, g.err)
	}
}

func TestWhatIsNotDeliveredIsLoggedAndTheNextIs(t *testing.T) {
	g := &target{err: errors.New("no such function")}
	_, fake, logs := newService(t, g, tick)
	fake.Advance(time.Minute)
	if !strings.Contains(logs.String(), "no such function") {
		t.Errorf("logs %q", logs)
	}
	g.err = nil
	fake.Advance(time.Minute)
	if len(g.fired) != 2 {
		t.Errorf("fired %v", g.fired)
	}
}

func TestARateIsInWholeMinutesAndANameIsUsedOnce(t *testing.T) {
	for name, rules := range map[string][]events.Rule{
		"seconds": {{Name: "a", Every: 30 * time.Second}}, "a fraction": {{Name: "a", Every: 90 * time.Second}},
		"none": {{Name: "a"}}, "a name twice": {tick, tick},
	} {
		if _, err := events.New(events.Config{Rules: rules}); err == nil {
			t.Errorf("%s: it is taken", name)
		}
	}
}
