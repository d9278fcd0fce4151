package config

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/parley-im/parley/pkg/topology"
)

func from(vars map[string]string) *Env {
	return New(func(name string) (string, bool) { v, ok := vars[name]; return v, ok })
}

func TestEverythingThatIsWrongIsNamedAtOnce(t *testing.T) {
	e := from(map[string]string{
		topology.EnvJWKS:        "not a url",
		topology.EnvLogLevel:    "loud",
		topology.EnvEpoch:       "yesterday",
		topology.Push.EnvName(): "fcm",
	})
	e.Issuer()
	e.KeySet()
	e.LogLevel()
	e.Epoch()
	e.PushApplications()
	e.Resource(topology.Sessions)
	err := e.Err()
	if err == nil {
		t.Fatal("no error")
	}
	for _, name := range []string{
		topology.EnvIssuer, topology.EnvJWKS, topology.EnvLogLevel, topology.EnvEpoch, topology.Push.EnvName(), topology.Sessions.EnvName(),
	} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%q does not name %s", err, name)
		}
	}
}

func TestListsAndDefaults(t *testing.T) {
	e := from(map[string]string{
		topology.EnvOrigins:     " https://a.example , https://b.example,",
		topology.Push.EnvName(): "fcm=arn:aws:sns:eu-west-1:1:app/GCM/x, apns=arn:aws:sns:eu-west-1:1:app/APNS/x",
	})
	if got := e.Origins(); len(got) != 2 || got[1] != "https://b.example" {
		t.Errorf("origins %q", got)
	}
	if got := e.PushApplications(); got["apns"] != "arn:aws:sns:eu-west-1:1:app/APNS/x" || len(got) != 2 {
		t.Errorf("applications %q", got)
	}
	if e.LogLevel() != slog.LevelInfo {
		t.Error("the log level is not info by default")
	}
	if e.Epoch() != 0 || from(map[string]string{topology.EnvEpoch: "1795299780"}).Epoch() != 1795299780 {
		t.Error("the epoch is not what is set, or 0")
	}
	if err := e.Err(); err != nil {
		t.Error(err)
	}
}

func TestAFunctionKnowsItsNameItsStageAndItsMemory(t *testing.T) {
	for name, want := range map[string][2]string{
		"parley-prod-message":      {"message", "prod"},
		"parley-my-stage-message":  {"message", "my-stage"},
		"parley-a-message-message": {"message", "a-message"},
		"message":                  {"message", "local"},
		"":                         {"", "local"},
	} {
		e := from(map[string]string{functionName: name, memorySize: "512"})
		if e.Function() != want[0] || e.Stage() != want[1] || e.Memory() != 512 {
			t.Errorf("%q is %q of %q with %d MB", name, e.Function(), e.Stage(), e.Memory())
		}
	}
	if got := from(nil).Memory(); got != 128 {
		t.Errorf("%d MB when nobody says", got)
	}
}
