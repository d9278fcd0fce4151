package pushservice

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// validTopic is at most 32 characters of base64url (RFC 8030 §5.4).
var validTopic = regexp.MustCompile(`^[A-Za-z0-9_-]{0,32}$`)

// headers reads those of a push, or says what is wrong with them.
func headers(h http.Header) (n Notification, wrong string) {
	ttl, err := strconv.Atoi(h.Get("TTL"))
	n = Notification{TTL: ttl, Topic: h.Get("Topic"), Urgency: h.Get("Urgency")}
	switch {
	case err != nil || ttl < 0:
		return n, "TTL: missing or no number"
	case h.Get("Content-Encoding") != "aes128gcm":
		return n, "Content-Encoding: not aes128gcm"
	case !validTopic.MatchString(n.Topic):
		return n, "Topic: not up to 32 characters of base64url"
	case !slices.Contains([]string{"", "very-low", "low", "normal", "high"}, n.Urgency):
		return n, "Urgency: unknown"
	}
	return n, ""
}

// authorize checks the Authorization header `vapid t=<token>, k=<key>` (RFC 8292 §3 and §4.2), or says what is wrong with it.
func (s *Service) authorize(header string, now time.Time) (wrong string) {
	rest, ok := strings.CutPrefix(header, "vapid ")
	if !ok {
		return "not vapid"
	}
	parts := map[string]string{}
	for _, part := range strings.Split(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		parts[name] = value
	}
	if parts["k"] != s.public {
		return "not the key that the browser subscribed with"
	}
	point, err := base64.RawURLEncoding.DecodeString(parts["k"])
	if err != nil {
		return "k: not base64url"
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		return "k: not a point of P-256"
	}
	var claims jwt.RegisteredClaims
	_, err = jwt.ParseWithClaims(parts["t"], &claims, func(*jwt.Token) (any, error) { return key, nil },
		jwt.WithValidMethods([]string{"ES256"}), jwt.WithAudience(s.origin), jwt.WithExpirationRequired(),
		jwt.WithTimeFunc(func() time.Time { return now }))
	switch {
	case err != nil:
		return "t: " + err.Error()
	case claims.ExpiresAt.Sub(now) > 24*time.Hour:
		return "t: good for more than a day"
	case !strings.HasPrefix(claims.Subject, "mailto:") && !strings.HasPrefix(claims.Subject, "https://"):
		return "t: sub is nobody to write to"
	}
	return ""
}

var errContent = errors.New("the content cannot be decrypted")

// decrypt reads one record of aes128gcm for a browser (RFC 8291 §3.4, RFC 8188 §2.1).
func decrypt(body []byte, key *ecdh.PrivateKey, auth []byte) ([]byte, error) {
	const fixed = 16 + 4 + 1
	if len(body) < fixed || len(body) < fixed+int(body[20]) {
		return nil, errContent
	}
	salt, size, id, sealed := body[:16], binary.BigEndian.Uint32(body[16:20]), body[fixed:fixed+int(body[20])], body[fixed+int(body[20]):]
	server, err := ecdh.P256().NewPublicKey(id)
	if err != nil || len(sealed) > int(size) {
		return nil, errContent
	}
	secret, err := key.ECDH(server)
	if err != nil {
		return nil, errContent
	}
	info := "WebPush: info\x00" + string(key.PublicKey().Bytes()) + string(id)
	ikm, err1 := hkdf.Key(sha256.New, secret, auth, info, 32)
	cek, err2 := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: aes128gcm\x00", 16)
	nonce, err3 := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: nonce\x00", 12)
	if errors.Join(err1, err2, err3) != nil {
		return nil, errContent
	}
	block, err := aes.NewCipher(cek)
	if err != nil {
		return nil, errContent
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, errContent
	}
	padded, err := gcm.Open(nil, nonce, sealed, nil)
	if err != nil {
		return nil, errContent
	}
	for i := len(padded) - 1; i >= 0; i-- { // the text ends with a 2, and zeros follow: it is the last record
		switch padded[i] {
		case 0:
		case 2:
			return padded[:i], nil
		default:
			return nil, errContent
		}
	}
	return nil, errContent
}
