package console

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/price"
)

// batch is a span as functions send it.
func batch(trace, span, parent, name string, start, end int) string {
	return fmt.Sprintf(`{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"message"}}]},"scopeSpans":[{"spans":[
		{"traceId":%q,"spanId":%q,"parentSpanId":%q,"name":%q,"kind":2,"startTimeUnixNano":"%d000000","endTimeUnixNano":"%d000000",
		"attributes":[{"key":"faas.coldstart","value":{"boolValue":true}},{"key":"n","value":{"intValue":"7"}}],"status":{"code":2,"message":"Gone"}}]}]}]}`,
		trace, span, parent, name, start, end)
}

func sent(t *testing.T, c *Console, body string) int {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1:8080"+TracesPath, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	w := httptest.NewRecorder()
	c.Handler().ServeHTTP(w, r)
	return w.Code
}

func TestStepsOfATraceAreInTheOrderOfTheirBeginning(t *testing.T) {
	c := New(price.Tables[0], time.Now)
	for _, body := range []string{batch("t", "2", "1", "SNS.Publish", 1010, 1020), batch("t", "1", "", "send", 1000, 1030)} {
		if code := sent(t, c, body); code != http.StatusOK {
			t.Fatal(code)
		}
	}
	all, spans := c.Traces(), c.Spans("t")
	if len(all) != 1 || all[0].Name != "send" || all[0].Took != 30 || all[0].Spans != 2 || len(spans) != 2 || spans[1].Name != "SNS.Publish" {
		t.Errorf("%+v, %+v", all, spans)
	}
	if s := spans[0]; s.Function != "message" || s.Failed != "Gone" || s.Notes["faas.coldstart"] != "true" || s.Notes["n"] != "7" {
		t.Errorf("%+v", s)
	}
}

func TestTheNewestTracesAreKeptAndNoMore(t *testing.T) {
	c := New(price.Tables[0], time.Now)
	for i := range maxTraces + 5 {
		sent(t, c, batch(fmt.Sprint(i), "1", "", "send", i, i+1))
	}
	all := c.Traces()
	if len(all) != maxTraces || all[0].ID != fmt.Sprint(maxTraces+4) || len(c.Spans("0")) != 0 {
		t.Errorf("%d traces, the newest is %s", len(all), all[0].ID)
	}
	for i := range maxSpans + 5 {
		sent(t, c, batch("long", fmt.Sprint(i), "", "step", i, i+1))
	}
	if n := len(c.Spans("long")); n != maxSpans {
		t.Errorf("%d spans", n)
	}
}

func TestWhatIsNoTraceIsRefused(t *testing.T) {
	c := New(price.Tables[0], time.Now)
	if code := sent(t, c, `{"resourceSpans":`); code != http.StatusBadRequest {
		t.Error(code)
	}
	if code := sent(t, c, strings.Repeat(" ", maxBatch+1)); code != http.StatusBadRequest {
		t.Error(code)
	}
	r := httptest.NewRequest(http.MethodPost, "http://evil.example"+TracesPath, strings.NewReader("{}"))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	if c.Handler().ServeHTTP(w, r); w.Code != http.StatusForbidden {
		t.Error(w.Code)
	}
}
