package sqs_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/parley-im/parley/infra/local/clock"
	"github.com/parley-im/parley/infra/local/sqs"
)

func open(t *testing.T, dir string, c clock.Clock, queues ...sqs.Queue) *stack {
	t.Helper()
	s, err := sqs.New(sqs.Config{Region: region, Account: account, Queues: queues, Dir: dir, Clock: c})
	if err != nil {
		t.Fatal(err)
	}
	return &stack{Service: s}
}

func TestMessagesSurviveARestartInTheStateTheyWereIn(t *testing.T) {
	dir, fake := filepath.Join(t.TempDir(), "sqs"), clock.NewFake(start)
	fanout := sqs.Queue{Name: "fanout", MaxReceiveCount: 2, DeadLetterQueue: "dead"}
	dead := sqs.Queue{Name: "dead"}

	s := open(t, dir, fake, fanout, dead)
	text := map[string]sqs.Attribute{"k": {DataType: "String", StringValue: "v"}, "b": {DataType: "Binary", BinaryValue: []byte{0, 255}}}
	if _, err := s.Send("fanout", "in flight", text); err != nil {
		t.Fatal(err)
	}
	held := s.one(t, "fanout")
	s.send(t, "fanout", "deleted")
	if err := s.Delete("fanout", s.one(t, "fanout").ReceiptHandle); err != nil {
		t.Fatal(err)
	}
	s.send(t, "fanout", "visible")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	s = open(t, dir, fake, fanout, dead)
	s.wantDepth(t, "fanout", sqs.Depth{Visible: 1, InFlight: 1})
	fake.Advance(30 * time.Second)
	again := s.receive(t, "fanout")
	if len(again) != 2 || again[0].ID != held.ID || again[0].System["ApproximateReceiveCount"] != "2" ||
		again[0].Attributes["k"].StringValue != "v" || len(again[0].Attributes["b"].BinaryValue) != 2 {
		t.Fatalf("after the restart %+v", again)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	s = open(t, dir, fake, fanout, dead)
	if err := s.Delete("fanout", again[1].ReceiptHandle); err != nil {
		t.Fatal(err)
	}
	s.wantDepth(t, "fanout", sqs.Depth{InFlight: 1})
	fake.Advance(30 * time.Second)
	if got := s.receive(t, "fanout"); len(got) != 0 {
		t.Error("the receives before the restart do not count")
	}
	s.wantDepth(t, "dead", sqs.Depth{Visible: 1})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestAChangeIsOnDiskSoonWithoutClose(t *testing.T) {
	dir, fake := t.TempDir(), clock.NewFake(start)
	s := open(t, dir, fake, sqs.Queue{Name: "fanout"})
	s.send(t, "fanout", "hi")
	fake.Advance(100 * time.Millisecond)
	killed := open(t, dir, fake, sqs.Queue{Name: "fanout"})
	killed.wantDepth(t, "fanout", sqs.Depth{Visible: 1})
	s.send(t, "fanout", "later")
	fake.Advance(100 * time.Millisecond)
	open(t, dir, fake, sqs.Queue{Name: "fanout"}).wantDepth(t, "fanout", sqs.Depth{Visible: 2})
}

func TestAStateThatCannotBeReadIsAnErrorAndIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "sqs.json")
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sqs.New(sqs.Config{Dir: dir}); err == nil {
		t.Error("New accepted it")
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != "{" {
		t.Errorf("state is now %q, %v", data, err)
	}
}
