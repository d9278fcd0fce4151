package fidelity_test

import (
	"testing"
	"time"
)

// The body that a function returns is sent to the client if the route has a route response.
//
// Source: aws.md 1.5 (developer guide, websocket-api-route-response); 5.1.4.
func TestBodyIsSentByARouteWithARouteResponse(t *testing.T) {
	c := at(t).dial()
	for _, body := range []string{"plain", "ünïcödé ☃ 🂡", `{"a":"<&>"}`} {
		c.send(act(`"do":"return","result":{"statusCode":200,"body":` + quoted(body) + `}`))
		c.expect(body)
	}
}

// The body that a function returns is dropped if the route has no route response.
//
// Source: aws.md 1.5 (developer guide, websocket-api-route-response); 5.1.4.
func TestBodyIsDroppedByARouteWithoutARouteResponse(t *testing.T) {
	r := at(t)
	watcher := r.dial()
	c := r.dial()
	c.send(`{"action":"silent","do":"post","to":` + quoted(watcher.id()) + `,"text":"ran"}`)
	watcher.expect("ran")
	// The result reaches the gateway before that of a second invocation that starts now, as far as anything can tell.
	c.send(act(`"do":"return","result":{"statusCode":200,"body":"next"}`))
	c.expect("next")
	c.nothing()
}

// A MOCK integration answers through a route response, without a function.
//
// Source: aws.md 1.6 (the cheapest keep-alive).
func TestMockAnswers(t *testing.T) {
	c := at(t).dial()
	c.send(`{"action":"quiet"}`) // has no route response
	c.send(`{"action":"ping"}`)
	c.expect(pong)
}

// A function that throws, dies or returns what is no proxy response makes an error frame, with or without a route response.
//
// Source: aws.md 1.5 (architect/sandbox df15de7); middyjs/middy #1219 for a field that a proxy response does not have.
func TestFunctionThatFailsIsAnErrorFrame(t *testing.T) {
	c := at(t).dial()
	for _, action := range []string{"act", "silent"} {
		for _, instruction := range []string{
			`"do":"throw","message":"no"`, `"do":"exit"`, `"do":"return","result":"ok"`,
			`"do":"return","result":null`, `"do":"return","result":{"body":"no status"}`,
			`"do":"return","result":{"statusCode":200,"unknown":"field"}`,
		} {
			c.send(`{"action":"` + action + `",` + instruction + `}`)
			c.errorFrame("Internal server error", "requestId")
		}
	}
}

// A status of 400 or above makes an error frame, with or without a route response.
//
// Source: aws.md 1.5 (architect/sandbox df15de7); 5.1.4.
func TestStatusFrom400OnIsAnErrorFrame(t *testing.T) {
	c := at(t).dial()
	for _, action := range []string{"act", "silent"} {
		for _, status := range []string{"400", "404", "500"} {
			c.send(`{"action":"` + action + `","do":"return","result":{"statusCode":` + status + `,"body":"why"}}`)
			c.errorFrame("Internal server error", "requestId")
		}
	}
}

// A function that the API has no permission to invoke makes an error frame.
//
// Source: aws.md 1.5 (aws-cdk #18208).
func TestFunctionWithoutPermissionIsAnErrorFrame(t *testing.T) {
	c := at(t).dial()
	c.send(`{"action":"unpermitted"}`)
	c.errorFrame("Internal server error", "requestId")
}

// An integration that takes longer than the timeout of its route makes an error frame.
//
// Source: aws.md 1.1 (50 ms to 29 s), 1.5.
func TestTimeoutOfARouteIsAnErrorFrame(t *testing.T) {
	r := at(t)
	watcher := r.dial()
	c := r.dial()
	c.send(`{"action":"hurried",` + hold(watcher.id()) + `}`)
	watcher.object()
	c.errorFrame("Internal server error", "requestId")
	watcher.hangUp() // the late result
	c.nothing()
}

// No integration takes longer than 29 s.
//
// Source: aws.md 1.1 (WebSocket quotas), 1.5; 5.1.4.
func TestIntegrationTimesOutAfter29Seconds(t *testing.T) {
	r := onClock(t, "29 s")
	watcher := r.dial()
	c := r.dial()
	c.send(act(hold(watcher.id())))
	watcher.object()
	r.pass(27 * time.Second)
	c.nothing()
	r.pass(2 * time.Second)
	c.errorFrame("Internal server error", "requestId")
}

// Two messages of one connection run at the same time, and the answers come as they are ready.
//
// Source: aws.md 1.5 (developer guide, routes and integrations; serverless-patterns #139); 5.1.5.
func TestMessagesOfOneConnectionRunConcurrently(t *testing.T) {
	r := at(t)
	watcher := r.dial()
	c := r.dial()
	c.send(act(hold(watcher.id())))
	watcher.object() // the first runs
	c.send(act(`"do":"return","result":{"statusCode":200,"body":"second"}`))
	c.expect("second")
	watcher.hangUp()
	c.expect("released")
}
