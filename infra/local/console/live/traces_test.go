package live

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parley-im/parley/infra/local/console"
)

// A message to somebody who is away is one trace: the send, what it asked of AWS, and the notification that another function
// makes of what was published.
func TestASendToSomebodyWhoIsAwayIsOneTraceToTheNotification(t *testing.T) {
	ann, bob := someone("ann"), someone("bob")
	said := local.connect(t, ann).says(t, bob, "see you at the harbour")

	find := func(trace console.Trace) bool {
		return slices.Contains(trace.Functions, "push") && slices.ContainsFunc(local.console.Spans(trace.ID), func(s console.Span) bool {
			return s.Notes["parley.conversation"] == string(said.Conversation)
		})
	}
	var found console.Trace
	for deadline := time.Now().Add(patience); found.ID == ""; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("no trace goes from the send to the notification: %+v", local.console.Traces())
		}
		if all := local.console.Traces(); slices.ContainsFunc(all, find) {
			found = all[slices.IndexFunc(all, find)]
		}
	}
	spans := local.console.Spans(found.ID)
	at := func(function, name string) console.Span {
		t.Helper()
		i := slices.IndexFunc(spans, func(s console.Span) bool { return s.Function == function && s.Name == name })
		if i < 0 {
			t.Fatalf("no %s of %s in %+v", name, function, spans)
		}
		return spans[i]
	}
	send, publish, push := at("message", "send"), at("message", "SNS.Publish"), at("push", "push")
	if send.Parent != "" || publish.Parent != send.ID || push.Parent != publish.ID || at("push", "DynamoDB.BatchGetItem").Parent != push.ID {
		t.Errorf("%+v, %+v, %+v", send, publish, push)
	}
	if cost, err := strconv.ParseFloat(send.Notes["parley.microdollars"], 64); err != nil || cost < 3 || cost > 20 {
		t.Errorf("a send to somebody who is away costs %v microdollars (%v)", cost, err)
	}
	if found.Name != "send" || !slices.Equal(found.Functions, []string{"message", "push"}) || send.Notes["parley.seq"] != "1" {
		t.Errorf("%+v, %+v", found, send)
	}
	for _, s := range spans {
		for key, value := range s.Notes {
			if strings.Contains(value, "harbour") || strings.Contains(value, string(bob)) || strings.Contains(value, string(ann)) {
				t.Errorf("%s of %s tells who or what: %s", key, s.Name, value)
			}
		}
	}

	var shown []console.Trace
	if response := get(t, "/dev/console/traces"); json.Unmarshal(response, &shown) != nil || !slices.ContainsFunc(shown, find) {
		t.Errorf("the page is told %s", response)
	}
	var steps []console.Span
	if response := get(t, "/dev/console/traces/"+found.ID); json.Unmarshal(response, &steps) != nil || len(steps) != len(spans) {
		t.Errorf("the page is told %s", response)
	}
}

func TestABrowserShowsTheStepsOfATrace(t *testing.T) {
	b := local.open(t)
	local.connect(t, someone("ann")).says(t, someone("bob"), "see you at the harbour")
	seen := b.ask("trace push")
	if steps := strings.Join(seen.Items, "\n"); !strings.Contains(steps, "SNS.Publish") || !strings.Contains(steps, "DynamoDB.Query") {
		t.Errorf("the page shows %s", steps)
	}
	if len(seen.Troubles) > 0 {
		t.Errorf("the browser complains: %q", seen.Troubles)
	}
}

// get asks the stack and returns its answer.
func get(t *testing.T, path string) []byte {
	t.Helper()
	response, err := http.Get(local.Web + path)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatal(response.Status, err)
	}
	return body
}

// A page of another origin can send what is no JSON without asking the stack first.
func TestTracesAreTakenAsJSONOnly(t *testing.T) {
	response, err := http.Post(local.Web+console.TracesPath, "text/plain", strings.NewReader(`{"resourceSpans":[]}`))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusUnsupportedMediaType {
		t.Error(response.Status)
	}
}
