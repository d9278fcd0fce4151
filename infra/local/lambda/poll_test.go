package lambda_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/parley-im/parley/infra/local/lambda"
)

// queue hands out prepared batches and notes what is deleted. A batch that keeps all its messages is followed by the
// next Receive, as with one that deletes some: with a concurrency of 1 Receive marks the end of a batch.
type queue struct {
	batches  chan []string // of bodies
	received chan int      // max of each Receive
	err      error

	mu      sync.Mutex
	deleted []string // bodies
}

func newQueue(batches ...[]string) *queue {
	q := &queue{batches: make(chan []string, len(batches)+1), received: make(chan int, 100)}
	for _, batch := range batches {
		q.batches <- batch
	}
	return q
}

func (q *queue) Receive(ctx context.Context, max int) (messages []events.SQSMessage, err error) {
	if q.err != nil {
		return nil, q.err
	}
	q.received <- max
	select {
	case bodies := <-q.batches:
		for _, body := range bodies {
			messages = append(messages, events.SQSMessage{MessageId: "id " + body, ReceiptHandle: body, Body: body, EventSource: "aws:sqs"})
		}
		return messages, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (q *queue) Delete(_ context.Context, receiptHandles []string) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.deleted = append(q.deleted, receiptHandles...)
	return nil
}

func TestAnEventSourceDeletesWhatItsFunctionHandled(t *testing.T) {
	tests := map[string]struct {
		batch   string
		report  bool
		deleted string
	}{
		"all":                        {"a b c", true, "a b c"},
		"all but those that failed":  {"a bad c", true, "a c"},
		"none if all failed":         {"bad", true, ""},
		"none if the function fails": {"a fatal c", true, ""},
		"none if it reports a message that is not there": {"a nonsense c", true, ""},
		"all if failures are not asked for":              {"a bad c", false, "a bad c"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			service := start(t, lambda.Config{}, function("batch"))
			q := newQueue(strings.Fields(test.batch))
			ctx, stop := context.WithCancel(t.Context())
			result := make(chan error, 1)
			go func() {
				result <- service.Poll(ctx, lambda.EventSource{
					Queue: q, Function: "batch", MaximumConcurrency: 1, ReportBatchItemFailures: test.report,
				})
			}()
			if max := <-q.received; max != 10 {
				t.Errorf("asked for %d messages", max)
			}
			<-q.received // the batch is done
			stop()
			if err := <-result; err != nil {
				t.Error(err)
			}
			if got := strings.Join(q.deleted, " "); got != test.deleted {
				t.Errorf("deleted %q, want %q", got, test.deleted)
			}
		})
	}
}

func TestAnEventSourceRunsBatchesAtTheSameTimeUpToItsLimit(t *testing.T) {
	g := newGate(t)
	service := start(t, lambda.Config{}, function("gate", g.env()))
	q := newQueue([]string{"a"}, []string{"b"}, []string{"c"})
	ctx, stop := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() {
		result <- service.Poll(ctx, lambda.EventSource{Queue: q, Function: "gate", BatchSize: 1, MaximumConcurrency: 2})
	}()
	first, _ := g.arrival()
	second, _ := g.arrival()
	if n := len(q.batches); n != 1 {
		t.Errorf("%d batches are left in the queue, want 1", n)
	}
	_ = first.Close()
	third, _ := g.arrival()
	stop()
	select {
	case err := <-result:
		t.Errorf("ended with batches under way: %v", err)
	default:
	}
	_ = second.Close()
	_ = third.Close()
	if err := <-result; err != nil {
		t.Error(err)
	}
	slices.Sort(q.deleted)
	if got := strings.Join(q.deleted, " "); got != "a b c" {
		t.Errorf("deleted %q", got)
	}
}

func TestAThrottledBatchStaysInTheQueue(t *testing.T) {
	g := newGate(t)
	logs := &transcript{}
	service := start(t, lambda.Config{Concurrency: 1, Logs: logs}, function("gate", g.env()), function("batch"))
	ended := begin(t, service, "gate", "1")
	conn, _ := g.arrival()
	q := newQueue([]string{"a"})
	ctx, stop := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() {
		result <- service.Poll(ctx, lambda.EventSource{Queue: q, Function: "batch", MaximumConcurrency: 1})
	}()
	<-q.received
	<-q.received
	stop()
	if err := <-result; err != nil || len(q.deleted) > 0 {
		t.Errorf("%v, deleted %q", err, q.deleted)
	}
	if !strings.Contains(logs.String(), "[batch] event source: lambda: TooManyRequestsException") {
		t.Errorf("log %q", logs)
	}
	_ = conn.Close()
	<-ended
}

func TestPollEndsWithItsService(t *testing.T) {
	service := start(t, lambda.Config{}, function("batch"))
	q := newQueue()
	result := make(chan error, 1)
	go func() { result <- service.Poll(t.Context(), lambda.EventSource{Queue: q, Function: "batch"}) }()
	<-q.received
	if err := service.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-result; !errors.Is(err, lambda.ErrClosed) {
		t.Errorf("got %v", err)
	}
}

func TestPollFailsOnWhatCannotWork(t *testing.T) {
	service := start(t, lambda.Config{}, function("batch"))
	wantException(t, service.Poll(t.Context(), lambda.EventSource{Function: "nobody"}), lambda.ResourceNotFound)
	for _, source := range []lambda.EventSource{
		{Function: "batch", BatchSize: 11}, {Function: "batch", BatchSize: -1}, {Function: "batch", MaximumConcurrency: -1},
	} {
		if err := service.Poll(t.Context(), source); err == nil {
			t.Errorf("%+v was accepted", source)
		}
	}
	q := newQueue()
	q.err = errors.New("queue is gone")
	if err := service.Poll(t.Context(), lambda.EventSource{Function: "batch", Queue: q}); !errors.Is(err, q.err) {
		t.Errorf("got %v", err)
	}
}
