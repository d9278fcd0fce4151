package trace

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// patience is how long a reply waits for its trace to be taken.
const patience = 2 * time.Second

// send sends what has ended. A trace that is not taken is lost, and said so.
func (t *Tracer) send(ctx context.Context) {
	ended, dropped := t.ended.take()
	if len(ended) == 0 {
		return
	}
	// A client that hung up must not take the trace with it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if err := t.post(ctx, render(t.resource, ended, dropped)); err != nil {
		fmt.Fprintf(t.Out, `{"level":"WARN","msg":"trace lost","spans":%d,"error":%q}`+"\n", len(ended), err)
	}
}

func (t *Tracer) post(ctx context.Context, batch batch) error {
	body, err := json.Marshal(batch)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, t.Endpoint, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	if strings.HasPrefix(request.URL.Host, "xray.") { // the OTLP endpoint of X-Ray asks for a signature (CloudWatch guide, "OTLP endpoints")
		credentials, err := t.Credentials.Retrieve(ctx)
		if err != nil {
			return err
		}
		digest := sha256.Sum256(body)
		if err := v4.NewSigner().SignHTTP(ctx, credentials, request, hex.EncodeToString(digest[:]), "xray", t.Region, t.Now()); err != nil {
			return err
		}
	}
	response, err := t.Client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 1<<16)) // so that the connection can be used again
	if response.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("trace: the endpoint answered %d", response.StatusCode)
	}
	return nil
}

// What follows is the JSON encoding of OTLP 1 (opentelemetry-proto, trace.proto; ids are hexadecimal, 64-bit numbers strings). It is
// written here because the exporter of OpenTelemetry links gRPC, which would double every function (opentelemetry-go #2579).
type (
	batch struct {
		Resources []resourceSpans `json:"resourceSpans"`
	}
	resourceSpans struct {
		Resource struct {
			Attributes []keyValue `json:"attributes"`
		} `json:"resource"`
		Scopes []scopeSpans `json:"scopeSpans"`
	}
	scopeSpans struct {
		Scope struct {
			Name string `json:"name"`
		} `json:"scope"`
		Spans []span `json:"spans"`
	}
	span struct {
		TraceID    string     `json:"traceId"`
		ID         string     `json:"spanId"`
		Parent     string     `json:"parentSpanId,omitempty"`
		Name       string     `json:"name"`
		Kind       int        `json:"kind"`
		Start      string     `json:"startTimeUnixNano"`
		End        string     `json:"endTimeUnixNano"`
		Attributes []keyValue `json:"attributes,omitempty"`
		Links      []link     `json:"links,omitempty"`
		Status     *status    `json:"status,omitempty"`
	}
	link struct {
		TraceID string `json:"traceId"`
		ID      string `json:"spanId"`
	}
	status struct {
		Code    int    `json:"code"`
		Message string `json:"message,omitempty"`
	}
	keyValue struct {
		Key   string         `json:"key"`
		Value map[string]any `json:"value"`
	}
)

func render(of []attribute.KeyValue, ended []sdk.ReadOnlySpan, dropped int) batch {
	var r resourceSpans
	r.Resource.Attributes = keyValues(of)
	var s scopeSpans
	s.Scope.Name = ended[0].InstrumentationScope().Name
	for _, e := range ended {
		s.Spans = append(s.Spans, renderSpan(e))
	}
	if dropped > 0 { // the last to end is the invocation
		last := &s.Spans[len(s.Spans)-1]
		last.Attributes = append(last.Attributes, keyValues([]attribute.KeyValue{attribute.Int("parley.spans_dropped", dropped)})...)
	}
	r.Scopes = []scopeSpans{s}
	return batch{[]resourceSpans{r}}
}

func renderSpan(e sdk.ReadOnlySpan) span {
	s := span{
		TraceID: e.SpanContext().TraceID().String(), ID: e.SpanContext().SpanID().String(), Name: e.Name(), Kind: int(e.SpanKind()),
		Start: nanoseconds(e.StartTime()), End: nanoseconds(e.EndTime()), Attributes: keyValues(e.Attributes()), Links: links(e.Links()),
	}
	if parent := e.Parent().SpanID(); parent.IsValid() {
		s.Parent = parent.String()
	}
	if e.Status().Code == codes.Error {
		s.Status = &status{Code: 2, Message: e.Status().Description} // STATUS_CODE_ERROR
	}
	return s
}

func links(of []sdk.Link) (all []link) {
	for _, l := range of {
		all = append(all, link{l.SpanContext.TraceID().String(), l.SpanContext.SpanID().String()})
	}
	return all
}

func keyValues(of []attribute.KeyValue) (all []keyValue) {
	for _, kv := range of {
		value := map[string]any{"stringValue": kv.Value.String()}
		switch kv.Value.Type() {
		case attribute.BOOL:
			value = map[string]any{"boolValue": kv.Value.AsBool()}
		case attribute.INT64:
			value = map[string]any{"intValue": strconv.FormatInt(kv.Value.AsInt64(), 10)}
		default: // as text
		}
		all = append(all, keyValue{string(kv.Key), value})
	}
	return all
}

func nanoseconds(t time.Time) string { return strconv.FormatInt(t.UnixNano(), 10) }

// The kinds of OTLP and of the SDK are the same numbers: 1 internal, 2 server, 3 client, 4 producer, 5 consumer.
var _ = [1]struct{}{}[trace.SpanKindConsumer-5]
