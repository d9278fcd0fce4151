package sqs_test

import (
	"errors"
	"testing"
	"time"

	"github.com/parley-im/parley/infra/local/sqs"
)

func wantCode(t *testing.T, err error, want sqs.Code) {
	t.Helper()
	var e *sqs.Error
	if !errors.As(err, &e) || e.Code != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

func TestAMessageComesBackAfterItsVisibilityTimeoutUnderANewHandle(t *testing.T) {
	s := newStack(t, sqs.Config{Queues: []sqs.Queue{{Name: "fanout", VisibilityTimeout: 30 * time.Second}}})
	s.send(t, "fanout", "hi")
	first := s.one(t, "fanout")
	s.wantDepth(t, "fanout", sqs.Depth{InFlight: 1})

	s.clock.Advance(30*time.Second - time.Millisecond)
	if got := s.receive(t, "fanout"); len(got) != 0 {
		t.Fatalf("received %d messages within the visibility timeout", len(got))
	}
	s.clock.Advance(time.Millisecond)
	second := s.one(t, "fanout")
	if second.ID != first.ID || second.ReceiptHandle == first.ReceiptHandle {
		t.Errorf("want the same id and another handle: %+v then %+v", first, second)
	}
	if first.System["ApproximateReceiveCount"] != "1" || second.System["ApproximateReceiveCount"] != "2" {
		t.Errorf("receive counts %v, %v", first.System, second.System)
	}
	if first.System["ApproximateFirstReceiveTimestamp"] != second.System["ApproximateFirstReceiveTimestamp"] {
		t.Error("the time of the first receive changed")
	}

	if err := s.Delete("fanout", first.ReceiptHandle); err != nil {
		t.Errorf("delete with the old handle: %v", err)
	}
	s.wantDepth(t, "fanout", sqs.Depth{InFlight: 1})
	wantCode(t, s.ChangeVisibility("fanout", first.ReceiptHandle, time.Second), sqs.InvalidParameterValue)
	if err := s.Delete("fanout", second.ReceiptHandle); err != nil {
		t.Error(err)
	}
	s.wantDepth(t, "fanout", sqs.Depth{})
	if err := s.Delete("fanout", second.ReceiptHandle); err != nil {
		t.Errorf("delete again: %v", err)
	}
}

func TestTheLastHandleDeletesAMessageThatIsVisibleAgain(t *testing.T) {
	s := newStack(t, sqs.Config{Queues: []sqs.Queue{{Name: "fanout"}}})
	s.send(t, "fanout", "hi")
	m := s.one(t, "fanout")
	s.clock.Advance(31 * time.Second)
	wantCode(t, s.ChangeVisibility("fanout", m.ReceiptHandle, time.Second), sqs.MessageNotInflight)
	if err := s.Delete("fanout", m.ReceiptHandle); err != nil {
		t.Error(err)
	}
	s.wantDepth(t, "fanout", sqs.Depth{})
}

func TestChangeVisibilityCountsFromNowAndEndsTwelveHoursAfterTheReceive(t *testing.T) {
	s := newStack(t, sqs.Config{Queues: []sqs.Queue{{Name: "fanout"}}})
	s.send(t, "fanout", "hi")
	m := s.one(t, "fanout")
	s.clock.Advance(15 * time.Second)
	if err := s.ChangeVisibility("fanout", m.ReceiptHandle, 60*time.Second); err != nil {
		t.Fatal(err)
	}
	s.clock.Advance(59 * time.Second)
	if got := s.receive(t, "fanout"); len(got) != 0 {
		t.Fatal("came back early")
	}
	total := 12*time.Hour - 74*time.Second
	wantCode(t, s.ChangeVisibility("fanout", m.ReceiptHandle, total+time.Second), sqs.InvalidParameterValue)
	if err := s.ChangeVisibility("fanout", m.ReceiptHandle, total); err != nil {
		t.Errorf("exactly 12 h: %v", err)
	}
	if err := s.ChangeVisibility("fanout", m.ReceiptHandle, 0); err != nil {
		t.Fatal(err)
	}
	if again := s.one(t, "fanout"); again.ID != m.ID {
		t.Error("another message")
	}
}

func TestReceiptHandlesOfAnotherOriginAreRefused(t *testing.T) {
	s := newStack(t, sqs.Config{Queues: []sqs.Queue{{Name: "a"}, {Name: "b"}}})
	s.send(t, "a", "hi")
	of := s.one(t, "a").ReceiptHandle
	for name, handle := range map[string]string{"of another queue": of, "made up": "AQEBxyz", "not base64": "%%"} {
		t.Run(name, func(t *testing.T) {
			wantCode(t, s.Delete("b", handle), sqs.ReceiptHandleIsInvalid)
			wantCode(t, s.ChangeVisibility("b", handle, 0), sqs.ReceiptHandleIsInvalid)
		})
	}
	wantCode(t, s.Delete("b", ""), sqs.MissingParameter)
	wantCode(t, s.Delete("c", of), sqs.QueueDoesNotExist)
}

func TestADelayedMessageIsHiddenUntilItsTime(t *testing.T) {
	s := newStack(t, sqs.Config{Queues: []sqs.Queue{{Name: "later", Delay: time.Minute}}})
	s.send(t, "later", "hi")
	s.wantDepth(t, "later", sqs.Depth{Delayed: 1})
	s.clock.Advance(59 * time.Second)
	if got := s.receive(t, "later"); len(got) != 0 {
		t.Fatal("received early")
	}
	s.clock.Advance(time.Second)
	s.wantDepth(t, "later", sqs.Depth{Visible: 1})
	s.one(t, "later")
}

func TestAMessageExpiresAtItsRetentionEvenInFlight(t *testing.T) {
	s := newStack(t, sqs.Config{Queues: []sqs.Queue{{Name: "short", Retention: time.Minute, VisibilityTimeout: time.Hour}}})
	s.send(t, "short", "seen", "unseen")
	if _, err := s.Receive(t.Context(), "short", 1, 0); err != nil {
		t.Fatal(err)
	}
	s.clock.Advance(time.Minute - time.Millisecond)
	s.wantDepth(t, "short", sqs.Depth{Visible: 1, InFlight: 1})
	s.clock.Advance(time.Millisecond)
	s.wantDepth(t, "short", sqs.Depth{})
}

func TestAfterMaxReceiveCountAMessageMovesToTheDeadLetterQueue(t *testing.T) {
	s := newStack(t, sqs.Config{Queues: []sqs.Queue{
		{Name: "fanout", VisibilityTimeout: 10 * time.Second, MaxReceiveCount: 2, DeadLetterQueue: "dead"},
		{Name: "dead", Retention: time.Hour},
	}})
	s.send(t, "fanout", "poison")
	id := s.one(t, "fanout").ID
	s.clock.Advance(10 * time.Second)
	s.one(t, "fanout")
	s.clock.Advance(10 * time.Second)
	s.send(t, "fanout", "fine")
	if m := s.one(t, "fanout"); m.Body != "fine" {
		t.Fatalf("received %q a third time", m.Body)
	}

	dead := s.one(t, "dead")
	if dead.ID != id || dead.Body != "poison" {
		t.Errorf("dead letter is %+v", dead)
	}
	if got, want := dead.System["DeadLetterQueueSourceArn"], s.ARN("fanout"); got != want {
		t.Errorf("source %q, want %q", got, want)
	}
	if got := dead.System["ApproximateReceiveCount"]; got != "3" {
		t.Errorf("receive count %s, want 3: it counts over all queues", got)
	}
	s.clock.Advance(time.Hour - 20*time.Second)
	s.wantDepth(t, "dead", sqs.Depth{}) // its age is that of the first send
}

func TestEachQueueOfAChainCountsItsOwnReceives(t *testing.T) {
	s := newStack(t, sqs.Config{Queues: []sqs.Queue{
		{Name: "a", MaxReceiveCount: 2, DeadLetterQueue: "b"}, {Name: "b", MaxReceiveCount: 2, DeadLetterQueue: "c"}, {Name: "c"},
	}})
	s.send(t, "a", "poison")
	for _, queue := range []string{"a", "b"} {
		for range 2 {
			s.one(t, queue)
			s.clock.Advance(30 * time.Second)
		}
		if got := s.receive(t, queue); len(got) != 0 {
			t.Errorf("%s handed it out a third time", queue)
		}
	}
	if m := s.one(t, "c"); m.System["DeadLetterQueueSourceArn"] != s.ARN("b") {
		t.Errorf("dead letter %+v", m)
	}
}

func TestReceiveReturnsTheOldestFirstUpToTheLimit(t *testing.T) {
	s := newStack(t, sqs.Config{Queues: []sqs.Queue{{Name: "fanout"}}})
	s.send(t, "fanout", "1", "2", "3")
	first, err := s.Receive(t.Context(), "fanout", 2, 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(first) != 2 || first[0].Body != "1" || first[1].Body != "2" {
		t.Errorf("received %+v", first)
	}
	if m := s.one(t, "fanout"); m.Body != "3" {
		t.Errorf("then %q", m.Body)
	}
	for _, limit := range []int{0, 11} {
		_, err := s.Receive(t.Context(), "fanout", limit, 0)
		wantCode(t, err, sqs.InvalidParameterValue)
	}
	_, err = s.Receive(t.Context(), "fanout", 1, 21*time.Second)
	wantCode(t, err, sqs.InvalidParameterValue)
	_, err = s.Receive(t.Context(), "nowhere", 1, 0)
	wantCode(t, err, sqs.QueueDoesNotExist)
}

func TestTheAgeOfAQueueIsThatOfItsOldestMessage(t *testing.T) {
	s := newStack(t, sqs.Config{Queues: []sqs.Queue{{Name: "fanout"}}})
	want := func(age time.Duration) {
		t.Helper()
		if got, err := s.Age("fanout"); got != age || err != nil {
			t.Errorf("the age is %v, %v, want %v", got, err, age)
		}
	}
	want(0)
	s.send(t, "fanout", "first")
	s.clock.Advance(time.Minute)
	s.send(t, "fanout", "second")
	s.clock.Advance(time.Second)
	want(61 * time.Second)
	if err := s.Delete("fanout", s.receive(t, "fanout")[0].ReceiptHandle); err != nil {
		t.Fatal(err)
	}
	want(time.Second)
	_, err := s.Age("nowhere")
	wantCode(t, err, sqs.QueueDoesNotExist)
}
