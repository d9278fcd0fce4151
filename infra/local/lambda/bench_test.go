package lambda_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/parley-im/parley/infra/local/lambda"
)

// BenchmarkWarm measures what an invocation adds to a function that does nothing: two HTTP exchanges with the process,
// its thaw and its freeze.
func BenchmarkWarm(b *testing.B) {
	service := start(b, lambda.Config{}, function("big"))
	invoke(b, service, "big", "2")
	payload := []byte("300")
	for b.Loop() {
		if _, err := service.Invoke(b.Context(), "big", payload); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWarmParallel keeps several processes of a function busy.
func BenchmarkWarmParallel(b *testing.B) {
	service := start(b, lambda.Config{}, function("big"))
	b.SetParallelism(4)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := service.Invoke(b.Context(), "big", []byte("300")); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkCold measures a cold start, and of it the time until the process asks for work.
func BenchmarkCold(b *testing.B) {
	var initialization atomic.Int64
	for b.Loop() {
		service, err := lambda.New(lambda.Config{}, function("big"))
		if err != nil {
			b.Fatal(err)
		}
		initialization.Add(int64(invoke(b, service, "big", "2").Report.Init))
		if err := service.Close(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(initialization.Load())/float64(b.N)/float64(time.Millisecond), "init-ms")
}
