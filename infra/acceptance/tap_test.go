package acceptance

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/parley-im/parley/pkg/chat"
)

// call is a request of a function to an AWS service.
type call struct {
	Service   string // as stack.Config.Tap names it
	Operation string // PutItem, Publish, …; the HTTP method for S3 and the management API
	Text      string // path and body, to look for what it is about
}

// rule stands between functions and services. serve lets the service answer; the function gets the answer when the rule
// returns. If serve is not called the service never sees the request, and the function gets an empty success.
type rule func(c call, serve func())

// tap is all rules in force. It is safe for concurrent use.
type tap struct {
	mu    sync.Mutex
	rules map[*rule]struct{}
}

// apply puts a rule in force until the end of the test.
func (p *tap) apply(t *testing.T, r rule) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rules == nil {
		p.rules = map[*rule]struct{}{}
	}
	p.rules[&r] = struct{}{}
	t.Cleanup(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.rules, &r)
	})
}

// holdNotices holds the notices of a conversation back until they are released, and tells of each.
func holdNotices(t *testing.T, id chat.ConversationID) (held <-chan struct{}, release func()) {
	holds, released := make(chan struct{}, 2), make(chan struct{})
	parley.tap.apply(t, func(c call, serve func()) {
		if c.Operation == "Publish" && strings.Contains(c.Text, string(id)) && !strings.Contains(c.Text, "TargetArn") {
			holds <- struct{}{}
			<-released
		}
		serve()
	})
	return holds, func() { close(released) }
}

// watch tells of the calls that mention all of the texts, once they are answered.
func (p *tap) watch(t *testing.T, operation string, texts ...string) <-chan struct{} {
	seen := make(chan struct{}, 1)
	p.apply(t, func(c call, serve func()) {
		serve()
		if c.Operation == operation && !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(c.Text, text) }) {
			select {
			case seen <- struct{}{}:
			default: // nobody has looked at the last one yet
			}
		}
	})
	return seen
}

// record returns a function that returns the calls so far which mention one of the texts.
func (p *tap) record(t *testing.T, texts ...string) func() []call {
	var mu sync.Mutex
	var calls []call
	p.apply(t, func(c call, serve func()) {
		if slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(c.Text, text) }) {
			mu.Lock()
			calls = append(calls, c)
			mu.Unlock()
		}
		serve()
	})
	return func() []call {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(calls)
	}
}

// wrap implements stack.Tap.
func (p *tap) wrap(service string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // who asked is gone
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		c := call{Service: service, Operation: operation(r, body), Text: r.URL.Path + "\n" + string(body)}
		answer := httptest.NewRecorder()
		serve := func() { next.ServeHTTP(answer, r) }
		for _, rule := range p.inForce() {
			inner := serve
			serve = func() { rule(c, inner) }
		}
		serve()
		maps.Copy(w.Header(), answer.Header())
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	})
}

func (p *tap) inForce() []rule {
	p.mu.Lock()
	defer p.mu.Unlock()
	var rules []rule
	for r := range p.rules {
		rules = append(rules, *r)
	}
	return rules
}

// operation is named in a header by the JSON protocols and in the body by the query protocol.
func operation(r *http.Request, body []byte) string {
	if _, name, ok := strings.Cut(r.Header.Get("X-Amz-Target"), "."); ok {
		return name
	}
	for field := range strings.SplitSeq(string(body), "&") {
		if name, ok := strings.CutPrefix(field, "Action="); ok {
			return name
		}
	}
	return r.Method
}
