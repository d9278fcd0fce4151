package apigateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// maxAuthorizerResult is the size of the largest result that an authorizer may return (aws.md 1.1).
const maxAuthorizerResult = 8 * 1024

// authorize runs the authorizer for a connection and keeps what it says about the client. It returns 200, or the status that
// ends the handshake: 401, 403 or 500 (aws.md 1.2).
func (g *Gateway) authorize(c *connection, headers http.Header, params url.Values) int {
	a := g.api.Authorizer
	if a == nil {
		return http.StatusOK
	}
	if !a.identified(headers, params) {
		return http.StatusUnauthorized
	}
	started := g.clock.Now()
	payload, err := encode(authorizerEvent{
		Type:                            "REQUEST",
		MethodARN:                       g.api.methodARN(),
		Headers:                         last(authorizerHeaders(headers)),
		MultiValueHeaders:               authorizerHeaders(headers),
		QueryStringParameters:           orEmpty(last(params)),
		MultiValueQueryStringParameters: orEmpty(params),
		StageVariables:                  orEmpty(g.api.StageVariables),
		RequestContext:                  c.context(RouteConnect, "CONNECT", started, g.ids.next(started, newTail())),
	})
	if err != nil {
		g.log.Error("authorizer event not encoded", "error", err)
		return http.StatusInternalServerError
	}
	result, err := g.call(a.Function, maxTimeout, payload)
	if err == nil && result.FunctionError != "" {
		var failure struct{ ErrorMessage string }
		if json.Unmarshal(result.Payload, &failure) == nil && failure.ErrorMessage == "Unauthorized" {
			return http.StatusUnauthorized
		}
		err = fmt.Errorf("function error %s", result.FunctionError)
	}
	if err != nil {
		g.log.Warn("authorizer failed", "function", a.Function, "error", err)
		return http.StatusInternalServerError
	}
	allowed, context, err := parseAuthorization(result.Payload, g.api.methodARN())
	if err != nil {
		g.log.Warn("authorizer result refused", "function", a.Function, "error", err)
		return http.StatusInternalServerError
	}
	if !allowed {
		return http.StatusForbidden
	}
	context["integrationLatency"] = g.clock.Now().Sub(started).Milliseconds()
	c.authorizer = context
	return http.StatusOK
}

// identified reports whether every identity source is in the request and not empty.
func (a *Authorizer) identified(headers http.Header, params url.Values) bool {
	for _, source := range a.IdentitySources {
		kind, name, _ := splitIdentitySource(source)
		switch kind {
		case "header":
			if strings.Join(headers[originalCase(http.CanonicalHeaderKey(name))], "") == "" {
				return false
			}
		case "querystring":
			if params.Get(name) == "" {
				return false
			}
		}
	}
	return true
}

// parseAuthorization reads an authorizer's result: whether its policy covers resource, and its context with every value as
// a string, as events carry it (aws.md 1.4). usageIdentifierKey is ignored: WebSocket APIs have no usage plans here.
func parseAuthorization(payload []byte, resource string) (allowed bool, context map[string]any, err error) {
	if len(payload) > maxAuthorizerResult {
		return false, nil, fmt.Errorf("result of %d bytes is larger than %d", len(payload), maxAuthorizerResult)
	}
	var result struct {
		PrincipalID    *string
		PolicyDocument *policy
		Context        map[string]any
	}
	decoder := json.NewDecoder(bytes.NewReader(payload))
	decoder.UseNumber()
	if err := decoder.Decode(&result); err != nil {
		return false, nil, fmt.Errorf("decode result: %w", err)
	}
	if result.PrincipalID == nil || result.PolicyDocument == nil {
		return false, nil, errors.New("result lacks principalId or policyDocument")
	}
	context = map[string]any{}
	for name, value := range result.Context {
		switch value.(type) {
		case string, json.Number, bool:
			context[name] = fmt.Sprint(value)
		default:
			return false, nil, fmt.Errorf("context value %q is neither string, number nor boolean", name)
		}
	}
	context["principalId"] = *result.PrincipalID
	allowed, err = result.PolicyDocument.allows("execute-api:Invoke", resource)
	return allowed, context, err
}

func orEmpty[M ~map[K]V, K comparable, V any](m M) M {
	if m == nil {
		return M{}
	}
	return m
}
