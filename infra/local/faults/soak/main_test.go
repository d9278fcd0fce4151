package soak

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/parley-im/parley/infra/local/faults"
	"github.com/parley-im/parley/infra/local/stack"
	"github.com/parley-im/parley/infra/local/stack/stacktest"

	_ "github.com/parley-im/parley/pkg/app" // what the functions are made of: with it, go test knows when a passed result is stale
)

// local is the one stack of all tests: a process can hold one. logs is what its functions write.
var (
	local *stack.Stack
	logs  stacktest.Journal
)

func TestMain(m *testing.M) {
	code, err := run(m)
	if err == nil && code == 0 {
		err = stacktest.Leaked()
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
	data, err := os.MkdirTemp("", "parley-soak-")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(data)
	cfg, err := stacktest.Config(ctx, data)
	if err != nil {
		return 1, err
	}
	cfg.Logs, cfg.Logger = &logs, slog.New(slog.DiscardHandler)
	cfg.Faults = faults.New(slog.New(slog.NewTextHandler(os.Stdout, nil)))
	local, err = stack.Start(ctx, cfg)
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
