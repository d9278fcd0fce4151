package endpoints_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	client "github.com/aws/aws-sdk-go-v2/service/sns"

	"github.com/parley-im/parley/infra/local/sns"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/endpoints"
)

var applications = map[string]sns.Application{
	"fcm":          {Platform: "GCM", Name: "parley"},
	"apns":         {Platform: "APNS", Name: "parley"},
	"apns_sandbox": {Platform: "APNS_SANDBOX", Name: "parley"},
}

// rig is the endpoints of an SNS that counts what it is asked.
type rig struct {
	*endpoints.Endpoints
	sns    *sns.Service
	client *client.Client
}

func newRig(t *testing.T) *rig {
	t.Helper()
	cfg := sns.Config{Region: "eu-central-1", Account: "000000000000"}
	for _, a := range applications {
		cfg.Applications = append(cfg.Applications, a)
	}
	service, err := sns.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(service)
	t.Cleanup(func() {
		server.Close()
		if err := service.Close(); err != nil {
			t.Error(err)
		}
	})
	r := &rig{sns: service, client: newClient(server)}
	arns := map[string]string{}
	for platform, a := range applications {
		arns[platform] = service.ApplicationARN(a)
	}
	r.Endpoints = endpoints.New(r.client, arns)
	return r
}

func newClient(server *httptest.Server) *client.Client {
	return client.New(client.Options{
		Region: "eu-central-1", BaseEndpoint: aws.String(server.URL), HTTPClient: server.Client(), Retryer: aws.NopRetryer{},
		Credentials: credentials.NewStaticCredentialsProvider("local", "secret", ""),
	})
}

var (
	ann = chat.Holder{User: "ann", Device: "phone-1"}
	bob = chat.Holder{User: "bob", Device: "phone-2"}
)

func (r *rig) register(t *testing.T, platform, token string, owner chat.Holder) (string, chat.Holder) {
	t.Helper()
	var before chat.Holder
	arn, err := r.Register(t.Context(), chat.Address{Platform: platform, Token: token}, owner, func(_ context.Context, had chat.Holder, _ string) error {
		before = had
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return arn, before
}

func (r *rig) attributes(t *testing.T, arn string) map[string]string {
	t.Helper()
	out, err := r.client.GetEndpointAttributes(t.Context(), &client.GetEndpointAttributesInput{EndpointArn: &arn})
	if err != nil {
		t.Fatal(err)
	}
	return out.Attributes
}

func (r *rig) disable(t *testing.T, arn string) {
	t.Helper()
	_, err := r.client.SetEndpointAttributes(t.Context(), &client.SetEndpointAttributesInput{EndpointArn: &arn, Attributes: map[string]string{"Enabled": "false"}})
	if err != nil {
		t.Fatal(err)
	}
}

func (r *rig) wantOwner(t *testing.T, arn string, want chat.Holder) {
	t.Helper()
	attributes := r.attributes(t, arn)
	var got chat.Holder
	if err := json.Unmarshal([]byte(attributes["CustomUserData"]), &got); err != nil || got != want || attributes["Enabled"] != "true" {
		t.Errorf("%v, %v; want the owner %v", attributes, err, want)
	}
}

func TestANewDeviceGetsAnEndpoint(t *testing.T) {
	r := newRig(t)
	arns := map[string]bool{}
	for platform, a := range applications {
		arn, before := r.register(t, platform, "token", ann)
		if !strings.Contains(arn, ":endpoint/"+a.Platform+"/parley/") || arns[arn] || before != (chat.Holder{}) && before != ann {
			t.Errorf("%s: %s, before %+v", platform, arn, before)
		}
		arns[arn] = true
		r.wantOwner(t, arn, ann)
	}
}

func TestRegisteringAgainChangesNothing(t *testing.T) {
	r := newRig(t)
	arn, _ := r.register(t, "fcm", "token", ann)
	set := r.sns.Usage().Operations["SetEndpointAttributes"]
	again, before := r.register(t, "fcm", "token", ann)
	if again != arn || before != (chat.Holder{}) {
		t.Errorf("%s, released from %+v", again, before)
	}
	if after := r.sns.Usage().Operations["SetEndpointAttributes"]; after != set {
		t.Errorf("what is right already was set again: %+v", after)
	}
	if other, _ := r.register(t, "fcm", "token-2", ann); other == arn {
		t.Error("another token has the same endpoint")
	}
}

func TestATokenBelongsToWhoRegisteredItLast(t *testing.T) {
	r := newRig(t)
	arn, _ := r.register(t, "fcm", "token", ann)
	taken, before := r.register(t, "fcm", "token", bob)
	if taken != arn || before != ann {
		t.Errorf("%s, before %+v; want %s, %+v", taken, before, arn, ann)
	}
	r.wantOwner(t, arn, bob)
	// And back, as when two people share a phone.
	if back, before := r.register(t, "fcm", "token", ann); back != arn || before != bob {
		t.Errorf("%s, before %+v", back, before)
	}
	r.wantOwner(t, arn, ann)
}

func TestATokenStaysWithItsOwnerUntilThatOneIsReleased(t *testing.T) {
	r := newRig(t)
	arn, _ := r.register(t, "fcm", "token", ann)
	failed := errors.New("table busy")
	for range 2 { // each try finds the former owner
		_, err := r.Register(t.Context(), chat.Address{Platform: "fcm", Token: "token"}, bob, func(_ context.Context, had chat.Holder, of string) error {
			if had != ann || of != arn {
				t.Errorf("released from %+v, %s", had, of)
			}
			return failed
		})
		if !errors.Is(err, failed) {
			t.Error(err)
		}
	}
	r.wantOwner(t, arn, ann)
}

func TestAnEndpointThatAPlatformGaveUpIsEnabledAgain(t *testing.T) {
	for _, owner := range []chat.Holder{ann, bob} {
		r := newRig(t)
		arn, _ := r.register(t, "apns", "token", ann)
		r.disable(t, arn)
		if again, before := r.register(t, "apns", "token", owner); again != arn || before == owner {
			t.Errorf("%s, released from %+v", again, before)
		}
		r.wantOwner(t, arn, owner)
	}
}

func TestAnEndpointOfSomethingElseNamesNobody(t *testing.T) {
	r := newRig(t)
	application := r.sns.ApplicationARN(applications["fcm"])
	for _, data := range []string{"made by hand", `{"user":7}`, "null"} {
		token := "token of " + strings.ReplaceAll(data, " ", "")
		out, err := r.client.CreatePlatformEndpoint(t.Context(), &client.CreatePlatformEndpointInput{
			PlatformApplicationArn: &application, Token: &token, CustomUserData: &data,
		})
		if err != nil {
			t.Fatal(err)
		}
		arn, before := r.register(t, "fcm", token, ann)
		if arn != *out.EndpointArn || before != (chat.Holder{}) {
			t.Errorf("%s, before %+v", arn, before)
		}
		r.wantOwner(t, arn, ann)
	}
}

func TestAPlatformThatIsNotSetUp(t *testing.T) {
	r := newRig(t)
	e := endpoints.New(r.client, nil)
	_, err := e.Register(t.Context(), chat.Address{Platform: "fcm", Token: "token"}, ann, nil)
	if told := chat.AsError(err); err == nil || told.Code != chat.Invalid || !strings.Contains(told.Text(), "platform") {
		t.Errorf("%v", err)
	}
}

// answering is SNS with one answer for every request.
func answering(t *testing.T, status int, code, message string) *endpoints.Endpoints {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(`<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>` + code +
			`</Code><Message>` + message + `</Message></Error><RequestId>1</RequestId></ErrorResponse>`))
	}))
	t.Cleanup(server.Close)
	return endpoints.New(newClient(server), map[string]string{"fcm": "arn:aws:sns:eu-central-1:000000000000:app/GCM/parley"})
}

