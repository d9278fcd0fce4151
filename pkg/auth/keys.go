package auth

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"sync"
	"time"
)

const (
	// fresh is how long a key set is used before it is fetched again.
	fresh = time.Hour
	// again is the least time between two fetches: tokens with made-up key ids must not become requests to the issuer.
	again = 10 * time.Second
	// maxSet bounds what is read of a key set.
	maxSet = 256 << 10
)

// Keys is the issuer's key set (RFC 7517), fetched when it is first needed and when a key is not in it. If the issuer does
// not answer, the last good set stays in use. It is safe for concurrent use.
type Keys struct {
	url    string
	client *http.Client
	now    func() time.Time

	mu    sync.Mutex
	keys  map[string]crypto.PublicKey
	asked time.Time // of the last fetch, whatever came of it
	had   time.Time // of the last good set
}

// NewKeys returns the key set at url.
func NewKeys(url string, client *http.Client, now func() time.Time) *Keys {
	return &Keys{url: url, client: client, now: now}
}

// Key returns the key with this id for an algorithm. An unknown key is a *Refused; other errors mean that the set could
// never be fetched.
func (k *Keys) Key(ctx context.Context, kid, alg string) (crypto.PublicKey, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := k.now()
	key, ok := k.keys[kid]
	if (!ok || now.Sub(k.had) > fresh) && now.Sub(k.asked) > again {
		k.asked = now
		if err := k.fetch(ctx, now); err != nil && k.keys == nil {
			k.asked = time.Time{} // nothing to fall back on: the next handshake tries at once
			return nil, err
		}
		key, ok = k.keys[kid]
	}
	switch {
	case !ok:
		return nil, &Refused{reason: "token: unknown key"}
	case !fits(key, alg):
		return nil, &Refused{reason: "token: key of another algorithm"}
	}
	return key, nil
}

// fits reports whether the key is of the algorithm's kind.
func fits(key crypto.PublicKey, alg string) bool {
	switch key.(type) {
	case *rsa.PublicKey:
		return alg == "RS256"
	case *ecdsa.PublicKey:
		return alg == "ES256"
	case ed25519.PublicKey:
		return alg == "EdDSA"
	default:
		return false
	}
}

func (k *Keys) fetch(ctx context.Context, now time.Time) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, k.url, nil)
	if err != nil {
		return fmt.Errorf("auth: key set: %w", err)
	}
	response, err := k.client.Do(request)
	if err != nil {
		return fmt.Errorf("auth: key set: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("auth: key set: status %d", response.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxSet))
	if err != nil {
		return fmt.Errorf("auth: key set: %w", err)
	}
	keys, err := parseSet(body)
	if err != nil {
		return fmt.Errorf("auth: key set: %w", err)
	}
	k.keys, k.had = keys, now
	return nil
}

// jwk is the part of a key that is used (RFC 7518 §6, RFC 8037 §2).
type jwk struct {
	Kid string `json:"kid"`
	Kty string `json:"kty"`
	Use string `json:"use"`
	Alg string `json:"alg"`
	Crv string `json:"crv"`
	N   string `json:"n"`
	E   string `json:"e"`
	X   string `json:"x"`
	Y   string `json:"y"`
}

// parseSet reads a set and leaves out keys that are not for signatures, or not of a kind or for an algorithm used here.
func parseSet(body []byte) (map[string]crypto.PublicKey, error) {
	var set struct {
		Keys []jwk `json:"keys"`
	}
	if err := json.Unmarshal(body, &set); err != nil {
		return nil, err
	}
	keys := map[string]crypto.PublicKey{}
	for _, j := range set.Keys {
		if j.Use != "" && j.Use != "sig" {
			continue
		}
		if key, err := j.public(); err == nil && (j.Alg == "" || fits(key, j.Alg)) {
			keys[j.Kid] = key
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("no usable key")
	}
	return keys, nil
}

var errUnusable = errors.New("unusable key")

func (j jwk) public() (crypto.PublicKey, error) {
	n, x, y, e := number(j.N), number(j.X), number(j.Y), number(j.E)
	switch {
	case j.Kty == "RSA" && len(n) >= 256 && len(e) > 0 && len(e) <= 4:
		return &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}, nil
	case j.Kty == "EC" && j.Crv == "P-256" && len(x) == 32 && len(y) == 32:
		return ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, x...), y...))
	case j.Kty == "OKP" && j.Crv == "Ed25519" && len(x) == ed25519.PublicKeySize:
		return ed25519.PublicKey(x), nil
	}
	return nil, errUnusable
}

func number(s string) []byte {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return nil
	}
	return b
}
