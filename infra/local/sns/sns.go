// Package sns stands in for Amazon SNS: topics with Lambda and SQS subscribers and mobile push, over the AWS Query protocol
// of the SDKs and the CLI.
//
// A [Service] is an http.Handler with its topics and platform applications inside; which exist is decided by its [Config].
// A message published to a topic is delivered after Publish has returned, through the functions of the Config, with the
// retries of SNS and at least once. A message published to a platform endpoint reaches no phone: it lands in the inbox that a
// developer reads with [Service.Notifications] and watches with [Service.Watch].
//
// Start reading at ServeHTTP (http.go) for the protocol, at publish.go for what becomes of a message, and at delivery.go for
// how it reaches a subscriber. Not there: FIFO topics, filter policies, SMS, e-mail and HTTP subscribers, creating topics and
// applications, the events of a platform application, and real signatures of messages.
package sns

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"

	"github.com/parley-im/parley/infra/local/clock"
	"github.com/parley-im/parley/infra/local/sigv4"
	"github.com/parley-im/parley/infra/local/state"
)

// Config says what exists and where messages go.
type Config struct {
	Region  string // as in the ARNs and the credential scope of each request
	Account string // twelve digits

	// Secret returns the secret key of an access key, and false if there is no such key: requests must be signed with one.
	// Nil lets in every request.
	Secret func(accessKey string) (secret string, ok bool)

	Topics       []Topic
	Applications []Application

	// Deliver invokes a Lambda function asynchronously with an event in the shape of events.SNSEvent and returns once the event
	// is accepted. It is called again when it fails, unless its error is ErrNoTarget. Required for lambda subscriptions.
	Deliver func(ctx context.Context, function string, event []byte) error
	// Send puts a message into an SQS queue, under the same terms as Deliver. Required for sqs subscriptions and dead-letter queues.
	Send func(ctx context.Context, queue, body string, attributes map[string]Attribute) error

	Dir    string       // folder of the state file, created when missing; empty keeps everything in memory
	Clock  clock.Clock  // nil: the machine's clock
	Logger *slog.Logger // nil: slog.Default()
}

// ErrNoTarget is what Deliver and Send wrap when the function or queue does not exist. SNS does not retry such client
// errors (developer guide, "Amazon SNS dead-letter queues").
var ErrNoTarget = errors.New("no such delivery target")

// Topic is a standard topic.
type Topic struct {
	Name          string
	Subscriptions []Subscription
}

// Service holds topics, applications and the inbox. It is safe for concurrent use.
type Service struct {
	cfg        Config
	clock      clock.Clock
	log        *slog.Logger
	verifier   *sigv4.Verifier // nil: everybody is let in
	operations map[string]operation
	state      *state.File

	mu           sync.Mutex // guards everything below
	topics       []*topic
	applications []*application
	endpoints    []*endpoint // oldest first
	pending      map[string]*delivery
	inbox        []Notification // oldest first
	watchers     map[chan Notification]struct{}
	usage        Usage
	closed       bool

	delivering sync.WaitGroup // one for each attempt under way; added to only while not closed
}

// New returns a service with what cfg names and, when there is a Dir, what an earlier service left there: endpoints,
// subscriptions made by Subscribe, the inbox, and deliveries that had not succeeded, which start again at once. It fails when the
// Config contradicts itself or the state cannot be read.
func New(cfg Config) (*Service, error) {
	s := &Service{
		cfg:      cfg,
		clock:    cfg.Clock,
		log:      cfg.Logger,
		pending:  map[string]*delivery{},
		watchers: map[chan Notification]struct{}{},
		usage:    Usage{Operations: map[string]Use{}},
	}
	if cfg.Secret != nil {
		s.verifier = sigv4.New(cfg.Region, "sns", cfg.Secret)
	}
	if s.clock == nil {
		s.clock = clock.Real{}
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	s.operations = s.table()
	for _, t := range cfg.Topics {
		if err := s.addTopic(t); err != nil {
			return nil, fmt.Errorf("sns: topic %q: %w", t.Name, err)
		}
	}
	for _, a := range cfg.Applications {
		if err := s.addApplication(a); err != nil {
			return nil, fmt.Errorf("sns: application %q: %w", a.Name, err)
		}
	}
	s.state = state.New(cfg.Dir, "sns", s.clock, s.log, s.encode)
	if err := s.load(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.pending {
		s.start(d)
	}
	return s, nil
}

// Close waits for the deliveries under way, ends every Watch and writes the state, with the deliveries that wait for another
// attempt. The service takes requests after it, but no longer delivers or saves.
func (s *Service) Close() error {
	s.mu.Lock()
	s.closed = true
	for ch := range s.watchers {
		delete(s.watchers, ch)
		close(ch)
	}
	s.mu.Unlock()
	s.state.Stop()
	s.delivering.Wait()
	return s.state.Close()
}

// arn returns the ARN of a resource of ours.
func (s *Service) arn(resource string) string {
	return "arn:aws:sns:" + s.cfg.Region + ":" + s.cfg.Account + ":" + resource
}

// TopicARN returns the ARN of the topic with that name, whether or not it exists.
func (s *Service) TopicARN(name string) string { return s.arn(name) }

// ApplicationARN returns the ARN of a platform application, whether or not it exists.
func (s *Service) ApplicationARN(a Application) string {
	return s.arn("app/" + a.Platform + "/" + a.Name)
}

// checkARN refuses what is not an ARN of ours: InvalidParameter when it is malformed or of another region, AuthorizationError
// when it is of another account.
func (s *Service) checkARN(parameter, arn, action string) error {
	parts := strings.SplitN(arn, ":", 6)
	switch {
	case arn == "":
		return failf(InvalidParameter, "Invalid parameter: %s Reason: no value for required parameter", parameter)
	case len(parts) < 6:
		return failf(InvalidParameter, "Invalid parameter: %s Reason: An ARN must have at least 6 elements, not %d", parameter, len(parts))
	case parts[0] != "arn" || parts[1] != "aws" || parts[2] != "sns" || parts[3] != s.cfg.Region:
		return failf(InvalidParameter, "Invalid parameter: %s", parameter)
	case parts[4] != s.cfg.Account:
		return failf(AuthorizationError, "User: arn:aws:iam::%s:user/local is not authorized to perform: SNS:%s on resource: %s", s.cfg.Account, action, arn)
	}
	return nil
}
