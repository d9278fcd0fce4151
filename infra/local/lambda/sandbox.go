package lambda

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"github.com/parley-im/parley/infra/local/child"
	"github.com/parley-im/parley/infra/local/clock"
)

// sandbox is one execution environment: a process of a function with its own Runtime API endpoint. Its life is
// reserve, launch, begin and rest for each invocation, wait. Service.mu guards the fields below it.
type sandbox struct {
	service  *Service
	function *function
	work     chan *invocation // holds the invocation that was begun until the process takes it
	server   *http.Server
	cmd      *exec.Cmd

	current   *invocation // nil while idle
	launched  time.Time
	ready     bool // the process has asked for its first invocation
	initError []byte
	trouble   failure     // why the process ends, for the log
	idleSince time.Time   // by Config.Clock
	reaper    clock.Timer // kills the sandbox when it is idle for too long
	alive     bool        // the process can be signalled
	killed    bool        // and must not be given work
	graceful  bool        // it registered an extension, so SIGTERM comes before SIGKILL
}

// reserve makes a sandbox that counts against the limit, with its first invocation. The caller holds Service.mu.
func (s *Service) reserve(f *function, inv *invocation) *sandbox {
	if len(s.sandboxes) >= s.cfg.Concurrency {
		s.evict()
	}
	sb := &sandbox{service: s, function: f, current: inv, work: make(chan *invocation, 1)}
	inv.result.Report.Cold = true
	s.sandboxes[sb] = struct{}{}
	f.stats.ColdStarts++
	s.tasks.Add(1) // until ended
	return sb
}

// launch starts the process. What goes wrong ends the invocation.
func (sb *sandbox) launch() {
	s := sb.service
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		sb.stillborn(&Error{Exception: ServiceFailed, Message: err.Error()})
		return
	}
	output, input, err := os.Pipe()
	if err != nil {
		_ = listener.Close()
		sb.stillborn(&Error{Exception: ServiceFailed, Message: err.Error()})
		return
	}
	stream := make([]byte, 16)
	_, _ = rand.Read(stream) // never fails
	now := time.Now()
	sb.cmd = &exec.Cmd{
		Path: sb.function.Binary,
		Args: []string{sb.function.Binary},
		Dir:  filepath.Dir(sb.function.Binary),
		Env: append(slices.Clip(sb.function.env),
			"AWS_LAMBDA_RUNTIME_API="+listener.Addr().String(),
			"AWS_LAMBDA_LOG_STREAM_NAME="+now.UTC().Format("2006/01/02/")+"["+version+"]"+hex.EncodeToString(stream)),
		Stdout:      input,
		Stderr:      input,
		SysProcAttr: child.Attributes(),
	}
	sb.server = &http.Server{Handler: sb.runtimeAPI(), ConnState: sb.track}

	// The process may ask for work before start has returned, but is not served before the fields are set.
	s.mu.Lock()
	sb.launched = now
	if sb.current.retried {
		sb.limit() // the second initialization is part of the invocation
	} else {
		sb.current.timer = s.cfg.Clock.AfterFunc(initLimit, sb.initTimeout)
	}
	s.mu.Unlock()
	err = s.start(sb.cmd)
	_ = input.Close()
	if err != nil {
		_ = listener.Close()
		_ = output.Close()
		sb.stillborn(err)
		return
	}
	s.mu.Lock()
	sb.alive = true
	if s.closed || sb.killed {
		sb.kill()
	}
	s.mu.Unlock()
	s.tasks.Go(func() { _ = sb.server.Serve(listener) })
	go sb.wait(output)
}

