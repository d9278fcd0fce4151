package acceptance

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/parley-im/parley/infra/local/clock"
	"github.com/parley-im/parley/infra/local/stack"
	"github.com/parley-im/parley/infra/local/stack/stacktest"
	"github.com/parley-im/parley/pkg/contract"

	_ "github.com/parley-im/parley/pkg/app" // what the functions are made of: with it, go test knows when a passed result is stale
)

// deployment is what the stories are told of.
type deployment struct {
	url, tokens string
	contract    *contract.Validator
	web         *http.Client
	// local is the stack behind url and tap what its functions are connected through; nil if it is not in this process.
	local *stack.Stack
	tap   *tap
	// clock is that of the gateway and the queues behind local.
	clock *clock.Ahead
}

// parley is the one deployment of all stories: a process can hold one stack. It is set once, before any of them.
var parley deployment

// origin is that of a web app which may connect to the local stack.
const origin = "https://chat.example"

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	code, err := tell(m)
	if err == nil && code == 0 {
		err = stacktest.Leaked()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "acceptance:", err)
		return 1
	}
	return code
}

// tell opens the deployment, tells all stories and closes it.
func tell(m *testing.M) (code int, err error) {
	parley.web = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	defer parley.web.CloseIdleConnections()
	if parley.contract, err = contract.New(); err != nil {
		return 1, err
	}
	if url := os.Getenv("PARLEY_URL"); url != "" {
		parley.url, parley.tokens = url, os.Getenv("PARLEY_TOKENS")
		return m.Run(), nil
	}
	data, err := os.MkdirTemp("", "parley-acceptance-")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(data)
	logs := &stacktest.Journal{}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute) // from nothing, on a slow machine
	defer cancel()
	if err := parley.start(ctx, data, logs); err != nil {
		return 1, err
	}
	defer parley.local.Close(context.Background())
	code = m.Run()
	if code != 0 {
		fmt.Fprintf(os.Stderr, "--- what the functions wrote\n%s", logs)
	}
	return code, nil
}

// start builds the functions and starts the local stack.
func (d *deployment) start(ctx context.Context, data string, logs *stacktest.Journal) error {
	cfg, err := stacktest.Config(ctx, data)
	if err != nil {
		return err
	}
	d.tap, d.clock = &tap{}, &clock.Ahead{}
	cfg.Origins, cfg.Logs, cfg.Tap, cfg.Clock = []string{origin}, logs, d.tap.wrap, d.clock
	d.local, err = stack.Start(ctx, cfg)
	if err != nil {
		return err
	}
	d.url, d.tokens = d.local.Gateway, d.local.Web+"/dev/token"
	return nil
}

// needLocal skips a story that looks behind the gateway, or makes trouble there, unless the stack is in this process.
func needLocal(t *testing.T, reason string) {
	t.Helper()
	if parley.local == nil {
		t.Skip("needs the local stack: " + reason)
	}
}
