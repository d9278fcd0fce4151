package soak

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/parley-im/parley/infra/local/dynamodb"
	"github.com/parley-im/parley/infra/local/faults"
	"github.com/parley-im/parley/infra/local/stack"

	_ "github.com/parley-im/parley/pkg/app" // what the functions are made of: with it, go test knows when a passed result is stale
)

// local is the one stack of all tests: a process can hold one. logs is what its functions write.
var (
	local *stack.Stack
	logs  journal
)

func TestMain(m *testing.M) {
	code, err := run(m)
	if err == nil && code == 0 {
		err = goleak.Find(ofS3...)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute) // from nothing, on a slow machine
	defer cancel()
	root, err := filepath.Abs(filepath.Join("..", "..", "..", ".."))
	if err != nil {
		return 1, err
	}
	build := exec.CommandContext(ctx, "go", "run", "./infra/bundle", "-local")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return 1, fmt.Errorf("build the functions: %w\n%s", err, out)
	}
	emulator, err := dynamodb.Find(root)
	if err != nil {
		return 1, err
	}
	data, err := os.MkdirTemp("", "parley-soak-")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(data)
	local, err = stack.Start(ctx, stack.Config{
		Functions: filepath.Join(root, "build", "local", "functions"), DynamoDB: emulator, Data: data, Logs: &logs,
		Logger: slog.New(slog.DiscardHandler), Faults: faults.New(slog.New(slog.NewTextHandler(os.Stdout, nil))),
	})
	if err != nil {
		return 1, err
	}
	defer http.DefaultClient.CloseIdleConnections()
	defer local.Close(context.Background())
	return m.Run(), nil
}

// plan is what the admin endpoint answers.
type plan struct {
	faults.Plan
	Counts []faults.Count
}

// admin talks to the admin endpoint.
func admin(t *testing.T, method string, p *faults.Plan) (now plan) {
	t.Helper()
	var body bytes.Buffer
	if p != nil {
		if err := json.NewEncoder(&body).Encode(p); err != nil {
			t.Fatal(err)
		}
	}
	request, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), method, local.Web+"/dev/faults", &body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusNoContent {
		return now
	}
	if err := json.NewDecoder(response.Body).Decode(&now); err != nil {
		t.Fatalf("%s /dev/faults: %s, %v", method, response.Status, err)
	}
	return now
}

// strike puts rules in force until heal or the end of the test.
func strike(t *testing.T, seed uint64, rules ...faults.Rule) plan {
	t.Helper()
	t.Cleanup(func() { heal(t) })
	return admin(t, http.MethodPut, &faults.Plan{Seed: seed, Rules: rules})
}

// heal ends all faults and returns what there was.
func heal(t *testing.T) plan {
	t.Helper()
	was := admin(t, http.MethodGet, nil)
	admin(t, http.MethodDelete, nil)
	return was
}

// journal keeps what functions write. It is safe for concurrent use.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

// String is all of it.
func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// ofS3 are the goroutines that the embedded S3 gateway leaves behind: a worker pool that looks once in ten seconds whether it
// was stopped, and the clock of its HTTP library, which never stops.
var ofS3 = []goleak.Option{
	goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).Start.func2"),
	goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"),
}
