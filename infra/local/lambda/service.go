package lambda

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"sync"
	"time"

	"github.com/parley-im/parley/infra/local/clock"
)

// Function is one Lambda function of the runtime provided.al2023.
type Function struct {
	Name   string // 1 to 64 of A-Z a-z 0-9 - _
	Binary string // path of the executable that calls lambda.Start
	// MemoryMB is told to the function, 128 (the default) to 10240; it is not enforced.
	MemoryMB int
	// Timeout ends an invocation; default 3 s, at most 15 min.
	Timeout time.Duration
	// Env is the function's configuration, at most 4 KB in all and without the names that Lambda keeps to itself.
	Env map[string]string
	// ReservedConcurrency is set aside for this function and limits it; 0 means that it shares what others left.
	ReservedConcurrency int
}

// Config is what the functions of a Service share. The zero value works.
type Config struct {
	Region  string // default us-east-1
	Account string // default 000000000000

	// The credentials in the functions' environment; keys are "local" by default. AWS always sets a session token; here it
	// can be left out, because stand-ins of other services may not know of any.
	AccessKeyID, SecretAccessKey, SessionToken string

	// Concurrency is the account's limit of concurrent invocations, default 1000 as on AWS. There are never more
	// processes than that either: the one idle for longest makes room.
	Concurrency int
	// IdleTimeout is how long an idle process is kept; default 5 min. AWS states no figure.
	IdleTimeout time.Duration
	// Clock decides when to time out, reap and retry; default the machine's.
	Clock clock.Clock
	// Logs receives what functions write to stdout and stderr and what went wrong with them, one Write for each line
	// "[function] text\n"; default none. Writes do not overlap.
	Logs io.Writer
	// DeadLetter is told of asynchronous events that were given up; it must not block. Default none.
	DeadLetter func(DeadLetter)
	// Watcher is told of every invocation. Default none.
	Watcher Watcher
}

// Service runs functions. Its methods are safe for concurrent use.
type Service struct {
	cfg       Config
	functions map[string]*function
	order     []*function // as given to New
	logs      *lineWriter
	spawn     chan func()
	closing   chan struct{}
	tasks     sync.WaitGroup // every goroutine of the service

	mu         sync.Mutex
	closed     bool
	sandboxes  map[*sandbox]struct{} // started and not yet told to die
	unreserved pool
	timers     map[clock.Timer]struct{} // pending asynchronous retries
}

// pool is a share of the account's concurrency.
type pool struct{ limit, busy int }

// function is a Function with its sandboxes. Service.mu guards what changes.
type function struct {
	Function
	arn   string
	env   []string
	pool  *pool
	idle  []*sandbox // the most recently used one last
	stats Stats
}

// ErrClosed is returned by what was under way or came after Close.
var ErrClosed = errors.New("lambda: service closed")

var functionName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// New returns a Service that is ready to run the functions; it starts no process. All that AWS would refuse to deploy,
// and binaries that are not there, are returned as one error. Call Close when done.
func New(cfg Config, functions ...Function) (*Service, error) {
	cfg = cfg.withDefaults()
	s := &Service{
		cfg:       cfg,
		functions: map[string]*function{},
		logs:      &lineWriter{w: cfg.Logs},
		spawn:     make(chan func()),
		closing:   make(chan struct{}),
		sandboxes: map[*sandbox]struct{}{},
		timers:    map[clock.Timer]struct{}{},
	}
	s.unreserved.limit = cfg.Concurrency
	var problems []error
	for _, config := range functions {
		f, err := s.add(config)
		if err != nil {
			problems = append(problems, fmt.Errorf("function %q: %w", config.Name, err))
			continue
		}
		s.functions[f.Name] = f
		s.order = append(s.order, f)
	}
	if s.unreserved.limit < 0 {
		problems = append(problems, fmt.Errorf("reserved concurrency exceeds the account's %d", cfg.Concurrency))
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("lambda: %w", errors.Join(problems...))
	}
	s.tasks.Go(s.spawner)
	return s, nil
}

