package apigateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Invoke calls a Lambda function synchronously and returns when the function has. An error means that there was no
// invocation: the function is throttled, unknown or unavailable. It is called from many goroutines at once; ctx ends only
// when the gateway is closed, because the service never stops a function it has invoked.
type Invoke func(ctx context.Context, function string, payload []byte) (Result, error)

// Result is what an invoked function returned.
type Result struct {
	// Payload is the JSON of the function's result, or of {"errorMessage", "errorType"} if FunctionError is set.
	Payload []byte
	// FunctionError is empty if the function returned and "Unhandled" if it failed, timed out or died.
	FunctionError string
}

// reply is a proxy integration's answer.
type reply struct {
	status int
	header map[string]string // by name in lower case; the last value of each
	body   string
}

// integrate runs the integration of a route. An error stands for everything that the service turns into "Internal server
// error": a function that cannot be invoked, fails, takes too long or returns what is not a proxy response.
func (g *Gateway) integrate(route Route, ev event) (r reply, err error) {
	defer func() {
		if err != nil || r.status >= 400 {
			g.meter.integrationErrors.Add(1)
			g.log.Warn("integration failed", "route_key", route.Key, "connection_id", ev.RequestContext.ConnectionID, "status", r.status, "error", err)
		}
	}()
	if route.Mock != nil {
		return reply{status: 200, body: route.Mock.Body}, nil
	}
	payload, err := encode(ev)
	if err != nil {
		return reply{}, fmt.Errorf("encode event: %w", err)
	}
	timeout := route.Timeout
	if timeout == 0 {
		timeout = maxTimeout
	}
	result, err := g.call(route.Function, timeout, payload)
	if err != nil {
		return reply{}, err
	}
	if result.FunctionError != "" {
		return reply{}, fmt.Errorf("function error %s", result.FunctionError)
	}
	return parseReply(result.Payload)
}

var errTimeout = errors.New("integration timed out")

// call invokes a function and waits for at most timeout on the gateway's clock. The invocation goes on after a timeout and
// its result is dropped.
func (g *Gateway) call(function string, timeout time.Duration, payload []byte) (Result, error) {
	type outcome struct {
		result Result
		err    error
	}
	expired := make(chan struct{})
	timer := g.clock.AfterFunc(timeout, func() { close(expired) })
	defer timer.Stop()
	done := make(chan outcome, 1)
	g.running.Go(func() {
		result, err := g.invoke(g.ctx, function, payload)
		done <- outcome{result, err}
	})
	select {
	case o := <-done:
		if o.err != nil {
			return Result{}, fmt.Errorf("invoke %s: %w", function, o.err)
		}
		return o.result, nil
	case <-expired:
		return Result{}, fmt.Errorf("invoke %s: %w after %v", function, errTimeout, timeout)
	}
}

// parseReply reads a proxy response. Like the service it refuses a result without statusCode, null among them
// (michalkvasnicak/aws-lambda-graphql #48), and one with a field that a proxy response does not have (middyjs/middy #1219).
func parseReply(payload []byte) (reply, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(payload, &fields); err != nil {
		return reply{}, fmt.Errorf("malformed proxy response: %w", err)
	}
	for name := range fields {
		switch name {
		case "statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded":
		default:
			return reply{}, fmt.Errorf("malformed proxy response: unknown field %q", name)
		}
	}
	var response struct {
		StatusCode        json.Number // a string of digits is allowed too
		Headers           map[string]any
		MultiValueHeaders map[string][]any
		Body              string
		IsBase64Encoded   bool // of no effect: a text frame cannot hold what would need it
	}
	if err := json.Unmarshal(payload, &response); err != nil {
		return reply{}, fmt.Errorf("malformed proxy response: %w", err)
	}
	status, err := strconv.Atoi(response.StatusCode.String())
	if err != nil || status < 200 || status > 599 {
		return reply{}, fmt.Errorf("malformed proxy response: %q is no statusCode", response.StatusCode)
	}
	r := reply{status: status, body: response.Body, header: map[string]string{}}
	for name, value := range response.Headers {
		r.header[strings.ToLower(name)] = fmt.Sprint(value)
	}
	for name, values := range response.MultiValueHeaders {
		for _, value := range values {
			r.header[strings.ToLower(name)] = fmt.Sprint(value)
		}
	}
	return r, nil
}
