package sqs

import (
	"context"
	"time"
)

// Settling is what a consumer does with a message it received: delete it, or change when it comes back.

type deleteEntry struct {
	ID            string `json:"Id"`
	ReceiptHandle string
}

func (e deleteEntry) id() string { return e.ID }

type settled struct {
	ID string `json:"Id"`
}

// settle does something to one message of a queue and bills it.
func (s *Service) settle(operation string, find func() (*queue, error), do func(*queue) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := find()
	if err != nil {
		return err
	}
	if err := do(q); err != nil {
		return err
	}
	s.bill(operation, 0)
	return nil
}

// settleEach does it for each entry of a batch, which is one request.
func settleEach[E entry](s *Service, operation, queueURL string, entries []E, do func(*queue, E) error) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.byURL(queueURL)
	if err != nil {
		return nil, err
	}
	if err := checkBatch(entries); err != nil {
		return nil, err
	}
	s.bill(operation, 0)
	return eachEntry(entries, func(e E) (settled, error) { return settled{ID: e.id()}, do(q, e) }), nil
}

func (s *Service) deleteMessage(_ context.Context, in struct {
	QueueURL      string `json:"QueueUrl"`
	ReceiptHandle string
}) (any, error) {
	return nothing{}, s.settle("DeleteMessage", func() (*queue, error) { return s.byURL(in.QueueURL) },
		func(q *queue) error { return s.delete(q, in.ReceiptHandle) })
}

func (s *Service) deleteMessageBatch(_ context.Context, in struct {
	QueueURL string `json:"QueueUrl"`
	Entries  []deleteEntry
}) (any, error) {
	return settleEach(s, "DeleteMessageBatch", in.QueueURL, in.Entries,
		func(q *queue, e deleteEntry) error { return s.delete(q, e.ReceiptHandle) })
}

// Delete deletes the message received under this handle. As on AWS, it succeeds and deletes nothing when the message was
// received again since or is gone. Errors: QueueDoesNotExist, and ReceiptHandleIsInvalid for a handle of another origin.
func (s *Service) Delete(queueName, receiptHandle string) error {
	return s.settle("DeleteMessage", func() (*queue, error) { return s.find(queueName) },
		func(q *queue) error { return s.delete(q, receiptHandle) })
}

func (s *Service) delete(q *queue, handle string) error {
	if err := checkReceipt(handle, q.Name); err != nil {
		return err
	}
	if m := q.current(handle, s.clock.Now()); m != nil {
		q.remove(m)
		s.state.Changed()
	}
	return nil
}

type visibilityEntry struct {
	ID                string `json:"Id"`
	ReceiptHandle     string
	VisibilityTimeout *int
}

func (e visibilityEntry) id() string { return e.ID }

func (s *Service) changeMessageVisibility(_ context.Context, in struct {
	QueueURL string `json:"QueueUrl"`
	visibilityEntry
}) (any, error) {
	return nothing{}, s.settle("ChangeMessageVisibility", func() (*queue, error) { return s.byURL(in.QueueURL) },
		func(q *queue) error { return s.changeEntry(q, in.visibilityEntry) })
}

func (s *Service) changeMessageVisibilityBatch(_ context.Context, in struct {
	QueueURL string `json:"QueueUrl"`
	Entries  []visibilityEntry
}) (any, error) {
	return settleEach(s, "ChangeMessageVisibilityBatch", in.QueueURL, in.Entries, s.changeEntry)
}

func (s *Service) changeEntry(q *queue, e visibilityEntry) error {
	if e.VisibilityTimeout == nil {
		return failf(MissingParameter, "The request must contain the parameter VisibilityTimeout.")
	}
	hide, err := visibility(*e.VisibilityTimeout)
	if err != nil {
		return err
	}
	return s.change(q, e.ReceiptHandle, hide)
}

// ChangeVisibility makes the message received under this handle receivable again after hide, counted from now; 0 is at
// once. Errors: QueueDoesNotExist, ReceiptHandleIsInvalid, MessageNotInflight when the message is receivable already, and
// InvalidParameterValue when it is gone or was received again, or would be hidden for over 12 h since it was received.
func (s *Service) ChangeVisibility(queueName, receiptHandle string, hide time.Duration) error {
	return s.settle("ChangeMessageVisibility", func() (*queue, error) { return s.find(queueName) },
		func(q *queue) error { return s.change(q, receiptHandle, hide) })
}

func (s *Service) change(q *queue, handle string, hide time.Duration) error {
	if err := checkReceipt(handle, q.Name); err != nil {
		return err
	}
	now := s.clock.Now()
	m := q.current(handle, now)
	switch {
	case m == nil:
		return failf(InvalidParameterValue, "Value %s for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.", handle)
	case !m.VisibleAt.After(now):
		return failf(MessageNotInflight, "The specified message isn't in flight.")
	case hide < 0 || now.Add(hide).After(m.LastAt.Add(maxVisibility)):
		return failf(InvalidParameterValue, "Value %d for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is beyond the limit [%d seconds].", int(hide.Seconds()), int(maxVisibility.Seconds()))
	}
	m.VisibleAt = now.Add(hide)
	q.wake()
	s.state.Changed()
	return nil
}

func visibility(seconds int) (time.Duration, error) {
	hide := time.Duration(seconds) * time.Second
	if hide < 0 || hide > maxVisibility {
		return 0, failf(InvalidParameterValue, "Value %d for parameter VisibilityTimeout is invalid. Reason: Must be between 0 and %d.", seconds, int(maxVisibility.Seconds()))
	}
	return hide, nil
}
