package apigateway

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// FuzzEvent checks that any message reaches the function as it was sent.
func FuzzEvent(f *testing.F) {
	f.Add(`{"action":"send","body":{"text":"<b>&amp;</b>"}}`)
	f.Add("line\u2028separator \x00 \"quoted\" \\ \U0001f600")
	f.Add("")
	f.Fuzz(func(t *testing.T, body string) {
		if !utf8.ValidString(body) {
			return // closed with 1007 before
		}
		c := &connection{gateway: &Gateway{}, connectedAt: time.Unix(0, 0)}
		encoded, err := encode(event{RequestContext: c.context("send", "MESSAGE", time.Unix(1, 0), "id"), Body: &body})
		if err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(string(encoded), "\n") {
			t.Errorf("the event has more than one line: %s", encoded)
		}
		var decoded struct{ Body string }
		if err := json.Unmarshal(encoded, &decoded); err != nil || decoded.Body != body {
			t.Errorf("%q became %q (%v)", body, decoded.Body, err)
		}
		if strings.Contains(body, "<") && !strings.Contains(string(encoded), "<") {
			t.Errorf("the event escapes <: %s", encoded)
		}
	})
}
