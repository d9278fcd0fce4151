package console

import (
	"cmp"
	"encoding/json"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// TracesPath takes the traces of the functions, as OTLP over HTTP in JSON: on AWS that is X-Ray.
const TracesPath = "/v1/traces"

// How much of traces is kept: the newest, and of each the spans that came first.
const (
	maxTraces = 100
	maxSpans  = 500
	maxBatch  = 4 << 20 // bytes; the endpoint of X-Ray takes 5 MB
)

// Span is one step of a trace.
type Span struct {
	Trace  string `json:"trace"`
	ID     string `json:"id"`
	Parent string `json:"parent,omitempty"`
	Name   string `json:"name"`
	// Function is whose it is.
	Function string            `json:"function"`
	Start    time.Time         `json:"start"`
	Took     float64           `json:"took_ms"`
	Failed   string            `json:"failed,omitempty"`
	Notes    map[string]string `json:"notes,omitempty"`
}

// Trace is what begins with one invocation and goes on in others.
type Trace struct {
	ID    string    `json:"id"`
	Name  string    `json:"name"` // of its beginning
	At    time.Time `json:"at"`
	Took  float64   `json:"took_ms"` // to the end of its last span
	Spans int       `json:"spans"`
	// Functions that it went through, in that order.
	Functions []string `json:"functions"`
}

// traces keeps the newest. It is safe for concurrent use.
type traces struct {
	mu    sync.Mutex
	ids   []string // oldest first
	spans map[string][]Span
}

func (t *traces) add(s Span) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.spans[s.Trace] == nil {
		if len(t.ids) == maxTraces {
			delete(t.spans, t.ids[0])
			t.ids = slices.Delete(t.ids, 0, 1)
		}
		t.ids = append(t.ids, s.Trace)
	}
	if len(t.spans[s.Trace]) < maxSpans {
		t.spans[s.Trace] = append(t.spans[s.Trace], s)
	}
}

// of returns the spans of a trace in the order of their beginning.
func (t *traces) of(id string) []Span {
	t.mu.Lock()
	defer t.mu.Unlock()
	spans := append([]Span{}, t.spans[id]...)
	slices.SortFunc(spans, func(a, b Span) int { return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(b.Took, a.Took)) })
	return spans
}

// newest returns all, the newest first.
func (t *traces) newest() []Trace {
	t.mu.Lock()
	ids := slices.Clone(t.ids)
	t.mu.Unlock()
	slices.Reverse(ids)
	all := []Trace{}
	for _, id := range ids {
		spans := t.of(id)
		if len(spans) == 0 { // it gave way meanwhile
			continue
		}
		one := Trace{ID: id, Name: spans[0].Name, At: spans[0].Start, Spans: len(spans)}
		for _, s := range spans {
			one.Took = max(one.Took, milliseconds(s.Start.Sub(one.At))+s.Took)
			if !slices.Contains(one.Functions, s.Function) {
				one.Functions = append(one.Functions, s.Function)
			}
		}
		all = append(all, one)
	}
	return all
}

// Traces are the newest traces, the newest first, and Spans those of one.
func (c *Console) Traces() []Trace { return c.traces.newest() }

// Spans are those of a trace, in the order of their beginning.
func (c *Console) Spans(trace string) []Span { return c.traces.of(trace) }

// otlp is what is read of a batch (opentelemetry-proto, trace.proto, JSON encoding).
type otlp struct {
	ResourceSpans []struct {
		Resource   struct{ Attributes []attribute }
		ScopeSpans []struct {
			Spans []struct {
				TraceID, SpanID, ParentSpanID, Name string
				StartTimeUnixNano, EndTimeUnixNano  string
				Attributes                          []attribute
				Status                              struct {
					Code    int
					Message string
				}
			}
		}
	}
}

type attribute struct {
	Key   string
	Value struct {
		StringValue, IntValue string
		BoolValue             *bool
	}
}

func (a attribute) text() string {
	if a.Value.BoolValue != nil {
		return strconv.FormatBool(*a.Value.BoolValue)
	}
	return a.Value.StringValue + a.Value.IntValue
}

// serveTraces takes a batch. Only JSON, so that a web page elsewhere cannot send one without asking.
func (c *Console) serveTraces(w http.ResponseWriter, r *http.Request) {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		http.Error(w, "traces are JSON", http.StatusUnsupportedMediaType)
		return
	}
	var batch otlp
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBatch)).Decode(&batch); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	for _, of := range batch.ResourceSpans {
		function := ""
		for _, a := range of.Resource.Attributes {
			if a.Key == "service.name" {
				function = a.text()
			}
		}
		for _, scope := range of.ScopeSpans {
			for _, s := range scope.Spans {
				start, end := unixNano(s.StartTimeUnixNano), unixNano(s.EndTimeUnixNano)
				span := Span{
					Trace: s.TraceID, ID: s.SpanID, Parent: s.ParentSpanID, Name: s.Name, Function: function,
					Start: start, Took: milliseconds(end.Sub(start)), Notes: map[string]string{},
				}
				for _, a := range s.Attributes {
					span.Notes[a.Key] = a.text()
				}
				if s.Status.Code == 2 {
					span.Failed = cmp.Or(s.Status.Message, "failed")
				}
				c.traces.add(span)
			}
		}
	}
	writeJSON(w, struct{}{})
}

func unixNano(text string) time.Time {
	n, _ := strconv.ParseInt(text, 10, 64) // what is no number was never
	return time.Unix(0, n).UTC()
}
