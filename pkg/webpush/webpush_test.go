package webpush_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/guregu/dynamo/v2"
	"go.uber.org/goleak"

	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/infra/local/pushservice"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
	"github.com/parley-im/parley/pkg/webpush"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	ann = chat.Holder{User: "ann", Device: "laptop"}
	bob = chat.Holder{User: "bob", Device: "laptop"}
)

// rig is browsers whose subscriptions are in a real table, and a push service.
type rig struct {
	*webpush.Browsers
	service  *pushservice.Service
	sessions *store.Sessions
	url      string
	// instead answers pushes in place of the service, if it is set.
	instead atomic.Pointer[http.HandlerFunc]
}

func newRig(t *testing.T) *rig {
	t.Helper()
	private, public, err := webpush.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{sessions: store.NewSessions(dynamo.NewFromIface(dynamodbtest.Start(t)), topology.Sessions.Name)}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /push/{id}", func(w http.ResponseWriter, q *http.Request) {
		if h := r.instead.Load(); h != nil {
			(*h)(w, q)
			return
		}
		r.service.ServePush(w, q)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	r.url = server.URL
	r.service = pushservice.New(server.URL+"/push", public)
	hosts, err := webpush.NewHosts([]string{server.URL})
	if err != nil {
		t.Fatal(err)
	}
	signer, err := webpush.NewSigner(private, public, "mailto:ops@example.com")
	if err != nil {
		t.Fatal(err)
	}
	r.Browsers = webpush.New(r.sessions, hosts, public, time.Now).Signed(has(signer), server.Client().Transport)
	return r
}

// has is a keyring that has its signer.
func has(s *webpush.Signer) *webpush.Keyring {
	return webpush.NewKeyring(func(context.Context) (*webpush.Signer, error) { return s, nil })
}

func address(s pushservice.Subscription) chat.Address {
	return chat.Address{Platform: chat.Web, Subscription: chat.Subscription{Endpoint: s.Endpoint, P256DH: s.Keys.P256DH, Auth: s.Keys.Auth}}
}

// subscribe is a new browser's address.
func (r *rig) subscribe(t *testing.T) chat.Address {
	t.Helper()
	s, ok := r.service.Subscribe("ann")
	if !ok {
		t.Fatal("no subscription")
	}
	return address(s)
}

