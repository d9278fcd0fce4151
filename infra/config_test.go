package main

import (
	"reflect"
	"strings"
	"testing"

	"github.com/parley-im/parley/pkg/topology"
)

func lookup(context map[string]any) func(string) any {
	return func(key string) any { return context[key] }
}

func TestDefaultsSynthesizeAFreshClone(t *testing.T) {
	got, err := loadConfig(lookup(nil))
	if err != nil {
		t.Fatal(err)
	}
	want := config{stage: "prod", audience: "parley", zips: "build/functions", web: "clients/web/dist", edgeKey: 1, reserve: true}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestKeysAreLookedForAtTheIssuerUnlessToldOtherwise(t *testing.T) {
	for _, test := range []struct{ issuer, jwks, want string }{
		{"https://issuer.example.com", "", "https://issuer.example.com/.well-known/jwks.json"},
		{"https://issuer.example.com/realm/", "", "https://issuer.example.com/realm/.well-known/jwks.json"},
		{"https://issuer.example.com", "https://keys.example.com/k", "https://keys.example.com/k"},
	} {
		got, err := loadConfig(lookup(map[string]any{"issuer": test.issuer, "jwksUrl": test.jwks}))
		if err != nil || got.jwks != test.want {
			t.Errorf("issuer %s, jwksUrl %q: got %s, %v; want %s", test.issuer, test.jwks, got.jwks, err, test.want)
		}
	}
}

func TestBadContextIsRefusedByItsKey(t *testing.T) {
	const application = "arn:aws:sns:eu-west-1:123456789012:app/GCM/parley"
	for _, test := range []struct {
		key   string
		value any
	}{
		{"stage", "Prod"},
		{"stage", "a-stage-with-a-name-too-long"},
		{"stage", 1.0},
		{"issuer", "http://issuer.example.com"},
		{"issuer", "issuer.example.com"},
		{"jwksUrl", "file:///keys"},
		{"origins", "*"},
		{"origins", "https://*.example.com"},
		{"origins", "https://app.example.com/"},
		{"origins", "https://app.example.com,app.example.com"},
		{"origins", []any{"https://app.example.com"}},
		{"domain", "chat.example.com"},
		{"alarmEmail", "ops"},
		{"reserve", "perhaps"},
		{"canary", "perhaps"},
		{"kms", "everything"},
		{"kms", "media,media"},
		{"canary", "true"},
		{"conversations", "restored"},
		{"vapidPublicKey", vapidKey},
		{"pushHosts", "169.254.169.254"},
		{"pushHosts", "localhost"},
		{"pushHosts", "http://127.0.0.1:8080"},
		{"pushHosts", "*.example.com"},
		{"pushApplications", application},
		{"pushApplications", "=" + application},
		{"pushApplications", "fcm=" + strings.Replace(application, ":app/", ":endpoint/", 1)},
		{"pushApplications", "fcm=" + application + "*"},
		{"pushApplications", "fcm=" + application + ",fcm=" + application},
	} {
		if _, err := loadConfig(lookup(map[string]any{test.key: test.value})); err == nil || !strings.Contains(err.Error(), "context "+test.key) {
			t.Errorf("%s %v: got %v", test.key, test.value, err)
		}
	}
}

func TestAKeyPairNeedsAKeyAndSomebodyToWriteTo(t *testing.T) {
	for _, test := range []struct {
		key, subject string
		ok           bool
	}{
		{vapidKey, "mailto:ops@example.com", true},
		{vapidKey, "https://example.com/contact", true},
		{vapidKey, "ops@example.com", false},
		{vapidKey, "http://example.com", false},
		{vapidKey[1:], "mailto:ops@example.com", false},
		{"A" + vapidKey[1:], "mailto:ops@example.com", false},
	} {
		if _, err := loadConfig(lookup(map[string]any{"vapidPublicKey": test.key, "vapidSubject": test.subject})); (err == nil) != test.ok {
			t.Errorf("%+v: %v", test, err)
		}
	}
}

func TestMissingCodeIsSaidBeforeTheSynthesis(t *testing.T) {
	err := config{zips: t.TempDir()}.findZips()
	if err == nil || !strings.Contains(err.Error(), "make zips") || !strings.Contains(err.Error(), topology.Functions[0].Name) {
		t.Errorf("got %v", err)
	}
}
