package sns_test

import (
	"encoding/xml"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"github.com/parley-im/parley/infra/local/sns"
)

const authorization = "AWS4-HMAC-SHA256 Credential=local/20261121/" + region + "/sns/aws4_request, SignedHeaders=host;x-amz-date, Signature=00"

// post calls an action without a client or a connection.
func post(s *sns.Service, body, authorization string) *httptest.ResponseRecorder {
	request := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	response := httptest.NewRecorder()
	s.ServeHTTP(response, request)
	return response
}

// call is a post that has to succeed; it returns the XML document.
func call(t *testing.T, s *sns.Service, body string) string {
	t.Helper()
	response := post(s, body, authorization)
	if response.Code != 200 {
		t.Fatalf("%s: %d %s", body, response.Code, response.Body)
	}
	return response.Body.String()
}

func TestBadPublishesAreRefusedAndBilledNothing(t *testing.T) {
	s := newStack(t, sns.Config{Topics: []sns.Topic{{Name: "offline"}}, Applications: []sns.Application{gcm}})
	topic, hi := aws.String(s.TopicARN("offline")), aws.String("hi")
	invalid, notFound, forbidden := isA[*types.InvalidParameterException], isA[*types.NotFoundException], isA[*types.AuthorizationErrorException]
	attribute := func(name, dataType, value string) *client.PublishInput {
		return &client.PublishInput{TopicArn: topic, Message: hi, MessageAttributes: map[string]types.MessageAttributeValue{
			name: {DataType: aws.String(dataType), StringValue: aws.String(value)},
		}}
	}
	badAttribute := isA[*types.InvalidParameterValueException]
	tests := []struct {
		name string
		in   *client.PublishInput
		is   func(error) bool
	}{
		{"no target", &client.PublishInput{Message: hi}, invalid},
		{"two targets", &client.PublishInput{Message: hi, TopicArn: topic, TargetArn: topic}, invalid},
		{"phone", &client.PublishInput{Message: hi, PhoneNumber: aws.String("+491700000000")}, invalid},
		{"no ARN", &client.PublishInput{Message: hi, TopicArn: aws.String("offline")}, invalid},
		{"another service", &client.PublishInput{Message: hi, TopicArn: aws.String("arn:aws:sqs:eu-central-1:000000000000:offline")}, invalid},
		{"another region", &client.PublishInput{Message: hi, TopicArn: aws.String("arn:aws:sns:us-east-1:000000000000:offline")}, invalid},
		{"another account", &client.PublishInput{Message: hi, TopicArn: aws.String("arn:aws:sns:eu-central-1:111111111111:offline")}, forbidden},
		{"unknown topic", &client.PublishInput{Message: hi, TopicArn: aws.String(s.TopicARN("nowhere"))}, notFound},
		{"unknown endpoint", &client.PublishInput{Message: hi, TargetArn: aws.String(s.TopicARN("endpoint/GCM/parley/x"))}, invalid},
		{"empty message", &client.PublishInput{Message: aws.String(""), TopicArn: topic}, invalid},
		{"long message", &client.PublishInput{Message: aws.String(strings.Repeat("x", sns.MaxMessageSize+1)), TopicArn: topic}, invalid},
		{"long subject", &client.PublishInput{Message: hi, TopicArn: topic, Subject: aws.String(strings.Repeat("x", 101))}, invalid},
		{"subject of two lines", &client.PublishInput{Message: hi, TopicArn: topic, Subject: aws.String("a\nb")}, invalid},
		{"unknown structure", &client.PublishInput{Message: hi, TopicArn: topic, MessageStructure: aws.String("xml")}, invalid},
		{"structure without JSON", &client.PublishInput{Message: hi, TopicArn: topic, MessageStructure: aws.String("json")}, invalid},
		{"structure without default", &client.PublishInput{Message: aws.String(`{"sqs":"hi"}`), TopicArn: topic, MessageStructure: aws.String("json")}, invalid},
		{"attribute name", attribute("a b", "String", "x"), badAttribute},
		{"attribute type", attribute("a", "Bool", "x"), badAttribute},
		{"attribute value", attribute("a", "String", ""), badAttribute},
		{"attribute number", attribute("a", "Number", "x"), badAttribute},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := s.client.Publish(t.Context(), tt.in); !tt.is(err) {
				t.Errorf("error is %v", err)
			}
		})
	}
	if got := s.Usage().Operations; len(got) != 0 {
		t.Errorf("billed %v", got)
	}
	s.publish(t, &client.PublishInput{Message: aws.String(strings.Repeat("x", sns.MaxMessageSize)), TopicArn: topic})
}

