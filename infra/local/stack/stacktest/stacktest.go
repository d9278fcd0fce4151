// Package stacktest is what tests need that run the whole local stack in their own process.
package stacktest

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"sync"

	"go.uber.org/goleak"

	"github.com/parley-im/parley/infra/local/dynamodb"
	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/infra/local/stack"

	_ "github.com/parley-im/parley/pkg/app" // what the functions are made of: with it, go test knows when a passed result is stale
)

// Config builds the functions and returns where they, the emulator and the data are.
func Config(ctx context.Context, data string) (stack.Config, error) {
	root, err := dynamodbtest.Root()
	if err != nil {
		return stack.Config{}, err
	}
	build := exec.CommandContext(ctx, "go", "run", "./infra/bundle", "-local")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return stack.Config{}, fmt.Errorf("build the functions: %w\n%s", err, out)
	}
	emulator, err := dynamodb.Find(root)
	if err != nil {
		return stack.Config{}, err
	}
	return stack.Config{Functions: filepath.Join(root, "build", "local", "functions"), DynamoDB: emulator, Data: data}, nil
}

// Journal keeps what functions write, to be shown if a test fails. It is safe for concurrent use.
type Journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (j *Journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

// String is all of it.
func (j *Journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// Leaked returns an error that lists the goroutines which are left once the stack is closed, but for those that the embedded
// S3 gateway leaves behind: a worker pool that looks once in ten seconds whether it was stopped, and the clock of its HTTP
// library, which never stops.
func Leaked() error {
	return goleak.Find(
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).Start.func2"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"),
	)
}
