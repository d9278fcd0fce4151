package issuer_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/parley-im/parley/infra/local/issuer"
	"github.com/parley-im/parley/pkg/auth"
	"github.com/parley-im/parley/pkg/topology"
)

const url = "http://127.0.0.1:8080"

func open(t *testing.T, dir string) *issuer.Issuer {
	t.Helper()
	i, err := issuer.Open(dir, url, "parley", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// authorizer trusts the keys that i publishes.
func authorizer(t *testing.T, i *issuer.Issuer) *auth.Authorizer {
	t.Helper()
	keys := httptest.NewServer(http.HandlerFunc(i.ServeKeys))
	t.Cleanup(keys.Close)
	return &auth.Authorizer{Issuer: url, Audience: "parley", Keys: auth.NewKeys(keys.URL, keys.Client(), time.Now)}
}

func admits(t *testing.T, a *auth.Authorizer, token string) bool {
	t.Helper()
	who, err := a.Authorize(t.Context(), auth.Handshake{Authorization: "Bearer " + token, Protocols: topology.Subprotocol})
	return err == nil && who.User == "ann"
}

func TestTheAuthorizerTakesItsTokensAlsoAfterARestart(t *testing.T) {
	dir := t.TempDir()
	token, err := open(t, dir).Token(issuer.Claims{User: "ann"})
	if err != nil {
		t.Fatal(err)
	}
	if !admits(t, authorizer(t, open(t, dir)), token) {
		t.Error("the token is refused")
	}
	if admits(t, authorizer(t, open(t, t.TempDir())), token) {
		t.Error("an issuer with another key takes it")
	}
}

func TestTokensThatMustBeRefused(t *testing.T) {
	i := open(t, t.TempDir())
	a := authorizer(t, i)
	for name, c := range map[string]issuer.Claims{
		"expired":          {User: "ann", ExpiresIn: -120},
		"another audience": {User: "ann", Audience: "others"},
	} {
		token, err := i.Token(c)
		if err != nil {
			t.Fatal(err)
		}
		if admits(t, a, token) {
			t.Errorf("%s: admitted", name)
		}
	}
}

func TestAnswersToRequestsForTokens(t *testing.T) {
	i := open(t, t.TempDir())
	for name, test := range map[string]struct {
		kind, body string
		status     int
	}{
		"right":                     {"application/json", `{"user":"ann"}`, 200},
		"with a character set":      {"application/json; charset=utf-8", `{"user":"ann"}`, 200},
		"as a foreign page could":   {"text/plain", `{"user":"ann"}`, 415},
		"as a form":                 {"application/x-www-form-urlencoded", `user=ann`, 415},
		"for nobody":                {"application/json", `{}`, 400},
		"not JSON":                  {"application/json", `ann`, 400},
		"longer than any could be":  {"application/json", `{"user":"` + strings.Repeat("a", 5000) + `"}`, 400},
		"for somebody for a minute": {"application/json", `{"user":"ann","expires_in":60}`, 200},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/dev/token", strings.NewReader(test.body))
			r.Header.Set("Content-Type", test.kind)
			w := httptest.NewRecorder()
			i.ServeToken(w, r)
			if w.Code != test.status {
				t.Fatalf("status %d, want %d", w.Code, test.status)
			}
			var answer struct{ Token string }
			if w.Code != http.StatusOK {
				return
			}
			if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
				t.Fatal(err)
			}
			if _, _, err := jwt.NewParser().ParseUnverified(answer.Token, &jwt.RegisteredClaims{}); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAKeyThatCannotBeReadIsSaid(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "issuer.pem"), []byte("not a key"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := issuer.Open(dir, url, "parley", time.Now); err == nil || !strings.Contains(err.Error(), "issuer.pem is not a key") {
		t.Errorf("error %v", err)
	}
}
