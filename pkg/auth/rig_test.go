package auth_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"go.uber.org/goleak"

	"github.com/parley-im/parley/pkg/auth"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	issuer   = "https://login.example.com"
	audience = "parley"
	origin   = "https://app.example.com"
)

// pair is a key pair in the issuer's set.
type pair struct {
	kid    string
	method jwt.SigningMethod
	key    crypto.Signer
}

// The pairs are made once: RSA keys take their time.
var (
	ec      = sync.OnceValue(func() pair { return newEC("ec-1") })
	rotated = sync.OnceValue(func() pair { return newEC("ec-2") })
	rsaPair = sync.OnceValue(func() pair {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		return pair{"rsa-1", jwt.SigningMethodRS256, key}
	})
	ed = sync.OnceValue(func() pair {
		_, key, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			panic(err)
		}
		return pair{"ed-1", jwt.SigningMethodEdDSA, key}
	})
)

func newEC(kid string) pair {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return pair{kid, jwt.SigningMethodES256, key}
}

func number(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// jwk renders the public half (RFC 7518 §6, RFC 8037 §2).
func (p pair) jwk() map[string]any {
	switch key := p.key.Public().(type) {
	case *rsa.PublicKey:
		return map[string]any{"kid": p.kid, "kty": "RSA", "use": "sig", "alg": "RS256", "n": number(key.N.Bytes()), "e": number(big.NewInt(int64(key.E)).Bytes())}
	case *ecdsa.PublicKey:
		point, err := key.Bytes() // 4, x, y
		if err != nil {
			panic(err)
		}
		return map[string]any{"kid": p.kid, "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "x": number(point[1:33]), "y": number(point[33:])}
	case ed25519.PublicKey:
		return map[string]any{"kid": p.kid, "kty": "OKP", "crv": "Ed25519", "x": number(key)}
	}
	panic("a key of no known kind")
}

// sign makes a token and its header as they are given, whatever nonsense that is.
func (p pair) sign(t testing.TB, header, claims map[string]any) string {
	t.Helper()
	token := jwt.NewWithClaims(p.method, jwt.MapClaims(claims))
	token.Header = map[string]any{"alg": p.method.Alg(), "typ": "JWT", "kid": p.kid}
	for name, value := range header {
		token.Header[name] = value
	}
	signed, err := token.SignedString(p.key)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// claims are those of a good token of ann, changed by overrides; nil removes one.
func claims(overrides map[string]any) map[string]any {
	claims := map[string]any{
		"iss": issuer, "aud": audience, "sub": "ann",
		"iat": time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix(),
	}
	for name, value := range overrides {
		if claims[name] = value; value == nil {
			delete(claims, name)
		}
	}
	return claims
}

// rig is an authorizer whose issuer is a real HTTP server that the test rules, under a clock that the test moves.
type rig struct {
	*auth.Authorizer
	requests atomic.Int64
	answer   atomic.Pointer[http.HandlerFunc]
	moved    atomic.Int64
	client   *http.Client
}

func newRig(t testing.TB) *rig {
	r := &rig{}
	r.publish(ec(), rsaPair(), ed())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		r.requests.Add(1)
		(*r.answer.Load())(w, q)
	}))
	t.Cleanup(server.Close)
	r.client = server.Client()
	r.Authorizer = &auth.Authorizer{
		Issuer: issuer, Audience: audience, Origins: []string{origin},
		Keys: auth.NewKeys(server.URL+"/keys", r.client, r.now),
	}
	return r
}

// now is the time of the key set: the machine's and what the test added to it. Tokens are checked by the machine's.
func (r *rig) now() time.Time           { return time.Now().Add(time.Duration(r.moved.Load())) }
func (r *rig) advance(by time.Duration) { r.moved.Add(int64(by)) }

func (r *rig) serve(h http.HandlerFunc) { r.answer.Store(&h) }

func (r *rig) publish(pairs ...pair) {
	keys := []map[string]any{}
	for _, p := range pairs {
		keys = append(keys, p.jwk())
	}
	r.publishSet(keys...)
}

func (r *rig) publishSet(keys ...map[string]any) {
	set, err := json.Marshal(map[string]any{"keys": keys})
	if err != nil {
		panic(err)
	}
	r.serve(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(set) })
}

// down makes the issuer answer as one that is not well.
func (r *rig) down() {
	r.serve(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusServiceUnavailable) })
}

// native is the handshake of an app with a token.
func native(token string) auth.Handshake {
	return auth.Handshake{Authorization: "Bearer " + token, Protocols: "parley.v1", Device: "phone-1"}
}

func (r *rig) allow(ctx context.Context, token string) error {
	_, err := r.Authorize(ctx, native(token))
	return err
}
