package auth_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/parley-im/parley/pkg/auth"
)

func isRefused(err error) bool {
	_, ok := errors.AsType[*auth.Refused](err)
	return ok
}

func (r *rig) wantRequests(t *testing.T, want int64) {
	t.Helper()
	if n := r.requests.Load(); n != want {
		t.Errorf("%d requests to the issuer, want %d", n, want)
	}
}

func TestKeysAreFetchedOnce(t *testing.T) {
	r := newRig(t)
	token := ec().sign(t, nil, claims(nil))
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if err := r.allow(t.Context(), token); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	r.advance(59 * time.Minute)
	if err := r.allow(t.Context(), token); err != nil {
		t.Error(err)
	}
	r.wantRequests(t, 1)
	r.advance(2 * time.Minute)
	if err := r.allow(t.Context(), token); err != nil {
		t.Error(err)
	}
	r.wantRequests(t, 2)
}

func TestMadeUpKeyIDsDoNotBecomeRequests(t *testing.T) {
	r := newRig(t)
	for i := range 50 {
		err := r.allow(t.Context(), ec().sign(t, map[string]any{"kid": fmt.Sprint("made-up-", i)}, claims(nil)))
		if !isRefused(err) {
			t.Fatal(err)
		}
	}
	r.wantRequests(t, 1)
	r.advance(9 * time.Second)
	_ = r.allow(t.Context(), ec().sign(t, map[string]any{"kid": "another"}, claims(nil)))
	r.wantRequests(t, 1)
	r.advance(2 * time.Second)
	for i := range 50 {
		_ = r.allow(t.Context(), ec().sign(t, map[string]any{"kid": fmt.Sprint("again-", i)}, claims(nil)))
	}
	r.wantRequests(t, 2)
	// Who has a good key does not notice.
	if err := r.allow(t.Context(), ec().sign(t, nil, claims(nil))); err != nil {
		t.Error(err)
	}
	r.wantRequests(t, 2)
}

func TestANewKeyIsFoundAndAnOldOneForgotten(t *testing.T) {
	r := newRig(t)
	old, young := ec().sign(t, nil, claims(nil)), rotated().sign(t, nil, claims(nil))
	if err := r.allow(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	if err := r.allow(t.Context(), young); !isRefused(err) {
		t.Fatalf("a key that was not published: %v", err)
	}
	r.publish(ec(), rotated())
	r.advance(11 * time.Second)
	for _, token := range []string{young, old} {
		if err := r.allow(t.Context(), token); err != nil {
			t.Error(err)
		}
	}
	r.publish(rotated())
	r.advance(61 * time.Minute)
	if err := r.allow(t.Context(), young); err != nil {
		t.Error(err)
	}
	if err := r.allow(t.Context(), old); !isRefused(err) {
		t.Errorf("a key that was withdrawn: %v", err)
	}
}

func TestTheLastGoodKeysStayWhileTheIssuerIsDown(t *testing.T) {
	r := newRig(t)
	token := ec().sign(t, nil, claims(nil))
	if err := r.allow(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	r.down()
	for range 5 {
		r.advance(24 * time.Minute)
		if err := r.allow(t.Context(), token); err != nil {
			t.Errorf("after a while: %v", err)
		}
	}
	if err := r.allow(t.Context(), ec().sign(t, map[string]any{"kid": "unknown"}, claims(nil))); !isRefused(err) {
		t.Errorf("an unknown key while the issuer is down: %v", err)
	}
	asked := r.requests.Load()
	for range 20 {
		_ = r.allow(t.Context(), token)
	}
	r.wantRequests(t, asked) // an issuer that is not well is not asked by every handshake
	r.publish(rotated())
	r.advance(11 * time.Second)
	if err := r.allow(t.Context(), rotated().sign(t, nil, claims(nil))); err != nil {
		t.Errorf("after it came back: %v", err)
	}
}

func TestWithoutKeysNobodyIsRefusedAndTheNextTries(t *testing.T) {
	set := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }
	}
	for name, answer := range map[string]http.HandlerFunc{
		"down":             func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusServiceUnavailable) },
		"not there":        http.NotFound,
		"no content":       func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
		"hangs up":         func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"no JSON":          set("<html>sign in</html>"),
		"an array":         set("[]"),
		"no keys":          set("{}"),
		"an empty set":     set(`{"keys":[]}`),
		"keys of no shape": set(`{"keys":[{"kid":"ec-1"},{"kid":"ec-1","kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"}]}`),
		"a set too large":  set(`{"keys":[],"pad":"` + strings.Repeat("x", 256<<10) + `"}`),
		"half a set":       set(`{"keys":[{"kid":"ec-1","kty":"EC"`),
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			token := ec().sign(t, nil, claims(nil))
			r.serve(answer)
			for range 2 {
				// Not a refusal: the token may be good, so a client must not be told to throw it away.
				if err := r.allow(t.Context(), token); err == nil || isRefused(err) || strings.Contains(err.Error(), token) {
					t.Fatal(err)
				}
			}
			r.publish(ec())
			if err := r.allow(t.Context(), token); err != nil {
				t.Errorf("the issuer is back: %v", err)
			}
		})
	}
}

