package apigateway_test

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

const mismatch = `{"message":"The request signature we calculated does not match the signature you provided. ` +
	`Check your AWS Secret Access Key and signing method. Consult the service documentation for details."}`

// signing is a request and how it is signed.
type signing struct {
	request         *http.Request
	body            string // that is hashed
	key, secret     string
	session         string
	service, region string
	at              time.Time
	options         []func(*v4.SignerOptions)
	after           func(*http.Request) // tampers with the signed request
}

// aws.md 1.2, 1.7 and 5.1.7: a call must be signed, for this service and Region, by a known key, at about now.
func TestSignature(t *testing.T) {
	r, c, id := managed(t, nil)
	tests := []struct {
		name   string
		change func(*signing)
		status int
		kind   string
		want   string
	}{
		{"valid", func(*signing) {}, 200, "", ""},
		{"valid with a hash", func(s *signing) { s.request.Header.Set("X-Amz-Content-Sha256", hash("hello")) }, 200, "", ""},
		{"valid with a session token", func(s *signing) { s.session = "token" }, 200, "", ""},
		{"valid with a query", func(s *signing) { s.request.URL.RawQuery = "b=2&a=x%20y&a=%2B&c" }, 200, "", ""},
		{"valid with spaces in a header", func(s *signing) { s.request.Header.Set("X-Amz-Meta", "  a   b ") }, 200, "", ""},
		{"valid with a repeated header", func(s *signing) { s.request.Header["X-Amz-Meta"] = []string{"a", "b"} }, 200, "", ""},
		{"four minutes old", func(s *signing) { s.at = time.Now().Add(-4 * time.Minute) }, 200, "", ""},

		{"unsigned", func(s *signing) { s.after = func(r *http.Request) { r.Header.Del("Authorization") } },
			403, "MissingAuthenticationTokenException", `{"message":"Missing Authentication Token"}`},
		{"another secret", func(s *signing) { s.secret = "other" }, 403, "InvalidSignatureException", mismatch},
		{"another body", func(s *signing) { s.body = "other" }, 403, "InvalidSignatureException", mismatch},
		{"another hash", func(s *signing) { s.request.Header.Set("X-Amz-Content-Sha256", hash("other")) }, 403, "InvalidSignatureException", mismatch},
		{"another path", func(s *signing) {
			s.after = func(r *http.Request) { r.URL.Path, r.URL.RawPath = "/local/@connections/R1kmxc2VNjMCFIA=", "" }
		}, 403, "InvalidSignatureException", mismatch},
		{"another query", func(s *signing) { s.after = func(r *http.Request) { r.URL.RawQuery = "a=1" } }, 403, "InvalidSignatureException", mismatch},
		{"another method", func(s *signing) { s.after = func(r *http.Request) { r.Method = "DELETE" } }, 403, "InvalidSignatureException", mismatch},
		{"another header", func(s *signing) {
			s.request.Header.Set("X-Amz-Meta", "a")
			s.after = func(r *http.Request) { r.Header.Set("X-Amz-Meta", "b") }
		}, 403, "InvalidSignatureException", mismatch},
		{"path escaped once (aws-sdk-go-v2 #889)", func(s *signing) {
			s.options = append(s.options, func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
		}, 403, "InvalidSignatureException", mismatch},
		{"unknown key", func(s *signing) { s.key = "other" },
			403, "UnrecognizedClientException", `{"message":"The security token included in the request is invalid."}`},
		{"another Region", func(s *signing) { s.region = "us-east-1" },
			403, "InvalidSignatureException", `{"message":"Credential should be scoped to a valid region. Expected: eu-west-1"}`},
		{"another service", func(s *signing) { s.service = "s3" },
			403, "InvalidSignatureException", `{"message":"Credential should be scoped to correct service: 'execute-api'."}`},
		{"six minutes old", func(s *signing) { s.at = time.Now().Add(-6 * time.Minute) }, 403, "InvalidSignatureException", "Signature expired"},
		{"of the future", func(s *signing) { s.at = time.Now().Add(6 * time.Minute) }, 403, "InvalidSignatureException", "Signature expired"},
		{"another date", func(s *signing) {
			s.after = func(r *http.Request) { r.Header.Set("X-Amz-Date", "20010101T000000Z") }
		}, 403, "InvalidSignatureException", "Date in Credential scope"},
		{"no date", func(s *signing) { s.after = func(r *http.Request) { r.Header.Del("X-Amz-Date") } }, 403, "InvalidSignatureException", "Date in Credential scope"},
		{"host not signed", tamper("SignedHeaders=content-length;host;", "SignedHeaders=content-length;"), 403, "InvalidSignatureException", "'Host' must be"},
		{"another terminator", tamper("aws4_request", "aws5_request"), 403, "InvalidSignatureException", "terminator"},
		{"another algorithm", tamper("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA512"), 403, "IncompleteSignatureException", "algorithm"},
		{"no signature", tamper("Signature=", "Sig="), 403, "IncompleteSignatureException", "requires 'Signature' parameter"},
		{"short credential", tamper("/aws4_request", ""), 403, "IncompleteSignatureException", "5 slash-delimited elements"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			req, err := http.NewRequest(http.MethodPost, r.server.URL+"/local/@connections/"+strings.ReplaceAll(id, "=", "%3D"), strings.NewReader("hello"))
			if err != nil {
				t.Fatal(err)
			}
			s := &signing{request: req, body: "hello", key: "key", secret: "secret", service: "execute-api", region: "eu-west-1", at: time.Now()}
			test.change(s)
			credentials := aws.Credentials{AccessKeyID: s.key, SecretAccessKey: s.secret, SessionToken: s.session}
			if err := v4.NewSigner().SignHTTP(t.Context(), credentials, req, hash(s.body), s.service, s.region, s.at, s.options...); err != nil {
				t.Fatal(err)
			}
			if s.after != nil {
				s.after(req)
			}
			resp, err := r.server.Client().Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, _ := io.ReadAll(resp.Body)
			if resp.StatusCode != test.status || resp.Header.Get("X-Amzn-ErrorType") != test.kind || !strings.Contains(string(body), test.want) {
				t.Errorf("got %d %s %s, want %d %s %s", resp.StatusCode, resp.Header.Get("X-Amzn-ErrorType"), body, test.status, test.kind, test.want)
			}
			if test.status == http.StatusOK {
				if got := c.receive(); got != "hello" {
					t.Errorf("received %q", got)
				}
			}
		})
	}
}

// tamper replaces text in the Authorization header.
func tamper(old, replacement string) func(*signing) {
	return func(s *signing) {
		s.after = func(r *http.Request) {
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), old, replacement, 1))
		}
	}
}

func hash(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:])
}

// An unsigned caller learns nothing about what exists.
func TestSignatureIsCheckedBeforeTheConnection(t *testing.T) {
	r, _, id := managed(t, nil)
	for _, id := range []string{id, "R1kmxc2VNjMCFIA=", "foo"} {
		if status := r.post(id, strings.Repeat("x", 128*1024+1)).StatusCode; status != http.StatusForbidden {
			t.Errorf("%s: got %d, want 403", id, status)
		}
	}
	if u := r.gateway.Usage(); u.Posts.Messages != 0 {
		t.Errorf("counted as posts: %+v", u.Posts)
	}
	if err := post(r, id, "x"); err != nil {
		t.Error(err)
	}
}
