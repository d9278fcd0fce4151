package lambda_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/parley-im/parley/infra/local/lambda"
)

// binaries is the folder of the compiled functions of testdata/src.
var binaries string

func TestMain(m *testing.M) {
	if service := os.Getenv("PARLEY_TEST_PARENT"); service != "" {
		parent(service)
		return
	}
	dir, err := os.MkdirTemp("", "functions")
	if err != nil {
		panic(err)
	}
	binaries = dir
	build := exec.Command("go", "build", "-tags", "lambda.norpc", "-o", dir+string(filepath.Separator))
	for _, name := range []string{"echo", "gate", "crash", "leak", "initfail", "big", "batch", "raw", "sigterm", "trace"} {
		build.Args = append(build.Args, "./testdata/src/"+name)
	}
	if output, err := build.CombinedOutput(); err != nil {
		panic(fmt.Sprintf("build functions: %v\n%s", err, output))
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		_ = os.RemoveAll(dir)
		os.Exit(code)
	}))
}

// function configures one of the compiled functions under its own name.
func function(binary string, env ...string) lambda.Function {
	f := lambda.Function{Name: binary, Binary: filepath.Join(binaries, binary), Env: map[string]string{}}
	for _, variable := range env {
		name, value, _ := strings.Cut(variable, "=")
		f.Env[name] = value
	}
	return f
}

// start runs a service until the end of the test.
func start(t testing.TB, cfg lambda.Config, functions ...lambda.Function) *lambda.Service {
	t.Helper()
	service, err := lambda.New(cfg, functions...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := service.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return service
}

// invoke runs a function that must not be refused.
func invoke(t testing.TB, service *lambda.Service, function, payload string) lambda.Result {
	t.Helper()
	result, err := service.Invoke(t.Context(), function, []byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// begin invokes a function that must not be refused and returns at once.
func begin(t testing.TB, service *lambda.Service, function, payload string) <-chan lambda.Result {
	t.Helper()
	ended := make(chan lambda.Result, 1)
	go func() {
		result, err := service.Invoke(t.Context(), function, []byte(payload))
		if err != nil {
			t.Error(err)
		}
		ended <- result
	}()
	return ended
}

// decode reads the answer of a function that must have succeeded.
func decode[T any](t testing.TB, result lambda.Result) (value T) {
	t.Helper()
	if result.FunctionError != "" {
		t.Fatalf("%s: %s", result.FunctionError, result.Payload)
	}
	if err := json.Unmarshal(result.Payload, &value); err != nil {
		t.Fatal(err)
	}
	return value
}

// stats returns the counters of one function.
func stats(t testing.TB, service *lambda.Service, function string) lambda.Stats {
	t.Helper()
	for _, stats := range service.Stats() {
		if stats.Function == function {
			return stats
		}
	}
	t.Fatalf("no stats of %s", function)
	return lambda.Stats{}
}

func wantException(t testing.TB, err error, want lambda.Exception) *lambda.Error {
	t.Helper()
	var e *lambda.Error
	if !errors.Is(err, want) || !errors.As(err, &e) {
		t.Fatalf("got %v, want %s", err, want)
	}
	return e
}

// transcript is a log that can be read while it is written.
type transcript struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *transcript) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *transcript) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
