package faults

import (
	"log/slog"
	"slices"
	"testing"
)

// put and post are events.
var (
	put  = event{service: "dynamodb", function: "message", operation: "PutItem"}
	post = event{service: "apigateway", function: "message", operation: "PostToConnection"}
)

func newInjector(t *testing.T, p Plan) *Injector {
	t.Helper()
	i := New(slog.New(slog.DiscardHandler))
	if err := i.Set(p); err != nil {
		t.Fatal(err)
	}
	return i
}

// struck are the faults that strike events, "" for none.
func struck(i *Injector, events ...event) []Name {
	var all []Name
	for _, e := range events {
		s, _ := i.decide(e)
		all = append(all, s.kind.Name)
	}
	return all
}

func mixed(n int) []event {
	var all []event
	for i := range n {
		all = append(all, put, post)
		if i%3 == 0 {
			all = append(all, event{service: gateway, function: "message", operation: "send", eventType: "MESSAGE"})
		}
	}
	return all
}

var everything = []Rule{
	{Fault: "dynamodb.throttle", Probability: 0.1}, {Fault: "dynamodb.error", Probability: 0.2, Times: 5},
	{Fault: "post.gone", Probability: 0.3, Skip: 7}, {Fault: "ack.lost", Probability: 0.5},
}

func TestTheSameSeedStrikesTheSameEvents(t *testing.T) {
	first := struck(newInjector(t, Plan{7, everything}), mixed(100)...)
	if again := struck(newInjector(t, Plan{7, everything}), mixed(100)...); !slices.Equal(first, again) {
		t.Errorf("first %v, then %v", first, again)
	}
	if other := struck(newInjector(t, Plan{8, everything}), mixed(100)...); slices.Equal(first, other) {
		t.Error("another seed strikes the same")
	}
	for _, r := range everything {
		if !slices.Contains(first, r.Fault) {
			t.Errorf("%s never strikes", r.Fault)
		}
	}
}

func TestHowOthersTakeTurnsMakesNoDifference(t *testing.T) {
	rules := []Rule{{Fault: "dynamodb.error", Probability: 0.3}}
	other := event{service: "dynamodb", function: "sync", operation: "PutItem"}
	alone := struck(newInjector(t, Plan{7, rules}), slices.Repeat([]event{put}, 50)...)
	among := struck(newInjector(t, Plan{7, rules}), slices.Repeat([]event{other, put, other}, 50)...)
	for n := range alone {
		if among[3*n+1] != alone[n] {
			t.Errorf("the put %d: %q among others, %q alone", n, among[3*n+1], alone[n])
		}
	}
}

func TestARuleIsLimited(t *testing.T) {
	sync := event{service: "dynamodb", function: "sync", operation: "Query"}
	unknown := event{service: "dynamodb", operation: "PutItem"}
	const x = Name("dynamodb.error")
	for name, test := range map[string]struct {
		rule   Rule
		events []event
		want   []Name
	}{
		"by nothing":   {Rule{}, []event{put, put, sync}, []Name{x, x, x}},
		"to a service": {Rule{}, []event{post, put}, []Name{"", x}},
		"by times":     {Rule{Times: 2}, []event{put, sync, put, put}, []Name{x, x, "", ""}},
		"by skip":      {Rule{Skip: 2}, []event{put, sync, put, put}, []Name{"", "", x, x}},
		"by both":      {Rule{Skip: 1, Times: 1}, []event{put, put, put}, []Name{"", x, ""}},
		"to function":  {Rule{Function: "sync"}, []event{put, sync, unknown}, []Name{"", x, ""}},
		"to operation": {Rule{Operation: "PutItem"}, []event{put, sync, unknown}, []Name{x, "", x}},
	} {
		t.Run(name, func(t *testing.T) {
			test.rule.Fault, test.rule.Probability = x, 1
			i := newInjector(t, Plan{1, []Rule{test.rule}})
			if got := struck(i, test.events...); !slices.Equal(got, test.want) {
				t.Errorf("struck %q, want %q", got, test.want)
			}
		})
	}
}

func TestTheFirstRuleThatStrikesHasTheEventAndAllAreCounted(t *testing.T) {
	i := newInjector(t, Plan{1, []Rule{
		{Fault: "dynamodb.throttle", Probability: 1, Times: 1}, {Fault: "dynamodb.error", Probability: 1},
		{Fault: "post.gone", Probability: 1},
	}})
	if got, want := struck(i, put, put, put), []Name{"dynamodb.throttle", "dynamodb.error", "dynamodb.error"}; !slices.Equal(got, want) {
		t.Errorf("struck %q, want %q", got, want)
	}
	if got, want := i.Injected(), []Count{{3, 1}, {3, 2}, {0, 0}}; !slices.Equal(got, want) {
		t.Errorf("counts %v, want %v", got, want)
	}
	if err := i.Set(Plan{}); err != nil {
		t.Fatal(err)
	}
	if got := struck(i, put); got[0] != "" || len(i.Injected()) != 0 {
		t.Errorf("without a plan: %q, %v", got, i.Injected())
	}
}

func TestDecisionsAreSafeAndExactFromManyGoroutines(t *testing.T) {
	i := newInjector(t, Plan{1, []Rule{{Fault: "dynamodb.error", Probability: 0.5, Times: 20}}})
	done := make(chan int)
	for range 8 {
		go func() {
			n := 0
			for _, s := range struck(i, slices.Repeat([]event{put}, 100)...) {
				if s != "" {
					n++
				}
			}
			done <- n
		}()
	}
	total := 0
	for range 8 {
		total += <-done
	}
	if counts := i.Injected(); total != 20 || counts[0] != (Count{800, 20}) {
		t.Errorf("%d struck, counts %v", total, counts)
	}
}
