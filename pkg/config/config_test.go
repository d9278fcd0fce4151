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
		topology.Push.EnvName(): "fcm",
	})
	e.Issuer()
	e.KeySet()
	e.LogLevel()
	e.PushApplications()
	e.Resource(topology.Sessions)
	err := e.Err()
	if err == nil {
		t.Fatal("no error")
	}
	for _, name := range []string{
		topology.EnvIssuer, topology.EnvJWKS, topology.EnvLogLevel, topology.Push.EnvName(), topology.Sessions.EnvName(),
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
	if err := e.Err(); err != nil {
		t.Error(err)
	}
}
