package auth_test

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/parley-im/parley/pkg/auth"
	"github.com/parley-im/parley/pkg/chat"
)

func TestAGoodTokenSaysWhoConnects(t *testing.T) {
	for _, p := range []pair{ec(), rsaPair(), ed()} {
		t.Run(p.method.Alg(), func(t *testing.T) {
			r := newRig(t)
			expires := time.Now().Add(time.Hour).Truncate(time.Second)
			token := p.sign(t, nil, claims(map[string]any{"exp": expires.Unix(), "aud": []string{"other", audience}}))
			who, err := r.Authorize(t.Context(), native(token))
			want := chat.Identity{User: "ann", Device: "phone-1", Expires: expires}
			if err != nil || who != want {
				t.Errorf("%+v, %v; want %+v", who, err, want)
			}
		})
	}
}

// Access tokens of Cognito have no audience, and say to which client they were given.
func TestATokenThatWasGivenToTheClientIsForIt(t *testing.T) {
	token := ec().sign(t, nil, claims(map[string]any{"aud": nil, "client_id": audience, "token_use": "access", "scope": "openid"}))
	if who, err := newRig(t).Authorize(t.Context(), native(token)); err != nil || who.User != "ann" {
		t.Errorf("%+v, %v", who, err)
	}
}

func TestADeviceIsOptional(t *testing.T) {
	r := newRig(t)
	h := native(ec().sign(t, nil, claims(nil)))
	h.Device = ""
	if who, err := r.Authorize(t.Context(), h); err != nil || who.Device != "" {
		t.Errorf("%+v, %v", who, err)
	}
}

func TestClaimsThatAreRefused(t *testing.T) {
	at := func(d time.Duration) int64 { return time.Now().Add(d).Unix() }
	for name, overrides := range map[string]map[string]any{
		"expired":                          {"exp": at(-time.Minute)},
		"expired in the last century":      {"exp": 0},
		"expires at no time that there is": {"exp": math.MaxFloat64},
		"expires at a text":                {"exp": "tomorrow"},
		"no exp":                           {"exp": nil},
		"not yet valid":                    {"nbf": at(time.Minute)},
		"another audience":                 {"aud": "other"},
		"a longer audience":                {"aud": audience + "2"},
		"an audience in other letters":     {"aud": "Parley"},
		"other audiences":                  {"aud": []string{"other", "another"}},
		"an empty list of audiences":       {"aud": []string{}},
		"no audience":                      {"aud": nil},
		"given to another client":          {"aud": nil, "client_id": "other"},
		"for others, given to this client": {"aud": "other", "client_id": audience},
		"another issuer":                   {"iss": "https://evil.example.com"},
		"an issuer with a slash":           {"iss": issuer + "/"},
		"a longer issuer":                  {"iss": issuer + ".evil.com"},
		"no issuer":                        {"iss": nil},
		"no subject":                       {"sub": nil},
		"an empty subject":                 {"sub": ""},
		"a subject that is a number":       {"sub": 7},
		"a subject with a space":           {"sub": "ann smith"},
		"a subject with a key separator":   {"sub": "ann#M"},
		"a subject with a line":            {"sub": "ann\n"},
		"a subject that is too long":       {"sub": strings.Repeat("a", 129)},
	} {
		t.Run(name, func(t *testing.T) {
			wantRefused(t, newRig(t), ec().sign(t, nil, claims(overrides)))
		})
	}
}

// The issuer's clock may be a little ahead. What has expired gets no grace, because every later frame would be refused.
func TestClocksMayDifferALittle(t *testing.T) {
	r := newRig(t)
	soon := map[string]any{"nbf": time.Now().Add(10 * time.Second).Unix()}
	if err := r.allow(t.Context(), ec().sign(t, nil, claims(soon))); err != nil {
		t.Errorf("valid in no time: %v", err)
	}
	wantRefused(t, r, ec().sign(t, nil, claims(map[string]any{"exp": time.Now().Add(-time.Second).Unix()})))
}

// wantRefused tries the token both ways and looks for it in the reason.
func wantRefused(t *testing.T, r *rig, token string) {
	t.Helper()
	for _, h := range []auth.Handshake{native(token), {Protocols: "parley.v1, bearer." + token, Origin: origin}} {
		who, err := r.Authorize(t.Context(), h)
		refused, ok := errors.AsType[*auth.Refused](err)
		if !ok || refused.Origin {
			t.Fatalf("%+v, %v", who, err)
		}
		if who != (chat.Identity{}) {
			t.Errorf("refused and yet %+v", who)
		}
		for part := range strings.SplitSeq(token, ".") {
			if len(part) > 8 && strings.Contains(err.Error(), part) {
				t.Errorf("the reason repeats the token: %v", err)
			}
		}
	}
}

