package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
)

// settings are what the program is started with.
type settings struct {
	url    string
	user   chat.UserID
	token  func(context.Context) (string, error)
	device chat.DeviceID
	state  string
	push   bool
	http   *http.Client // for tests; nil otherwise
}

// parse reads the arguments; getenv and config, the folder for state, come from the process.
func parse(args []string, getenv func(string) string, config func() (string, error)) (settings, error) {
	flags := flag.NewFlagSet("chat", flag.ContinueOnError)
	var s settings
	flags.StringVar(&s.url, "url", "ws://127.0.0.1:8081/local", "where the WebSocket API is")
	user := flags.String("user", "", "who you are; the default is the subject of the token")
	tokens := flags.String("tokens", "http://127.0.0.1:8080/dev/token", "where to POST {\"user\":\"ann\"} for a token")
	command := flags.String("token-command", "", "shell command that prints a token")
	token := flags.String("token", "", "token; the default is $PARLEY_TOKEN")
	device := flags.String("device", "terminal", "name of this device among yours")
	flags.StringVar(&s.state, "state", "", "file that keeps how far you have read; the default is in your configuration folder")
	flags.BoolVar(&s.push, "push", false, "register for notifications while this program does not run")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	if flags.NArg() > 0 {
		return s, fmt.Errorf("what is %q?", flags.Arg(0))
	}
	if *token == "" {
		*token = getenv("PARLEY_TOKEN")
	}
	s.user, s.device = chat.UserID(*user), chat.DeviceID(*device)
	if s.user == "" {
		s.user = subject(*token)
	}
	if s.user == "" {
		return s, errors.New("-user is required")
	}
	switch {
	case *command != "":
		s.token = tokenCommand(*command)
	case *token != "":
		s.token = client.StaticToken(*token)
	default:
		s.token = client.TokenFrom(*tokens, s.user)
	}
	if s.state == "" {
		folder, err := config()
		if err != nil {
			return s, fmt.Errorf("-state: %w", err)
		}
		s.state = filepath.Join(folder, "parley", stateName(s.user, s.url))
	}
	return s, nil
}

// stateName is a file name for what a user has read on a deployment.
func stateName(user chat.UserID, address string) string {
	place := address
	if u, err := url.Parse(address); err == nil {
		place = u.Host + u.Path
	}
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:|`, r) {
			return '_'
		}
		return r
	}, string(user)+"@"+place) + ".json"
}

// subject reads whom a JWT is for. It does not verify it: the server does.
func subject(token string) chat.UserID {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return ""
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return ""
	}
	var claims struct {
		Subject chat.UserID `json:"sub"`
	}
	_ = json.Unmarshal(payload, &claims)
	return claims.Subject
}

// tokenCommand is a provider that runs a command each time a token is needed.
func tokenCommand(command string) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		cmd := exec.CommandContext(ctx, "sh", "-c", command)
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		return strings.TrimSpace(string(out)), err
	}
}
