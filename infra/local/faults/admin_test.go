package faults_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/parley-im/parley/infra/local/faults"
)

func TestTheAdminEndpoint(t *testing.T) {
	injector := faults.New(slog.New(slog.DiscardHandler))
	for _, step := range []struct {
		method, kind, body string
		status             int
		answer             string
	}{
		{"GET", "", "", 200, `{"seed":0,"rules":[],"counts":[]}`},
		{"PUT", "application/json; charset=utf-8", `{"seed":7,"rules":[{"fault":"post.gone","probability":0.5}]}`, 200,
			`{"seed":7,"rules":[{"fault":"post.gone","probability":0.5}],"counts":[{"asked":0,"injected":0}]}`},
		{"PUT", "text/plain", `{}`, 415, "send application/json"},
		{"PUT", "", `{}`, 415, "send application/json"},
		{"PUT", "application/json", `{"rules":[{"fault":"x","probability":1}]}`, 400, `rule 0: no fault "x"`},
		{"PUT", "application/json", `{"seed":"` + strings.Repeat("x", 1<<20), 400, "too large"},
		{"POST", "application/json", `{}`, 405, "GET, PUT or DELETE"},
		{"GET", "", "", 200, `"seed":7`},
		{"DELETE", "", "", 204, ""},
		{"GET", "", "", 200, `"rules":[]`},
	} {
		r := httptest.NewRequest(step.method, "/dev/faults", strings.NewReader(step.body))
		if step.kind != "" {
			r.Header.Set("Content-Type", step.kind)
		}
		w := httptest.NewRecorder()
		injector.ServeHTTP(w, r)
		if w.Code != step.status || !strings.Contains(w.Body.String(), step.answer) {
			t.Errorf("%s %.60s: status %d, %s; want %d, %s", step.method, step.body, w.Code, w.Body, step.status, step.answer)
		}
		if w.Code == http.StatusOK && w.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%s: %v", step.method, w.Header())
		}
	}
}
