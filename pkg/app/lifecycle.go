package app

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"github.com/parley-im/parley/pkg/auth"
	"github.com/parley-im/parley/pkg/session"
	"github.com/parley-im/parley/pkg/topology"
)

const protocolHeader = "Sec-WebSocket-Protocol"

// errUnauthorized has the one message that API Gateway turns into a 401; every other error is a 500 (aws.md §1.2).
var errUnauthorized = errors.New("Unauthorized")

type (
	authorizerRequest  = events.APIGatewayCustomAuthorizerRequestTypeRequest
	authorizerResponse = events.APIGatewayCustomAuthorizerResponse
)

func authorize(a *auth.Authorizer, logger *slog.Logger) func(context.Context, authorizerRequest) (authorizerResponse, error) {
	return func(ctx context.Context, r authorizerRequest) (authorizerResponse, error) {
		who, err := a.Authorize(ctx, auth.Handshake{
			Authorization: header(r.Headers, "Authorization"),
			Origin:        header(r.Headers, "Origin"),
			Protocols:     header(r.Headers, protocolHeader),
			Device:        r.QueryStringParameters["device"],
			EdgeKey:       header(r.Headers, topology.EdgeHeader),
		})
		refused, isRefusal := errors.AsType[*auth.Refused](err)
		switch {
		case err == nil:
			return authorizerResponse{
				PrincipalID:    string(who.User),
				PolicyDocument: policy("Allow", r.MethodArn),
				Context: map[string]any{
					contextUser: string(who.User), contextDevice: string(who.Device),
					contextExpires: strconv.FormatInt(who.Expires.Unix(), 10),
				},
			}, nil
		case !isRefusal:
			logger.ErrorContext(ctx, "authorizer failed", "error", err)
			return authorizerResponse{}, err
		}
		logger.InfoContext(ctx, "handshake refused", "reason", refused)
		if refused.Origin {
			return authorizerResponse{PrincipalID: "refused", PolicyDocument: policy("Deny", r.MethodArn)}, nil
		}
		return authorizerResponse{}, errUnauthorized
	}
}

func policy(effect, resource string) events.APIGatewayCustomAuthorizerPolicy {
	return events.APIGatewayCustomAuthorizerPolicy{
		Version: "2012-10-17",
		Statement: []events.IAMPolicyStatement{{
			Effect: effect, Action: []string{"execute-api:Invoke"}, Resource: []string{resource},
		}},
	}
}

func connect(k *session.Keeper) func(context.Context, request) (response, error) {
	return func(ctx context.Context, r request) (response, error) {
		who, err := identity(r)
		if err != nil {
			return response{StatusCode: http.StatusUnauthorized}, nil
		}
		if err := k.Connect(ctx, who); err != nil {
			return response{}, err
		}
		// Of what a client offers exactly one is answered, never the one that holds its token.
		return response{StatusCode: http.StatusOK, Headers: map[string]string{protocolHeader: topology.Subprotocol}}, nil
	}
}

func disconnect(k *session.Keeper) func(context.Context, request) (response, error) {
	return func(ctx context.Context, r request) (response, error) {
		who, err := identity(r)
		if err != nil {
			return response{StatusCode: http.StatusOK}, nil // it was never recorded
		}
		return response{StatusCode: http.StatusOK}, k.Disconnect(ctx, who)
	}
}

// header finds a header whatever its case: a client writes it as it likes and API Gateway keeps that.
func header(headers map[string]string, name string) string {
	for key, value := range headers {
		if strings.EqualFold(key, name) {
			return value
		}
	}
	return ""
}
