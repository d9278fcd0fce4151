// Package pushservice stands in for a browser and its push service at once: it gives out subscriptions, and takes what is
// pushed to them as strictly as the services do (RFC 8030, 8291, 8292). Because it has the keys of its browsers it can read
// what they would show, with code that shares nothing with what encrypts.
//
// Subscriptions live as long as the process. A real browser's, of a real service, works with the local stack, too.
package pushservice

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	maxBrowsers = 10_000 // subscriptions at a time
	maxInbox    = 1000   // notifications kept, the newest
	maxBody     = 4096   // bytes of a push (RFC 8030 §7.2)
	watchBuffer = 64     // notifications a watcher may be behind before it misses the oldest
)

// Subscription is what a page gets of a browser, in the form of PushSubscription.toJSON without the time of expiry.
type Subscription struct {
	Endpoint string `json:"endpoint"`
	Keys     struct {
		P256DH string `json:"p256dh"`
		Auth   string `json:"auth"`
	} `json:"keys"`
}

// Notification is what arrived at a browser.
type Notification struct {
	At       time.Time
	User     string // whose browser it is
	Endpoint string
	TTL      int
	Topic    string
	Urgency  string
	Size     int    // of the body, in bytes
	Message  []byte // decrypted
}

// browser is one subscription.
type browser struct {
	user string
	key  *ecdh.PrivateKey
	auth []byte
	gone bool // the user has taken the permission back
}

// Service is a handler of what is below its URL. It is safe for concurrent use.
type Service struct {
	url, origin, public string

	mu       sync.Mutex
	browsers map[string]*browser
	inbox    []Notification
	watchers map[chan Notification]struct{}
}

// New returns a service at a URL such as http://127.0.0.1:8080/dev/push, whose browsers subscribed with a public key.
func New(url, public string) *Service {
	scheme, rest, _ := strings.Cut(url, "://")
	host, _, _ := strings.Cut(rest, "/")
	return &Service{
		url: url, origin: scheme + "://" + host, public: public,
		browsers: map[string]*browser{}, watchers: map[chan Notification]struct{}{},
	}
}

// Subscribe makes the subscription of a browser of a user; ok is false if there are too many.
func (s *Service) Subscribe(user string) (sub Subscription, ok bool) {
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return sub, false
	}
	b, id := &browser{user: user, key: key, auth: make([]byte, 16)}, rand.Text()
	_, _ = rand.Read(b.auth) // never fails (crypto/rand)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.browsers) >= maxBrowsers {
		return sub, false
	}
	s.browsers[id] = b
	sub.Endpoint = s.url + "/" + id
	sub.Keys.P256DH = base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes())
	sub.Keys.Auth = base64.RawURLEncoding.EncodeToString(b.auth)
	return sub, true
}

// Unsubscribe ends a subscription: from now on its service answers 410.
func (s *Service) Unsubscribe(endpoint string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if b := s.browsers[strings.TrimPrefix(endpoint, s.url+"/")]; b != nil {
		b.gone = true
	}
}

// Notifications returns the newest 1,000, oldest first.
func (s *Service) Notifications() []Notification {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.inbox)
}

// Watch returns a channel of the notifications from now on. It is closed when ctx ends. Who reads too slowly misses the oldest.
func (s *Service) Watch(ctx context.Context) <-chan Notification {
	ch := make(chan Notification, watchBuffer)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watchers[ch] = struct{}{}
	context.AfterFunc(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.watchers, ch)
		close(ch)
	})
	return ch
}

// receive puts a notification into the inbox and tells the watchers.
func (s *Service) receive(n Notification) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inbox = append(s.inbox, n)
	if over := len(s.inbox) - maxInbox; over > 0 {
		s.inbox = slices.Delete(s.inbox, 0, over)
	}
	for ch := range s.watchers {
		if len(ch) == cap(ch) {
			select {
			case <-ch:
			default: // the reader was quicker
			}
		}
		ch <- n // has room: only this function, under the lock, fills it
	}
}

// ServeSubscribe answers POST {"user": "ann"} with a subscription. It insists on JSON, which a page of a foreign origin cannot
// send without being asked first (CORS).
func (s *Service) ServeSubscribe(w http.ResponseWriter, r *http.Request) {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		http.Error(w, "send application/json", http.StatusUnsupportedMediaType)
		return
	}
	var in struct{ User string }
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4096)).Decode(&in); err != nil || in.User == "" {
		http.Error(w, `send {"user": "ann"}`, http.StatusBadRequest)
		return
	}
	sub, ok := s.Subscribe(in.User)
	if !ok {
		http.Error(w, "too many subscriptions", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(sub) // the client is gone: nobody to tell
}

// ServePush takes a push to the subscription that the pattern's {id} names.
func (s *Service) ServePush(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	b := s.browsers[r.PathValue("id")]
	gone := b != nil && b.gone
	s.mu.Unlock()
	switch {
	case b == nil:
		http.Error(w, "no such subscription", http.StatusNotFound)
		return
	case gone:
		http.Error(w, "unsubscribed", http.StatusGone)
		return
	}
	n, wrong := headers(r.Header)
	if wrong != "" {
		http.Error(w, wrong, http.StatusBadRequest)
		return
	}
	if wrong := s.authorize(r.Header.Get("Authorization"), time.Now()); wrong != "" {
		http.Error(w, wrong, http.StatusForbidden)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	// A real service cannot look inside; it would be the browser that shows nothing.
	if n.Message, err = decrypt(body, b.key, b.auth); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	n.At, n.User, n.Size, n.Endpoint = time.Now(), b.user, len(body), s.url+"/"+r.PathValue("id")
	s.receive(n)
	w.Header().Set("Location", n.Endpoint+"/"+rand.Text())
	w.WriteHeader(http.StatusCreated)
}
