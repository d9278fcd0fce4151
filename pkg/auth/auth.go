// Package auth decides who may connect: a token of the configured issuer, signed with a key of its published set, and, from a
// browser, an origin on the list. It runs once per connection; what it establishes rides on every later frame.
package auth

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/topology"
)

const (
	// leeway allows an issuer's clock to be ahead of ours: it is for what must not be used yet, not for what has expired, because
	// every later frame is refused from the expiry on.
	leeway = 30 * time.Second
	// maxToken is more than any header that API Gateway takes.
	maxToken = 8 << 10
	// bearer precedes a token in the list of subprotocols, for browsers.
	bearer = "bearer."
)

// Refused is why a connection is refused. It is answered 401, or 403 if the token may be good but not from there.
type Refused struct {
	// Origin is true when a page of a foreign origin asked, or when the handshake came past the edge.
	Origin bool
	reason string
}

// Error is the reason, for the log. It never holds the token.
func (r *Refused) Error() string { return "auth: " + r.reason }

func refuse(format string, args ...any) error { return &Refused{reason: fmt.Sprintf(format, args...)} }

// Authorizer verifies handshakes.
type Authorizer struct {
	Issuer   string
	Audience string
	// Origins are the browser origins that may connect, compared exactly. "*" allows every one, for development.
	Origins []string
	// EdgeKeys are secrets of which a handshake has to come with one: whoever comes past the deployer's edge has none. Without
	// any, there is no edge.
	EdgeKeys []string
	Keys     *Keys
}

// Handshake is what a client says when it connects.
type Handshake struct {
	Authorization string // header
	Origin        string // header, set by browsers and only by them
	Protocols     string // header Sec-WebSocket-Protocol
	Device        string // query parameter
	EdgeKey       string // header, set by the edge
}

// Authorize returns who connects, without the connection. Errors are *Refused, or others if the keys cannot be had.
func (a *Authorizer) Authorize(ctx context.Context, h Handshake) (chat.Identity, error) {
	token, fromHeader := h.token()
	switch {
	case !a.throughEdge(h.EdgeKey):
		return chat.Identity{}, &Refused{Origin: true, reason: "past the edge"}
	case !h.offers(topology.Subprotocol):
		return chat.Identity{}, refuse("the subprotocol %s was not offered", topology.Subprotocol)
	case token == "":
		return chat.Identity{}, refuse("no token")
	case len(token) > maxToken:
		return chat.Identity{}, refuse("token of %d bytes", len(token))
	case h.Origin != "" && !slices.Contains(a.Origins, h.Origin) && !slices.Contains(a.Origins, "*"):
		return chat.Identity{}, &Refused{Origin: true, reason: "foreign origin"}
	case h.Origin == "" && !fromHeader:
		// Only a browser needs to put the token there, and a browser sends its origin.
		return chat.Identity{}, refuse("token as subprotocol without an origin")
	}
	return a.verify(ctx, token, h.Device)
}

// throughEdge compares in constant time: the keys are all that keeps others out.
func (a *Authorizer) throughEdge(key string) bool {
	through := len(a.EdgeKeys) == 0
	for _, known := range a.EdgeKeys {
		if subtle.ConstantTimeCompare([]byte(key), []byte(known)) == 1 {
			through = true
		}
	}
	return through
}

// methods are the algorithms accepted: signatures by the private key of a pair. HMAC and none are not among them, so a
// public key can never serve as a secret (RFC 8725 §3.1).
var methods = []string{"RS256", "ES256", "EdDSA"}

func (a *Authorizer) verify(ctx context.Context, token, device string) (chat.Identity, error) {
	var unavailable error
	parsed, err := jwt.ParseWithClaims(token, &claims{}, func(t *jwt.Token) (any, error) {
		if _, ok := t.Header["crit"]; ok {
			return nil, refuse("token: critical header") // none is understood here (RFC 7515 §4.1.11)
		}
		// Only the key id is taken from the header; where keys come from is configuration (RFC 8725 §3.10).
		kid, _ := t.Header["kid"].(string)
		key, err := a.Keys.Key(ctx, kid, t.Method.Alg())
		unavailable = err
		return key, err
	}, jwt.WithValidMethods(methods), jwt.WithIssuer(a.Issuer), jwt.WithAudience(a.Audience),
		jwt.WithExpirationRequired(), jwt.WithLeeway(leeway))
	if _, isRefusal := errors.AsType[*Refused](unavailable); unavailable != nil && !isRefusal {
		return chat.Identity{}, unavailable
	}
	if err != nil {
		return chat.Identity{}, refuse("token: %s", reason(err))
	}
	said := parsed.Claims.(*claims)
	who := chat.Identity{User: chat.UserID(said.Subject), Device: chat.DeviceID(device), Expires: said.ExpiresAt.Time}
	switch {
	case !time.Now().Before(who.Expires):
		return chat.Identity{}, refuse("token: %s", jwt.ErrTokenExpired)
	case !who.User.Valid():
		return chat.Identity{}, refuse("subject is not a user id")
	case device != "" && !who.Device.Valid():
		return chat.Identity{}, refuse("device is not a device id")
	}
	return who, nil
}

// claims are those of an ID token or an access token.
type claims struct {
	jwt.RegisteredClaims
	// Client is to whom an access token was given (RFC 9068 §2.2).
	Client string `json:"client_id"`
}

// GetAudience is whom the token is for: without an audience, which access tokens of Cognito have none of, whom it was given to.
func (c *claims) GetAudience() (jwt.ClaimStrings, error) {
	if len(c.Audience) == 0 && c.Client != "" {
		return jwt.ClaimStrings{c.Client}, nil
	}
	return c.Audience, nil
}

// reason names what is wrong without repeating any of the token.
func reason(err error) string {
	for _, known := range []error{
		jwt.ErrTokenExpired, jwt.ErrTokenNotValidYet, jwt.ErrTokenInvalidAudience, jwt.ErrTokenInvalidIssuer,
		jwt.ErrTokenSignatureInvalid, jwt.ErrTokenRequiredClaimMissing, jwt.ErrTokenUnverifiable, jwt.ErrTokenMalformed,
	} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return "invalid"
}

// token returns the bearer token and whether it came in the Authorization header.
func (h Handshake) token() (string, bool) {
	if scheme, token, ok := strings.Cut(h.Authorization, " "); ok && strings.EqualFold(scheme, "bearer") {
		return strings.TrimSpace(token), true
	}
	for _, p := range h.protocols() {
		if token, ok := strings.CutPrefix(p, bearer); ok {
			return token, false
		}
	}
	return "", false
}

func (h Handshake) offers(protocol string) bool { return slices.Contains(h.protocols(), protocol) }

func (h Handshake) protocols() []string {
	list := strings.Split(h.Protocols, ",")
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
	}
	return list
}
