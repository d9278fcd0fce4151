package acceptance

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/topology"
	"github.com/parley-im/parley/pkg/wire"
)

// handshake is how a client asks to connect.
type handshake struct {
	token    string // in the Authorization header
	made     claims // asks for a bad token instead, which only the local issuer makes
	origin   string
	device   string
	protocol []string
	status   int // that refuses it
}

func TestAHandshakeIsRefused(t *testing.T) {
	t.Parallel()
	ann := person(t, "ann")
	good := ann.token()
	v1 := []string{topology.Subprotocol}
	page := []string{topology.Subprotocol, "bearer." + good}
	for name, h := range map[string]handshake{
		"without a token":               {protocol: v1, status: http.StatusUnauthorized},
		"with an expired token":         {made: claims{ExpiresIn: -3600}, protocol: v1, status: http.StatusUnauthorized},
		"for another audience":          {made: claims{Audience: "another"}, protocol: v1, status: http.StatusUnauthorized},
		"with an unsigned token":        {token: unsigned(good), protocol: v1, status: http.StatusUnauthorized},
		"with another name in it":       {token: forged(t, good, ann.ID, person(t, "bob").ID), protocol: v1, status: http.StatusUnauthorized},
		"with a token of garbage":       {token: "garbage", protocol: v1, status: http.StatusUnauthorized},
		"without a subprotocol":         {token: good, status: http.StatusUnauthorized},
		"with another subprotocol":      {token: good, protocol: []string{"parley.v0"}, status: http.StatusUnauthorized},
		"with a bad device id":          {token: good, device: "my%20phone", protocol: v1, status: http.StatusUnauthorized},
		"from a foreign origin":         {token: good, origin: "https://evil.example", protocol: v1, status: http.StatusForbidden},
		"from a page of foreign origin": {origin: "https://evil.example", protocol: page, status: http.StatusForbidden},
		"from a page without an origin": {protocol: page, status: http.StatusUnauthorized},
	} {
		t.Run(name, func(t *testing.T) {
			if h.made != (claims{}) {
				needLocal(t, "asks for a bad token")
				h.token = ann.tokenWith(h.made)
			}
			header, query := http.Header{}, ""
			if h.token != "" {
				header.Set("Authorization", "Bearer "+h.token)
			}
			if h.origin != "" {
				header.Set("Origin", h.origin)
			}
			if h.device != "" {
				query = "?device=" + h.device
			}
			conn, status, err := dial(t.Context(), query, header, h.protocol...)
			if err == nil {
				_ = conn.CloseNow()
				t.Fatal("connected")
			}
			if status != h.status {
				t.Errorf("status %d, want %d", status, h.status)
			}
		})
	}
}

func TestAPageOfAnAllowedOriginConnectsWithItsTokenAsSubprotocol(t *testing.T) {
	t.Parallel()
	needLocal(t, "knows an allowed origin")
	ann, bob := person(t, "ann"), person(t, "bob")
	conn, status, err := dial(t.Context(), "", http.Header{"Origin": {origin}}, topology.Subprotocol, "bearer."+ann.token())
	if err != nil {
		t.Fatalf("status %d: %v", status, err)
	}
	if conn.Subprotocol() != topology.Subprotocol {
		t.Errorf("answered %q", conn.Subprotocol())
	}
	page := newDevice(ann, "page", conn)
	bob.connect("phone").gets(page.says(to(bob), "hello from a page"))
}

func TestATokenThatExpiresEndsWhatItsConnectionMayDo(t *testing.T) {
	t.Parallel()
	needLocal(t, "makes short-lived tokens")
	ann, bob := person(t, "ann"), person(t, "bob")
	phone := ann.connectWith("phone", ann.tokenWith(claims{ExpiresIn: 2}))
	last := phone.says(to(bob), "quickly")
	eventually(t, "the token expires", func() bool {
		ack, err := try[wire.Accepted](phone, phone.message(to(bob), "and more"))
		if err == nil {
			last = ack
			return false
		}
		if phone.limited(err) {
			return false
		}
		no, ok := err.(refusal)
		if !ok || no.Code != chat.Unauthenticated {
			t.Fatal(err)
		}
		return true
	})
	sync := wire.Sync{Head: phone.head("sync"), Cursors: []wire.Cursor{{Conversation: last.Conversation}}}
	if code := phone.refused(sync); code != chat.Unauthenticated {
		t.Errorf("a sync is refused as %s", code)
	}
	if list := ann.connect("tablet").list(); list[0].Head != last.Seq {
		t.Errorf("the log ends at %d, the last acknowledgement was %d", list[0].Head, last.Seq)
	}
}

// unsigned is the token with the algorithm "none" and no signature.
func unsigned(token string) string {
	_, rest, _ := strings.Cut(token, ".")
	payload, _, _ := strings.Cut(rest, ".")
	return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + payload + "."
}

// forged is the token of one user with the name of another in it.
func forged(t *testing.T, token string, from, to chat.UserID) string {
	t.Helper()
	parts := strings.Split(token, ".")
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	parts[1] = base64.RawURLEncoding.EncodeToString([]byte(strings.ReplaceAll(string(payload), string(from), string(to))))
	return strings.Join(parts, ".")
}
