// Package sigv4 checks the AWS Signature Version 4 of requests, as the services do: the stand-ins let in who has a key, and
// tell the others apart in the words of AWS.
package sigv4

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	algorithm  = "AWS4-HMAC-SHA256"
	timeLayout = "20060102T150405Z"
	terminator = "aws4_request"
	// maxSkew is how far the time of a signature may be from now.
	maxSkew = 5 * time.Minute
)

// Kind is what is wrong with a signature: the name of the exception that AWS answers with.
type Kind string

// The kinds.
const (
	Missing    Kind = "MissingAuthenticationTokenException" // there is none
	Incomplete Kind = "IncompleteSignatureException"        // it lacks a part
	Unknown    Kind = "UnrecognizedClientException"         // nobody has this access key
	Invalid    Kind = "InvalidSignatureException"           // it is not of this request, service, region or time
)

// Error is why a request is not let in. Its answer has status 403.
type Error struct {
	Kind    Kind
	Message string // as the caller sees it
}

// Error is the kind and the message.
func (e *Error) Error() string { return string(e.Kind) + ": " + e.Message }

// Verifier checks the Authorization header of requests to one service in one region. Signatures in the query are not
// supported: no SDK makes them for the services that use this package. It is safe for concurrent use.
type Verifier struct {
	region, service string
	secret          func(accessKey string) (string, bool)

	mu   sync.Mutex
	keys map[string][]byte // signing keys by secret and date, of one date
	date string
}

// New returns a verifier. secret returns the secret key of an access key, and false if there is no such key.
func New(region, service string, secret func(accessKey string) (string, bool)) *Verifier {
	return &Verifier{region: region, service: service, secret: secret, keys: map[string][]byte{}}
}

// authorization is a parsed Authorization header.
type authorization struct {
	accessKey, date, region, service, terminator string
	signedHeaders                                []string
	signature                                    string
}

// Verify returns nil if r, whose body was read to be body, is signed by a known key at about now.
func (v *Verifier) Verify(r *http.Request, body []byte, now time.Time) *Error {
	header := r.Header.Get("Authorization")
	if header == "" {
		return &Error{Missing, "Missing Authentication Token"}
	}
	a, problem := splitAuthorization(header)
	if problem != "" {
		return &Error{Incomplete, problem}
	}
	at := r.Header.Get("X-Amz-Date")
	signed, err := time.Parse(timeLayout, at)
	switch {
	case err != nil || !strings.HasPrefix(at, a.date):
		return invalid("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP")
	case !slices.Contains(a.signedHeaders, "host"):
		return invalid("'Host' must be a 'SignedHeader' in the AWS Authorization.")
	case a.region != v.region:
		return invalid(fmt.Sprintf("Credential should be scoped to a valid region. Expected: %s", v.region))
	case a.service != v.service:
		return invalid(fmt.Sprintf("Credential should be scoped to correct service: '%s'.", v.service))
	case a.terminator != terminator:
		return invalid("Credential should be scoped with a valid terminator: 'aws4_request'.")
	case now.Sub(signed).Abs() > maxSkew:
		return invalid(fmt.Sprintf("Signature expired: %s is not within 5 minutes of %s", at, now.UTC().Format(timeLayout)))
	}
	secret, ok := v.secret(a.accessKey)
	if !ok {
		return &Error{Unknown, "The security token included in the request is invalid."}
	}
	sum := sha256.Sum256(body)
	payloadHash := hex.EncodeToString(sum[:])
	claimed := r.Header.Get("X-Amz-Content-Sha256")
	want := v.sign(a, secret, at, canonicalRequest(r, a.signedHeaders, payloadHash))
	if claimed != "" && claimed != payloadHash || !hmac.Equal([]byte(want), []byte(a.signature)) {
		return invalid("The request signature we calculated does not match the signature you provided. " +
			"Check your AWS Secret Access Key and signing method. Consult the service documentation for details.")
	}
	return nil
}