// What is not a token at all is refused before the issuer is asked.
func TestNonsenseDoesNotBecomeARequest(t *testing.T) {
	r := newRig(t)
	for _, token := range []string{"x", "a.b.c", forge(map[string]any{"alg": "none"}, claims(nil), nil), forge(map[string]any{"alg": "HS256"}, claims(nil), nil)} {
		if err := r.allow(t.Context(), token); !isRefused(err) {
			t.Error(err)
		}
	}
	r.wantRequests(t, 0)
}

func TestAHandshakeThatIsGivenUpIsNoRefusal(t *testing.T) {
	r := newRig(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.allow(ctx, ec().sign(t, nil, claims(nil))); !errors.Is(err, context.Canceled) || isRefused(err) {
		t.Error(err)
	}
}

// short is an RSA pair below what RFC 7518 §3.3 asks for.
var short = sync.OnceValue(func() pair {
	key, err := rsa.GenerateKey(rand.Reader, 1536)
	if err != nil {
		panic(err)
	}
	return pair{"rsa-1", jwt.SigningMethodRS256, key}
})

// The library that verifies would refuse it too; that it is not asked is one line of defence more.
func TestAKeyIsHandedOutForItsOwnAlgorithmOnly(t *testing.T) {
	r := newRig(t)
	for _, p := range []pair{ec(), rsaPair(), ed()} {
		for _, alg := range []string{"ES256", "RS256", "EdDSA", "HS256", "none", "PS256", ""} {
			key, err := r.Keys.Key(t.Context(), p.kid, alg)
			if own := alg == p.method.Alg(); (err == nil) != own || (key != nil) != own || !own && !isRefused(err) {
				t.Errorf("%s for %q: %T, %v", p.kid, alg, key, err)
			}
		}
	}
}

func TestKeysThatCannotBeUsedAreLeftOut(t *testing.T) {
	change := func(p pair, changes map[string]any) map[string]any {
		key := p.jwk()
		for name, value := range changes {
			key[name] = value
		}
		return key
	}
	point := ec().jwk()
	for name, test := range map[string]struct {
		key    map[string]any
		signer pair
	}{
		"for encryption":               {change(ec(), map[string]any{"use": "enc"}), ec()},
		"of another curve":             {change(ec(), map[string]any{"crv": "P-384"}), ec()},
		"of secp256k1":                 {change(ec(), map[string]any{"crv": "secp256k1"}), ec()},
		"of another algorithm":         {change(rsaPair(), map[string]any{"alg": "RSA-OAEP-256"}), rsaPair()},
		"not on the curve":             {change(ec(), map[string]any{"x": point["y"], "y": point["x"]}), ec()},
		"with a short x":               {change(ec(), map[string]any{"x": "AQ"}), ec()},
		"with padding":                 {change(ec(), map[string]any{"x": point["x"].(string) + "="}), ec()},
		"a short RSA modulus":          {short().jwk(), short()},
		"no exponent":                  {change(rsaPair(), map[string]any{"e": ""}), rsaPair()},
		"a huge exponent":              {change(rsaPair(), map[string]any{"e": number([]byte{1, 0, 0, 0, 1})}), rsaPair()},
		"a secret (RFC 7518 §6.4)":     {map[string]any{"kid": "ec-1", "kty": "oct", "k": "c2VjcmV0"}, ec()},
		"a short Ed25519 key":          {change(ed(), map[string]any{"x": number(make([]byte, 31))}), ed()},
		"Ed25519 under the name of EC": {change(ed(), map[string]any{"kty": "EC"}), ed()},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.publishSet(test.key, rotated().jwk())
			if err := r.allow(t.Context(), test.signer.sign(t, nil, claims(nil))); !isRefused(err) {
				t.Errorf("its token: %v", err)
			}
			// One bad key does not spoil the set.
			if err := r.allow(t.Context(), rotated().sign(t, nil, claims(nil))); err != nil {
				t.Errorf("a good key beside it: %v", err)
			}
		})
	}
}
