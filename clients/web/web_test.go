package web

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

var files = fstest.MapFS{
	".gitkeep":             {},
	"index.html":           {Data: []byte("<!doctype html><title>app</title>")},
	"sw.js":                {Data: []byte("self")},
	"manifest.webmanifest": {Data: []byte("{}")},
	"assets/app-1234.js":   {Data: []byte("1")},
}

var origins = Origins{Connect: []string{"ws://127.0.0.1:8081"}, Media: []string{"http://127.0.0.1:8082"}}

func ask(method, url string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	handler(files, Config{URL: "ws://127.0.0.1:8081/local", Tokens: "/dev/token"}, origins).ServeHTTP(w, httptest.NewRequest(method, url, nil))
	return w
}

func TestPathsOfTheAppGetItsPageAndOnlyThose(t *testing.T) {
	for path, want := range map[string]struct {
		code        int
		kind, cache string
	}{
		"/":                      {200, "text/html", "no-cache"},
		"/index.html":            {200, "text/html", "no-cache"},
		"/c/d_abc":               {200, "text/html", "no-cache"},
		"/c/d_abc/t/4":           {200, "text/html", "no-cache"},
		"/join":                  {200, "text/html", "no-cache"},
		"/sw.js":                 {200, "text/javascript", "no-cache"},
		"/manifest.webmanifest":  {200, "application/manifest+json", "no-cache"},
		"/assets/app-1234.js":    {200, "text/javascript", "public, max-age=31536000, immutable"},
		"/assets/app-of-old.js":  {404, "text/plain", ""},
		"/favicon.ico":           {404, "text/plain", ""},
		"/.gitkeep":              {404, "text/plain", ""},
		"/../web.go":             {404, "text/plain", ""},
		"/assets":                {200, "text/html", "no-cache"},
		"/config.json":           {200, "application/json", "no-cache"},
		"/config.json?x=y":       {200, "application/json", "no-cache"},
		"/assets/../config.json": {200, "application/json", "no-cache"},
	} {
		w := ask(http.MethodGet, path)
		if w.Code != want.code || !strings.HasPrefix(w.Header().Get("Content-Type"), want.kind) {
			t.Errorf("%s: %d, %s", path, w.Code, w.Header().Get("Content-Type"))
		}
		if got := w.Header().Get("Cache-Control"); want.cache != "" && got != want.cache {
			t.Errorf("%s: Cache-Control is %q", path, got)
		}
	}
	if got := ask(http.MethodPost, "/"); got.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", got.Code)
	}
}

func TestWithoutABuildThePageSaysHowToMakeOne(t *testing.T) {
	w := httptest.NewRecorder()
	handler(fstest.MapFS{".gitkeep": {}}, Config{}, Origins{}).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "make local") {
		t.Errorf("%d: %s", w.Code, w.Body)
	}
}

func TestThePolicyAllowsNothingInlineAndNothingForeign(t *testing.T) {
	for _, path := range []string{"/", "/c/x", "/assets/app-1234.js", "/config.json", "/none.js"} {
		h := ask(http.MethodGet, path).Header()
		directives := map[string]string{}
		for _, d := range strings.Split(h.Get("Content-Security-Policy"), "; ") {
			name, value, _ := strings.Cut(d, " ")
			directives[name] = value
		}
		for name, want := range map[string]string{
			"default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "base-uri": "'none'", "frame-ancestors": "'none'",
			"connect-src": "'self' ws://127.0.0.1:8081 http://127.0.0.1:8082", "img-src": "'self' blob: data: http://127.0.0.1:8082",
			"require-trusted-types-for": "'script'",
		} {
			if directives[name] != want {
				t.Errorf("%s: %s is %q, want %q", path, name, directives[name], want)
			}
		}
		if policy := h.Get("Content-Security-Policy"); strings.Contains(policy, "unsafe") || strings.Contains(policy, "{") || strings.Contains(policy, "*") {
			t.Errorf("%s: %s", path, policy)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" || h.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %v", path, h)
		}
	}
	if alone := Policy(Origins{}); strings.Contains(alone, "{") || strings.Contains(alone, "  ") {
		t.Error(alone)
	}
}

func TestTheConfigNamesWhatTheAppReads(t *testing.T) {
	var got map[string]string
	if err := json.Unmarshal(ask(http.MethodGet, "/config.json").Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got["url"] != "ws://127.0.0.1:8081/local" || got["tokens"] != "/dev/token" {
		t.Errorf("%v", got)
	}
}
