//go:build unix

package command_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/parley-im/parley/clients/web"
	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
)

// These tests run the compiled stack as `make run` does.

var (
	root   string
	binary string
)

func TestMain(m *testing.M) {
	os.Exit(func() int {
		var err error
		if root, err = dynamodbtest.Root(); err != nil {
			panic(err)
		}
		dir, err := os.MkdirTemp("", "parley-command-")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		binary = filepath.Join(dir, "parley")
		for _, args := range [][]string{{"run", "./infra/bundle", "-local"}, {"build", "-o", binary, "./infra/local"}} {
			build := exec.Command("go", args...)
			build.Dir, build.Stderr = root, os.Stderr
			if err := build.Run(); err != nil {
				panic(err)
			}
		}
		return m.Run()
	}())
}

// ports are free ones for every part, as flags.
func ports(t *testing.T) []string {
	t.Helper()
	var args []string
	for _, name := range []string{"web", "gateway", "s3", "dynamodb", "sns", "sqs", "ssm"} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		args = append(args, "-"+name+"-port", strconv.Itoa(l.Addr().(*net.TCPAddr).Port))
	}
	return args
}

// stack is a running one.
type stack struct {
	t            *testing.T
	cmd          *exec.Cmd
	gateway, web string
}

// start starts a stack and waits for the line that says that it is ready.
func start(t *testing.T, data string, args ...string) *stack {
	t.Helper()
	cmd := exec.Command(binary, append(append(ports(t), "-root", root, "-data", data), args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	s := &stack{t: t, cmd: cmd}
	address := regexp.MustCompile(`(ws|http)://127\.0\.0\.1:\d+(/local)?`)
	lines := bufio.NewScanner(out)
	for s.web == "" && lines.Scan() {
		switch found := address.FindString(lines.Text()); {
		case strings.HasPrefix(found, "ws"):
			s.gateway = found
		case found != "":
			s.web = found
		}
	}
	if s.web == "" {
		t.Fatal("the stack never said that it is ready")
	}
	go func() {
		for lines.Scan() {
		}
	}()
	return s
}

// stop sends a signal and returns the exit code.
func (s *stack) stop(signal os.Signal) int {
	s.t.Helper()
	if err := s.cmd.Process.Signal(signal); err != nil {
		s.t.Fatal(err)
	}
	_ = s.cmd.Wait()
	return s.cmd.ProcessState.ExitCode()
}

// children are the processes that the stack has started.
func (s *stack) children() (pids []int) {
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", s.cmd.Process.Pid))
	for _, task := range tasks {
		list, _ := os.ReadFile(task)
		for _, field := range strings.Fields(string(list)) {
			pid, _ := strconv.Atoi(field)
			pids = append(pids, pid)
		}
	}
	return pids
}

// ask connects as ann and returns the first answer to a frame.
func (s *stack) ask(frame string) string {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 10*time.Second)
	defer cancel()
	response, err := http.Post(s.web+"/dev/token", "application/json", bytes.NewReader([]byte(`{"user":"ann"}`)))
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	var token struct{ Token string }
	if err := json.NewDecoder(response.Body).Decode(&token); err != nil {
		s.t.Fatal(err)
	}
	ws, _, err := websocket.Dial(ctx, s.gateway, &websocket.DialOptions{
		Subprotocols: []string{"parley.v1"}, HTTPHeader: http.Header{"Authorization": {"Bearer " + token.Token}},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	defer ws.CloseNow()
	if err := ws.Write(ctx, websocket.MessageText, []byte(frame)); err != nil {
		s.t.Fatal(err)
	}
	_, answer, err := ws.Read(ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(answer)
}

// faults asks the admin endpoint of faults and returns status and answer.
func (s *stack) faults(method, body string) (int, string) {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.web+"/dev/faults", strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return response.StatusCode, string(answer)
}

func TestTheAppIsToldOfThisStackAndAllowedNoOther(t *testing.T) {
	s := start(t, t.TempDir())
	get := func(path string) (*http.Response, string) {
		answer, err := http.Get(s.web + path)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer, string(body)
	}
	var config struct{ URL, Tokens string }
	answer, body := get("/config.json")
	if err := json.Unmarshal([]byte(body), &config); err != nil || config.URL != s.gateway || config.Tokens != "/dev/token" {
		t.Errorf("%s: %v", body, err)
	}
	policy := answer.Header.Get("Content-Security-Policy")
	for _, want := range []string{"script-src 'self';", "connect-src 'self' " + strings.TrimSuffix(s.gateway, "/local") + " http://127.0.0.1:"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy %q lacks %q", policy, want)
		}
	}
	for path, want := range map[string]int{"/healthz": 200, "/console": 200, "/dev/notifications": 200, "/dev/nothing": 404, "/assets/nothing.js": 404} {
		if answer, _ := get(path); web.Built() && answer.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, answer.StatusCode, want)
		}
	}
	page, text := get("/c/d_anything")
	if built := web.Built(); built != (page.StatusCode == http.StatusOK) || built != strings.Contains(text, `<div id="app">`) {
		t.Errorf("built: %v, and the page is %d: %.200s", built, page.StatusCode, text)
	}
	if code := s.stop(os.Interrupt); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

func TestFaultsStrikeOnlyAStackThatIsStartedWithThem(t *testing.T) {
	plan := filepath.Join(t.TempDir(), "plan.json")
	throttle := `{"seed":7,"rules":[{"fault":"lambda.throttle","probability":1,"operation":"conversations"}]}`
	if err := os.WriteFile(plan, []byte(throttle), 0o600); err != nil {
		t.Fatal(err)
	}
	const asks, fails = `{"action":"conversations","ref":"1"}`, "Internal server error"

	without := start(t, t.TempDir())
	if status, answer := without.faults(http.MethodPut, throttle); status != http.StatusNotFound || !strings.Contains(answer, "-faults on") {
		t.Errorf("without faults: %d, %s", status, answer)
	}
	without.stop(os.Interrupt)

	planned := start(t, t.TempDir(), "-faults", plan)
	if answer := planned.ask(asks); !strings.Contains(answer, fails) {
		t.Errorf("with a plan: %s", answer)
	}
	if status, answer := planned.faults(http.MethodGet, ""); status != http.StatusOK || !strings.Contains(answer, `"seed":7`) || !strings.Contains(answer, `"injected":1`) {
		t.Errorf("with a plan: %d, %s", status, answer)
	}
	if status, _ := planned.faults(http.MethodDelete, ""); status != http.StatusNoContent {
		t.Errorf("clearing the plan: %d", status)
	}
	if answer := planned.ask(asks); strings.Contains(answer, fails) {
		t.Errorf("healed: %s", answer)
	}
	if status, answer := planned.faults(http.MethodPut, throttle); status != http.StatusOK {
		t.Errorf("a plan while it runs: %d, %s", status, answer)
	}
	if answer := planned.ask(asks); !strings.Contains(answer, fails) {
		t.Errorf("with a plan while it runs: %s", answer)
	}
	planned.stop(os.Interrupt)
}

const sends = `{"action":"send","ref":"1","id":"018f3a5e-1111-7000-8000-000000000001","to":{"user":"bob"},"body":{"text":"still here"}}`

func TestWhatWasSaidOutlivesARestartAndNoProcessDoes(t *testing.T) {
	data := t.TempDir()
	first := start(t, data)
	for _, path := range []string{"/healthz", "/console", "/dev/console"} {
		response, err := http.Get(first.web + path)
		if err != nil || response.StatusCode != http.StatusOK {
			t.Fatalf("%s: %v, %v", path, response, err)
		}
		_ = response.Body.Close()
	}
	if answer := first.ask(sends); !strings.Contains(answer, `"seq":1`) {
		t.Fatalf("answer %s", answer)
	}
	children := first.children()
	if len(children) < 2 {
		t.Errorf("children %v, want the emulator and functions", children)
	}
	if code := first.stop(os.Interrupt); code != 0 {
		t.Errorf("exit code %d", code)
	}
	for _, pid := range children {
		if err := syscall.Kill(pid, 0); err == nil {
			t.Errorf("process %d outlived the stack", pid)
		}
	}
	second := start(t, data)
	defer second.stop(os.Interrupt)
	if answer := second.ask(`{"action":"conversations","ref":"1"}`); !strings.Contains(answer, "still here") {
		t.Errorf("after the restart: %s", answer)
	}
}

func TestChildrenDieWithAStackThatIsKilled(t *testing.T) {
	if _, err := os.Stat("/proc/self/task"); err != nil {
		t.Skip("only Linux kills the children of a process that is killed")
	}
	s := start(t, t.TempDir())
	s.ask(sends)
	children := s.children()
	s.stop(os.Kill)
	deadline := time.Now().Add(10 * time.Second)
	for _, pid := range children {
		for syscall.Kill(pid, 0) == nil && !isZombie(pid) {
			if time.Now().After(deadline) {
				t.Fatalf("process %d lives on", pid)
			}
		}
	}
}

// isZombie reports whether a process is dead and only waits for somebody to ask.
func isZombie(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || bytes.Contains(stat, []byte(") Z "))
}

func TestWhatIsWrongIsSaidInOneLine(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	broken := t.TempDir()
	if err := os.WriteFile(filepath.Join(broken, "dynamodb.sqlite"), bytes.Repeat([]byte("not a database "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	used := t.TempDir()
	defer start(t, used).stop(os.Interrupt)
	port := strconv.Itoa(busy.Addr().(*net.TCPAddr).Port)
	for name, test := range map[string]struct {
		args []string
		says string
		code int
	}{
		"a port in use":                  {[]string{"-gateway-port", port}, "port " + port + " is in use: stop what uses it, or choose another with -gateway-port", 1},
		"the port of the emulator":       {[]string{"-dynamodb-port", port}, "port " + port + " is in use", 1},
		"a data folder that is a file":   {[]string{"-data", file}, "data folder " + file, 1},
		"a data folder that is broken":   {[]string{"-data", broken}, "dynamodb", 1},
		"a data folder in use":           {[]string{"-data", used}, "in use by another stack", 1},
		"functions that are not there":   {[]string{"-functions", t.TempDir()}, "functions are not built", 1},
		"an emulator that is not there":  {[]string{"-dynamodb", "/nowhere/dynoxide"}, "/nowhere/dynoxide", 1},
		"a flag that does not exist":     {[]string{"-nonsense"}, "-nonsense", 2},
		"an argument that is not a flag": {[]string{"nonsense"}, "nonsense", 2},
		"a log level that is none":       {[]string{"-log", "loud"}, "loud", 2},
		"a plan that is not there":       {[]string{"-faults", "/nowhere/plan.json"}, "faults: open /nowhere/plan.json", 1},
		"a plan that is none":            {[]string{"-faults", file}, "faults: " + file + ": plan: EOF", 1},
	} {
		t.Run(name, func(t *testing.T) {
			args := append(ports(t), "-root", root, "-data", t.TempDir())
			cmd := exec.Command(binary, append(args, test.args...)...)
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			_ = cmd.Run()
			if code := cmd.ProcessState.ExitCode(); code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			said := strings.TrimSpace(stderr.String())
			if !strings.Contains(said, test.says) {
				t.Errorf("said %q, want %q in it", said, test.says)
			}
			if test.code == 1 && strings.Contains(said, "\n") {
				t.Errorf("said more than a line:\n%s", said)
			}
		})
	}
}
