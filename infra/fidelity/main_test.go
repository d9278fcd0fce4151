package fidelity_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/config"
	"go.uber.org/goleak"
)

// shared is what the tests run against, but for those that move a clock. TestMain sets it before any of them.
var shared target

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	code, err := ask(m)
	if err == nil && code == 0 {
		err = goleak.Find()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "fidelity:", err)
		return 1
	}
	return code
}

// ask runs the tests against FIDELITY_URL or, without that, against a stand-in that it starts.
func ask(m *testing.M) (code int, err error) {
	if url := os.Getenv("FIDELITY_URL"); url != "" {
		if shared, err = remote(url); err != nil {
			return 1, err
		}
		return m.Run(), nil
	}
	folder, err := os.MkdirTemp("", "fidelity-")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(folder)
	actor := filepath.Join(folder, "actor")
	if err := compile(actor); err != nil {
		return 1, err
	}
	l, err := start(actor, nil)
	if err != nil {
		return 1, err
	}
	shared = l.target
	code = m.Run()
	return code, l.close()
}

// remote is the deployed API. Credentials and Region are those that every AWS SDK finds.
func remote(url string) (target, error) {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		return target{}, fmt.Errorf("load AWS configuration: %w", err)
	}
	if cfg.Region == "" {
		return target{}, fmt.Errorf("FIDELITY_URL is set and AWS_REGION is not")
	}
	return target{
		url: strings.TrimSuffix(url, "/"), bare: strings.TrimSuffix(os.Getenv("FIDELITY_BARE_URL"), "/"),
		region: cfg.Region, credentials: cfg.Credentials,
	}, nil
}
