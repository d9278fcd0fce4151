package sns_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/parley-im/parley/infra/local/sns"
)

// cli runs `aws sns` against the stack and returns what it prints.
func (s *stack) cli(t *testing.T, args ...string) (string, error) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "aws", append([]string{"--endpoint-url", s.url, "--output", "json", "sns"}, args...)...)
	command.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID=local", "AWS_SECRET_ACCESS_KEY=secret", "AWS_DEFAULT_REGION="+region,
		"AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull, "AWS_PAGER=")
	out, err := command.CombinedOutput()
	return string(out), err
}

func TestTheCLIRegistersPushesAndDisables(t *testing.T) {
	if testing.Short() {
		t.Skip("the AWS CLI takes a second for each call")
	}
	if _, err := exec.LookPath("aws"); err != nil {
		t.Skip("the AWS CLI is not installed")
	}
	s := newStack(t, sns.Config{Secret: knows("local"), Topics: []sns.Topic{offline}, Applications: []sns.Application{gcm}})
	run := func(out any, args ...string) {
		t.Helper()
		printed, err := s.cli(t, args...)
		if err != nil {
			t.Fatalf("aws sns %s: %v\n%s", strings.Join(args, " "), err, printed)
		}
		if out == nil {
			return
		}
		if err := json.Unmarshal([]byte(printed), out); err != nil {
			t.Fatalf("aws sns %s printed %q: %v", strings.Join(args, " "), printed, err)
		}
	}
	var endpoint struct{ EndpointArn string }
	run(&endpoint, "create-platform-endpoint", "--platform-application-arn", s.ApplicationARN(gcm), "--token", "token")
	var published struct{ MessageID string }
	run(&published, "publish", "--target-arn", endpoint.EndpointArn, "--message-structure", "json", "--message", structured,
		"--message-attributes", `{"AWS.SNS.MOBILE.FCM.TTL":{"DataType":"String","StringValue":"60"}}`)
	got := s.Notifications(sns.Filter{})
	if len(got) != 1 || got[0].MessageID != published.MessageID || got[0].Attributes["AWS.SNS.MOBILE.FCM.TTL"].StringValue != "60" {
		t.Errorf("inbox %+v", got)
	}
	run(nil, "publish", "--topic-arn", s.TopicARN("offline"), "--message", "grüße")
	if event := string(take(t, s.invoked).event); !strings.Contains(event, `"Message":"grüße"`) {
		t.Errorf("event %s", event)
	}
	run(nil, "set-endpoint-attributes", "--endpoint-arn", endpoint.EndpointArn, "--attributes", "Enabled=false")
	printed, err := s.cli(t, "publish", "--target-arn", endpoint.EndpointArn, "--message", "hi")
	if err == nil || !strings.Contains(printed, "(EndpointDisabled)") {
		t.Errorf("disabled endpoint: %v, %s", err, printed)
	}
}
