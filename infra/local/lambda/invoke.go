package lambda

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/parley-im/parley/infra/local/clock"
)

const (
	version = "$LATEST"

	// requestLimit and eventLimit bound the payload of a synchronous and of an asynchronous invocation, responseLimit
	// what the function answers; in bytes.
	requestLimit  = 6 << 20
	eventLimit    = 1 << 20
	responseLimit = 6<<20 + 100

	// initLimit is how long an on-demand function may take to ask for its first invocation.
	initLimit = 10 * time.Second
)

// Result is how an invocation ended that reached its function.
type Result struct {
	// Payload is the function's answer or, with FunctionError, an object with errorType and errorMessage.
	Payload []byte
	// FunctionError is empty for success and "Unhandled" if the function returned an error, panicked, exited, timed
	// out, did not start, or answered more than 6 MB.
	FunctionError string
	Report        Report
}

// Report is what AWS prints in the REPORT line of an invocation. Times are the machine's.
type Report struct {
	RequestID string
	Cold      bool          // a process was started for it
	Init      time.Duration // from the start of the process to its first request for work; 0 if warm
	Duration  time.Duration // from handing over the payload until the process asked for more work
	Billed    time.Duration // Init and Duration, in started milliseconds
}

// invocation is one request on its way through a sandbox.
type invocation struct {
	id            string
	trace         string
	clientContext string // JSON, may be empty
	payload       []byte
	warming       bool // ends when the sandbox is ready
	done          chan struct{}

	// Written under Service.mu until done is closed, read after.
	result   Result
	err      error
	answered bool // result.Payload is there
	retried  bool // the first initialization failed, this is the second
	begun    time.Time
	timer    clock.Timer
}

func newInvocation(payload []byte) *invocation {
	random := make([]byte, 36)
	_, _ = rand.Read(random) // never fails
	id := random[:16]
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	inv := &invocation{
		id:      fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:]),
		payload: payload,
		done:    make(chan struct{}),
		trace: fmt.Sprintf("Root=1-%08x-%s;Parent=%s;Sampled=0", time.Now().Unix(),
			hex.EncodeToString(random[16:28]), hex.EncodeToString(random[28:])),
	}
	if len(payload) == 0 {
		inv.payload = []byte("{}") // what a function sees of an Invoke without a body
	}
	inv.result.Report.RequestID = inv.id
	return inv
}

// answer sets how the invocation will end once its process has asked for more work or is gone.
func (inv *invocation) answer(payload []byte, functionError string) {
	inv.answered = true
	inv.result.Payload = payload
	inv.result.FunctionError = functionError
}

// fail answers for a process that could not.
func (inv *invocation) fail(f failure) { inv.answer(f.payload(), unhandled) }

// Invoke runs the function once and returns when its process is ready for the next invocation or gone. The error is an
// [*Error] if the function never saw the payload, [ErrClosed], or ctx's; when ctx ends the function runs on, as it does
// on AWS when a client hangs up. Concurrent invocations are not ordered.
func (s *Service) Invoke(ctx context.Context, function string, payload []byte) (Result, error) {
	if err := s.accepts(function, payload, requestLimit); err != nil {
		return Result{}, err
	}
	return s.run(ctx, function, newInvocation(payload))
}

// Warm starts a process for the function, unless one is idle, and returns when it is ready, so that the next invocation
// is no cold start. A function that cannot start is an error.
func (s *Service) Warm(ctx context.Context, function string) error {
	inv := newInvocation(nil)
	inv.warming = true
	result, err := s.run(ctx, function, inv)
	if err == nil && result.FunctionError != "" {
		err = fmt.Errorf("lambda: warm %s: %s", function, result.Payload)
	}
	return err
}

// accepts makes the checks that come before any capacity is taken.
func (s *Service) accepts(function string, payload []byte, limit int) error {
	if s.functions[function] == nil {
		return s.notFound(function)
	}
	if len(payload) > limit {
		return &Error{Exception: RequestTooLarge,
			Message: fmt.Sprintf("Request must be smaller than %d bytes for the InvokeFunction operation", limit)}
	}
	if len(payload) > 0 && !json.Valid(payload) {
		return &Error{Exception: InvalidRequestContent, Message: "Could not parse request body into json"}
	}
	return nil
}

func (s *Service) notFound(function string) error {
	return &Error{Exception: ResourceNotFound,
		Message: fmt.Sprintf("Function not found: arn:aws:lambda:%s:%s:function:%s", s.cfg.Region, s.cfg.Account, function)}
}

// run finds a sandbox for inv and waits for the end.
func (s *Service) run(ctx context.Context, name string, inv *invocation) (result Result, err error) {
	f := s.functions[name]
	if f == nil {
		return Result{}, s.notFound(name)
	}
	if w := s.cfg.Watcher; w != nil && !inv.warming {
		w.Began(name, inv.trace, inv.payload)
		defer func() { w.Ended(name, inv.trace, result, err) }()
	}
	if err := ctx.Err(); err != nil {
		return Result{}, fmt.Errorf("lambda: invoke %s: %w", name, err)
	}
	started, err := s.place(f, inv)
	if err != nil {
		return Result{}, err
	}
	if started != nil {
		started.launch()
	}
	select {
	case <-inv.done:
		return inv.result, inv.err
	case <-ctx.Done():
		return Result{}, fmt.Errorf("lambda: invoke %s: %w", name, ctx.Err())
	}
}

// place gives inv to the most recently used idle sandbox, so that the others can be reaped, or to a new one, which it
// returns and the caller must launch.
func (s *Service) place(f *function, inv *invocation) (*sandbox, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	if inv.warming && len(f.idle) > 0 {
		close(inv.done)
		return nil, nil
	}
	if f.pool.busy >= f.pool.limit {
		f.stats.Throttles++
		reason := "ConcurrentInvocationLimitExceeded"
		if f.pool != &s.unreserved {
			reason = "ReservedFunctionConcurrentInvocationLimitExceeded"
		}
		return nil, &Error{Exception: TooManyRequests, Message: "Rate Exceeded.", Reason: reason}
	}
	f.pool.busy++
	f.stats.Running++
	if n := len(f.idle); n > 0 {
		sb := f.idle[n-1]
		f.idle = f.idle[:n-1]
		sb.reaper.Stop()
		sb.current = inv
		sb.thaw()
		sb.begin()
		return nil, nil
	}
	return s.reserve(f, inv), nil
}

// evict kills the sandbox that has been idle for longest. Its caller has seen as many sandboxes as the limit and holds
// concurrency for one more, so not all of them are busy. The caller holds Service.mu.
func (s *Service) evict() {
	var oldest *sandbox
	for sb := range s.sandboxes {
		if sb.current == nil && (oldest == nil || sb.idleSince.Before(oldest.idleSince)) {
			oldest = sb
		}
	}
	oldest.retire()
}

// complete ends sb's invocation, gives back its concurrency and wakes its caller. The caller holds Service.mu.
func (s *Service) complete(sb *sandbox) {
	inv, f := sb.current, sb.function
	sb.current = nil
	if inv.timer != nil {
		inv.timer.Stop()
	}
	f.pool.busy--
	f.stats.Running--
	if !inv.warming && inv.err == nil {
		report := &inv.result.Report
		if !inv.begun.IsZero() {
			report.Duration = time.Since(inv.begun)
		}
		report.Billed = (report.Init + report.Duration + time.Millisecond - 1).Truncate(time.Millisecond)
		f.stats.count(inv.result)
	}
	close(inv.done)
}
