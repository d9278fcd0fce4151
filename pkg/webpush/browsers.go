// Package webpush reaches browsers through their push services: Web Push (RFC 8030) with encrypted content (RFC 8291), signed
// with a key pair of the deployment's own (VAPID, RFC 8292).
//
// A browser gives its address as a URL, and this server posts to it. So addresses are only taken of services that are known:
// hosts.go.
package webpush

import (
	"context"
	"crypto/ecdh"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/SherClockHolmes/webpush-go"

	"github.com/parley-im/parley/pkg/chat"
)

const (
	// patience is how long a push service may take: the function that asks has 20 seconds.
	patience = 5 * time.Second
	// answer is how much of a push service's answer is read, in bytes: only its status counts.
	answer = 4 << 10
)

// Browsers implements chat.Endpoints for the platform chat.Web. It is safe for concurrent use.
type Browsers struct {
	subscriptions chat.Subscriptions
	hosts         Hosts
	public        string
	keyring       *Keyring
	client        *http.Client
	now           func() time.Time
}

// New returns browsers that can be registered and removed. public is the key that browsers subscribe with, in base64url; if it
// is empty, none can be.
func New(subscriptions chat.Subscriptions, hosts Hosts, public string, now func() time.Time) *Browsers {
	return &Browsers{subscriptions: subscriptions, hosts: hosts, public: public, now: now}
}

// Signed returns the same browsers, which can be notified as well. The transport is what their push services are reached with.
func (b *Browsers) Signed(keyring *Keyring, transport http.RoundTripper) *Browsers {
	signed := *b
	signed.keyring = keyring
	signed.client = &http.Client{
		Transport: transport, Timeout: patience,
		// Where a redirect leads nobody has looked at.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &signed
}

// Register implements chat.Endpoints: one strong read and, unless nothing is new, one write.
func (b *Browsers) Register(ctx context.Context, a chat.Address, owner chat.Holder,
	release func(ctx context.Context, before chat.Holder, id string) error,
) (string, error) {
	if b.public == "" {
		return "", chat.Errorf(chat.Invalid, "platform: not set up on this server")
	}
	if err := b.check(a.Subscription); err != nil {
		return "", err
	}
	id := idOf(a.Subscription)
	_, before, found, err := b.subscriptions.Subscription(ctx, id)
	if err != nil {
		return "", err
	}
	// Whose it is changes last: if anything fails before, the next try finds the same former owner to release.
	if found && before != owner {
		if err := release(ctx, before, id); err != nil {
			return "", err
		}
	}
	return id, b.subscriptions.PutSubscription(ctx, id, a.Subscription, owner, b.now().Add(chat.SessionRetention))
}

// idOf is short, whatever the length of the URL, which is different for every subscription.
func idOf(s chat.Subscription) string {
	sum := sha256.Sum256([]byte(s.Endpoint))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// check refuses what no browser would say, and what no known push service has given out.
func (b *Browsers) check(s chat.Subscription) error {
	if !b.hosts.Allow(s.Endpoint) {
		return chat.Errorf(chat.Invalid, "subscription.endpoint: not a URL of a push service that this server knows")
	}
	point, err := base64.RawURLEncoding.Strict().DecodeString(s.P256DH)
	if err == nil {
		_, err = ecdh.P256().NewPublicKey(point)
	}
	if err != nil {
		return chat.Errorf(chat.Invalid, "subscription.keys.p256dh: not a point of P-256 in base64url")
	}
	if secret, err := base64.RawURLEncoding.Strict().DecodeString(s.Auth); err != nil || len(secret) != 16 {
		return chat.Errorf(chat.Invalid, "subscription.keys.auth: not 16 bytes in base64url")
	}
	return nil
}

// Remove implements chat.Endpoints.
func (b *Browsers) Remove(ctx context.Context, id string) error {
	return b.subscriptions.RemoveSubscription(ctx, id)
}

// Push implements chat.Endpoints with one strong read and one request.
func (b *Browsers) Push(ctx context.Context, e chat.Endpoint, n chat.Notification) error {
	s, _, found, err := b.subscriptions.Subscription(ctx, e.ID)
	if err != nil {
		return err
	}
	// A service that is not trusted any more is as good as gone.
	if !found || b.check(s) != nil {
		return fmt.Errorf("webpush: %w", chat.ErrGone)
	}
	if b.keyring == nil {
		return fmt.Errorf("webpush: no key pair: %w", chat.ErrRefused)
	}
	signer, err := b.keyring.Signer(ctx)
	if err != nil {
		return err
	}
	message, size, err := payload(n)
	if err != nil {
		return err
	}
	response, err := webpush.SendNotificationWithContext(ctx, message, &webpush.Subscription{
		Endpoint: s.Endpoint, Keys: webpush.Keys{P256dh: s.P256DH, Auth: s.Auth},
	}, &webpush.Options{
		HTTPClient: b.client, RecordSize: size, Topic: topic(n.Conversation), TTL: int(life.Seconds()), Urgency: webpush.UrgencyHigh,
		Subscriber: signer.subject, VAPIDPublicKey: signer.public, VAPIDPrivateKey: signer.private,
	})
	if err != nil {
		return fmt.Errorf("webpush: %w", secretless(err))
	}
	defer response.Body.Close()
	// Read to its end, if that is near, a connection can be used again.
	_, _ = io.CopyN(io.Discard, response.Body, answer)
	return verdict(response.StatusCode, response.Request.URL.Host)
}

// secretless leaves the URL out of an error, because whoever knows it could find the browser.
func secretless(err error) error {
	if wrong, ok := errors.AsType[*url.Error](err); ok {
		return wrong.Err
	}
	return err
}

// verdict is what the status of an answer means (RFC 8030 §5 and §8.4; 404 and 410 say that the subscription is gone).
func verdict(status int, host string) error {
	var meaning error
	switch {
	case status >= 200 && status < 300:
		return nil
	case status == http.StatusNotFound, status == http.StatusGone:
		meaning = chat.ErrGone
	case status == http.StatusTooManyRequests, status == http.StatusRequestTimeout, status >= 500:
		meaning = chat.ErrBusy
	default:
		meaning = chat.ErrRefused
	}
	return fmt.Errorf("webpush: %s answers %s: %w", host, strconv.Itoa(status), meaning)
}
