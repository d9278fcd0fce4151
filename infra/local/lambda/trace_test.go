package lambda_test

import (
	"testing"

	"github.com/parley-im/parley/infra/local/lambda"
)

func TestATraceLeadsToTheOneProcessOfItsInvocation(t *testing.T) {
	g := newGate(t)
	service := start(t, lambda.Config{}, function("trace", g.env()))
	first := begin(t, service, "trace", `1`)
	victim, trace := g.arrival()
	second := begin(t, service, "trace", `2`)
	survivor, other := g.arrival()
	if trace == other {
		t.Fatalf("two invocations have the trace id %q", trace)
	}
	if name, ok := service.FunctionOf(trace); name != "trace" || !ok {
		t.Errorf("the function of %q is %q, %v", trace, name, ok)
	}
	if !service.KillTrace(trace) {
		t.Error("nothing was killed")
	}
	wantGone(t, victim)
	wantFailure(t, <-first, "Runtime.ExitError", "RequestId: {id} Error: Runtime exited with error: signal: killed")
	_ = survivor.Close()
	if result := <-second; result.FunctionError != "" {
		t.Errorf("the other invocation: %s", result.Payload)
	}
	if name, ok := service.FunctionOf(trace); ok || service.KillTrace(trace) {
		t.Errorf("after its end the trace id leads to %q", name)
	}
}
