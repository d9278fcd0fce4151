// Chat is Parley in a terminal: conversations on the left, messages on the right, presence, files, and a status line that
// tells how the connection is. When its input or output is no terminal it reads and prints lines instead, for scripts.
//
//	chat -url ws://127.0.0.1:8081/local -user ann -tokens http://127.0.0.1:8080/dev/token
//
// Reading order: flags.go says how it is started, session.go makes the client, rooms.go holds what is known of the
// conversations, command.go reads what is typed, change.go does what is asked of a message, later.go what is not said yet; screen.go, update.go, view.go and
// transcript.go are the terminal, and lines.go is the mode without one.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "chat:", err)
		os.Exit(1)
	}
}
