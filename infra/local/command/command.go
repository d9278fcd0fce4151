// Package command is the command line of the local stack: flags in, one readable line per event out.
package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/parley-im/parley/infra/local/console"
	"github.com/parley-im/parley/infra/local/dynamodb"
	"github.com/parley-im/parley/infra/local/faults"
	"github.com/parley-im/parley/infra/local/stack"
	"github.com/parley-im/parley/pkg/price"
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
	cfg, root, plan, err := parse(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return ok
	case err != nil:
		return usage
	}
	cfg.Logs, cfg.Logger = stderr, slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: cfg.LogLevel}))
	if cfg.Faults, err = injector(plan, cfg.Logger); err == nil {
		err = run(ctx, cfg, root, stdout)
	}
	if err != nil {
		fmt.Fprintln(stderr, "parley:", err)
		return failed
	}
	return ok
}

// faultsOn is the plan of a stack that has none yet.
const faultsOn = "on"

// injector is what a plan asks for: none, one without rules, or one with those of a file.
func injector(plan string, logger *slog.Logger) (*faults.Injector, error) {
	if plan == "" {
		return nil, nil
	}
	injector := faults.New(logger)
	if plan == faultsOn {
		return injector, nil
	}
	file, err := os.Open(plan)
	if err != nil {
		return nil, fmt.Errorf("faults: %w", err)
	}
	defer func() { _ = file.Close() }()
	p, err := faults.Read(file)
	if err == nil {
		err = injector.Set(p)
	}
	if err != nil {
		return nil, fmt.Errorf("faults: %s: %w", plan, err)
	}
	return injector, nil
}

func parse(args []string, stderr io.Writer) (cfg stack.Config, root, plan string, err error) {
	flags := flag.NewFlagSet("local", flag.ContinueOnError)
	flags.SetOutput(stderr)
	cfg.Ports = stack.DefaultPorts
	flags.StringVar(&root, "root", ".", "folder of the project")
	flags.StringVar(&cfg.Functions, "functions", "", "folder of the compiled functions (default build/local/functions below root)")
	flags.StringVar(&cfg.Data, "data", "", "folder that survives a restart (default .parley below root)")
	flags.StringVar(&cfg.DynamoDB, "dynamodb", "", "executable of the DynamoDB emulator (default the one that npm installed)")
	flags.TextVar(&cfg.LogLevel, "log", slog.LevelInfo, "log level: debug, info, warn or error")
	flags.IntVar(&cfg.Ports.Web, "web-port", cfg.Ports.Web, "port of the web app, tokens, health, notifications and the console")
	flags.IntVar(&cfg.Ports.Gateway, "gateway-port", cfg.Ports.Gateway, "port of the WebSocket API")
	flags.IntVar(&cfg.Ports.S3, "s3-port", cfg.Ports.S3, "port of S3")
	flags.IntVar(&cfg.Ports.DynamoDB, "dynamodb-port", cfg.Ports.DynamoDB, "port of DynamoDB")
	flags.IntVar(&cfg.Ports.SNS, "sns-port", cfg.Ports.SNS, "port of SNS")
	flags.IntVar(&cfg.Ports.SQS, "sqs-port", cfg.Ports.SQS, "port of SQS")
	flags.IntVar(&cfg.Ports.SSM, "ssm-port", cfg.Ports.SSM, "port of SSM's Parameter Store")
	flags.StringVar(&plan, "faults", "", `faults to inject: "on" to choose them while it runs, or the file of a plan`)
	watch := flags.Bool("console", true, "count what AWS would bill and serve the console; without it a send is a millisecond faster")
	if err := flags.Parse(args); err != nil {
		return cfg, root, plan, err
	}
	if *watch {
		prices, err := price.Of(stack.Region, time.Now())
		if err != nil { // the prices that are known are better than none
			prices = price.Tables[0]
		}
		cfg.Console = console.New(prices, time.Now)
	}
	if flags.NArg() > 0 {
		err := fmt.Errorf("unknown argument %q", flags.Arg(0))
		fmt.Fprintln(stderr, err)
		return cfg, root, plan, err
	}
	return cfg, root, plan, nil
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
  web app    %s
  tokens     POST %s/dev/token {"user":"ann"}
%s  data       %s
%s
Chat with "make chat USER=ann%s" in one terminal and with USER=bob in another. Ctrl-C stops everything.

`, time.Since(begin).Round(time.Millisecond), s.Gateway, s.Web, s.Web, consoleLine(cfg.Console, s.Web), cfg.Data, faultLine(cfg.Faults, s.Web), elsewhere(cfg, s))
	return show(ctx, s, stdout)
}

// consoleLine says where the console is; nothing without one.
func consoleLine(c *console.Console, web string) string {
	if c == nil {
		return ""
	}
	return fmt.Sprintf("  console    %s/console\n", web)
}

// faultLine says where faults are chosen and which seed decides about them; nothing without faults.
func faultLine(injector *faults.Injector, web string) string {
	if injector == nil {
		return ""
	}
	plan := injector.Plan()
	if len(plan.Rules) == 0 {
		return fmt.Sprintf("  faults     PUT %s/dev/faults\n", web)
	}
	return fmt.Sprintf("  faults     %s/dev/faults  rules %d, seed %d\n", web, len(plan.Rules), plan.Seed)
}

// elsewhere is what the chat must be told of a stack that is not on the default ports.
func elsewhere(cfg stack.Config, s *stack.Stack) string {
	if cfg.Ports.Web == stack.DefaultPorts.Web && cfg.Ports.Gateway == stack.DefaultPorts.Gateway {
		return ""
	}
	return fmt.Sprintf(" URL=%s TOKENS=%s/dev/token", s.Gateway, s.Web)
}

// show prints what phones and browsers would, until the end.
func show(ctx context.Context, s *stack.Stack, stdout io.Writer) error {
	notifications := s.Notified(ctx)
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

func printNotification(stdout io.Writer, n console.Notification) {
	fmt.Fprintf(stdout, "%s  device of %s  %s: %s\n", n.At, n.User, n.Title, n.Body)
}
