package faults

import (
	"context"
	"encoding/json"

	"github.com/parley-im/parley/infra/local/apigateway"
	"github.com/parley-im/parley/infra/local/lambda"
)

// invocation is one of a function by the gateway.
type invocation struct {
	ctx    context.Context
	invoke func() (apigateway.Result, error)
	result apigateway.Result
	err    error
}

// Invoke returns next with the faults of invocations before and behind it.
func (i *Injector) Invoke(next apigateway.Invoke) apigateway.Invoke {
	return func(ctx context.Context, function string, payload []byte) (apigateway.Result, error) {
		struck, ok := i.decideInvocation(function, payload)
		if !ok {
			return next(ctx, function, payload)
		}
		v := &invocation{ctx: ctx, invoke: func() (apigateway.Result, error) { return next(ctx, function, payload) }}
		struck.kind.invoke(v, struck)
		return v.result, v.err
	}
}

func (i *Injector) decideInvocation(function string, payload []byte) (strike, bool) {
	if _, armed, _ := i.current(); !armed {
		return strike{}, false
	}
	var e struct {
		RequestContext struct{ RouteKey, EventType string }
	}
	if json.Unmarshal(payload, &e) != nil {
		return strike{}, false
	}
	return i.decide(event{
		service: gateway, function: function, operation: e.RequestContext.RouteKey, eventType: e.RequestContext.EventType,
	})
}

func (v *invocation) run() { v.result, v.err = v.invoke() }

// silence is what a function returns that has nothing to say: it makes no frame.
var silence = apigateway.Result{Payload: []byte(`{"statusCode":200}`)}

func lose(v *invocation, _ strike) { v.result = silence }

func invokeLate(v *invocation, s strike) {
	s.wait(v.ctx, s.delay)
	v.run()
}

func invokeSometime(v *invocation, s strike) {
	s.wait(v.ctx, s.part(s.delay))
	v.run()
}

func dropReply(v *invocation, _ strike) {
	v.run()
	v.result, v.err = silence, nil
}

func replyLate(v *invocation, s strike) {
	v.run()
	s.wait(v.ctx, s.delay)
}

func throttleFunction(v *invocation, _ strike) {
	v.err = &lambda.Error{Exception: lambda.TooManyRequests, Message: "Rate Exceeded.", Reason: "ConcurrentInvocationLimitExceeded"}
}
