package lambda_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/parley-im/parley/infra/local/lambda"
)

// witness remembers what it is told.
type witness struct {
	mu    sync.Mutex
	began map[string]string // payload by trace
	ended map[string]lambda.Result
	never []error
}

func (w *witness) Began(_, trace string, payload []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.began[trace] = string(payload)
}

func (w *witness) Ended(_, trace string, result lambda.Result, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil {
		w.never = append(w.never, err)
		return
	}
	w.ended[trace] = result
}

func TestAWatcherIsToldBeforeTheFunctionAndBeforeItsCaller(t *testing.T) {
	g, w := newGate(t), &witness{began: map[string]string{}, ended: map[string]lambda.Result{}}
	traced := function("trace", g.env())
	traced.ReservedConcurrency = 1
	service := start(t, lambda.Config{Watcher: w}, traced)
	if err := service.Warm(t.Context(), "trace"); err != nil {
		t.Fatal(err)
	}
	first := begin(t, service, "trace", `1`)
	conn, trace := g.arrival()
	w.mu.Lock()
	if payload, ok := w.began[trace]; payload != "1" || !ok || len(w.began) != 1 || len(w.ended) != 0 {
		t.Errorf("while it runs %v have begun and %v ended", w.began, w.ended)
	}
	w.mu.Unlock()
	_, err := service.Invoke(t.Context(), "trace", []byte(`2`))
	wantException(t, err, lambda.TooManyRequests)
	_ = conn.Close()
	result := <-first
	w.mu.Lock()
	defer w.mu.Unlock()
	if got, ok := w.ended[trace]; !ok || got.Report != result.Report || !slices.Equal(got.Payload, result.Payload) {
		t.Errorf("it ended with %+v, the caller got %+v", got, result)
	}
	if len(w.never) != 1 {
		t.Errorf("%d were throttled, want 1", len(w.never))
	}
}
