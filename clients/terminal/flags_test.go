package main

import (
	"encoding/base64"
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

func config() (string, error) { return "/config", nil }

func none(string) string { return "" }

func TestParse(t *testing.T) {
	s, err := parse([]string{"-user", "ann"}, none, config)
	if err != nil || s.user != "ann" || s.device != "terminal" || s.url != "ws://127.0.0.1:8081/local" || s.push {
		t.Errorf("%+v, %v", s, err)
	}
	if want := filepath.Join("/config", "parley", "ann@127.0.0.1_8081_local.json"); s.state != want {
		t.Errorf("state in %s", s.state)
	}
	s, err = parse([]string{"-user", "a|b", "-url", "wss://x/live", "-state", "here", "-device", "d", "-push"}, none, config)
	if err != nil || s.state != "here" || s.device != "d" || !s.push || s.url != "wss://x/live" {
		t.Errorf("%+v, %v", s, err)
	}
	for _, args := range [][]string{nil, {"-user", "ann", "more"}, {"-bad"}} {
		if _, err := parse(args, none, config); err == nil {
			t.Errorf("%q: accepted", args)
		}
	}
	if _, err := parse([]string{"-user", "ann"}, none, func() (string, error) { return "", errors.New("no home") }); err == nil {
		t.Error("accepted without a place for the state")
	}
}

func TestTheTokenComesFromACommandAFlagOrTheEnvironment(t *testing.T) {
	jwt := "x." + base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"bob"}`)) + ".y"
	for name, c := range map[string]struct {
		args        []string
		env         string
		token, user string
	}{
		"command":     {[]string{"-user", "ann", "-token-command", "echo abc"}, "", "abc", "ann"},
		"flag":        {[]string{"-user", "ann", "-token", "def"}, "ghi", "def", "ann"},
		"environment": {[]string{"-user", "ann"}, "ghi", "ghi", "ann"},
		"subject":     {nil, jwt, jwt, "bob"},
	} {
		s, err := parse(c.args, func(string) string { return c.env }, config)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if token, err := s.token(t.Context()); err != nil || token != c.token || string(s.user) != c.user {
			t.Errorf("%s: %q for %q, %v", name, token, s.user, err)
		}
	}
	for _, bad := range []string{"", "a.b", "a.!.c", "a." + strings.Repeat("A", 8) + ".c"} {
		if got := subject(bad); got != "" {
			t.Errorf("%q is for %q", bad, got)
		}
	}
}
