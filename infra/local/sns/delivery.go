package sns

import (
	"context"
	"errors"
	"math"
	"time"
)

// delivery is a notice that has not reached its subscriber yet. Attempts go on over a restart.
type delivery struct {
	ID           string
	Subscription subscription
	Notice       notice
	Failed       int // attempts so far
}

// deliver starts a delivery to each subscriber of t; the caller holds the lock, so the first attempt begins after the publish.
func (s *Service) deliver(t *topic, messageID string, p publication) {
	now := s.clock.Now()
	for _, sub := range t.subscriptions {
		text, _ := p.message.textFor(sub.Protocol)
		d := &delivery{
			ID:           newUUID(),
			Subscription: *sub,
			Notice:       notice{MessageID: messageID, Topic: t.arn, Subject: p.subject, Text: text, At: now, Attributes: p.attributes},
		}
		s.pending[d.ID] = d
		s.state.Changed()
		s.start(d)
	}
}

// start makes the next attempt in its own goroutine, unless the service is closed: then d stays in the state. The caller
// holds the lock.
func (s *Service) start(d *delivery) {
	if s.closed {
		return
	}
	s.delivering.Go(func() { s.attempt(d) })
}

func (s *Service) attempt(d *delivery) {
	err := s.hand(d)
	wait, again := retryAfter(d.Failed + 1)
	if err != nil && again && !errors.Is(err, ErrNoTarget) {
		s.mu.Lock()
		defer s.mu.Unlock()
		d.Failed++
		s.state.Changed()
		if wait == 0 {
			s.start(d)
			return
		}
		s.clock.AfterFunc(wait, func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.start(d)
		})
		return
	}
	if err != nil {
		s.bury(d, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.pending, d.ID)
	s.state.Changed()
}

// hand gives d to its subscriber once.
func (s *Service) hand(d *delivery) error {
	ctx := context.Background()
	sub := d.Subscription
	if sub.Protocol == lambda {
		event, err := s.lambdaEvent(d.Notice, sub.ARN)
		if err != nil {
			return err
		}
		return s.cfg.Deliver(ctx, sub.Endpoint, event)
	}
	if sub.Raw {
		return s.cfg.Send(ctx, sub.Endpoint, d.Notice.Text, d.Notice.Attributes)
	}
	body, err := s.envelope(d.Notice, sub.ARN)
	if err != nil {
		return err
	}
	return s.cfg.Send(ctx, sub.Endpoint, string(body), nil)
}

// bury moves d to the dead-letter queue of its subscription, with the reason as attributes (developer guide, "Amazon SNS
// dead-letter queues"). Without one, or when that fails too, the notice is lost as it is on AWS, and logged.
func (s *Service) bury(d *delivery, reason error) {
	log := s.log.With("subscription", d.Subscription.ARN, "message_id", d.Notice.MessageID, "error", reason)
	if d.Subscription.DeadLetterQueue == "" {
		log.Warn("sns delivery given up")
		return
	}
	body, err := s.envelope(d.Notice, d.Subscription.ARN)
	if err == nil {
		err = s.cfg.Send(context.Background(), d.Subscription.DeadLetterQueue, string(body), map[string]Attribute{
			"RequestID":    {DataType: "String", StringValue: d.ID},
			"ErrorCode":    {DataType: "Number", StringValue: errorCode(reason)},
			"ErrorMessage": {DataType: "String", StringValue: reason.Error()},
		})
	}
	if err != nil {
		log.Error("sns dead letter lost", "dead_letter_error", err)
	}
}

// errorCode is the status a target would have answered with.
func errorCode(err error) string {
	if errors.Is(err, ErrNoTarget) {
		return "404"
	}
	return "500"
}

// retryAfter returns how long to wait after that many failed attempts, and false after the last. These are the phases that SNS
// has for Lambda and SQS, 100,015 attempts over 23 days (developer guide, "Amazon SNS message delivery retries"): three at
// once, two a second apart, ten that back off exponentially from 1 to 20 s, the rest 20 s apart.
func retryAfter(failed int) (time.Duration, bool) {
	const immediate, preBackoff, backoff, postBackoff = 3, 2, 10, 100_000
	const shortest, longest = time.Second, 20 * time.Second
	switch {
	case failed < immediate:
		return 0, true
	case failed < immediate+preBackoff:
		return shortest, true
	case failed < immediate+preBackoff+backoff:
		step := float64(failed-immediate-preBackoff) / (backoff - 1)
		return time.Duration(float64(shortest) * math.Pow(float64(longest/shortest), step)), true
	case failed < immediate+preBackoff+backoff+postBackoff:
		return longest, true
	}
	return 0, false
}
