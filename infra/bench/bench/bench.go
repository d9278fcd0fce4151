// Package bench measures start, memory, latency, saturation and cold starts of the local stack, and the size of what is
// deployed.
package bench

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"
)

// options say what to measure.
type options struct {
	binary, functions, zips, empty string
	rate                           int
	duration, step                 time.Duration
	out                            io.Writer
}

// Run measures and prints; it returns the exit code.
func Run(args []string, stdout, stderr io.Writer) int {
	o := options{out: stdout}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.binary, "stack", "build/local/parley", "the local stack")
	flags.StringVar(&o.functions, "functions", "build/local/functions", "folder of the compiled functions")
	flags.StringVar(&o.zips, "zips", "build/functions", "folder of what is deployed")
	flags.StringVar(&o.empty, "empty", "build/local/empty", "a Lambda that does nothing")
	flags.IntVar(&o.rate, "rate", 50, "messages a second of the steady load")
	flags.DurationVar(&o.duration, "duration", time.Minute, "length of the steady load")
	flags.DurationVar(&o.step, "step", 5*time.Second, "length of each step on the way to saturation")
	if flags.Parse(args) != nil {
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	for _, measure := range []func(context.Context, options) error{sizes, inits, system} {
		if err := measure(ctx, o); err != nil {
			fmt.Fprintln(stderr, "bench:", err)
			return 1
		}
	}
	return 0
}
