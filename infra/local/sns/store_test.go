package sns_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/parley-im/parley/infra/local/clock"
	"github.com/parley-im/parley/infra/local/sns"
)

func TestTheStateSurvivesARestart(t *testing.T) {
	var down error
	delivered := make(chan string, 10)
	cfg := sns.Config{
		Region: region, Account: account, Dir: filepath.Join(t.TempDir(), "sns"), Clock: clock.NewFake(start),
		Topics: []sns.Topic{{Name: "offline"}}, Applications: []sns.Application{gcm, apns},
		Deliver: func(_ context.Context, _ string, event []byte) error {
			delivered <- string(event)
			return down
		},
	}
	open := func() *sns.Service {
		s, err := sns.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := open()
	call(t, s, "Action=CreatePlatformEndpoint&Token=token&CustomUserData=ann&PlatformApplicationArn="+s.ApplicationARN(gcm))
	call(t, s, "Action=SetPlatformApplicationAttributes&Attributes.entry.1.key=Enabled&Attributes.entry.1.value=false&PlatformApplicationArn="+s.ApplicationARN(apns))
	call(t, s, "Action=Subscribe&Protocol=lambda&Endpoint=arn:aws:lambda:eu-central-1:000000000000:function:push&TopicArn="+s.TopicARN("offline"))
	endpoints := call(t, s, "Action=ListEndpointsByPlatformApplication&PlatformApplicationArn="+s.ApplicationARN(gcm))
	_, rest, _ := strings.Cut(endpoints, "<EndpointArn>")
	endpoint, _, _ := strings.Cut(rest, "</EndpointArn>")
	call(t, s, "Action=Publish&Message=pushed&TargetArn="+endpoint)
	down = errors.New("the function is not up yet")
	call(t, s, "Action=Publish&Message=undelivered&TopicArn="+s.TopicARN("offline"))
	for range 3 { // the attempts made at once
		take(t, delivered)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	down = nil

	s = open()
	if again := take(t, delivered); !strings.Contains(again, "undelivered") {
		t.Errorf("delivered %s", again)
	}
	if got := s.Notifications(sns.Filter{}); len(got) != 1 || got[0].Message != "pushed" || got[0].UserData != "ann" || !got[0].At.Equal(start) {
		t.Errorf("inbox %+v", got)
	}
	if got := call(t, s, "Action=GetEndpointAttributes&EndpointArn="+endpoint); !strings.Contains(got, "<value>ann</value>") {
		t.Errorf("endpoint %s", got)
	}
	if got := call(t, s, "Action=GetPlatformApplicationAttributes&PlatformApplicationArn="+s.ApplicationARN(apns)); !strings.Contains(got, "<value>false</value>") {
		t.Errorf("application %s", got)
	}
	call(t, s, "Action=Publish&Message=later&TopicArn="+s.TopicARN("offline"))
	if later := take(t, delivered); !strings.Contains(later, "later") {
		t.Errorf("delivered %s", later)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	s = open() // nothing is left to deliver
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if len(delivered) != 0 {
		t.Errorf("delivered once more: %s", take(t, delivered))
	}
}

func TestWhatIsNoLongerConfiguredIsNotRemembered(t *testing.T) {
	cfg := sns.Config{
		Region: region, Account: account, Dir: t.TempDir(), Clock: clock.NewFake(start), Topics: []sns.Topic{offline}, Applications: []sns.Application{gcm},
		Deliver: func(context.Context, string, []byte) error { return nil },
	}
	s, err := sns.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	call(t, s, "Action=CreatePlatformEndpoint&Token=token&PlatformApplicationArn="+s.ApplicationARN(gcm))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	cfg.Topics, cfg.Applications = []sns.Topic{{Name: "offline"}}, []sns.Application{apns}
	if s, err = sns.New(cfg); err != nil {
		t.Fatal(err)
	}
	if got := call(t, s, "Action=ListSubscriptionsByTopic&TopicArn="+s.TopicARN("offline")); strings.Contains(got, "<member>") {
		t.Errorf("subscriptions %s", got)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestAChangeIsOnDiskSoonWithoutClose(t *testing.T) {
	fake := clock.NewFake(start)
	cfg := sns.Config{Region: region, Account: account, Dir: t.TempDir(), Clock: fake, Applications: []sns.Application{gcm}}
	s, err := sns.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	call(t, s, "Action=CreatePlatformEndpoint&Token=token&PlatformApplicationArn="+s.ApplicationARN(gcm))
	fake.Advance(100 * time.Millisecond)
	killed, err := sns.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if got := call(t, killed, "Action=ListEndpointsByPlatformApplication&PlatformApplicationArn="+s.ApplicationARN(gcm)); !strings.Contains(got, "<value>token</value>") {
		t.Errorf("endpoints %s", got)
	}
}

func TestAStateThatCannotBeReadIsAnErrorAndIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "sns.json")
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sns.New(sns.Config{Dir: dir}); err == nil {
		t.Error("New accepted it")
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != "{" {
		t.Errorf("state is now %q, %v", data, err)
	}
}
