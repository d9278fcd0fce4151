package sqs

import (
	"context"
	"strings"
	"time"
)

// purgeInterval is how long a purge takes on AWS, and so the least time between two (API_PurgeQueue).
const purgeInterval = 60 * time.Second

// purgeQueue deletes everything at once; on AWS it takes up to a minute.
func (s *Service) purgeQueue(_ context.Context, in struct {
	QueueURL string `json:"QueueUrl"`
}) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.byURL(in.QueueURL)
	if err != nil {
		return nil, err
	}
	now := s.clock.Now()
	if !q.purged.IsZero() && now.Before(q.purged.Add(purgeInterval)) {
		return nil, failf(PurgeQueueInProgress, "Only one PurgeQueue operation on %s is allowed every 60 seconds.", q.Name)
	}
	q.purged = now
	q.messages = nil
	s.state.Changed()
	s.bill("PurgeQueue", 0)
	return nothing{}, nil
}

// startMessageMoveTask moves what a dead-letter queue holds back to where each message came from, or to the destination
// given. It is done when it returns. A moved message is a new one, with a new id and age (developer guide, "Configuring a
// dead-letter queue redrive").
func (s *Service) startMessageMoveTask(_ context.Context, in struct {
	SourceARN      string `json:"SourceArn"`
	DestinationARN string `json:"DestinationArn"`
}) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	source := s.byARN(in.SourceARN)
	if source == nil || !s.isDeadLetterQueue(source) {
		return nil, failf(ResourceNotFound, "The resource that you specified for the SourceArn parameter doesn't exist or is not a dead-letter queue.")
	}
	destination := s.byARN(in.DestinationARN)
	if in.DestinationARN != "" && destination == nil {
		return nil, failf(ResourceNotFound, "The resource that you specified for the DestinationArn parameter doesn't exist.")
	}
	now := s.clock.Now()
	source.expire(now)
	messages := source.messages
	source.messages = nil
	for _, m := range messages {
		to := destination
		if to == nil {
			to = s.byARN(m.Source)
		}
		if to == nil || m.VisibleAt.After(now) { // sent here by hand, or being looked at
			source.messages = append(source.messages, m)
			continue
		}
		to.add(&message{
			ID: newUUID(), Body: m.Body, Attributes: m.Attributes, Trace: m.Trace, Group: m.Group, Sender: m.Sender,
			SentAt: now, VisibleAt: now.Add(to.Delay),
		})
	}
	s.state.Changed()
	s.bill("StartMessageMoveTask", 0)
	return struct{ TaskHandle string }{newUUID()}, nil
}

func (s *Service) byARN(arn string) *queue {
	name, ours := strings.CutPrefix(arn, s.ARN(""))
	if !ours {
		return nil
	}
	return s.queues[name]
}

func (s *Service) isDeadLetterQueue(q *queue) bool {
	for _, other := range s.queues {
		if other.dead == q {
			return true
		}
	}
	return false
}
