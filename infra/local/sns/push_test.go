package sns_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"github.com/parley-im/parley/infra/local/sns"
)

const structured = `{"default":"hi","GCM":"{\"fcmV1Message\":{\"message\":{\"data\":{\"seq\":\"42\"}}}}","APNS":"{\"aps\":{\"alert\":\"hi\"}}"}`

func TestAPushLandsInTheInboxWithThePayloadOfItsPlatform(t *testing.T) {
	s := newStack(t, sns.Config{Applications: []sns.Application{gcm, apns, {Platform: "APNS_SANDBOX", Name: "parley"}}})
	tests := map[string]string{
		"GCM":          `{"fcmV1Message":{"message":{"data":{"seq":"42"}}}}`,
		"APNS":         `{"aps":{"alert":"hi"}}`,
		"APNS_SANDBOX": "hi",
	}
	for platform, payload := range tests {
		t.Run(platform, func(t *testing.T) {
			out, err := s.client.CreatePlatformEndpoint(t.Context(), &client.CreatePlatformEndpointInput{
				PlatformApplicationArn: aws.String(s.ApplicationARN(sns.Application{Platform: platform, Name: "parley"})),
				Token:                  aws.String("token"), CustomUserData: aws.String("ann"),
			})
			if err != nil {
				t.Fatal(err)
			}
			id := s.publish(t, &client.PublishInput{
				TargetArn: out.EndpointArn, MessageStructure: aws.String("json"), Message: aws.String(structured),
				MessageAttributes: map[string]types.MessageAttributeValue{
					"AWS.SNS.MOBILE.APNS.PUSH_TYPE": {DataType: aws.String("String"), StringValue: aws.String("alert")},
				},
			})
			got := s.Notifications(sns.Filter{Platform: platform})
			if len(got) != 1 {
				t.Fatalf("%d notifications", len(got))
			}
			n := got[0]
			if n.MessageID != id || !n.At.Equal(start) || n.EndpointARN != *out.EndpointArn || n.Application != "parley" ||
				n.Token != "token" || n.UserData != "ann" || n.Message != payload ||
				n.Attributes["AWS.SNS.MOBILE.APNS.PUSH_TYPE"].StringValue != "alert" {
				t.Errorf("notification %+v", n)
			}
		})
	}
	if got := s.Usage().MobilePushes; got != 3 {
		t.Errorf("%d pushes billed", got)
	}
}

func TestAPayloadThePushServiceWouldRefuseIsRefused(t *testing.T) {
	s := newStack(t, sns.Config{Applications: []sns.Application{gcm, apns}})
	wrap := func(platform, payload string) string { return fmt.Sprintf(`{"default":"hi",%q:%q}`, platform, payload) }
	long := strings.Repeat("x", 4096)
	tests := []struct {
		name    string
		to      sns.Application
		message string
	}{
		{"not JSON", apns, wrap("APNS", "hi")},
		{"no object", apns, wrap("APNS", "null")},
		{"too long for Apple", apns, wrap("APNS", `{"aps":{"alert":"`+long+`"}}`)},
		{"number in data", gcm, wrap("GCM", `{"fcmV1Message":{"message":{"data":{"seq":42}}}}`)},
		{"null in data", gcm, wrap("GCM", `{"fcmV1Message":{"message":{"data":{"seq":null}}}}`)},
		{"no message", gcm, wrap("GCM", `{"fcmV1Message":{}}`)},
		{"too long for Firebase", gcm, wrap("GCM", `{"fcmV1Message":{"message":{"data":{"x":"`+long+`"}}}}`)},
		{"no default", gcm, `{"GCM":"{}"}`},
		{"default that is no string", gcm, `{"default":{}}`},
		{"no JSON at all", gcm, `hi`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := s.client.Publish(t.Context(), &client.PublishInput{
				TargetArn: aws.String(s.endpoint(t, tt.to, "token")), Message: aws.String(tt.message), MessageStructure: aws.String("json"),
			})
			if !isA[*types.InvalidParameterException](err) {
				t.Errorf("error is %v", err)
			}
		})
	}
	if got := s.Notifications(sns.Filter{}); len(got) != 0 {
		t.Errorf("inbox %v", got)
	}
}

func TestTheInboxKeepsTheNewestThousand(t *testing.T) {
	s := newStack(t, sns.Config{Applications: []sns.Application{gcm}})
	endpoint := s.endpoint(t, gcm, "token")
	for i := range 1003 {
		call(t, s.Service, fmt.Sprintf("Action=Publish&Message=%d&TargetArn=%s", i, endpoint))
	}
	got := s.Notifications(sns.Filter{})
	if len(got) != 1000 || got[0].Message != "3" || got[999].Message != "1002" {
		t.Errorf("%d notifications from %s to %s", len(got), got[0].Message, got[len(got)-1].Message)
	}
}

func TestAFilterChoosesNotifications(t *testing.T) {
	s := newStack(t, sns.Config{Applications: []sns.Application{gcm, apns}})
	android, iphone := s.endpoint(t, gcm, "t1"), s.endpoint(t, apns, "t2")
	s.publish(t, &client.PublishInput{TargetArn: aws.String(android), Message: aws.String("1")})
	s.clock.Advance(time.Minute)
	s.publish(t, &client.PublishInput{TargetArn: aws.String(iphone), Message: aws.String("2")})
	tests := map[string]struct {
		filter sns.Filter
		want   []string
	}{
		"all":      {sns.Filter{}, []string{"1", "2"}},
		"endpoint": {sns.Filter{EndpointARN: android}, []string{"1"}},
		"token":    {sns.Filter{Token: "t2"}, []string{"2"}},
		"platform": {sns.Filter{Platform: "APNS"}, []string{"2"}},
		"user":     {sns.Filter{UserData: "ann"}, nil},
		"since":    {sns.Filter{Since: start.Add(time.Minute)}, []string{"2"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, n := range s.Notifications(tt.filter) {
				got = append(got, n.Message)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestAWatcherSeesWhatIsPushedAndASlowOneMissesTheOldest(t *testing.T) {
	s := newStack(t, sns.Config{Applications: []sns.Application{gcm}})
	ctx, cancel := context.WithCancel(t.Context())
	watch := s.Watch(ctx)
	endpoint := s.endpoint(t, gcm, "token")
	for i := range 70 {
		s.publish(t, &client.PublishInput{TargetArn: aws.String(endpoint), Message: aws.String(fmt.Sprint(i))})
	}
	if n := <-watch; n.Message != "6" {
		t.Errorf("the oldest is %s, want 6: 64 are kept", n.Message)
	}
	cancel()
	rest := 0
	for n := range watch {
		if rest++; n.Message != fmt.Sprint(6+rest) {
			t.Errorf("notification %d is %s", rest, n.Message)
		}
	}
	if rest != 63 {
		t.Errorf("%d more, want 63", rest)
	}
}
