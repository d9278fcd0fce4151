// Package command is the command line of the local stack: flags in, one readable line per event out.
package command

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/parley-im/parley/infra/local/dynamodb"
	"github.com/parley-im/parley/infra/local/sns"
	"github.com/parley-im/parley/infra/local/stack"
)

// Exit codes.
const (
	ok     = 0
	failed = 1
	usage  = 2
)

// Run starts the stack that the arguments describe and returns the exit code once it is stopped by a signal or by a failure.
func Run(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	cfg, root, err := parse(args, stderr)
	if err != nil {
		return usage
	}
	cfg.Logs, cfg.Logger = stderr, slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: cfg.LogLevel}))
	if err := run(ctx, cfg, root, stdout); err != nil {
		fmt.Fprintln(stderr, "parley:", err)
		return failed
	}
	return ok
}

func parse(args []string, stderr io.Writer) (cfg stack.Config, root string, err error) {
	flags := flag.NewFlagSet("local", flag.ContinueOnError)
	flags.SetOutput(stderr)
	cfg.Ports = stack.DefaultPorts
	flags.StringVar(&root, "root", ".", "folder of the project")
	flags.StringVar(&cfg.Functions, "functions", "", "folder of the compiled functions (default build/local/functions below root)")
	flags.StringVar(&cfg.Data, "data", "", "folder that survives a restart (default .parley below root)")
	flags.StringVar(&cfg.DynamoDB, "dynamodb", "", "executable of the DynamoDB emulator (default the one that npm installed)")
	flags.TextVar(&cfg.LogLevel, "log", slog.LevelInfo, "log level: debug, info, warn or error")
	flags.IntVar(&cfg.Ports.Web, "web-port", cfg.Ports.Web, "port of tokens, health and notifications")
	flags.IntVar(&cfg.Ports.Gateway, "gateway-port", cfg.Ports.Gateway, "port of the WebSocket API")
	flags.IntVar(&cfg.Ports.S3, "s3-port", cfg.Ports.S3, "port of S3")
	flags.IntVar(&cfg.Ports.DynamoDB, "dynamodb-port", cfg.Ports.DynamoDB, "port of DynamoDB")
	flags.IntVar(&cfg.Ports.SNS, "sns-port", cfg.Ports.SNS, "port of SNS")
	flags.IntVar(&cfg.Ports.SQS, "sqs-port", cfg.Ports.SQS, "port of SQS")
	if err := flags.Parse(args); err != nil {
		return cfg, root, err
	}
	if flags.NArg() > 0 {
		err := fmt.Errorf("unknown argument %q", flags.Arg(0))
		fmt.Fprintln(stderr, err)
		return cfg, root, err
	}
	return cfg, root, nil
}

func run(ctx context.Context, cfg stack.Config, root string, stdout io.Writer) (err error) {
	begin := time.Now()
	if cfg.Functions == "" {
		cfg.Functions = filepath.Join(root, "build", "local", "functions")
	}
	if cfg.Data == "" {
		cfg.Data = filepath.Join(root, ".parley")
	}
	if cfg.DynamoDB == "" {
		if cfg.DynamoDB, err = dynamodb.Find(root); err != nil {
			return err
		}
	}
	s, err := stack.Start(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() {
		// A second Ctrl-C while this runs is not waited for: the signal handler is gone by then.
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		s.Close(ctx)
	}()
	fmt.Fprintf(stdout, `Parley is ready after %v.

  clients    %s
  tokens     POST %s/dev/token {"user":"ann"}
  data       %s

Chat with "make chat USER=ann" in one terminal and "make chat USER=bob" in another. Ctrl-C stops everything.

`, time.Since(begin).Round(time.Millisecond), s.Gateway, s.Web, cfg.Data)
	return show(ctx, s, stdout)
}

// show prints what phones would, until the end.
func show(ctx context.Context, s *stack.Stack, stdout io.Writer) error {
	notifications := s.SNS.Watch(ctx)
	for {
		select {
		case <-ctx.Done():
			fmt.Fprintln(stdout, "stopping")
			return nil
		case err := <-s.Failed():
			return err
		case n, open := <-notifications:
			if !open {
				notifications = nil
				continue
			}
			printNotification(stdout, n)
		}
	}
}

func printNotification(stdout io.Writer, n sns.Notification) {
	shown := stack.Show(n)
	fmt.Fprintf(stdout, "%s  phone of %s  %s: %s\n", shown.At, shown.User, shown.Title, shown.Body)
}