func TestWhatIsRefusedIsToldAndWhatFailsIsNot(t *testing.T) {
	for _, test := range []struct {
		status        int
		code, message string
		want          chat.Code
	}{
		{400, "InvalidParameter", "Invalid parameter: Token Reason: iOS device tokens must be no more than 400 hexadecimal characters", chat.Invalid},
		{403, "AuthorizationError", "User: arn:aws:sts::1:role is not authorized", chat.Internal},
		{404, "NotFound", "PlatformApplication does not exist", chat.Internal},
		{500, "InternalError", "internal", chat.Internal},
	} {
		_, err := answering(t, test.status, test.code, test.message).Register(t.Context(), chat.Address{Platform: "fcm", Token: "token"}, ann, nil)
		if told := chat.AsError(err); err == nil || told.Code != test.want || strings.Contains(told.Text(), "arn:") {
			t.Errorf("%s: %v, want %s", test.code, err, test.want)
		}
	}
}

func TestWhatIsRemovedIsRemovedForGood(t *testing.T) {
	r := newRig(t)
	arn, _ := r.register(t, "fcm", "token", ann)
	for range 2 {
		if err := r.Remove(t.Context(), arn); err != nil {
			t.Fatal(err)
		}
	}
	if again, before := r.register(t, "fcm", "token", bob); again == arn || before != (chat.Holder{}) && before != bob {
		t.Errorf("%s, before %+v", again, before)
	}
}

func endpoint(platform, arn string) chat.Endpoint {
	return chat.Endpoint{Device: "phone-1", Platform: platform, ID: arn}
}

func TestWhatAPlatformDoesNotKnowAnyMoreIsGone(t *testing.T) {
	r := newRig(t)
	disabled, _ := r.register(t, "fcm", "token-1", ann)
	deleted, _ := r.register(t, "fcm", "token-2", ann)
	r.disable(t, disabled)
	if err := r.Remove(t.Context(), deleted); err != nil {
		t.Fatal(err)
	}
	for name, arn := range map[string]string{"disabled": disabled, "deleted": deleted} {
		if err := r.Push(t.Context(), endpoint("fcm", arn), chat.Notification{From: "bob", Preview: "hi"}); !errors.Is(err, chat.ErrGone) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := r.sns.Notifications(sns.Filter{}); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestWhatFailsIsNotGone(t *testing.T) {
	for _, test := range []struct {
		status        int
		code, message string
	}{
		{400, "InvalidParameter", "Invalid parameter: Message Reason: Invalid notification for protocol APNS: Notification is too long"},
		{400, "PlatformApplicationDisabled", "Platform application is disabled"},
		{400, "Throttled", "Rate exceeded"},
		{403, "AuthorizationError", "not authorized"},
		{500, "InternalError", "internal"},
	} {
		err := answering(t, test.status, test.code, test.message).Push(context.Background(), endpoint("fcm", "arn:aws:sns:eu-central-1:000000000000:endpoint/GCM/parley/1"), chat.Notification{Preview: "hi"})
		if err == nil || errors.Is(err, chat.ErrGone) {
			t.Errorf("%s: %v", test.code, err)
		}
	}
}