// forge puts a token together by hand.
func forge(header, claims map[string]any, signature []byte) string {
	encode := func(v map[string]any) string {
		b, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		return number(b)
	}
	return encode(header) + "." + encode(claims) + "." + number(signature)
}

// The list of jwt_tool and RFC 8725: what has opened doors before.
func TestForgedTokensAreRefused(t *testing.T) {
	good := ec().sign(t, nil, claims(nil))
	parts := strings.Split(good, ".")
	tests := map[string]string{
		"null bytes for a signature": parts[0] + "." + parts[1] + "." + number(make([]byte, 64)),
		"no signature":               parts[0] + "." + parts[1] + ".",
		"no signature and no dot":    parts[0] + "." + parts[1],
		"half a signature":           good[:len(good)-43],
		"a signature of another":     parts[0] + "." + number([]byte(`{"iss":"https://login.example.com","aud":"parley","sub":"bob","exp":9999999999}`)) + "." + parts[2],
		"four parts":                 good + "." + parts[2],
		"nothing":                    "..",
		"no JSON":                    number([]byte("hello")) + "." + parts[1] + "." + parts[2],
		"an array":                   number([]byte("[]")) + "." + parts[1] + "." + parts[2],
		"null":                       number([]byte("null")) + "." + number([]byte("null")) + "." + parts[2],
		"padding":                    parts[0] + "." + parts[1] + "=." + parts[2],
		"another key":                pair{"ec-1", jwt.SigningMethodES256, newEC("").key}.sign(t, nil, claims(nil)),
	}
	for _, alg := range []string{"none", "None", "NONE", "nOnE", "none ", "", "HS256", "ES384", "RS512", "PS256", "es256"} {
		tests["alg "+alg+" without a signature"] = forge(map[string]any{"alg": alg, "typ": "JWT", "kid": "ec-1"}, claims(nil), nil)
		tests["alg "+alg+" with the signature of ES256"] = forge(map[string]any{"alg": alg, "typ": "JWT", "kid": "ec-1"}, claims(nil), []byte(parts[2]))
	}
	tests["no alg"] = forge(map[string]any{"kid": "ec-1"}, claims(nil), nil)
	tests["alg that is a number"] = forge(map[string]any{"alg": 7, "kid": "ec-1"}, claims(nil), nil)
	for name, token := range tests {
		t.Run(name, func(t *testing.T) { wantRefused(t, newRig(t), token) })
	}
}

func TestAPublicKeyIsNoSecret(t *testing.T) {
	der, err := x509.MarshalPKIXPublicKey(rsaPair().key.Public())
	if err != nil {
		t.Fatal(err)
	}
	set, err := json.Marshal(rsaPair().jwk())
	if err != nil {
		t.Fatal(err)
	}
	for name, secret := range map[string][]byte{
		"DER":   der,
		"PEM":   pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}),
		"JWK":   set,
		"blank": {},
		"n":     []byte(rsaPair().jwk()["n"].(string)),
	} {
		for _, method := range []*jwt.SigningMethodHMAC{jwt.SigningMethodHS256, jwt.SigningMethodHS384, jwt.SigningMethodHS512} {
			token := jwt.NewWithClaims(method, jwt.MapClaims(claims(nil)))
			token.Header["kid"] = "rsa-1"
			signed, err := token.SignedString(secret)
			if err != nil {
				t.Fatal(err)
			}
			t.Run(name+" "+method.Alg(), func(t *testing.T) { wantRefused(t, newRig(t), signed) })
		}
	}
}

func TestKeysAreNotTakenFromTheToken(t *testing.T) {
	mine := newEC("ec-1")
	fetched := make(chan string, 10)
	evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		fetched <- q.URL.Path
		_ = json.NewEncoder(w).Encode(map[string]any{"keys": []any{mine.jwk()}})
	}))
	defer evil.Close()
	for name, header := range map[string]map[string]any{
		"jwk":                    {"jwk": mine.jwk()},
		"jku":                    {"jku": evil.URL + "/jku"},
		"x5u":                    {"x5u": evil.URL + "/x5u"},
		"x5c":                    {"x5c": []string{base64.StdEncoding.EncodeToString([]byte("certificate"))}},
		"all, and no kid":        {"jwk": mine.jwk(), "jku": evil.URL + "/jku", "x5u": evil.URL + "/x5u", "kid": ""},
		"an unknown kid":         {"kid": "ec-99"},
		"a kid like a path":      {"kid": "../../../../dev/null"},
		"a kid like a URL":       {"kid": evil.URL + "/kid"},
		"a kid like SQL":         {"kid": "x' UNION SELECT 'secret' -- "},
		"a kid like a command":   {"kid": "ec-1|sleep 10"},
		"a kid with a null":      {"kid": "ec-1\x00"},
		"a kid in other case":    {"kid": "EC-1"},
		"a kid that is a list":   {"kid": []string{"ec-1"}},
		"a kid that is a map":    {"kid": map[string]any{"a": 1}},
		"a kid that is a number": {"kid": 1},
	} {
		t.Run(name, func(t *testing.T) { wantRefused(t, newRig(t), mine.sign(t, header, claims(nil))) })
	}
	close(fetched)
	for path := range fetched {
		t.Errorf("a token made us fetch %s", path)
	}
}

