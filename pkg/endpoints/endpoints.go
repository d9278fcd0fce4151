// Package endpoints reaches phones through SNS platform applications (APNs, FCM).
package endpoints

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"github.com/parley-im/parley/pkg/chat"
)

// Endpoints implements chat.Endpoints.
type Endpoints struct {
	client *sns.Client
	// applications maps a platform of wire.Platforms to the ARN of its platform application.
	applications map[string]string
}

// New returns the endpoints of the deployer's platform applications.
func New(client *sns.Client, applications map[string]string) *Endpoints {
	return &Endpoints{client, applications}
}

// existing finds the ARN in what SNS says when a token is registered with other attributes: there is no other way to learn
// it (SNS guide, "Create a platform endpoint and manage device tokens").
var existing = regexp.MustCompile(`Endpoint (arn:\S+) already exists`)

// Register implements chat.Endpoints, following the loop that the SNS guide gives.
func (e *Endpoints) Register(ctx context.Context, a chat.Address, owner chat.Holder,
	release func(ctx context.Context, before chat.Holder, id string) error,
) (arn string, err error) {
	application, ok := e.applications[a.Platform]
	if !ok {
		return "", chat.Errorf(chat.Invalid, "platform: not set up on this server")
	}
	data, err := json.Marshal(owner)
	if err != nil {
		return "", fmt.Errorf("endpoints: encode owner: %w", err)
	}
	out, err := e.client.CreatePlatformEndpoint(ctx, &sns.CreatePlatformEndpointInput{
		PlatformApplicationArn: &application, Token: &a.Token, CustomUserData: aws.String(string(data)),
	})
	if err == nil {
		arn = aws.ToString(out.EndpointArn)
	} else if arn = existingARN(err); arn == "" {
		return "", refused(err)
	}
	attributes, err := e.client.GetEndpointAttributes(ctx, &sns.GetEndpointAttributesInput{EndpointArn: &arn})
	if err != nil {
		return "", fmt.Errorf("endpoints: get attributes: %w", err)
	}
	var before chat.Holder
	if had := attributes.Attributes["CustomUserData"]; had != "" {
		_ = json.Unmarshal([]byte(had), &before) // data that is not ours names nobody
	}
	if before == owner && attributes.Attributes["Token"] == a.Token && attributes.Attributes["Enabled"] == "true" {
		return arn, nil
	}
	// Whose it is changes last: if anything fails before, the next try finds the same former owner to release.
	if before.User != "" && before != owner {
		if err := release(ctx, before, arn); err != nil {
			return "", err
		}
	}
	_, err = e.client.SetEndpointAttributes(ctx, &sns.SetEndpointAttributesInput{
		EndpointArn: &arn,
		Attributes:  map[string]string{"Token": a.Token, "Enabled": "true", "CustomUserData": string(data)},
	})
	if err != nil {
		return "", fmt.Errorf("endpoints: set attributes: %w", err)
	}
	return arn, nil
}

// existingARN is the ARN of the endpoint that already has the token, or "".
func existingARN(err error) string {
	invalid, ok := errors.AsType[*types.InvalidParameterException](err)
	if !ok {
		return ""
	}
	if match := existing.FindStringSubmatch(invalid.ErrorMessage()); match != nil {
		return match[1]
	}
	return ""
}

// refused tells a token that SNS does not accept from a failure of SNS.
func refused(err error) error {
	if _, ok := errors.AsType[*types.InvalidParameterException](err); ok {
		return chat.Errorf(chat.Invalid, "token: refused by the platform")
	}
	return fmt.Errorf("endpoints: create: %w", err)
}

// Remove implements chat.Endpoints.
func (e *Endpoints) Remove(ctx context.Context, arn string) error {
	// DeleteEndpoint is idempotent (SNS API reference).
	if _, err := e.client.DeleteEndpoint(ctx, &sns.DeleteEndpointInput{EndpointArn: &arn}); err != nil {
		return fmt.Errorf("endpoints: delete: %w", err)
	}
	return nil
}

// Push implements chat.Endpoints with one Publish.
func (e *Endpoints) Push(ctx context.Context, endpoint chat.Endpoint, n chat.Notification) error {
	message, err := payload(n)
	if err != nil {
		return fmt.Errorf("endpoints: encode: %w", err)
	}
	_, err = e.client.Publish(ctx, &sns.PublishInput{
		TargetArn: &endpoint.ID, Message: &message, MessageStructure: aws.String("json"),
		MessageAttributes: attributes(endpoint.Platform, n),
	})
	switch {
	case err == nil:
		return nil
	case gone(err):
		return fmt.Errorf("endpoints: publish: %w", chat.ErrGone)
	default:
		return fmt.Errorf("endpoints: publish: %w", err)
	}
}

// gone reports whether the endpoint is disabled or deleted. Of a deleted one SNS says that the parameter is invalid, and only
// its message tells that from a payload that is.
func gone(err error) bool {
	if _, ok := errors.AsType[*types.EndpointDisabledException](err); ok {
		return true
	}
	if _, ok := errors.AsType[*types.NotFoundException](err); ok {
		return true
	}
	invalid, ok := errors.AsType[*types.InvalidParameterException](err)
	return ok && strings.Contains(invalid.ErrorMessage(), "No endpoint found")
}
