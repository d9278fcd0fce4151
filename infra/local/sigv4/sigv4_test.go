package sigv4_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/parley-im/parley/infra/local/sigv4"
)

// The gateway's tests tamper with signatures in every part; these show what the package itself promises.

const body = "Action=Publish&Message=a+b"

// signed is a request that the SDK's own signer has signed.
func signed(t *testing.T, key, secret, service, region string, at time.Time) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://127.0.0.1:9/a%3Db?y=2&x=1", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	sum := sha256.Sum256([]byte(body))
	credentials := aws.Credentials{AccessKeyID: key, SecretAccessKey: secret}
	if err := v4.NewSigner().SignHTTP(t.Context(), credentials, r, hex.EncodeToString(sum[:]), service, region, at); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestVerify(t *testing.T) {
	now := time.Date(2026, 11, 21, 22, 23, 0, 0, time.UTC)
	v := sigv4.New("eu-west-1", "sns", func(key string) (string, bool) { return "secret", key == "known" })
	for name, test := range map[string]struct {
		request *http.Request
		body    string
		want    sigv4.Kind
	}{
		"right":           {signed(t, "known", "secret", "sns", "eu-west-1", now), body, ""},
		"a little late":   {signed(t, "known", "secret", "sns", "eu-west-1", now.Add(-4*time.Minute)), body, ""},
		"too late":        {signed(t, "known", "secret", "sns", "eu-west-1", now.Add(-6*time.Minute)), body, sigv4.Invalid},
		"from the future": {signed(t, "known", "secret", "sns", "eu-west-1", now.Add(6*time.Minute)), body, sigv4.Invalid},
		"another body":    {signed(t, "known", "secret", "sns", "eu-west-1", now), body + "!", sigv4.Invalid},
		"another secret":  {signed(t, "known", "guess", "sns", "eu-west-1", now), body, sigv4.Invalid},
		"another key":     {signed(t, "nobody", "secret", "sns", "eu-west-1", now), body, sigv4.Unknown},
		"another service": {signed(t, "known", "secret", "sqs", "eu-west-1", now), body, sigv4.Invalid},
		"another region":  {signed(t, "known", "secret", "sns", "us-east-1", now), body, sigv4.Invalid},
		"none":            {httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil), "", sigv4.Missing},
	} {
		t.Run(name, func(t *testing.T) {
			err := v.Verify(test.request, []byte(test.body), now)
			if (err == nil) != (test.want == "") || err != nil && err.Kind != test.want {
				t.Errorf("%v, want %q", err, test.want)
			}
		})
	}
}
