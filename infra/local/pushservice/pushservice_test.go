package pushservice

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

func decode(t *testing.T, text string) []byte {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// What is read is the example of RFC 8291 §5, so that this does not depend on what encrypts.
func TestTheExampleOfTheStandardIsRead(t *testing.T) {
	key, err := ecdh.P256().NewPrivateKey(decode(t, "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"))
	if err != nil {
		t.Fatal(err)
	}
	auth := decode(t, "BTBZMqHH6r4Tts7J_aSIgg")
	body := decode(t, "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"+
		"mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"+
		"pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN")
	got, err := decrypt(body, key, auth)
	if want := "When I grow up, I want to be a watermelon"; err != nil || string(got) != want {
		t.Fatalf("%q, %v", got, err)
	}
	for i := range body {
		body[i] ^= 1
		if got, err := decrypt(body, key, auth); err == nil && (i < 16 || i >= 20) { // a larger record size is as good
			t.Errorf("with another byte %d it says %q", i, got)
		}
		body[i] ^= 1
		if got, err := decrypt(body[:i], key, auth); err == nil {
			t.Errorf("the first %d bytes say %q", i, got)
		}
	}
}

// rig is a service and the key with which its browsers subscribed.
type rig struct {
	*Service
	key *ecdsa.PrivateKey
}

func newRig(t *testing.T) rig {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return rig{New("http://127.0.0.1:8080/dev/push", public(t, key)), key}
}

func public(t *testing.T, key *ecdsa.PrivateKey) string {
	t.Helper()
	point, err := key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(point)
}

func sign(t *testing.T, key *ecdsa.PrivateKey, claims jwt.MapClaims) string {
	t.Helper()
	token, err := jwt.NewWithClaims(jwt.SigningMethodES256, claims).SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestOnlyWhoTheBrowserSubscribedToMayPush(t *testing.T) {
	r, now := newRig(t), time.Now()
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	claims := func(change func(jwt.MapClaims)) jwt.MapClaims {
		c := jwt.MapClaims{"aud": "http://127.0.0.1:8080", "exp": now.Add(time.Hour).Unix(), "sub": "mailto:ops@example.com"}
		change(c)
		return c
	}
	right := sign(t, r.key, claims(func(jwt.MapClaims) {}))
	for name, test := range map[string]struct {
		header string
		ok     bool
	}{
		"right":        {"vapid t=" + right + ", k=" + r.public, true},
		"no header":    {"", false},
		"a bearer":     {"Bearer " + right, false},
		"another key":  {"vapid t=" + right + ", k=" + public(t, other), false},
		"another hand": {"vapid t=" + sign(t, other, claims(func(jwt.MapClaims) {})) + ", k=" + r.public, false},
		"another host": {"vapid t=" + sign(t, r.key, claims(func(c jwt.MapClaims) { c["aud"] = "https://push.example.com" })) + ", k=" + r.public, false},
		"expired":      {"vapid t=" + sign(t, r.key, claims(func(c jwt.MapClaims) { c["exp"] = now.Add(-time.Hour).Unix() })) + ", k=" + r.public, false},
		"two days":     {"vapid t=" + sign(t, r.key, claims(func(c jwt.MapClaims) { c["exp"] = now.Add(48 * time.Hour).Unix() })) + ", k=" + r.public, false},
		"for ever":     {"vapid t=" + sign(t, r.key, claims(func(c jwt.MapClaims) { delete(c, "exp") })) + ", k=" + r.public, false},
		"nobody":       {"vapid t=" + sign(t, r.key, claims(func(c jwt.MapClaims) { delete(c, "sub") })) + ", k=" + r.public, false},
	} {
		if wrong := r.authorize(test.header, now); (wrong == "") != test.ok {
			t.Errorf("%s: %q", name, wrong)
		}
	}
}

func TestHeadersOfAPush(t *testing.T) {
	for _, test := range []struct {
		ttl, encoding, topic, urgency string
		ok                            bool
	}{
		{"60", "aes128gcm", "", "", true},
		{"0", "aes128gcm", strings.Repeat("t", 32), "high", true},
		{"", "aes128gcm", "", "", false},
		{"-1", "aes128gcm", "", "", false},
		{"60", "aesgcm", "", "", false},
		{"60", "aes128gcm", strings.Repeat("t", 33), "", false},
		{"60", "aes128gcm", "a.b", "", false},
		{"60", "aes128gcm", "", "urgent", false},
	} {
		h := http.Header{"Ttl": {test.ttl}, "Content-Encoding": {test.encoding}, "Topic": {test.topic}, "Urgency": {test.urgency}}
		if _, wrong := headers(h); (wrong == "") != test.ok {
			t.Errorf("%+v: %q", test, wrong)
		}
	}
}

func TestABrowserThatIsNotThereOrLeft(t *testing.T) {
	r := newRig(t)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /dev/push", r.ServeSubscribe)
	mux.HandleFunc("POST /dev/push/{id}", r.ServePush)
	ask := func(path, kind, body string) int {
		w, q := httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
		q.Header.Set("Content-Type", kind)
		mux.ServeHTTP(w, q)
		return w.Code
	}
	sub, ok := r.Subscribe("ann")
	if !ok {
		t.Fatal("no subscription")
	}
	path := strings.TrimPrefix(sub.Endpoint, "http://127.0.0.1:8080")
	for _, test := range []struct {
		path, kind, body string
		want             int
	}{
		{"/dev/push", "application/json", `{"user":"ann"}`, http.StatusCreated},
		{"/dev/push", "text/plain", `{"user":"ann"}`, http.StatusUnsupportedMediaType},
		{"/dev/push", "application/json", `{}`, http.StatusBadRequest},
		{"/dev/push/nobody", "", "", http.StatusNotFound},
		{path, "", "", http.StatusBadRequest}, // no TTL
	} {
		if got := ask(test.path, test.kind, test.body); got != test.want {
			t.Errorf("%+v: %d", test, got)
		}
	}
	r.Unsubscribe(sub.Endpoint)
	if got := ask(path, "", ""); got != http.StatusGone {
		t.Errorf("after the end: %d", got)
	}
}
