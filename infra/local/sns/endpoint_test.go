package sns_test

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"github.com/parley-im/parley/infra/local/sns"
)

// create asks for an endpoint of gcm; a nil user gives no CustomUserData.
func (s *stack) create(t *testing.T, token string, user *string, attributes map[string]string) (string, error) {
	t.Helper()
	out, err := s.client.CreatePlatformEndpoint(t.Context(), &client.CreatePlatformEndpointInput{
		PlatformApplicationArn: aws.String(s.ApplicationARN(gcm)), Token: aws.String(token), CustomUserData: user, Attributes: attributes,
	})
	if err != nil {
		return "", err
	}
	return *out.EndpointArn, nil
}

func (s *stack) set(t *testing.T, endpoint string, attributes map[string]string) error {
	t.Helper()
	_, err := s.client.SetEndpointAttributes(t.Context(), &client.SetEndpointAttributesInput{EndpointArn: aws.String(endpoint), Attributes: attributes})
	return err
}

func (s *stack) get(t *testing.T, endpoint string) map[string]string {
	t.Helper()
	out, err := s.client.GetEndpointAttributes(t.Context(), &client.GetEndpointAttributesInput{EndpointArn: aws.String(endpoint)})
	if err != nil {
		t.Fatal(err)
	}
	return out.Attributes
}