// stillborn ends a sandbox whose process was never there.
func (sb *sandbox) stillborn(err error) {
	s := sb.service
	defer s.tasks.Done()
	inv := sb.current // nobody else can end it
	var refused *Error
	var trouble failure
	if !errors.Is(err, ErrClosed) && !errors.As(err, &refused) {
		trouble = invalidEntrypoint(inv.id, err)
		s.logs.print(sb.function.Name, trouble.String())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	sb.leave()
	if trouble == (failure{}) {
		inv.err = err
	} else {
		inv.fail(trouble)
	}
	s.complete(sb)
}

// begin hands the current invocation to the process and starts its time. The caller holds Service.mu.
func (sb *sandbox) begin() {
	if !sb.current.retried {
		sb.limit()
	}
	sb.work <- sb.current // never blocks: the process serves one at a time
}

// limit starts the time of the current invocation. The caller holds Service.mu.
func (sb *sandbox) limit() {
	inv := sb.current
	inv.begun = time.Now()
	inv.timer = sb.service.cfg.Clock.AfterFunc(sb.function.Timeout, func() { sb.timeout(inv) })
}

// timeout ends the sandbox with the invocation that took too long. An answer already given stands.
func (sb *sandbox) timeout(inv *invocation) {
	s := sb.service
	s.mu.Lock()
	defer s.mu.Unlock()
	if sb.current != inv {
		return
	}
	if !inv.answered {
		sb.trouble = timedOut(inv.id, sb.function.Timeout)
		inv.fail(sb.trouble)
		sb.function.stats.Timeouts++
	}
	sb.stop()
}

// initTimeout ends a process that did not ask for work in time; the invocation gets a second one.
func (sb *sandbox) initTimeout() {
	s := sb.service
	s.mu.Lock()
	defer s.mu.Unlock()
	if !sb.ready && sb.current != nil {
		sb.trouble = initTimedOut(sb.current.id)
		sb.stop()
	}
}

// rest makes a sandbox idle whose process has asked for work that is not there. It comes before complete, so that who
// hears of the end finds the time of being idle begun. The caller holds Service.mu.
func (sb *sandbox) rest() {
	s := sb.service
	sb.function.idle = append(sb.function.idle, sb)
	sb.idleSince = s.cfg.Clock.Now()
	if sb.reaper == nil {
		sb.reaper = s.cfg.Clock.AfterFunc(s.cfg.IdleTimeout, sb.reap)
	} else {
		sb.reaper.Reset(s.cfg.IdleTimeout)
	}
	sb.freeze()
}

func (sb *sandbox) reap() {
	s := sb.service
	s.mu.Lock()
	defer s.mu.Unlock()
	// The timer may have fired just before the sandbox was used again.
	if sb.current == nil && !sb.killed && s.cfg.Clock.Now().Sub(sb.idleSince) >= s.cfg.IdleTimeout {
		sb.retire()
	}
}

// retire takes an idle sandbox out of service. The caller holds Service.mu.
func (sb *sandbox) retire() {
	sb.leave()
	sb.stop()
}

// leave makes room for another sandbox and keeps work away from this one. The caller holds Service.mu.
func (sb *sandbox) leave() {
	delete(sb.service.sandboxes, sb)
	sb.killed = true
	if i := slices.Index(sb.function.idle, sb); i >= 0 {
		sb.function.idle = slices.Delete(sb.function.idle, i, i+1)
	}
	if sb.reaper != nil {
		sb.reaper.Stop()
	}
}

// wait stays with the process until its end and decides what becomes of its invocation.
func (sb *sandbox) wait(output *os.File) {
	s := sb.service
	defer s.tasks.Done()
	lines := make(chan struct{})
	go func() {
		defer close(lines)
		s.logs.copy(sb.function.Name, output)
	}()
	_ = sb.cmd.Wait() // the state says more
	s.mu.Lock()
	sb.killGroup() // what the process started dies with it
	sb.alive = false
	sb.leave()
	s.mu.Unlock()
	_ = output.SetReadDeadline(time.Now().Add(100 * time.Millisecond)) // should one of them have left the group
	<-lines
	_ = output.Close()
	_ = sb.server.Close()

	s.mu.Lock()
	again := sb.conclude()
	trouble := sb.trouble
	s.mu.Unlock()
	if trouble != (failure{}) {
		s.logs.print(sb.function.Name, trouble.String())
	}
	if again != nil {
		again.launch()
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if sb.current != nil {
		s.complete(sb)
	}
}

// conclude decides how the invocation of a process that is gone ends, or moves it to the sandbox it returns, in which
// the initialization is tried a second time, as Lambda does. The caller holds Service.mu.
func (sb *sandbox) conclude() (again *sandbox) {
	s, inv := sb.service, sb.current
	switch {
	case inv == nil || inv.answered:
		return nil
	case s.closed:
		inv.err = ErrClosed
		return nil
	}
	if sb.trouble == (failure{}) {
		sb.trouble = exited(inv.id, sb.cmd.ProcessState)
	}
	switch {
	case !sb.ready && !inv.retried:
		inv.timer.Stop()
		inv.retried = true
		sb.current = nil
		return s.reserve(sb.function, inv)
	case sb.initError != nil:
		inv.answer(sb.initError, unhandled)
	default:
		inv.fail(sb.trouble)
	}
	return nil
}

// track counts the goroutines of the server's connections.
func (sb *sandbox) track(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		sb.service.tasks.Add(1)
	case http.StateClosed:
		sb.service.tasks.Done()
	default: // neither begins nor ends
	}
}