func TestResourcesThatDoNotExistAreNotFound(t *testing.T) {
	s := newStack(t, sns.Config{})
	application := aws.String(s.ApplicationARN(gcm))
	_, create := s.client.CreatePlatformEndpoint(t.Context(), &client.CreatePlatformEndpointInput{PlatformApplicationArn: application, Token: aws.String("t")})
	_, list := s.client.ListEndpointsByPlatformApplication(t.Context(), &client.ListEndpointsByPlatformApplicationInput{PlatformApplicationArn: application})
	_, topic := s.client.GetTopicAttributes(t.Context(), &client.GetTopicAttributesInput{TopicArn: aws.String(s.TopicARN("nowhere"))})
	_, subscriptions := s.client.ListSubscriptionsByTopic(t.Context(), &client.ListSubscriptionsByTopicInput{TopicArn: aws.String(s.TopicARN("nowhere"))})
	for name, err := range map[string]error{"create": create, "list": list, "topic": topic, "subscriptions": subscriptions} {
		if !isA[*types.NotFoundException](err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnErrorHasTheShapeOfTheProtocol(t *testing.T) {
	s := newStack(t, sns.Config{})
	response := post(s.Service, "Action=GetTopicAttributes&Version=2010-03-31&TopicArn="+s.TopicARN("nowhere"), authorization)
	var document struct {
		XMLName xml.Name
		Error   struct {
			Type, Code, Message string
		}
		RequestID string `xml:"RequestId"`
	}
	if err := xml.Unmarshal(response.Body.Bytes(), &document); err != nil {
		t.Fatal(err)
	}
	if response.Code != http.StatusNotFound || document.XMLName.Local != "ErrorResponse" ||
		document.XMLName.Space != "http://sns.amazonaws.com/doc/2010-03-31/" ||
		document.Error.Type != "Sender" || document.Error.Code != "NotFound" || document.Error.Message != "Topic does not exist" ||
		document.RequestID == "" || document.RequestID != response.Header().Get("x-amzn-RequestId") {
		t.Errorf("%d %+v", response.Code, document)
	}
	for name, body := range map[string]string{"unknown action": "Action=CreateTopic&Name=x", "no action": "", "no form": "%zz"} {
		if response := post(s.Service, body, authorization); response.Code != http.StatusBadRequest {
			t.Errorf("%s: %d", name, response.Code)
		}
	}
}

// knows is a Config's Secret that knows one access key.
func knows(accessKey string) func(string) (string, bool) {
	return func(key string) (string, bool) { return "secret", key == accessKey }
}

func TestOnlySignedRequestsOfOurKeyAreLetIn(t *testing.T) {
	s := newStack(t, sns.Config{Secret: knows("local")})
	header := func(credential string) string {
		return "AWS4-HMAC-SHA256 Credential=" + credential + ",SignedHeaders=host,Signature=00"
	}
	tests := []struct{ name, authorization, want string }{
		{"none", "", "MissingAuthenticationToken"},
		{"another scheme", "Bearer x", "SignatureDoesNotMatch"},
		{"no scope", header("local"), "SignatureDoesNotMatch"},
		{"a signature that is made up", authorization, "SignatureDoesNotMatch"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			response := post(s.Service, "Action=ListTopics", tt.authorization)
			if response.Code != http.StatusForbidden || !strings.Contains(response.Body.String(), "<Code>"+tt.want+"</Code>") {
				t.Errorf("%d %s", response.Code, response.Body)
			}
		})
	}
	if _, err := s.client.ListTopics(t.Context(), &client.ListTopicsInput{}); err != nil {
		t.Error(err)
	}
	stranger := newStack(t, sns.Config{Secret: knows("another")})
	if _, err := stranger.client.ListTopics(t.Context(), &client.ListTopicsInput{}); err == nil || !strings.Contains(err.Error(), "InvalidClientTokenId") {
		t.Errorf("a key that nobody knows: %v", err)
	}
}

func TestUsageCountsEach64KiBAndEachPush(t *testing.T) {
	s := newStack(t, sns.Config{Topics: []sns.Topic{{Name: "offline"}}, Applications: []sns.Application{gcm}})
	endpoint := aws.String(s.endpoint(t, gcm, "token"))
	s.publish(t, &client.PublishInput{TopicArn: aws.String(s.TopicARN("offline")), Message: aws.String(strings.Repeat("x", 64<<10))})
	s.publish(t, &client.PublishInput{TopicArn: aws.String(s.TopicARN("offline")), Message: aws.String(strings.Repeat("x", 64<<10+1))})
	s.publish(t, &client.PublishInput{TargetArn: endpoint, Message: aws.String("hi")})
	got := s.Usage()
	want := map[string]sns.Use{"CreatePlatformEndpoint": {Calls: 1, Billed: 1}, "Publish": {Calls: 3, Billed: 4}}
	if !maps.Equal(got.Operations, want) || got.MobilePushes != 1 {
		t.Errorf("usage %+v", got)
	}
}
