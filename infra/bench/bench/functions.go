package bench

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/parley-im/parley/infra/local/lambda"
	"github.com/parley-im/parley/pkg/topology"
)

// sizes prints the size of each function's zip.
func sizes(_ context.Context, o options) error {
	fmt.Fprintln(o.out, "what is deployed")
	for _, f := range topology.Functions {
		info, err := os.Stat(filepath.Join(o.zips, f.Name+".zip"))
		if err != nil {
			return err
		}
		fmt.Fprintf(o.out, "  %-12s %5.2f MB\n", f.Name+".zip", float64(info.Size())/1e6)
	}
	return nil
}

// colds is how many cold starts of each function are measured.
const colds = 15

// inits prints how long each function takes from the start of its process to its first request for work, and the same for
// an empty one that is started in turns with it.
func inits(ctx context.Context, o options) error {
	fmt.Fprintf(o.out, "\ninit, median of %d cold starts\n", colds)
	for _, f := range topology.Functions {
		var own, empty []time.Duration
		for range colds {
			for binary, times := range map[string]*[]time.Duration{filepath.Join(o.functions, f.Name): &own, o.empty: &empty} {
				d, err := cold(ctx, binary, f)
				if err != nil {
					return err
				}
				*times = append(*times, d)
			}
		}
		fmt.Fprintf(o.out, "  %-12s %5.1f ms, an empty Lambda %5.1f ms: x%.2f\n", f.Name,
			ms(median(own)), ms(median(empty)), float64(median(own))/float64(median(empty)))
	}
	return nil
}

// cold starts a function once and returns its init.
func cold(ctx context.Context, binary string, f topology.Function) (time.Duration, error) {
	service, err := lambda.New(lambda.Config{Logs: io.Discard}, lambda.Function{
		Name: f.Name, Binary: binary, MemoryMB: f.Memory, Timeout: f.Timeout, Env: placeholders(f),
	})
	if err != nil {
		return 0, err
	}
	defer service.Close(ctx)
	result, err := service.Invoke(ctx, f.Name, []byte("{}"))
	return result.Report.Init, err
}

// placeholders let a function start; nothing it is asked here makes it use them.
func placeholders(f topology.Function) map[string]string {
	env := map[string]string{}
	for _, name := range f.Env {
		env[name] = "http://127.0.0.1:9/"
	}
	for _, g := range f.Grants {
		if name := g.On.EnvName(); name != "" && name != topology.Push.EnvName() {
			env[name] = "http://127.0.0.1:9/"
		}
	}
	for _, name := range []string{topology.EnvLogLevel, topology.EnvPushHosts, topology.EnvVapidPublic} { // read when it starts
		delete(env, name)
	}
	return env
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