// register returns the endpoint of an address and who was released.
func (r *rig) register(t *testing.T, a chat.Address, owner chat.Holder) (chat.Endpoint, []chat.Holder) {
	t.Helper()
	var released []chat.Holder
	id, err := r.Register(t.Context(), a, owner, func(_ context.Context, before chat.Holder, _ string) error {
		released = append(released, before)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return chat.Endpoint{Device: owner.Device, Platform: chat.Web, ID: id}, released
}

var hello = chat.Notification{Conversation: chat.DirectID("ann", "bob"), Seq: 7, Kind: chat.Message, From: "Bob", Preview: "hello"}

func TestABrowserReadsWhatIsPushedToIt(t *testing.T) {
	r := newRig(t)
	e, _ := r.register(t, r.subscribe(t), ann)
	r.register(t, r.subscribe(t), bob) // who is not meant
	if err := r.Push(t.Context(), e, hello); err != nil {
		t.Fatal(err)
	}
	all := r.service.Notifications()
	if len(all) != 1 {
		t.Fatalf("%d notifications", len(all))
	}
	n := all[0]
	want := `{"title":"Bob","body":"hello","tag":"` + string(hello.Conversation) + `","data":{"conversation":"` + string(hello.Conversation) + `","seq":7}}`
	if string(n.Message) != want {
		t.Errorf("it reads %s", n.Message)
	}
	if n.TTL != 604800 || n.Urgency != "high" || len(n.Topic) != 32 || n.Size != 1024 {
		t.Errorf("ttl %d, urgency %s, topic %s, %d bytes", n.TTL, n.Urgency, n.Topic, n.Size)
	}
	other := hello
	other.Conversation = chat.DirectID("ann", "cat")
	for _, next := range []chat.Notification{hello, other} {
		if err := r.Push(t.Context(), e, next); err != nil {
			t.Fatal(err)
		}
	}
	if all = r.service.Notifications(); all[1].Topic != n.Topic || all[2].Topic == n.Topic {
		t.Errorf("topics %s, %s, of another conversation %s", n.Topic, all[1].Topic, all[2].Topic)
	}
}

// The longest of everything must fit, in the characters that JSON makes longest, and its length tells little.
func TestTheLongestNoticeFits(t *testing.T) {
	r := newRig(t)
	e, _ := r.register(t, r.subscribe(t), ann)
	for name, character := range map[string]string{"ASCII": "x", "emoji": "😀", "control": "\x01", "markup": "<", "separator": "\u2028"} {
		n := chat.Notification{
			Conversation: hello.Conversation, Seq: chat.MaxSeq, Kind: chat.Message, From: strings.Repeat(character, chat.MaxDisplayName),
			Title: strings.Repeat(character, chat.MaxName), Preview: strings.Repeat(character, 80),
		}
		if err := r.Push(t.Context(), e, n); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		all := r.service.Notifications()
		last := all[len(all)-1]
		var m webpush.Message
		if err := json.Unmarshal(last.Message, &m); err != nil || m.Title != n.Title || m.Body != n.From+": "+n.Preview {
			t.Errorf("%s: %v, %s", name, err, last.Message)
		}
		if last.Size != 1024 && last.Size != 2048 && last.Size != 4096 {
			t.Errorf("%s: %d bytes", name, last.Size)
		}
	}
}

func TestASubscriptionBelongsToWhoRegisteredItLast(t *testing.T) {
	r := newRig(t)
	a := r.subscribe(t)
	first, released := r.register(t, a, ann)
	if len(released) != 0 {
		t.Errorf("a new one is released from %v", released)
	}
	if again, released := r.register(t, a, ann); again != first || len(released) != 0 {
		t.Errorf("again %+v, released from %v", again, released)
	}
	down := errors.New("down")
	if _, err := r.Register(t.Context(), a, bob, func(context.Context, chat.Holder, string) error { return down }); !errors.Is(err, down) {
		t.Error(err)
	}
	if taken, released := r.register(t, a, bob); taken.ID != first.ID || len(released) != 1 || released[0] != ann {
		t.Errorf("%+v, released from %v", taken, released)
	}
	if _, released := r.register(t, a, bob); len(released) != 0 {
		t.Errorf("bob's own is released from %v", released)
	}
}

func TestWhatNoBrowserSaysIsRefusedAndChangesNothing(t *testing.T) {
	r := newRig(t)
	good := r.subscribe(t).Subscription
	for name, change := range map[string]func(*chat.Subscription){
		"another host": func(s *chat.Subscription) { s.Endpoint = "https://169.254.169.254/latest" },
		"no key":       func(s *chat.Subscription) { s.P256DH = "" },
		"no point":     func(s *chat.Subscription) { s.P256DH = "B" + strings.Repeat("A", 86) },
		"a compressed point": func(s *chat.Subscription) {
			s.P256DH = base64.RawURLEncoding.EncodeToString(append([]byte{2}, make([]byte, 32)...))
		},
		"padding":        func(s *chat.Subscription) { s.P256DH += "=" },
		"a short secret": func(s *chat.Subscription) { s.Auth = s.Auth[:20] },
		"no base64url":   func(s *chat.Subscription) { s.Auth = strings.Repeat("+", 22) },
	} {
		s := good
		change(&s)
		_, err := r.Register(t.Context(), chat.Address{Platform: chat.Web, Subscription: s}, ann, nil)
		if chat.AsError(err).Code != chat.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	hosts, err := webpush.NewHosts(nil)
	if err != nil {
		t.Fatal(err)
	}
	off := webpush.New(r.sessions, hosts, "", time.Now)
	if _, err := off.Register(t.Context(), chat.Address{Platform: chat.Web, Subscription: good}, ann, nil); chat.AsError(err).Code != chat.Invalid {
		t.Errorf("without keys: %v", err)
	}
	if e, _ := r.register(t, chat.Address{Platform: chat.Web, Subscription: good}, bob); e.ID == "" {
		t.Error("no id")
	}
}

func TestWhatAPushServiceAnswers(t *testing.T) {
	r := newRig(t)
	e, _ := r.register(t, r.subscribe(t), ann)
	for status, want := range map[int]error{
		200: nil, 201: nil, 202: nil, 404: chat.ErrGone, 410: chat.ErrGone, 429: chat.ErrBusy, 500: chat.ErrBusy, 503: chat.ErrBusy,
		301: chat.ErrRefused, 307: chat.ErrRefused, 400: chat.ErrRefused, 401: chat.ErrRefused, 403: chat.ErrRefused, 413: chat.ErrRefused,
	} {
		answer := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", r.url+"/elsewhere") // a redirect there would be 404: gone
			w.WriteHeader(status)
		})
		r.instead.Store(&answer)
		err := r.Push(t.Context(), e, hello)
		if !errors.Is(err, want) || (err == nil) != (want == nil) {
			t.Errorf("%d: %v", status, err)
		}
		if err != nil && strings.Contains(err.Error(), "/push/") {
			t.Errorf("the error tells where the browser is: %v", err)
		}
	}
}

func TestAnAnswerWithoutAnEndIsNotRead(t *testing.T) {
	r := newRig(t)
	e, _ := r.register(t, r.subscribe(t), ann)
	hungUp := make(chan struct{})
	answer := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		defer close(hungUp)
		w.WriteHeader(http.StatusCreated)
		for {
			if _, err := io.WriteString(w, strings.Repeat("x", 1<<16)); err != nil {
				return
			}
		}
	})
	r.instead.Store(&answer)
	if err := r.Push(t.Context(), e, hello); err != nil {
		t.Error(err)
	}
	<-hungUp
}

