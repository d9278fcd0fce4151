package lambda_test

import (
	"net"
	"testing"
	"time"

	"github.com/parley-im/parley/infra/local/clock"
	"github.com/parley-im/parley/infra/local/lambda"
)

// pass invokes the gate function n times at once, lets them pass when all have arrived, and returns their processes.
func pass(t *testing.T, service *lambda.Service, g gate, n int) map[int]bool {
	t.Helper()
	var all []<-chan lambda.Result
	for range n {
		all = append(all, begin(t, service, "gate", "1"))
	}
	var conns []net.Conn
	for range n {
		conn, _ := g.arrival()
		conns = append(conns, conn)
	}
	for _, conn := range conns {
		_ = conn.Close()
	}
	processes := map[int]bool{}
	for _, ended := range all {
		processes[decode[int](t, <-ended)] = true
	}
	return processes
}

func TestEachConcurrentInvocationHasItsOwnProcess(t *testing.T) {
	g := newGate(t)
	service := start(t, lambda.Config{}, function("gate", g.env()))

	first := pass(t, service, g, 4)
	if len(first) != 4 {
		t.Errorf("4 concurrent invocations ran in %d processes", len(first))
	}
	for pid := range pass(t, service, g, 4) {
		if !first[pid] {
			t.Errorf("process %d was started although 4 were idle", pid)
		}
	}
	if got := stats(t, service, "gate"); got.ColdStarts != 4 || got.Idle != 4 || got.Running != 0 || got.Invocations != 8 {
		t.Errorf("stats %+v", got)
	}
}

func TestPastTheLimitAnInvocationIsThrottled(t *testing.T) {
	g := newGate(t)
	reserved := function("crash")
	reserved.ReservedConcurrency = 1
	service := start(t, lambda.Config{Concurrency: 2}, function("gate", g.env()), function("echo"), reserved)
	ended := begin(t, service, "gate", "1")
	conn, _ := g.arrival()

	_, err := service.Invoke(t.Context(), "echo", nil)

	e := wantException(t, err, lambda.TooManyRequests)
	if e.Exception.Status() != 429 || e.Reason != "ConcurrentInvocationLimitExceeded" || e.Message != "Rate Exceeded." {
		t.Errorf("%+v", e)
	}
	if got := stats(t, service, "echo"); got.Throttles != 1 || got.Invocations != 0 {
		t.Errorf("stats %+v", got)
	}
	if got := stats(t, service, "gate"); got.Running != 1 {
		t.Errorf("stats %+v", got)
	}
	decode[int](t, invoke(t, service, "crash", `"not"`)) // what was reserved is still there

	_ = conn.Close()
	<-ended
	invoke(t, service, "echo", "")
	if gate, crash := stats(t, service, "gate").Idle, stats(t, service, "crash").Idle; gate != 1 || crash != 0 {
		t.Errorf("idle: gate %d, crash %d; the one idle for longest should have made room", gate, crash)
	}
}

func TestReservedConcurrencyIsALimitToo(t *testing.T) {
	g := newGate(t)
	f := function("gate", g.env())
	f.ReservedConcurrency = 1
	service := start(t, lambda.Config{}, f)
	ended := begin(t, service, "gate", "1")
	conn, _ := g.arrival()

	_, err := service.Invoke(t.Context(), "gate", nil)

	if e := wantException(t, err, lambda.TooManyRequests); e.Reason != "ReservedFunctionConcurrentInvocationLimitExceeded" {
		t.Errorf("%+v", e)
	}
	_ = conn.Close()
	<-ended
}

func TestIdleProcessesAreReapedTheLeastRecentlyUsedFirst(t *testing.T) {
	g := newGate(t)
	time0 := clock.NewFake(time.Now())
	service := start(t, lambda.Config{Clock: time0, IdleTimeout: time.Minute}, function("gate", g.env()))
	pass(t, service, g, 3)

	time0.Advance(40 * time.Second)
	used := pass(t, service, g, 1)
	for pid := range pass(t, service, g, 1) {
		if !used[pid] {
			t.Error("the process that was used last is not used first")
		}
	}
	time0.Advance(20 * time.Second)
	if got := stats(t, service, "gate"); got.Idle != 1 {
		t.Errorf("%d idle a minute after the burst, want the one that was used since", got.Idle)
	}
	time0.Advance(39 * time.Second)
	for pid := range pass(t, service, g, 1) {
		if !used[pid] {
			t.Error("the process that was used last was not kept")
		}
	}
	time0.Advance(time.Minute)
	if got := stats(t, service, "gate"); got.Idle != 0 || got.ColdStarts != 3 {
		t.Errorf("stats %+v", got)
	}
	pass(t, service, g, 1)
	if got := stats(t, service, "gate"); got.ColdStarts != 4 {
		t.Errorf("stats %+v", got)
	}
}
