package ssm_test

import (
	"errors"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	client "github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/smithy-go"

	"github.com/parley-im/parley/infra/local/ssm"
)

func newClient(t *testing.T, secret string) *client.Client {
	t.Helper()
	server := httptest.NewServer(ssm.New(ssm.Config{
		Region: "eu-central-1", Account: "000000000000", Parameters: map[string]string{"/parley/local/vapid": "the key"},
		Secret: func(key string) (string, bool) { return "secret", key == "local" },
	}))
	t.Cleanup(server.Close)
	return client.New(client.Options{
		Region: "eu-central-1", BaseEndpoint: &server.URL, HTTPClient: server.Client(), Retryer: aws.NopRetryer{},
		Credentials: credentials.NewStaticCredentialsProvider("local", secret, ""),
	})
}

func TestAParameterIsGivenOutDecryptedIfThatIsAskedFor(t *testing.T) {
	c := newClient(t, "secret")
	for decrypt, want := range map[bool]bool{true: true, false: false} {
		out, err := c.GetParameter(t.Context(), &client.GetParameterInput{Name: aws.String("/parley/local/vapid"), WithDecryption: &decrypt})
		if err != nil || out.Parameter.Type != types.ParameterTypeSecureString || (*out.Parameter.Value == "the key") != want {
			t.Errorf("decrypted %v: %+v, %v", decrypt, out, err)
		}
	}
}

func TestWhatThereIsNotAndWhoHasNoKey(t *testing.T) {
	_, err := newClient(t, "secret").GetParameter(t.Context(), &client.GetParameterInput{Name: aws.String("/other")})
	if _, ok := errors.AsType[*types.ParameterNotFound](err); !ok {
		t.Error(err)
	}
	_, err = newClient(t, "guess").GetParameter(t.Context(), &client.GetParameterInput{Name: aws.String("/parley/local/vapid")})
	refused, ok := errors.AsType[smithy.APIError](err)
	if !ok || refused.ErrorCode() != "InvalidSignatureException" {
		t.Error(err)
	}
	if _, err := newClient(t, "secret").DeleteParameter(t.Context(), &client.DeleteParameterInput{Name: aws.String("/parley/local/vapid")}); err == nil {
		t.Error("deleted")
	}
}