func invalid(message string) *Error { return &Error{Invalid, message} }

// splitAuthorization splits
//
//	AWS4-HMAC-SHA256 Credential=<key>/<date>/<region>/<service>/aws4_request, SignedHeaders=<a;b>, Signature=<hex>
//
// and returns what is wrong with it, if anything, in the words of the service.
func splitAuthorization(header string) (a authorization, problem string) {
	rest, ok := strings.CutPrefix(header, algorithm+" ")
	if !ok {
		return a, "Unsupported AWS 'algorithm'."
	}
	fields := map[string]string{}
	for _, field := range strings.Split(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(field), "=")
		fields[name] = value
	}
	for _, name := range []string{"Credential", "SignedHeaders", "Signature"} {
		if fields[name] == "" {
			return a, fmt.Sprintf("Authorization header requires '%s' parameter.", name)
		}
	}
	scope := strings.Split(fields["Credential"], "/")
	if len(scope) != 5 {
		return a, "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term."
	}
	return authorization{
		accessKey: scope[0], date: scope[1], region: scope[2], service: scope[3], terminator: scope[4],
		signedHeaders: strings.Split(fields["SignedHeaders"], ";"),
		signature:     fields["Signature"],
	}, ""
}

// canonicalRequest is the text that is signed, rebuilt from the request as it was received. The path is escaped once more
// than it is on the wire, as for every service but S3.
func canonicalRequest(r *http.Request, signedHeaders []string, payloadHash string) string {
	var b strings.Builder
	b.WriteString(r.Method)
	b.WriteByte('\n')
	escapePath(&b, r.URL.EscapedPath())
	b.WriteByte('\n')
	b.WriteString(canonicalQuery(r.URL.Query()))
	b.WriteByte('\n')
	for _, name := range signedHeaders {
		b.WriteString(name)
		b.WriteByte(':')
		for i, value := range signedValues(r, name) {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(strings.Join(strings.Fields(value), " "))
		}
		b.WriteByte('\n')
	}
	b.WriteByte('\n')
	b.WriteString(strings.Join(signedHeaders, ";"))
	b.WriteByte('\n')
	b.WriteString(payloadHash)
	return b.String()
}

// signedValues returns the values of a header, two of which net/http keeps elsewhere.
func signedValues(r *http.Request, name string) []string {
	switch name {
	case "host":
		return []string{r.Host}
	case "content-length":
		return []string{strconv.FormatInt(r.ContentLength, 10)}
	}
	return r.Header.Values(name)
}

func canonicalQuery(values url.Values) string {
	return strings.ReplaceAll(values.Encode(), "+", "%20")
}

// escapePath writes path with everything escaped but unreserved characters and slashes.
func escapePath(b *strings.Builder, path string) {
	const upperHex = "0123456789ABCDEF"
	for i := range len(path) {
		c := path[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-._~/", c) >= 0:
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(upperHex[c>>4])
			b.WriteByte(upperHex[c&0xf])
		}
	}
}

// sign returns the signature that the owner of secret would have made.
func (v *Verifier) sign(a authorization, secret, at, canonicalRequest string) string {
	sum := sha256.Sum256([]byte(canonicalRequest))
	scope := strings.Join([]string{a.date, a.region, a.service, a.terminator}, "/")
	text := strings.Join([]string{algorithm, at, scope, hex.EncodeToString(sum[:])}, "\n")
	return hex.EncodeToString(mac(v.key(secret, a.date), text))
}

// key returns the signing key of a secret for a date. Keys of one date are kept: each takes four rounds of hashing.
func (v *Verifier) key(secret, date string) []byte {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.date != date {
		v.date = date
		clear(v.keys)
	}
	key, ok := v.keys[secret]
	if !ok {
		key = []byte("AWS4" + secret)
		for _, part := range []string{date, v.region, v.service, terminator} {
			key = mac(key, part)
		}
		v.keys[secret] = key
	}
	return key
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
