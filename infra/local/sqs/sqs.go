// Package sqs stands in for Amazon SQS: standard queues that speak the AWS JSON 1.0 protocol of the SDKs and the CLI.
//
// A [Service] is an http.Handler with all its queues inside; which queues exist is decided by its [Config], not by CreateQueue.
// Time passes by the clock of the Config, so a test moves a message past its visibility timeout without waiting. With a
// Dir, messages outlive the process: what was in flight is in flight again after a restart, under the same receipt handle.
//
// The Lambda stand-in, which runs in the same process, polls with [Service.Receive] and settles with [Service.Delete] and
// [Service.ChangeVisibility]; these are the same operations as the ones on the wire and are billed the same ([Service.Usage]).
//
// Start reading at ServeHTTP (http.go) for the protocol and at queue.go for what a queue does.
// Not there: FIFO queues, CreateQueue and DeleteQueue, policies, tags, encryption, and the limit of 120,000 messages in flight.
package sqs

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/parley-im/parley/infra/local/clock"
	"github.com/parley-im/parley/infra/local/sigv4"
	"github.com/parley-im/parley/infra/local/state"
)

// Config says which queues exist and how they are reached.
type Config struct {
	Region  string // as in the ARNs and the credential scope of each request
	Account string // twelve digits
	BaseURL string // what queue URLs begin with, such as "http://127.0.0.1:9324"

	// Secret returns the secret key of an access key, and false if there is no such key: requests must be signed with one.
	// Nil lets in every request.
	Secret func(accessKey string) (secret string, ok bool)

	Queues []Queue
	Dir    string       // folder of the state file, created when missing; empty keeps everything in memory
	Clock  clock.Clock  // nil: the machine's clock
	Logger *slog.Logger // nil: slog.Default()
}

// Queue is a standard queue. Zero values mean what they mean on AWS.
type Queue struct {
	Name              string
	VisibilityTimeout time.Duration // to 12 h; 0: 30 s
	Delay             time.Duration // before a sent message can be received; to 15 min
	Retention         time.Duration // 1 min to 14 days from when it was first sent; 0: 4 days
	MaxReceiveCount   int           // receives after which a message moves to DeadLetterQueue; 1 to 1,000
	DeadLetterQueue   string        // name of a queue of the same Config; empty: messages come back until they expire
}

// Defaults and limits of a queue, from the SQS developer guide ("Amazon SQS message quotas") and API_CreateQueue.
const (
	defaultVisibility = 30 * time.Second
	defaultRetention  = 4 * 24 * time.Hour
	maxVisibility     = 12 * time.Hour
	maxDelay          = 15 * time.Minute
	minRetention      = time.Minute
	maxRetention      = 14 * 24 * time.Hour
)

// Service holds the queues. It is safe for concurrent use.
type Service struct {
	cfg        Config
	clock      clock.Clock
	log        *slog.Logger
	verifier   *sigv4.Verifier // nil: everybody is let in
	operations map[string]operation
	state      *state.File
	closing    chan struct{} // closed by Close; ends long polls
	closeOnce  sync.Once
	queues     map[string]*queue // the same from New on; mu guards what is in them

	mu    sync.Mutex
	usage map[string]Use
}

// New returns a service with the queues of cfg and, when there is a Dir, the messages that an earlier service left there.
// It fails when the queues contradict each other or the limits of SQS, or when the state cannot be read.
func New(cfg Config) (*Service, error) {
	s := &Service{
		cfg:     cfg,
		clock:   cfg.Clock,
		log:     cfg.Logger,
		closing: make(chan struct{}),
		queues:  map[string]*queue{},
		usage:   map[string]Use{},
	}
	if cfg.Secret != nil {
		s.verifier = sigv4.New(cfg.Region, "sqs", cfg.Secret)
	}
	if s.clock == nil {
		s.clock = clock.Real{}
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	s.cfg.BaseURL = strings.TrimRight(cfg.BaseURL, "/")
	s.operations = s.table()
	now := s.clock.Now()
	for _, q := range cfg.Queues {
		q, err := q.withDefaults()
		if err != nil {
			return nil, fmt.Errorf("sqs: queue %q: %w", q.Name, err)
		}
		if s.queues[q.Name] != nil {
			return nil, fmt.Errorf("sqs: queue %q is there twice", q.Name)
		}
		s.queues[q.Name] = newQueue(q, s.ARN(q.Name), now)
	}
	for _, q := range s.queues {
		if q.DeadLetterQueue == "" {
			continue
		}
		if q.dead = s.queues[q.DeadLetterQueue]; q.dead == nil || q.dead == q {
			return nil, fmt.Errorf("sqs: queue %q: dead-letter queue %q is not another queue", q.Name, q.DeadLetterQueue)
		}
	}
	s.state = state.New(cfg.Dir, "sqs", s.clock, s.log, s.encode)
	if err := s.load(); err != nil {
		return nil, err
	}
	return s, nil
}

func (q Queue) withDefaults() (Queue, error) {
	if q.VisibilityTimeout == 0 {
		q.VisibilityTimeout = defaultVisibility
	}
	if q.Retention == 0 {
		q.Retention = defaultRetention
	}
	switch {
	case !validName(q.Name):
		return q, fmt.Errorf("a name has 1 to 80 letters, digits, hyphens and underscores")
	case q.VisibilityTimeout < 0 || q.VisibilityTimeout > maxVisibility:
		return q, fmt.Errorf("visibility timeout %v is not within 0 and %v", q.VisibilityTimeout, maxVisibility)
	case q.Delay < 0 || q.Delay > maxDelay:
		return q, fmt.Errorf("delay %v is not within 0 and %v", q.Delay, maxDelay)
	case q.Retention < minRetention || q.Retention > maxRetention:
		return q, fmt.Errorf("retention %v is not within %v and %v", q.Retention, minRetention, maxRetention)
	case q.DeadLetterQueue == "" && q.MaxReceiveCount != 0:
		return q, fmt.Errorf("a maximum receive count needs a dead-letter queue")
	case q.DeadLetterQueue != "" && (q.MaxReceiveCount < 1 || q.MaxReceiveCount > 1000):
		return q, fmt.Errorf("maximum receive count %d is not within 1 and 1000", q.MaxReceiveCount)
	}
	return q, nil
}

// ARN returns the ARN of the queue with that name, whether or not it exists.
func (s *Service) ARN(queue string) string {
	return "arn:aws:sqs:" + s.cfg.Region + ":" + s.cfg.Account + ":" + queue
}

// URL returns the URL of the queue with that name, whether or not it exists.
func (s *Service) URL(queue string) string {
	return s.cfg.BaseURL + "/" + s.cfg.Account + "/" + queue
}

// Names returns the names of the queues in alphabetical order.
func (s *Service) Names() []string {
	names := make([]string, 0, len(s.queues))
	for name := range s.queues {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Close ends the long polls that wait, with what they have, and writes the state. The service takes requests after it, but
// no longer waits or saves by itself.
func (s *Service) Close() error {
	s.closeOnce.Do(func() { close(s.closing) })
	return s.state.Close()
}

// find returns the queue with that name or QueueDoesNotExist.
func (s *Service) find(name string) (*queue, error) {
	if q := s.queues[name]; q != nil {
		return q, nil
	}
	return nil, failf(QueueDoesNotExist, "The specified queue does not exist.")
}
