package sqs_test

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/parley-im/parley/infra/local/clock"
	"github.com/parley-im/parley/infra/local/sqs"
)

// bubble runs a test in which the machine's clock is fake and jumps when everybody waits.
func bubble(t *testing.T, queue sqs.Queue, test func(t *testing.T, s *sqs.Service)) {
	synctest.Test(t, func(t *testing.T) {
		s, err := sqs.New(sqs.Config{Region: region, Account: account, Queues: []sqs.Queue{queue}})
		if err != nil {
			t.Fatal(err)
		}
		test(t, s)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestALongPollWithoutArrivalReturnsNothingAtItsEnd(t *testing.T) {
	bubble(t, sqs.Queue{Name: "fanout"}, func(t *testing.T, s *sqs.Service) {
		began := time.Now()
		messages, err := s.Receive(t.Context(), "fanout", 1, 20*time.Second)
		if len(messages) != 0 || err != nil || time.Since(began) != 20*time.Second {
			t.Errorf("%d messages, %v, after %v", len(messages), err, time.Since(began))
		}
	})
}

func TestALongPollEndsWithTheMessageThatArrives(t *testing.T) {
	bubble(t, sqs.Queue{Name: "fanout"}, func(t *testing.T, s *sqs.Service) {
		began := time.Now()
		time.AfterFunc(7*time.Second, func() { _, _ = s.Send("fanout", "hi", nil) })
		messages, err := s.Receive(t.Context(), "fanout", 1, 20*time.Second)
		if len(messages) != 1 || err != nil || time.Since(began) != 7*time.Second {
			t.Errorf("%d messages, %v, after %v", len(messages), err, time.Since(began))
		}
	})
}

func TestALongPollEndsWhenAHiddenMessageBecomesVisible(t *testing.T) {
	bubble(t, sqs.Queue{Name: "fanout", Delay: 5 * time.Second, VisibilityTimeout: 8 * time.Second}, func(t *testing.T, s *sqs.Service) {
		began := time.Now()
		if _, err := s.Send("fanout", "hi", nil); err != nil {
			t.Fatal(err)
		}
		for _, want := range []time.Duration{5 * time.Second, 13 * time.Second} {
			messages, err := s.Receive(t.Context(), "fanout", 1, 20*time.Second)
			if len(messages) != 1 || err != nil || time.Since(began) != want {
				t.Errorf("%d messages, %v, after %v, want %v", len(messages), err, time.Since(began), want)
			}
		}
	})
}

func TestALongPollEndsWhenAVisibilityTimeoutIsCutShort(t *testing.T) {
	bubble(t, sqs.Queue{Name: "fanout"}, func(t *testing.T, s *sqs.Service) {
		if _, err := s.Send("fanout", "hi", nil); err != nil {
			t.Fatal(err)
		}
		held, err := s.Receive(t.Context(), "fanout", 1, 0)
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		time.AfterFunc(3*time.Second, func() { _ = s.ChangeVisibility("fanout", held[0].ReceiptHandle, 0) })
		messages, err := s.Receive(t.Context(), "fanout", 1, 20*time.Second)
		if len(messages) != 1 || err != nil || time.Since(began) != 3*time.Second {
			t.Errorf("%d messages, %v, after %v", len(messages), err, time.Since(began))
		}
	})
}

func TestALongPollEndsWithItsContextAndWithClose(t *testing.T) {
	bubble(t, sqs.Queue{Name: "fanout"}, func(t *testing.T, s *sqs.Service) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := s.Receive(ctx, "fanout", 1, 20*time.Second); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
		began := time.Now()
		time.AfterFunc(time.Second, func() { _ = s.Close() })
		messages, err := s.Receive(t.Context(), "fanout", 1, 20*time.Second)
		if len(messages) != 0 || err != nil || time.Since(began) != time.Second {
			t.Errorf("%d messages, %v, after %v", len(messages), err, time.Since(began))
		}
	})
}

func TestOfManyWaitingOnlyOneGetsAMessage(t *testing.T) {
	bubble(t, sqs.Queue{Name: "fanout"}, func(t *testing.T, s *sqs.Service) {
		got := make(chan int, 5)
		for range cap(got) {
			go func() {
				messages, _ := s.Receive(t.Context(), "fanout", 10, 20*time.Second)
				got <- len(messages)
			}()
		}
		synctest.Wait()
		if _, err := s.Send("fanout", "hi", nil); err != nil {
			t.Fatal(err)
		}
		total := 0
		for range cap(got) {
			total += <-got
		}
		if total != 1 {
			t.Errorf("%d receivers got it", total)
		}
	})
}

func TestALongPollOverHTTPIsWokenByAnArrival(t *testing.T) {
	s := newStack(t, sqs.Config{Clock: clock.Real{}, Queues: []sqs.Queue{{Name: "fanout"}}})
	done := make(chan *client.ReceiveMessageOutput, 1)
	go func() {
		out, err := s.client.ReceiveMessage(t.Context(), &client.ReceiveMessageInput{
			QueueUrl: aws.String(s.URL("fanout")), WaitTimeSeconds: 20,
		})
		if err != nil {
			t.Error(err)
		}
		done <- out
	}()
	s.send(t, "fanout", "hi")
	if out := <-done; out == nil || len(out.Messages) != 1 {
		t.Errorf("received %+v", out)
	}
}

func TestConcurrentConsumersGetEachMessageOnce(t *testing.T) {
	const producers, consumers, each = 4, 4, 50
	s := newStack(t, sqs.Config{Clock: clock.Real{}, Queues: []sqs.Queue{{Name: "fanout"}}, Dir: t.TempDir()})
	var sending, receiving sync.WaitGroup
	for p := range producers {
		sending.Go(func() {
			for i := range each {
				if _, err := s.Send("fanout", strconv.Itoa(p*each+i), nil); err != nil {
					t.Error(err)
				}
			}
		})
	}
	var mu sync.Mutex
	seen := map[string]int{}
	ctx, cancel := context.WithCancel(t.Context())
	for range consumers {
		receiving.Go(func() {
			for {
				messages, err := s.Receive(ctx, "fanout", 10, 20*time.Second)
				if err != nil {
					return
				}
				for _, m := range messages {
					if err := s.Delete("fanout", m.ReceiptHandle); err != nil {
						t.Error(err)
					}
					mu.Lock()
					seen[m.Body]++
					if len(seen) == producers*each {
						cancel()
					}
					mu.Unlock()
				}
			}
		})
	}
	sending.Wait()
	receiving.Wait()
	cancel()
	for body, times := range seen {
		if times != 1 {
			t.Errorf("message %s was received %d times", body, times)
		}
	}
	s.wantDepth(t, "fanout", sqs.Depth{})
}