func TestWhatElseAHeaderSaysIsIgnored(t *testing.T) {
	mine := newEC("mine")
	token := ec().sign(t, map[string]any{"jwk": mine.jwk(), "jku": "http://127.0.0.1:1/", "typ": "at+jwt"}, claims(nil))
	if err := newRig(t).allow(t.Context(), token); err != nil {
		t.Error(err)
	}
}

// RFC 7515 §4.1.11: who does not understand an extension that is marked as critical must refuse.
func TestAnExtensionThatMustBeUnderstoodIsRefused(t *testing.T) {
	wantRefused(t, newRig(t), ec().sign(t, map[string]any{"crit": []string{"exp-policy"}, "exp-policy": 1}, claims(nil)))
}

// A key serves its own algorithm only, even if the signature fits.
func TestAKeyOfAnotherAlgorithm(t *testing.T) {
	all := []pair{ec(), rsaPair(), ed()}
	for _, signer := range all {
		for _, named := range all {
			if signer.kid == named.kid {
				continue
			}
			t.Run(fmt.Sprintf("%s signed, %s named", signer.kid, named.kid), func(t *testing.T) {
				wantRefused(t, newRig(t), signer.sign(t, map[string]any{"kid": named.kid}, claims(nil)))
			})
		}
	}
	for _, method := range []jwt.SigningMethod{jwt.SigningMethodRS384, jwt.SigningMethodRS512, jwt.SigningMethodPS256} {
		t.Run(method.Alg(), func(t *testing.T) {
			wantRefused(t, newRig(t), pair{"rsa-1", method, rsaPair().key}.sign(t, nil, claims(nil)))
		})
	}
}

func TestAChangedTokenIsRefused(t *testing.T) {
	r := newRig(t)
	for _, p := range []pair{ec(), rsaPair(), ed()} {
		good := p.sign(t, nil, claims(nil))
		for i := 0; i < len(good); i += 7 {
			changed := []byte(good)
			changed[i] = map[bool]byte{true: 'B', false: 'A'}[changed[i] == 'A']
			if err := r.allow(t.Context(), string(changed)); err == nil && !sameBytes(good, string(changed)) {
				t.Errorf("%s is accepted with another character at %d", p.method.Alg(), i)
			}
		}
	}
}

// sameBytes is true if two tokens differ only in bits that base64 does not use.
func sameBytes(a, b string) bool {
	decode := func(token string) (out [][]byte) {
		for part := range strings.SplitSeq(token, ".") {
			bytes, _ := base64.RawURLEncoding.DecodeString(part)
			out = append(out, bytes)
		}
		return out
	}
	return slices.EqualFunc(decode(a), decode(b), slices.Equal)
}

func TestATokenThatIsTooLong(t *testing.T) {
	sized := func(size int) string {
		for n := size / 2; ; n++ {
			if token := ed().sign(t, nil, claims(map[string]any{"pad": strings.Repeat("x", n)})); len(token) >= size {
				return token
			}
		}
	}
	r := newRig(t)
	if err := r.allow(t.Context(), sized(8<<10-2)); err != nil {
		t.Errorf("just below: %v", err)
	}
	r = newRig(t)
	wantRefused(t, r, sized(8<<10+1))
	if n := r.requests.Load(); n != 0 {
		t.Errorf("%d requests for what could be refused by its length", n)
	}
}

func TestDevicesThatAreRefused(t *testing.T) {
	r := newRig(t)
	token := ec().sign(t, nil, claims(nil))
	for _, device := range []string{"phone 1", "phone#1", "../1", "phöne", "a\n", strings.Repeat("x", 65)} {
		h := native(token)
		h.Device = device
		if _, err := r.Authorize(t.Context(), h); err == nil {
			t.Errorf("%q is accepted", device)
		}
	}
}