func (cfg Config) withDefaults() Config {
	or := func(s *string, value string) {
		if *s == "" {
			*s = value
		}
	}
	or(&cfg.Region, "us-east-1")
	or(&cfg.Account, "000000000000")
	or(&cfg.AccessKeyID, "local")
	or(&cfg.SecretAccessKey, "local")
	if cfg.Concurrency == 0 {
		cfg.Concurrency = 1000
	}
	if cfg.IdleTimeout == 0 {
		cfg.IdleTimeout = 5 * time.Minute
	}
	if cfg.Clock == nil {
		cfg.Clock = clock.Real{}
	}
	if cfg.Logs == nil {
		cfg.Logs = io.Discard
	}
	if cfg.DeadLetter == nil {
		cfg.DeadLetter = func(DeadLetter) {}
	}
	return cfg
}

// add checks one function as CreateFunction does, fills in its defaults and takes its reserved concurrency.
func (s *Service) add(config Function) (*function, error) {
	if !functionName.MatchString(config.Name) {
		return nil, errors.New("name must be 1 to 64 of A-Z a-z 0-9 - _")
	}
	if s.functions[config.Name] != nil {
		return nil, errors.New("defined twice")
	}
	binary, err := filepath.Abs(config.Binary)
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(binary); err != nil {
		return nil, fmt.Errorf("binary: %w", err)
	} else if info.IsDir() {
		return nil, fmt.Errorf("binary: %s is a directory", binary)
	}
	config.Binary = binary
	if config.MemoryMB == 0 {
		config.MemoryMB = 128
	}
	if config.MemoryMB < 128 || config.MemoryMB > 10240 {
		return nil, fmt.Errorf("memory of %d MB is not within 128 to 10240", config.MemoryMB)
	}
	if config.Timeout == 0 {
		config.Timeout = 3 * time.Second
	}
	if config.Timeout < 0 || config.Timeout > 15*time.Minute {
		return nil, fmt.Errorf("timeout %v is not within 15 min", config.Timeout)
	}
	if err := checkVariables(config.Env); err != nil {
		return nil, err
	}
	if config.ReservedConcurrency < 0 {
		return nil, fmt.Errorf("reserved concurrency %d", config.ReservedConcurrency)
	}
	f := &function{
		Function: config,
		arn:      fmt.Sprintf("arn:aws:lambda:%s:%s:function:%s", s.cfg.Region, s.cfg.Account, config.Name),
		pool:     &s.unreserved,
		stats:    Stats{Function: config.Name},
	}
	if n := config.ReservedConcurrency; n > 0 {
		f.pool = &pool{limit: n}
		s.unreserved.limit -= n
	}
	f.env = s.cfg.variables(config)
	return f, nil
}

// Close kills every process and returns when all are reaped and no goroutine of the service is left, or with ctx's error
// before that. Only a process that asked for SIGTERM gets it first, and half a second to heed it. Invocations under way and asynchronous events not yet done return or end with ErrClosed.
func (s *Service) Close(ctx context.Context) error {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.closing)
		for sb := range s.sandboxes {
			sb.stop()
		}
		for timer := range s.timers {
			timer.Stop()
		}
		clear(s.timers)
	}
	s.mu.Unlock()
	done := make(chan struct{})
	go func() {
		s.tasks.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("lambda: close: %w", ctx.Err())
	}
}

// Kill kills the processes that run the function now, as a host that fails would, and returns how many there were. Their
// invocations end with a FunctionError; idle processes stay.
func (s *Service) Kill(function string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	killed := 0
	for sb := range s.sandboxes {
		if sb.function.Name == function && sb.current != nil {
			sb.kill()
			killed++
		}
	}
	return killed
}

// spawner starts all processes from one operating system thread, which lives as long as the service: Linux delivers the
// parent death signal when the thread that forked ends, not the process.
func (s *Service) spawner() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for {
		select {
		case start := <-s.spawn:
			start()
		case <-s.closing:
			return
		}
	}
}

func (s *Service) start(cmd *exec.Cmd) error {
	result := make(chan error, 1)
	select {
	case s.spawn <- func() { result <- cmd.Start() }:
		return <-result
	case <-s.closing:
		return ErrClosed
	}
}
