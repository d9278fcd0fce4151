package sqs_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/parley-im/parley/infra/local/clock"
	"github.com/parley-im/parley/infra/local/sqs"
)

// cli runs `aws sqs` against the stack and returns what it prints.
func (s *stack) cli(t *testing.T, args ...string) (string, error) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "aws", append([]string{"--endpoint-url", s.url, "--output", "json", "sqs"}, args...)...)
	command.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID=local", "AWS_SECRET_ACCESS_KEY=secret", "AWS_DEFAULT_REGION="+region,
		"AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull, "AWS_PAGER=")
	out, err := command.CombinedOutput()
	return string(out), err
}

func TestTheCLISendsReceivesAndDeletes(t *testing.T) {
	if testing.Short() {
		t.Skip("the AWS CLI takes a second for each call")
	}
	if _, err := exec.LookPath("aws"); err != nil {
		t.Skip("the AWS CLI is not installed")
	}
	s := newStack(t, sqs.Config{Clock: clock.Real{}, Secret: knows("local"), Queues: []sqs.Queue{{Name: "fanout"}}})
	run := func(out any, args ...string) {
		t.Helper()
		printed, err := s.cli(t, args...)
		if err != nil {
			t.Fatalf("aws sqs %s: %v\n%s", strings.Join(args, " "), err, printed)
		}
		if out == nil {
			return
		}
		if err := json.Unmarshal([]byte(printed), out); err != nil {
			t.Fatalf("aws sqs %s printed %q: %v", strings.Join(args, " "), printed, err)
		}
	}
	var found struct{ QueueURL string }
	run(&found, "get-queue-url", "--queue-name", "fanout")
	run(nil, "send-message", "--queue-url", found.QueueURL, "--message-body", "grüße",
		"--message-attributes", `{"k":{"DataType":"String","StringValue":"v"}}`)
	var received struct {
		Messages []struct {
			Body, ReceiptHandle string
			MessageAttributes   map[string]struct{ StringValue string }
		}
	}
	run(&received, "receive-message", "--queue-url", found.QueueURL, "--wait-time-seconds", "20", "--message-attribute-names", "All")
	if len(received.Messages) != 1 || received.Messages[0].Body != "grüße" || received.Messages[0].MessageAttributes["k"].StringValue != "v" {
		t.Fatalf("received %+v", received)
	}
	run(nil, "delete-message", "--queue-url", found.QueueURL, "--receipt-handle", received.Messages[0].ReceiptHandle)
	s.wantDepth(t, "fanout", sqs.Depth{})

	printed, err := s.cli(t, "purge-queue", "--queue-url", s.URL("nowhere"))
	if err == nil || !strings.Contains(printed, "AWS.SimpleQueueService.NonExistentQueue") {
		t.Errorf("unknown queue: %v, %s", err, printed)
	}
}
