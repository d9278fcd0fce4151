package lambda_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parley-im/parley/infra/local/clock"
	"github.com/parley-im/parley/infra/local/lambda"
)

func TestAFunctionThatAsksForSIGTERMCanSayGoodbye(t *testing.T) {
	logs := &transcript{}
	time0 := clock.NewFake(time.Now())
	service := start(t, lambda.Config{Logs: logs, Clock: time0, IdleTimeout: time.Minute}, function("sigterm"))

	pid := decode[int](t, invoke(t, service, "sigterm", ""))
	time0.Advance(time.Minute)
	if decode[int](t, invoke(t, service, "sigterm", "")) == pid {
		t.Error("the process was not reaped")
	}
	if err := service.Close(t.Context()); err != nil {
		t.Fatal(err)
	}

	if n := strings.Count(logs.String(), "[sigterm] goodbye\n"); n != 2 {
		t.Errorf("%d goodbyes of 2 processes: %s", n, logs)
	}
}

func TestAFunctionThatIgnoresSIGTERMIsKilled(t *testing.T) {
	g := newGate(t)
	logs := &transcript{}
	service := start(t, lambda.Config{Logs: logs}, function("sigterm", "STAY=yes", g.env()))
	invoke(t, service, "sigterm", "")
	conn := g.accept()
	if err := service.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantGone(t, conn)
	if !strings.Contains(logs.String(), "[sigterm] I stay\n") {
		t.Errorf("log %q", logs)
	}
}

func TestEverythingAddsUpWhenProcessesComeAndGo(t *testing.T) {
	const concurrency, callers, calls = 4, 6, 50
	time0 := clock.NewFake(time.Now())
	functions := []lambda.Function{function("crash"), function("batch"), function("big")}
	for i := range functions {
		functions[i].Timeout = 15 * time.Minute
	}
	functions[2].ReservedConcurrency = 1
	service := start(t, lambda.Config{Clock: time0, Concurrency: concurrency, IdleTimeout: time.Second}, functions...)
	payloads := map[string][]string{
		"crash": {`"not"`, `"error"`, `"panic"`, `"exit"`, `"kill"`},
		"batch": {`{"Records":[]}`, `{"Records":[{"body":"fatal"}]}`},
		"big":   {"2", "6291557"},
	}
	fails := map[string]bool{`"not"`: false, `{"Records":[]}`: false, "2": false}

	var throttled atomic.Int64
	var all sync.WaitGroup
	for caller := range callers {
		all.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(caller)))
			for range calls {
				f := functions[random.IntN(len(functions))].Name
				payload := payloads[f][random.IntN(len(payloads[f]))]
				result, err := service.Invoke(t.Context(), f, []byte(payload))
				_, ok := fails[payload]
				switch {
				case errors.Is(err, lambda.TooManyRequests):
					throttled.Add(1)
				case err != nil:
					t.Error(err)
				case ok != (result.FunctionError == ""):
					t.Errorf("%s(%s): %.200s", f, payload, result.Payload)
				}
				if random.IntN(10) == 0 {
					time0.Advance(time.Second)
				}
			}
		})
	}
	all.Wait()

	var invocations, throttles, running, idle int
	for _, got := range service.Stats() {
		invocations += got.Invocations
		throttles += got.Throttles
		running += got.Running
		idle += got.Idle
	}
	if invocations+throttles != callers*calls || throttles != int(throttled.Load()) {
		t.Errorf("%d invocations and %d throttles (%d seen) of %d calls", invocations, throttles, throttled.Load(), callers*calls)
	}
	if running != 0 || idle > concurrency {
		t.Errorf("%d running, %d idle", running, idle)
	}
}
