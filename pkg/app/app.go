// Package app is the composition root: it builds each function from its environment and its use cases, and translates
// between Lambda events and them. A function's main is one call: Run with the function's name.
//
// Start at functions.go, which has one constructor per function; websocket.go is what all routes share.
package app

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"

	"github.com/parley-im/parley/pkg/config"
	"github.com/parley-im/parley/pkg/meter"
	"github.com/parley-im/parley/pkg/price"
	"github.com/parley-im/parley/pkg/trace"
)

// Version is set by the linker.
var Version = "dev"

// Parts is what functions are made of. Each constructor takes from it what its function needs and nothing else, so that a
// binary links only that.
type Parts struct {
	env    *config.Env
	aws    aws.Config
	logger *slog.Logger
	meter  *meter.Meter
}

// Run builds a function and serves invocations; it does not return. A function that cannot be built says why and exits, so
// that Lambda reports the failed start.
func Run(build func(*Parts) any) {
	started := now()
	m := meter.New(started)
	env := config.New(os.LookupEnv)
	logger := slog.New(slog.NewJSONHandler(m.Log(os.Stdout), &slog.HandlerOptions{Level: env.LogLevel()})).With("version", Version)
	cfg, err := awsconfig.LoadDefaultConfig(context.Background())
	if err != nil {
		fail(logger, err)
	}
	m.Watch(&cfg)
	t := tracer(env, cfg, m.Log(os.Stdout))
	t.Watch(&cfg)
	handler := build(&Parts{env: env, aws: cfg, logger: logger, meter: m})
	if err := env.Err(); err != nil {
		fail(logger, err)
	}
	prices, err := price.Of(cfg.Region, started)
	if err != nil { // a stage elsewhere still learns what it uses, at the prices that are known
		prices = price.Tables[0]
	}
	metered := m.Wrap(lambda.NewHandler(handler), meter.Function{
		Name: env.Function(), Stage: env.Stage(), Memory: env.Memory(), Started: started,
		Prices: prices, Now: now, Out: m.Log(os.Stdout), Spent: spent(t),
	})
	lambda.Start(t.Wrap(metered)) // so that a trace knows what its invocation cost; what it takes to send it is not metered
}

// spent tells a trace what its invocation did and cost. Without a tracer nobody is told.
func spent(t *trace.Tracer) func(context.Context, float64) {
	if t == nil {
		return nil
	}
	return func(ctx context.Context, dollars float64) {
		trace.Name(ctx, meter.Action(ctx))
		trace.Note(ctx, trace.Cost, strconv.FormatFloat(dollars*1e6, 'f', 4, 64))
	}
}

// tracer is nil where traces go nowhere.
func tracer(env *config.Env, cfg aws.Config, out io.Writer) *trace.Tracer {
	endpoint, rate := env.Traces()
	return trace.New(trace.Function{
		Name: env.Function(), Stage: env.Stage(), Version: Version, Region: cfg.Region, Endpoint: endpoint, Rate: rate,
		Credentials: cfg.Credentials, Client: http.DefaultClient, Now: now, Out: out,
	})
}

func fail(logger *slog.Logger, err error) {
	logger.Error("function cannot start", "error", err)
	os.Exit(1)
}

func now() time.Time { return time.Now() }
