package stack_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/parley-im/parley/infra/local/dynamodb"
	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/infra/local/stack"
	"github.com/parley-im/parley/pkg/topology"
)

// Behind an edge, a handshake that does not come through it is refused before its token is looked at, and while one key
// follows another both are good.
func TestBehindAnEdgeNobodyConnectsPastIt(t *testing.T) {
	const newest, before = "an-edge-key-of-forty-characters-that-is-new", "the-one-before"
	root, err := dynamodbtest.Root()
	if err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "run", "./infra/bundle", "-local")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the functions: %v\n%s", err, out)
	}
	emulator, err := dynamodb.Find(root)
	if err != nil {
		t.Fatal(err)
	}
	s, err := stack.Start(t.Context(), stack.Config{
		Functions: filepath.Join(root, "build", "local", "functions"), DynamoDB: emulator, Data: t.TempDir(),
		Logger: slog.New(slog.DiscardHandler), EdgeKeys: []string{newest, before},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(context.Background())

	token := tokenOf(t, s)
	for name, test := range map[string]struct {
		key, token string
		want       int
	}{
		"through the edge":                 {newest, token, http.StatusSwitchingProtocols},
		"with the key before":              {before, token, http.StatusSwitchingProtocols},
		"past it":                          {"", token, http.StatusForbidden},
		"with another key":                 {"made up", token, http.StatusForbidden},
		"with the list of keys":            {newest + "," + before, token, http.StatusForbidden},
		"past it, without a good token":    {"", "made up", http.StatusForbidden},
		"through it, without a good token": {newest, "made up", http.StatusUnauthorized},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			header := http.Header{"Authorization": {"Bearer " + test.token}}
			if test.key != "" {
				header.Set(topology.EdgeHeader, test.key)
			}
			socket, response, err := websocket.Dial(ctx, s.Gateway, &websocket.DialOptions{
				HTTPHeader: header, Subprotocols: []string{topology.Subprotocol},
			})
			if err == nil {
				defer socket.Close(websocket.StatusNormalClosure, "")
			}
			if response == nil || response.StatusCode != test.want {
				t.Fatalf("%v, %v; want %d", response, err, test.want)
			}
			if test.want != http.StatusSwitchingProtocols {
				return
			}
			if err := socket.Write(ctx, websocket.MessageText, []byte(`{"action":"ping"}`)); err != nil {
				t.Fatal(err)
			}
			if _, answer, err := socket.Read(ctx); err != nil || string(answer) != topology.MockRoutes["ping"] {
				t.Errorf("%s, %v", answer, err)
			}
		})
	}
}

func tokenOf(t *testing.T, s *stack.Stack) string {
	t.Helper()
	response, err := http.Post(s.Web+"/dev/token", "application/json", strings.NewReader(`{"user":"ann"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var got struct{ Token string }
	if err := json.NewDecoder(response.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	return got.Token
}
