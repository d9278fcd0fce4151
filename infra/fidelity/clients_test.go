package fidelity_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
)

// clientPatience bounds the run of a client that nobody here wrote, its installation among it.
const clientPatience = 3 * time.Minute

// tool returns the path of an executable, or skips the test and says how to get it.
func tool(t *testing.T, get string, names ...string) string {
	t.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skipf("none of %s is on the PATH: %s", strings.Join(names, ", "), get)
	return ""
}

// node returns the path of Node once the packages of the folder clients are there.
func node(t *testing.T) string {
	t.Helper()
	const get = "install Node.js 20 or newer"
	path, npm := tool(t, get, "node"), tool(t, get, "npm")
	if err := install(npm); err != nil {
		t.Skip(err)
	}
	return path
}

// installing keeps tests from doing it at the same time.
var installing sync.Mutex

// install installs what clients/package-lock.json lists, unless it is there.
func install(npm string) error {
	installing.Lock()
	defer installing.Unlock()
	if _, err := os.Stat("clients/node_modules/.package-lock.json"); err == nil {
		return nil
	}
	ci := exec.Command(npm, "ci", "--no-audit", "--no-fund")
	ci.Dir = "clients"
	if out, err := ci.CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci in infra/fidelity/clients, which needs the network once: %w\n%s", err, out)
	}
	return nil
}

// output runs a command and returns what it writes to stdout. The environment is that of the test and more. Its stdin stays
// open, as that of a person at a terminal does.
func output(t *testing.T, environment []string, name string, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), clientPatience)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.Env = append(os.Environ(), environment...)
	cmd.WaitDelay = time.Second // a child of it may hold the pipes
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Run(); err != nil {
		return stdout.String(), fmt.Errorf("%s: %w\n%s", filepath.Base(name), err, &stderr)
	}
	return stdout.String(), nil
}

// seen is what every client with the WebSocket interface of browsers must see in clients/scenes.mjs.
const seen = `{
	"protocol": "chat.v1",
	"pong": "{\"event\":\"pong\"}",
	"unicode": true,
	"large": 32767,
	"closed": {"code": 4001, "reason": "bye", "clean": true},
	"binary": 1003,
	"tooLarge": 1009,
	"refused": {"events": ["error", "close"], "code": 1006},
	"notEchoed": {"events": ["error", "close"], "code": 1006}
}`

// sees compares what a client has seen with that.
func (r *rig) sees(results string) {
	r.Helper()
	got, want := r.decode(results), r.decode(seen)
	for name := range want {
		if !reflect.DeepEqual(got[name], want[name]) {
			r.Errorf("%s: saw %v, want %v", name, got[name], want[name])
		}
	}
	if len(got) != len(want) {
		r.Errorf("saw %d scenes, want %d", len(got), len(want))
	}
}

// npm's ws speaks with the API as with any server.
//
// Source: the client itself; for each scene aws.md 1.1 to 1.3.
func TestWSOfNpm(t *testing.T) {
	r := withTool(t)
	results, err := output(t, nil, node(t), "clients/ws.mjs", r.url)
	if err != nil {
		t.Fatal(err)
	}
	r.sees(results)
}

// A browser's WebSocket speaks with the API as with any server.
//
// Source: the client itself; for each scene aws.md 1.1 to 1.3.
func TestWebSocketOfABrowser(t *testing.T) {
	r := withTool(t)
	browser := tool(t, "on Debian, apt-get install chromium", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<!doctype html><title>fidelity</title>"))
	}))
	defer page.Close()
	results, err := output(t, nil, node(t), "clients/browser.mjs", browser, page.URL, r.url)
	if err != nil {
		t.Fatal(err)
	}
	r.sees(results)
}

// npm's wscat connects, offers a subprotocol, sends and prints the answer.
//
// Source: the client itself; aws.md 1.2, 1.3.
func TestWscat(t *testing.T) {
	r := withTool(t)
	connect, err := json.Marshal(map[string]any{"do": "return", "result": map[string]any{
		"statusCode": 200, "headers": map[string]string{"Sec-WebSocket-Protocol": "chat.v1"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	printed, err := output(t, nil, node(t), "clients/node_modules/wscat/bin/wscat", "--no-color",
		"--connect", r.dialing(with("connect", string(connect))).address(), "--subprotocol", "chat.v1",
		"--execute", `{"action":"ping"}`, "--wait", "2")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(printed, pong) {
		t.Errorf("printed %q, want %s in it", printed, pong)
	}
}

// npm's wscat says with which status a handshake was refused.
//
// Source: the client itself; aws.md 1.2.
func TestWscatThatIsRefused(t *testing.T) {
	r := withTool(t)
	printed, err := output(t, nil, node(t), "clients/node_modules/wscat/bin/wscat", "--no-color",
		"--connect", r.dialing(without("who")).address())
	if err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("printed %q and ended with %v, want a failure with 401", printed, err)
	}
}
