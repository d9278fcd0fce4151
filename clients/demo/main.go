// The demo plays an afternoon of five people against a running stack, through the same client that an app would use, and
// checks at the end that all of them saw the same.
//
//	demo -url ws://127.0.0.1:8081/local -tokens http://127.0.0.1:8080/dev/token
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"
)

func main() {
	var d demo
	flag.StringVar(&d.url, "url", "ws://127.0.0.1:8081/local", "where the WebSocket API is")
	flag.StringVar(&d.tokens, "tokens", "http://127.0.0.1:8080/dev/token", "where to POST {\"user\":\"ann\"} for a token")
	fast := flag.Bool("fast", false, "without pauses")
	flag.Parse()
	d.out = os.Stdout
	if !*fast {
		d.pace = 700 * time.Millisecond
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := d.play(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}
