package webpush

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"strings"
	"sync"
)

// Signer tells push services who notifies: the deployment that a browser has subscribed to, and whom they can write to.
type Signer struct{ private, public, subject string }

// NewSigner returns the signer of a private key, 32 bytes in base64url. public is the key that browsers were told, which has
// to be of the same pair. The subject is a mailto: or https: URL (RFC 8292 §2.1).
func NewSigner(private, public, subject string) (*Signer, error) {
	secret, err := base64.RawURLEncoding.Strict().DecodeString(private)
	if err != nil {
		return nil, errors.New("the private key is not base64url") // without what it is
	}
	key, err := ecdh.P256().NewPrivateKey(secret)
	if err != nil {
		return nil, errors.New("the private key is not one of P-256")
	}
	if base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes()) != public {
		return nil, errors.New("the public key is not of the same pair as the private one")
	}
	address, mailed := strings.CutPrefix(subject, "mailto:")
	if mailed {
		_, err = mail.ParseAddress(address)
	} else if u, e := url.Parse(subject); e != nil || u.Scheme != "https" || u.Host == "" {
		err = errors.New("not a URL")
	}
	if err != nil {
		return nil, fmt.Errorf("the subject %q is neither a mailto: nor an https: URL", subject)
	}
	return &Signer{private, public, address}, nil
}

// Keyring has a signer whose private key is kept elsewhere. It is safe for concurrent use.
type Keyring struct {
	fetch func(context.Context) (*Signer, error)

	mu     sync.Mutex
	signer *Signer
}

// NewKeyring returns a keyring that fetches the signer when it is needed, until it has it.
func NewKeyring(fetch func(context.Context) (*Signer, error)) *Keyring { return &Keyring{fetch: fetch} }

// Signer returns the signer, or why it could not be fetched. Who comes at the same time waits.
func (k *Keyring) Signer(ctx context.Context) (*Signer, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.signer == nil {
		signer, err := k.fetch(ctx)
		if err != nil {
			return nil, fmt.Errorf("webpush: key: %w", err)
		}
		k.signer = signer
	}
	return k.signer, nil
}

// NewKeys makes a pair, both in base64url: the private key is for the signer, the public one for browsers.
func NewKeys() (private, public string, err error) {
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return "", "", err
	}
	return base64.RawURLEncoding.EncodeToString(key.Bytes()), base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes()), nil
}