func TestABrowserThatIsForgottenOrNotTrustedIsGone(t *testing.T) {
	r := newRig(t)
	e, _ := r.register(t, r.subscribe(t), ann)
	hosts, err := webpush.NewHosts(nil) // this machine is taken off the list
	if err != nil {
		t.Fatal(err)
	}
	if err := webpush.New(r.sessions, hosts, "key", time.Now).Push(t.Context(), e, hello); !errors.Is(err, chat.ErrGone) {
		t.Errorf("not trusted: %v", err)
	}
	for range 2 {
		if err := r.Remove(t.Context(), e.ID); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Push(t.Context(), e, hello); !errors.Is(err, chat.ErrGone) {
		t.Errorf("forgotten: %v", err)
	}
	if all := r.service.Notifications(); len(all) != 0 {
		t.Errorf("notified %v", all)
	}
}

// kept is one subscription, in memory, so that time can stand still.
type kept struct {
	chat.Subscriptions
	s chat.Subscription
}

func (k kept) Subscription(context.Context, string) (chat.Subscription, chat.Holder, bool, error) {
	return k.s, ann, true, nil
}

// silence never answers.
type silence struct{}

func (silence) RoundTrip(q *http.Request) (*http.Response, error) {
	<-q.Context().Done()
	return nil, q.Context().Err()
}

func TestAPushServiceThatDoesNotAnswerIsNotWaitedForLong(t *testing.T) {
	private, public, err := webpush.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	signer, err := webpush.NewSigner(private, public, "https://example.com/contact")
	if err != nil {
		t.Fatal(err)
	}
	s, _ := pushservice.New("https://web.push.apple.com/x", public).Subscribe("ann")
	hosts, err := webpush.NewHosts(nil)
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		err := webpush.New(kept{s: address(s).Subscription}, hosts, public, time.Now).Signed(has(signer), silence{}).Push(t.Context(), chat.Endpoint{ID: "1"}, hello)
		if err == nil || errors.Is(err, chat.ErrGone) || errors.Is(err, chat.ErrRefused) || time.Since(begun) != 5*time.Second {
			t.Errorf("%v after %v", err, time.Since(begun))
		}
		if err != nil && strings.Contains(err.Error(), "web.push.apple.com") {
			t.Errorf("the error tells where the browser is: %v", err)
		}
	})
}

func TestAKeyIsFetchedUntilItIsThereAndThenNoMore(t *testing.T) {
	private, public, err := webpush.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	asked, down := 0, errors.New("down")
	keyring := webpush.NewKeyring(func(context.Context) (*webpush.Signer, error) {
		if asked++; asked < 3 {
			return nil, down
		}
		return webpush.NewSigner(private, public, "mailto:ops@example.com")
	})
	for i, want := range []error{down, down, nil, nil} {
		if s, err := keyring.Signer(t.Context()); !errors.Is(err, want) || (s == nil) != (want != nil) {
			t.Errorf("%d: %v, %v", i, s, err)
		}
	}
	if asked != 3 {
		t.Errorf("asked %d times", asked)
	}
}

func TestAKeyPairIsOneAndSaysWhomToWriteTo(t *testing.T) {
	private, public, err := webpush.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	_, other, err := webpush.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	for i, test := range []struct {
		private, public, subject string
		ok                       bool
	}{
		{private, public, "mailto:ops@example.com", true},
		{private, public, "https://example.com/contact", true},
		{private, other, "mailto:ops@example.com", false},
		{private[:40], public, "mailto:ops@example.com", false},
		{"", public, "mailto:ops@example.com", false},
		{strings.Repeat("A", 43), public, "mailto:ops@example.com", false},
		{private, public, "ops@example.com", false},
		{private, public, "mailto:", false},
		{private, public, "http://example.com", false},
	} {
		_, err := webpush.NewSigner(test.private, test.public, test.subject)
		if (err == nil) != test.ok {
			t.Errorf("%d: %v", i, err)
		}
		if err != nil && test.private != "" && strings.Contains(fmt.Sprint(err), test.private) {
			t.Errorf("%d: the error tells the private key", i)
		}
	}
}
