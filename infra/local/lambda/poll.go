package lambda

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/aws/aws-lambda-go/events"
)

// Queue is what an event source mapping needs of an SQS queue.
type Queue interface {
	// Receive waits for messages and returns 1 to max of them, or none after a long wait, hidden from other receivers for
	// the queue's visibility timeout. It returns an error when ctx ends.
	Receive(ctx context.Context, max int) ([]events.SQSMessage, error)
	// Delete removes messages that were received.
	Delete(ctx context.Context, receiptHandles []string) error
}

// EventSource maps a queue to a function. The batching window is 0: a batch is what one Receive returns.
type EventSource struct {
	Queue    Queue
	Function string
	// BatchSize is the most messages of one invocation, default 10, which is also the most without a batching window.
	BatchSize int
	// MaximumConcurrency is the most invocations at a time, default 5, the number of batches Lambda starts with.
	MaximumConcurrency int
	// ReportBatchItemFailures lets the function name the messages it could not handle; else all of a batch fail or none.
	ReportBatchItemFailures bool
}

// Poll invokes the function with the queue's messages, as an [events.SQSEvent], until ctx or the service ends or Receive
// fails; it then waits for the batches under way. Messages that were handled are deleted. The others are left alone, and the queue
// shows them again after their visibility timeout: so it goes for a function that fails, is throttled, or reports
// nonsense. The error is nil when ctx ended, [ErrClosed], or that of Receive.
func (s *Service) Poll(ctx context.Context, source EventSource) error {
	if s.functions[source.Function] == nil {
		return s.notFound(source.Function)
	}
	size, concurrency := source.BatchSize, source.MaximumConcurrency
	if size == 0 {
		size = 10
	}
	if concurrency == 0 {
		concurrency = 5
	}
	if size < 0 || size > 10 || concurrency < 0 {
		return fmt.Errorf("lambda: poll %s: batch size %d, maximum concurrency %d", source.Function, size, concurrency)
	}
	var batches sync.WaitGroup
	defer batches.Wait()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case <-s.closing:
			cancel(ErrClosed)
		case <-ctx.Done():
		}
	}()
	ended := func() error {
		if errors.Is(context.Cause(ctx), ErrClosed) {
			return ErrClosed
		}
		return nil
	}
	free := make(chan struct{}, concurrency)
	for {
		select {
		case free <- struct{}{}:
		case <-ctx.Done():
			return ended()
		}
		messages, err := source.Queue.Receive(ctx, size)
		switch {
		case ctx.Err() != nil && len(messages) == 0:
			return ended()
		case err != nil:
			return fmt.Errorf("lambda: poll %s: receive: %w", source.Function, err)
		}
		batches.Go(func() {
			defer func() { <-free }()
			// A batch that was begun is finished, for its effects happen.
			if err := s.deliver(context.WithoutCancel(ctx), source, messages); err != nil {
				s.logs.print(source.Function, "event source: "+err.Error())
			}
		})
	}
}

// deliver runs the function with one batch and deletes what it handled.
func (s *Service) deliver(ctx context.Context, source EventSource, messages []events.SQSMessage) error {
	if len(messages) == 0 {
		return nil
	}
	payload, err := json.Marshal(events.SQSEvent{Records: messages})
	if err != nil {
		return err
	}
	result, err := s.Invoke(ctx, source.Function, payload)
	if err != nil {
		return err
	}
	if result.FunctionError != "" {
		return nil // in the log already
	}
	failed := map[string]bool{}
	if source.ReportBatchItemFailures {
		if failed, err = batchItemFailures(result.Payload, messages); err != nil {
			return err
		}
	}
	var handled []string
	for _, message := range messages {
		if !failed[message.MessageId] {
			handled = append(handled, message.ReceiptHandle)
		}
	}
	if len(handled) == 0 {
		return nil
	}
	return source.Queue.Delete(ctx, handled)
}

// batchItemFailures reads which messages failed. An empty or null answer or list means none; anything that does not
// name messages of the batch is an error, on which Lambda takes the whole batch as failed.
func batchItemFailures(payload []byte, messages []events.SQSMessage) (map[string]bool, error) {
	failed := map[string]bool{}
	if payload = bytes.TrimSpace(payload); len(payload) == 0 {
		return failed, nil
	}
	var response events.SQSEventResponse
	if err := json.Unmarshal(payload, &response); err != nil {
		return nil, fmt.Errorf("batch item failures: %w", err)
	}
	batch := map[string]bool{}
	for _, message := range messages {
		batch[message.MessageId] = true
	}
	for _, failure := range response.BatchItemFailures {
		if !batch[failure.ItemIdentifier] {
			return nil, errors.New("batch item failures name a message that is not in the batch")
		}
		failed[failure.ItemIdentifier] = true
	}
	return failed, nil
}
