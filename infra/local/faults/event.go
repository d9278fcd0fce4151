package faults

import "slices"

// event is something that a fault may strike: an invocation of a function by the gateway or by a rule, or a request of a
// function to a service.
type event struct {
	// service as stack.Tap names it; gateway for an invocation, timer for one by a rule.
	service string
	// function that is invoked or makes the request; "" if it is not known.
	function string
	// operation of a service; the route key of an invocation.
	operation string

	eventType  string // of an invocation
	killable   bool   // the process that makes the request is known
	remembered bool   // there is an earlier answer to the same eventual read
	endpoint   bool   // the request publishes to one endpoint
}

// gateway is the service of invocations, and timer of those by rules.
const gateway, timer = "gateway", "events"

func invocations(e event) bool { return e.service == gateway }
func disconnects(e event) bool { return e.service == gateway && e.eventType == "DISCONNECT" }
func messages(e event) bool    { return e.service == gateway && e.eventType == "MESSAGE" }
func rules(e event) bool       { return e.service == timer }

func calls(e event) bool               { return e.killable }
func remembered(e event) bool          { return e.remembered }
func publishesToEndpoint(e event) bool { return e.endpoint }

func posts(e event) bool { return operation("apigateway", "PostToConnection")(e) }
func sends(e event) bool { return operation("sqs", "SendMessage", "SendMessageBatch")(e) }
func writes(e event) bool {
	return operation("dynamodb", "PutItem", "UpdateItem", "DeleteItem")(e)
}

// requests are all of a service.
func requests(service string) func(event) bool {
	return func(e event) bool { return e.service == service }
}

// operation is any of these of a service.
func operation(service string, names ...string) func(event) bool {
	return func(e event) bool { return e.service == service && slices.Contains(names, e.operation) }
}