func TestCreateReturnsTheEndpointThatIsThereOrNamesItInTheRefusal(t *testing.T) {
	s := newStack(t, sns.Config{Applications: []sns.Application{gcm, apns}})
	first, err := s.create(t, "token", aws.String("ann"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := regexp.MustCompile(`^arn:aws:sns:eu-central-1:000000000000:endpoint/GCM/parley/[0-9a-f-]{36}$`); !want.MatchString(first) {
		t.Errorf("ARN %s", first)
	}
	same := []struct {
		name       string
		attributes map[string]string
	}{{"the same", nil}, {"the same, enabled", map[string]string{"Enabled": "true"}}}
	for _, tt := range same {
		if again, err := s.create(t, "token", aws.String("ann"), tt.attributes); err != nil || again != first {
			t.Errorf("%s: %s, %v", tt.name, again, err)
		}
	}
	different := []struct {
		name       string
		user       *string
		attributes map[string]string
	}{
		{"another user", aws.String("bob"), nil},
		{"no user", nil, nil},
		{"disabled", aws.String("ann"), map[string]string{"Enabled": "false"}},
	}
	for _, tt := range different {
		_, err := s.create(t, "token", tt.user, tt.attributes)
		var invalid *types.InvalidParameterException
		want := fmt.Sprintf("Invalid parameter: Token Reason: Endpoint %s already exists with the same Token, but different attributes.", first)
		if !errors.As(err, &invalid) || invalid.ErrorMessage() != want {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if s.endpoint(t, apns, "token") == first {
		t.Error("the token of another application is another endpoint")
	}
}

func TestCreateReturnsADisabledEndpointAsItIs(t *testing.T) {
	s := newStack(t, sns.Config{Applications: []sns.Application{gcm}})
	first := s.endpoint(t, gcm, "token")
	if err := s.set(t, first, map[string]string{"Enabled": "false"}); err != nil {
		t.Fatal(err)
	}
	if again := s.endpoint(t, gcm, "token"); again != first || s.get(t, first)["Enabled"] != "false" {
		t.Errorf("%s, %v", again, s.get(t, first))
	}
}

// The loop that the developer guide asks of an application: create, or else take the ARN of the refusal, look, repair.
func TestTheDocumentedRegistrationLoopEndsWithAWorkingEndpoint(t *testing.T) {
	s := newStack(t, sns.Config{Applications: []sns.Application{gcm}})
	old := s.endpoint(t, gcm, "token")
	if err := s.set(t, old, map[string]string{"Enabled": "false", "CustomUserData": "ann"}); err != nil {
		t.Fatal(err)
	}
	_, err := s.create(t, "token", aws.String("bob"), nil)
	var invalid *types.InvalidParameterException
	if !errors.As(err, &invalid) {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`Endpoint (arn:aws:sns\S+) already exists`).FindStringSubmatch(invalid.ErrorMessage())
	if found == nil {
		t.Fatalf("no ARN in %q", invalid.ErrorMessage())
	}
	want := map[string]string{"Token": "token", "Enabled": "true", "CustomUserData": "bob"}
	if err := s.set(t, found[1], want); err != nil {
		t.Fatal(err)
	}
	if got := s.get(t, old); !maps.Equal(got, want) {
		t.Errorf("attributes %v", got)
	}
	s.publish(t, &client.PublishInput{TargetArn: aws.String(old), Message: aws.String("hi")})
}

func TestDisabledThingsRefuseAPublish(t *testing.T) {
	s := newStack(t, sns.Config{Applications: []sns.Application{gcm}})
	endpoint := s.endpoint(t, gcm, "token")
	publish := func() error {
		_, err := s.client.Publish(t.Context(), &client.PublishInput{TargetArn: aws.String(endpoint), Message: aws.String("hi")})
		return err
	}
	enable := func(enabled string) {
		if _, err := s.client.SetPlatformApplicationAttributes(t.Context(), &client.SetPlatformApplicationAttributesInput{
			PlatformApplicationArn: aws.String(s.ApplicationARN(gcm)), Attributes: map[string]string{"Enabled": enabled},
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.set(t, endpoint, map[string]string{"Enabled": "false"}); err != nil {
		t.Fatal(err)
	}
	if err := publish(); !isA[*types.EndpointDisabledException](err) {
		t.Errorf("endpoint disabled: %v", err)
	}
	if err := s.set(t, endpoint, map[string]string{"Enabled": "true"}); err != nil {
		t.Fatal(err)
	}
	enable("false")
	if err := publish(); !isA[*types.PlatformApplicationDisabledException](err) {
		t.Errorf("application disabled: %v", err)
	}
	enable("true")
	if err := publish(); err != nil {
		t.Errorf("enabled: %v", err)
	}
}

func TestABadAttributeChangesNothing(t *testing.T) {
	s := newStack(t, sns.Config{Applications: []sns.Application{gcm}})
	endpoint, other := s.endpoint(t, gcm, "token"), s.endpoint(t, gcm, "other")
	before := s.get(t, endpoint)
	for name, attributes := range map[string]map[string]string{
		"Enabled is no boolean":     {"Enabled": "yes", "CustomUserData": "ann"},
		"no token":                  {"Token": "", "CustomUserData": "ann"},
		"user data of 2 KB":         {"CustomUserData": strings.Repeat("x", 2048), "Enabled": "false"},
		"unknown attribute":         {"Colour": "red", "CustomUserData": "ann"},
		"token of another endpoint": {"Token": "other"},
	} {
		t.Run(name, func(t *testing.T) {
			err := s.set(t, endpoint, attributes)
			if !isA[*types.InvalidParameterException](err) {
				t.Errorf("error is %v", err)
			}
			if attributes["Token"] == "other" && !strings.Contains(err.Error(), other) {
				t.Errorf("%v does not name the other endpoint", err)
			}
			if got := s.get(t, endpoint); !maps.Equal(got, before) {
				t.Errorf("attributes %v", got)
			}
		})
	}
	if _, err := s.create(t, "", nil, nil); !isA[*types.InvalidParameterException](err) {
		t.Errorf("create without token: %v", err)
	}
}

func TestADeletedEndpointIsGone(t *testing.T) {
	s := newStack(t, sns.Config{Applications: []sns.Application{gcm}})
	endpoint := aws.String(s.endpoint(t, gcm, "token"))
	for range 2 {
		if _, err := s.client.DeleteEndpoint(t.Context(), &client.DeleteEndpointInput{EndpointArn: endpoint}); err != nil {
			t.Fatal(err)
		}
	}
	_, err := s.client.GetEndpointAttributes(t.Context(), &client.GetEndpointAttributesInput{EndpointArn: endpoint})
	if !isA[*types.NotFoundException](err) {
		t.Errorf("get: %v", err)
	}
	if err := s.set(t, *endpoint, map[string]string{"Enabled": "true"}); !isA[*types.NotFoundException](err) {
		t.Errorf("set: %v", err)
	}
	_, err = s.client.Publish(t.Context(), &client.PublishInput{TargetArn: endpoint, Message: aws.String("hi")})
	if !isA[*types.InvalidParameterException](err) {
		t.Errorf("publish: %v", err)
	}
	if again := s.endpoint(t, gcm, "token"); again == *endpoint {
		t.Error("the token got its old ARN back")
	}
}

func TestEndpointsAndApplicationsAreListed(t *testing.T) {
	s := newStack(t, sns.Config{Applications: []sns.Application{gcm, apns}})
	for i := range 201 {
		call(t, s.Service, fmt.Sprintf("Action=CreatePlatformEndpoint&Token=t%d&PlatformApplicationArn=%s", i, s.ApplicationARN(gcm)))
	}
	s.endpoint(t, apns, "elsewhere")
	var sizes []int
	tokens := map[string]bool{}
	list := client.NewListEndpointsByPlatformApplicationPaginator(s.client, &client.ListEndpointsByPlatformApplicationInput{
		PlatformApplicationArn: aws.String(s.ApplicationARN(gcm)),
	})
	for list.HasMorePages() {
		page, err := list.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, len(page.Endpoints))
		for _, e := range page.Endpoints {
			tokens[e.Attributes["Token"]] = e.Attributes["Enabled"] == "true"
		}
	}
	if fmt.Sprint(sizes) != "[100 100 1]" || len(tokens) != 201 || !tokens["t200"] || tokens["elsewhere"] {
		t.Errorf("pages of %v with %d tokens", sizes, len(tokens))
	}
	applications, err := s.client.ListPlatformApplications(t.Context(), &client.ListPlatformApplicationsInput{})
	if err != nil || len(applications.PlatformApplications) != 2 || *applications.PlatformApplications[0].PlatformApplicationArn != s.ApplicationARN(gcm) {
		t.Errorf("applications %+v, %v", applications, err)
	}
	out, err := s.client.GetPlatformApplicationAttributes(t.Context(), &client.GetPlatformApplicationAttributesInput{PlatformApplicationArn: aws.String(s.ApplicationARN(apns))})
	if err != nil || out.Attributes["Enabled"] != "true" {
		t.Errorf("attributes %+v, %v", out, err)
	}
}
