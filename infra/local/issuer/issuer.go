// Package issuer stands in for the identity provider: it makes tokens for whoever asks, which is what a laptop needs and
// nothing else should have, and publishes its key as a JWKS. The functions verify these tokens as they verify any issuer's.
package issuer

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Life is how long a token is good if nothing else is asked for.
const Life = time.Hour

// Issuer signs tokens with one ES256 key. It is safe for concurrent use.
type Issuer struct {
	key      *ecdsa.PrivateKey
	kid      string
	url      string
	audience string
	now      func() time.Time
}

// Open reads the key in dir, or makes it, so that tokens outlive a restart. url is the `iss` of tokens and audience their `aud`.
func Open(dir, url, audience string, now func() time.Time) (*Issuer, error) {
	key, err := readKey(filepath.Join(dir, "issuer.pem"))
	if err != nil {
		return nil, fmt.Errorf("issuer: key: %w", err)
	}
	public, err := key.PublicKey.Bytes()
	if err != nil {
		return nil, fmt.Errorf("issuer: key: %w", err)
	}
	sum := sha256.Sum256(public)
	return &Issuer{key, base64.RawURLEncoding.EncodeToString(sum[:8]), url, audience, now}, nil
}

func readKey(file string) (*ecdsa.PrivateKey, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return makeKey(file)
	}
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("%s is not a key", file)
	}
	return x509.ParseECPrivateKey(block.Bytes)
}

func makeKey(file string) (*ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, err
	}
	return key, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}), 0o600)
}

// Claims are what a token says. Empty fields get the issuer's values.
type Claims struct {
	User     string `json:"user"`
	Audience string `json:"audience"`
	// ExpiresIn is in seconds from now; negative makes an expired token, to see what that does.
	ExpiresIn int `json:"expires_in"`
}

// Token signs a token.
func (i *Issuer) Token(c Claims) (string, error) {
	now := i.now()
	life, audience := Life, i.audience
	if c.ExpiresIn != 0 {
		life = time.Duration(c.ExpiresIn) * time.Second
	}
	if c.Audience != "" {
		audience = c.Audience
	}
	t := jwt.NewWithClaims(jwt.SigningMethodES256, jwt.RegisteredClaims{
		Issuer: i.url, Audience: jwt.ClaimStrings{audience}, Subject: c.User,
		IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(life)),
	})
	t.Header["kid"] = i.kid
	return t.SignedString(i.key)
}

// ServeToken answers POST {"user": "ann"} with {"token": "…"}. It insists on JSON, which a page of a foreign origin cannot
// send without being asked first (CORS), so that no web site takes tokens from a developer's machine.
func (i *Issuer) ServeToken(w http.ResponseWriter, r *http.Request) {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		http.Error(w, "send application/json", http.StatusUnsupportedMediaType)
		return
	}
	var c Claims
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4096)).Decode(&c); err != nil || c.User == "" {
		http.Error(w, `send {"user": "ann"}`, http.StatusBadRequest)
		return
	}
	token, err := i.Token(c)
	if err != nil {
		http.Error(w, "cannot sign", http.StatusInternalServerError)
		return
	}
	writeJSON(w, map[string]string{"token": token})
}

// ServeKeys answers with the key set (RFC 7517).
func (i *Issuer) ServeKeys(w http.ResponseWriter, _ *http.Request) {
	public, err := i.key.PublicKey.Bytes() // 4, x, y
	if err != nil {
		http.Error(w, "no key", http.StatusInternalServerError)
		return
	}
	number := base64.RawURLEncoding.EncodeToString
	writeJSON(w, map[string]any{"keys": []map[string]string{{
		"kid": i.kid, "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256",
		"x": number(public[1:33]), "y": number(public[33:65]),
	}}})
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // the client is gone: nobody to tell
}
