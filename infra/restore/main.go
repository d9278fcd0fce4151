// Package main makes clients begin again with the conversations of a table that was restored from a backup: see
// infra/runbook/restore.md. It is a tool for an operator's shell and may Scan, which nothing that is deployed may.
//
// Start at raise, in epoch.go.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/connections"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "restore:", err)
		os.Exit(1)
	}
}

// run raises the epochs of a table, or closes the connections of a stage.
func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("restore", flag.ContinueOnError)
	table := flags.String("table", "", "the restored table of conversations, whose epochs are raised")
	epoch := flags.Int64("epoch", time.Now().Unix(), "the new epoch, Unix seconds: say the same again when you go on")
	from := flags.String("from", "", "where to go on after an interruption")
	page := flags.Int("page", 1000, "how many members are read at a time")
	workers := flags.Int("workers", 16, "how many requests are under way at once, about 200 a second each")
	sessions := flags.String("sessions", "", "the table of sessions, whose connections are closed")
	gateway := flags.String("gateway", "", "the https URL of the stage, to close connections")
	if err := flags.Parse(args); err != nil {
		return err
	}
	switch {
	case (*table == "") == (*sessions == ""):
		return errors.New("one of -table and -sessions")
	case (*sessions == "") != (*gateway == ""):
		return errors.New("-sessions and -gateway come together")
	case *epoch < 1, *page < 1, *workers < 1:
		return errors.New("-epoch, -page and -workers are above 0")
	}
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	db := dynamodb.NewFromConfig(cfg)
	if *sessions != "" {
		cfg.BaseEndpoint = aws.String(*gateway)
		closed, err := closer{db, *sessions, connections.New(cfg), *workers}.close(ctx)
		_, _ = fmt.Fprintf(out, "%d connections are closed\n", closed)
		return err
	}
	return raiser{
		db: db, table: *table, epoch: chat.Epoch(*epoch), page: *page, workers: *workers,
		done: func(raised int64, next string) {
			if next == "" {
				_, _ = fmt.Fprintf(out, "%d conversations are of epoch %d now\n", raised, *epoch)
				return
			}
			_, _ = fmt.Fprintf(out, "%d so far; to go on from here: -epoch %d -from %s\n", raised, *epoch, next)
		},
	}.raise(ctx, *from)
}
