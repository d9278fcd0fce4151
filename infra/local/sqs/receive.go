package sqs

import (
	"context"
	"slices"
	"time"
)

// Limits of one receive, from API_ReceiveMessage.
const (
	maxReceive = 10
	maxWait    = 20 * time.Second
)

type receivedMessage struct {
	MessageID              string `json:"MessageId"`
	ReceiptHandle          string
	MD5OfBody              string
	Body                   string
	Attributes             map[string]string    `json:",omitempty"`
	MD5OfMessageAttributes string               `json:",omitempty"`
	MessageAttributes      map[string]Attribute `json:",omitempty"`
}

func (s *Service) receiveMessage(ctx context.Context, in struct {
	QueueURL                    string `json:"QueueUrl"`
	AttributeNames              []string
	MessageSystemAttributeNames []string
	MessageAttributeNames       []string
	MaxNumberOfMessages         *int
	VisibilityTimeout           *int
	WaitTimeSeconds             *int
}) (any, error) {
	q, err := s.byURL(in.QueueURL)
	if err != nil {
		return nil, err
	}
	limit, hide, wait := 1, q.VisibilityTimeout, time.Duration(0)
	if in.MaxNumberOfMessages != nil {
		limit = *in.MaxNumberOfMessages
	}
	if in.WaitTimeSeconds != nil {
		wait = time.Duration(*in.WaitTimeSeconds) * time.Second
	}
	if in.VisibilityTimeout != nil {
		if hide, err = visibility(*in.VisibilityTimeout); err != nil {
			return nil, err
		}
	}
	messages, err := s.receive(ctx, q, limit, hide, wait)
	if err != nil {
		return nil, err
	}
	var out struct {
		Messages []receivedMessage `json:",omitempty"`
	}
	system := append(in.AttributeNames, in.MessageSystemAttributeNames...)
	for _, m := range messages {
		attributes := selectAttributes(m.Attributes, in.MessageAttributeNames)
		for name := range m.System {
			if !slices.Contains(system, name) && !slices.Contains(system, "All") {
				delete(m.System, name)
			}
		}
		out.Messages = append(out.Messages, receivedMessage{
			MessageID:              m.ID,
			ReceiptHandle:          m.ReceiptHandle,
			MD5OfBody:              digest(m.Body),
			Body:                   m.Body,
			Attributes:             m.System,
			MD5OfMessageAttributes: digestAttributes(attributes),
			MessageAttributes:      attributes,
		})
	}
	return out, nil
}

// Receive returns one to limit (at most 10) messages of the queue, oldest first as far as none came back, and hides them
// for its visibility timeout. When there are none it waits up to wait (at most 20 s) for the first, and returns none when
// that has passed or the service was closed. Errors: QueueDoesNotExist, InvalidParameterValue, and those of ctx.
func (s *Service) Receive(ctx context.Context, queue string, limit int, wait time.Duration) ([]Message, error) {
	q, err := s.find(queue)
	if err != nil {
		return nil, err
	}
	return s.receive(ctx, q, limit, q.VisibilityTimeout, wait)
}

func (s *Service) receive(ctx context.Context, q *queue, limit int, hide, wait time.Duration) ([]Message, error) {
	if limit < 1 || limit > maxReceive {
		return nil, failf(InvalidParameterValue, "Value %d for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and %d, if provided.", limit, maxReceive)
	}
	if wait < 0 || wait > maxWait {
		return nil, failf(InvalidParameterValue, "Value %d for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= %d, if provided.", int(wait.Seconds()), int(maxWait.Seconds()))
	}
	deadline := s.clock.Now().Add(wait)
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		messages, retry, arrival := s.poll(q, limit, hide, deadline)
		if retry == 0 {
			return messages, nil
		}
		due := make(chan struct{})
		timer := s.clock.AfterFunc(retry, func() { close(due) })
		select {
		case <-arrival:
		case <-due:
		case <-s.closing:
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// poll takes what there is. When that is nothing it says after what time (0: the receive is over) or on which arrival to ask again.
// The call that ends a receive is the one that is billed.
func (s *Service) poll(q *queue, limit int, hide time.Duration, deadline time.Time) ([]Message, time.Duration, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock.Now()
	taken, changed := q.take(now, limit, hide)
	if changed {
		s.state.Changed()
	}
	if len(taken) == 0 && now.Before(deadline) && !s.closed() {
		again := deadline
		if next := q.nextVisible(now); !next.IsZero() && next.Before(deadline) {
			again = next
		}
		return nil, again.Sub(now), q.arrival
	}
	size := 0
	messages := make([]Message, len(taken))
	for i, m := range taken {
		messages[i] = m.received()
		size += len(m.Body) + attributesSize(m.Attributes)
	}
	s.bill("ReceiveMessage", size)
	return messages, 0, nil
}

func (s *Service) closed() bool {
	select {
	case <-s.closing:
		return true
	default:
		return false
	}
}
