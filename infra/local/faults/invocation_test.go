package faults_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-im/parley/infra/local/apigateway"
	"github.com/parley-im/parley/infra/local/faults"
	"github.com/parley-im/parley/infra/local/lambda"
)

// functions are invoked through an injector. They note when, and answer at once.
type functions struct {
	*faults.Injector
	begin  time.Time
	invoke apigateway.Invoke

	mu      sync.Mutex
	invoked []string // "<function> <when>"
}

func invokeThrough(t *testing.T, rules ...faults.Rule) *functions {
	t.Helper()
	f := &functions{Injector: faults.New(slog.New(slog.DiscardHandler)), begin: time.Now()}
	if err := f.Set(faults.Plan{Seed: 1, Rules: rules}); err != nil {
		t.Fatal(err)
	}
	f.invoke = f.Invoke(func(_ context.Context, function string, _ []byte) (apigateway.Result, error) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.invoked = append(f.invoked, fmt.Sprint(function, " ", time.Since(f.begin)))
		return apigateway.Result{Payload: []byte(`{"statusCode":200,"body":"hi"}`)}, nil
	})
	return f
}

// outcome is what one invocation came to.
type outcome struct {
	payload string
	after   time.Duration
	err     error
}

// say invokes the function of a route as the gateway does.
func (f *functions) say(t *testing.T, route, eventType string) outcome {
	t.Helper()
	payload := fmt.Sprintf(`{"requestContext":{"routeKey":%q,"eventType":%q}}`, route, eventType)
	result, err := f.invoke(t.Context(), "message", []byte(payload))
	return outcome{string(result.Payload), time.Since(f.begin), err}
}

func (f *functions) message(t *testing.T) outcome {
	t.Helper()
	return f.say(t, "send", "MESSAGE")
}

const (
	answered = `{"statusCode":200,"body":"hi"}`
	silent   = `{"statusCode":200}`
)

func want(t *testing.T, f *functions, got, want outcome, invoked ...string) {
	t.Helper()
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if fmt.Sprint(f.invoked) != fmt.Sprint(invoked) {
		t.Errorf("invoked %v, want %v", f.invoked, invoked)
	}
}

// ofInvocations shows each fault of invocations, on a clock that stands still while anything goes on.
var ofInvocations = map[faults.Name]func(*testing.T){
	"disconnect.lost": func(t *testing.T) {
		f := invokeThrough(t, once("disconnect.lost"))
		want(t, f, f.message(t), outcome{answered, 0, nil}, "message 0s")
		f.invoked = nil
		want(t, f, f.say(t, "$disconnect", "DISCONNECT"), outcome{silent, 0, nil})
		want(t, f, f.say(t, "$disconnect", "DISCONNECT"), outcome{answered, 0, nil}, "message 0s")
	},
	"disconnect.late": func(t *testing.T) {
		f := invokeThrough(t, once("disconnect.late"))
		want(t, f, f.say(t, "$disconnect", "DISCONNECT"), outcome{answered, 2 * time.Second, nil}, "message 2s")
	},
	"messages.reorder": func(t *testing.T) {
		f := invokeThrough(t, faults.Rule{Fault: "messages.reorder", Probability: 1, Delay: faults.Duration(time.Minute)})
		var running sync.WaitGroup
		for n := range 10 {
			running.Go(func() {
				_, _ = f.invoke(t.Context(), fmt.Sprint(n), []byte(`{"requestContext":{"eventType":"MESSAGE"}}`))
			})
			synctest.Wait() // so that they come in this order
		}
		running.Wait()
		inOrder, last := true, ""
		for _, v := range f.invoked {
			inOrder, last = inOrder && v[:1] >= last, v[:1]
		}
		if inOrder || len(f.invoked) != 10 {
			t.Errorf("invoked %v", f.invoked)
		}
	},
	"ack.lost": func(t *testing.T) {
		f := invokeThrough(t, once("ack.lost"))
		want(t, f, f.message(t), outcome{silent, 0, nil}, "message 0s")
	},
	"ack.late": func(t *testing.T) {
		f := invokeThrough(t, once("ack.late"))
		want(t, f, f.message(t), outcome{answered, time.Second, nil}, "message 0s")
	},
	"lambda.throttle": func(t *testing.T) {
		f := invokeThrough(t, once("lambda.throttle"))
		if got := f.say(t, "$connect", "CONNECT"); !errors.Is(got.err, lambda.TooManyRequests) || len(f.invoked) != 0 {
			t.Errorf("%+v, invoked %v", got, f.invoked)
		}
	},
}

func TestFaultsOfInvocations(t *testing.T) {
	for name, show := range ofInvocations {
		t.Run(string(name), func(t *testing.T) { synctest.Test(t, show) })
	}
}

func TestAcksAreOfMessagesOnly(t *testing.T) {
	f := invokeThrough(t, once("ack.lost"), once("messages.reorder"), once("disconnect.lost"))
	if got := f.say(t, "$connect", "CONNECT"); got.payload != answered {
		t.Errorf("%+v", got)
	}
	if counts := f.Injected(); counts[0].Asked+counts[1].Asked+counts[2].Asked != 0 {
		t.Errorf("counts %+v", counts)
	}
}

func TestAPlanThatEndsLetsGoWhatItHeldBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := invokeThrough(t, faults.Rule{Fault: "disconnect.late", Probability: 1, Delay: faults.Duration(time.Hour)})
		ended := make(chan outcome)
		go func() { ended <- f.say(t, "$disconnect", "DISCONNECT") }()
		synctest.Wait()
		if err := f.Set(faults.Plan{}); err != nil {
			t.Fatal(err)
		}
		want(t, f, <-ended, outcome{answered, 0, nil}, "message 0s")
	})
}

func TestAContextThatEndsLetsGoWhatWasHeldBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := invokeThrough(t, faults.Rule{Fault: "messages.reorder", Probability: 1, Delay: faults.Duration(time.Hour)})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := f.invoke(ctx, "message", []byte(`{"requestContext":{"eventType":"MESSAGE"}}`)); err != nil {
			t.Error(err)
		}
		if passed := time.Since(f.begin); passed > time.Second {
			t.Errorf("after %v", passed)
		}
	})
}
