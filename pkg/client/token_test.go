package client_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/parley-im/parley/pkg/client"
)

func TestTokenFromAsksAnEndpoint(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		answer string
		want   string
	}{
		"a token":  {http.StatusOK, `{"token":"abc"}`, "abc"},
		"no token": {http.StatusOK, `{}`, ""},
		"no JSON":  {http.StatusOK, `abc`, ""},
		"refused":  {http.StatusBadRequest, `{"token":"abc"}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var question string
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				question = r.Method + " " + string(body)
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.answer)
			}))
			defer server.Close()
			got, err := client.TokenFrom(server.URL, "ann")(t.Context())
			if got != c.want || (err == nil) != (c.want != "") {
				t.Errorf("got %q, %v", got, err)
			}
			if question != `POST {"user":"ann"}` {
				t.Errorf("asked %s", question)
			}
		})
	}
	if token, err := client.StaticToken("abc")(t.Context()); token != "abc" || err != nil {
		t.Errorf("got %q, %v", token, err)
	}
}
