package lambda_test

import (
	"strings"
	"testing"
	"time"

	"github.com/parley-im/parley/infra/local/clock"
	"github.com/parley-im/parley/infra/local/lambda"
)

// alarms is a clock that tells when somebody starts to wait, so that a test knows when to advance it.
type alarms struct {
	*clock.Fake
	set chan time.Duration
}

func (a alarms) AfterFunc(d time.Duration, f func()) clock.Timer {
	timer := a.Fake.AfterFunc(d, f)
	a.set <- d
	return timer
}

// await returns when somebody starts to wait for d.
func (a alarms) await(t *testing.T, d time.Duration) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	var others []time.Duration
	for {
		select {
		case got := <-a.set:
			if got == d {
				return
			}
			others = append(others, got)
		case <-deadline:
			t.Fatalf("nobody waits for %v, but for %v", d, others)
		}
	}
}

func newAlarms() alarms { return alarms{clock.NewFake(time.Now()), make(chan time.Duration, 10_000)} }

func TestAFailingEventIsRetriedTwiceAndThenADeadLetter(t *testing.T) {
	time0 := newAlarms()
	logs := &transcript{}
	dead := make(chan lambda.DeadLetter, 1)
	service := start(t, lambda.Config{
		Clock: time0, Logs: logs, IdleTimeout: time.Hour, DeadLetter: func(d lambda.DeadLetter) { dead <- d },
	}, function("crash"))

	id, err := service.InvokeAsync("crash", []byte(`"error"`))
	if err != nil {
		t.Fatal(err)
	}
	time0.await(t, time.Minute)
	time0.Advance(time.Minute)
	time0.await(t, 2*time.Minute)
	select {
	case d := <-dead:
		t.Fatalf("given up before the last retry: %+v", d)
	default:
	}
	time0.Advance(2 * time.Minute)

	got := <-dead
	if got.Function != "crash" || got.RequestID != id || string(got.Payload) != `"error"` || got.Attempts != 3 {
		t.Errorf("dead letter %+v", got)
	}
	wantFailure(t, got.Result, "errorString", "no luck")
	if err := service.Close(t.Context()); err != nil { // and all has been logged
		t.Fatal(err)
	}
	if n := strings.Count(logs.String(), "about to error"); n != 3 {
		t.Errorf("ran %d times", n)
	}
}

func TestAnEventThatSucceedsRunsOnce(t *testing.T) {
	g := newGate(t)
	time0 := newAlarms()
	service := start(t, lambda.Config{Clock: time0, IdleTimeout: time.Hour}, function("gate", g.env()))

	if _, err := service.InvokeAsync("gate", []byte(`"event"`)); err != nil {
		t.Fatal(err)
	}

	conn, line := g.arrival()
	if line != `"event"` {
		t.Errorf("the function got %s", line)
	}
	_ = conn.Close()
	time0.await(t, time.Hour) // the process is idle
	if got := stats(t, service, "gate"); got.Invocations != 1 || got.Errors != 0 {
		t.Errorf("stats %+v", got)
	}
}

func TestAThrottledEventIsRunWhenThereIsConcurrency(t *testing.T) {
	g := newGate(t)
	time0 := newAlarms()
	service := start(t, lambda.Config{Clock: time0, Concurrency: 1}, function("gate", g.env()))
	ended := begin(t, service, "gate", "1")
	held, _ := g.arrival()

	if _, err := service.InvokeAsync("gate", []byte(`"event"`)); err != nil {
		t.Fatal(err)
	}
	time0.await(t, time.Second)
	time0.Advance(time.Second)
	time0.await(t, 2*time.Second)
	_ = held.Close()
	<-ended
	time0.Advance(2 * time.Second)

	conn, line := g.arrival()
	if line != `"event"` {
		t.Errorf("the function got %s", line)
	}
	if got := stats(t, service, "gate"); got.Throttles != 2 || got.Running != 1 {
		t.Errorf("stats %+v", got)
	}
	_ = conn.Close()
}

func TestAThrottledEventIsGivenUpAfterSixHours(t *testing.T) {
	time0 := newAlarms()
	begin := time0.Now()
	dead := make(chan lambda.DeadLetter, 1)
	all := function("crash")
	all.ReservedConcurrency = 1
	service := start(t, lambda.Config{
		Clock: time0, Concurrency: 1, DeadLetter: func(d lambda.DeadLetter) { dead <- d },
	}, all, function("echo")) // nothing is left for echo

	if _, err := service.InvokeAsync("echo", nil); err != nil {
		t.Fatal(err)
	}
	for {
		select {
		case delay := <-time0.set:
			time0.Advance(delay)
			continue
		case got := <-dead:
			if got.Attempts != 0 || string(got.Payload) != "{}" {
				t.Errorf("dead letter %+v", got)
			}
		}
		break
	}
	if kept := time0.Now().Sub(begin); kept > 6*time.Hour || kept < 6*time.Hour-5*time.Minute {
		t.Errorf("kept for %v", kept)
	}
}

func TestEventsThatWaitEndWithTheService(t *testing.T) {
	time0 := newAlarms()
	service := start(t, lambda.Config{
		Clock: time0, DeadLetter: func(d lambda.DeadLetter) { t.Errorf("dead letter %+v", d) },
	}, function("crash"))
	if _, err := service.InvokeAsync("crash", []byte(`"error"`)); err != nil {
		t.Fatal(err)
	}
	time0.await(t, time.Minute)
	if err := service.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	time0.Advance(time.Hour)
}
