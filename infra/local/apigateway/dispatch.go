package apigateway

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
)

// dispatch handles one message of a client. Messages with a Lambda integration run each in a goroutine of their own, as
// many at once as the client sends, and without an order among them: the service promises none (aws.md 1.5).
func (g *Gateway) dispatch(c *connection, body string) {
	c.touch()
	now := g.clock.Now()
	requestID := g.ids.next(now, newTail())
	if !g.requests.take() {
		g.meter.throttled.Add(1)
		g.sendError(c, errorBody(g.api.ThrottledMessage, c.id, requestID))
		return
	}
	route, ok := g.routeOf(body)
	if !ok {
		g.sendError(c, errorBody("Forbidden", c.id, requestID))
		return
	}
	g.meter.inbound[route.Key].add(len(body))
	messageID := g.ids.next(now, c.tail)
	if route.Valid != nil && !route.Valid(body) {
		g.sendError(c, badRequestBody(c.id, messageID))
		return
	}
	ev := event{
		StageVariables: g.api.StageVariables,
		RequestContext: c.context(route.Key, "MESSAGE", now, requestID),
		Body:           &body,
	}
	ev.RequestContext.MessageID = messageID
	if route.Mock != nil && g.reorder == 0 {
		g.answer(c, route, ev)
		return
	}
	g.running.Go(func() {
		g.hold()
		g.answer(c, route, ev)
	})
}

// routeOf selects the route of a message. A client cannot name one of the reserved routes (aws.md 1.3).
func (g *Gateway) routeOf(body string) (Route, bool) {
	if key, ok := g.selection.key(body); ok && !strings.HasPrefix(key, "$") {
		if route, ok := g.routes[key]; ok {
			return route, true
		}
	}
	route, ok := g.routes[RouteDefault]
	return route, ok
}

// hold waits for a random part of the reorder window, so that messages overtake each other.
func (g *Gateway) hold() {
	if g.reorder == 0 {
		return
	}
	released := make(chan struct{})
	timer := g.clock.AfterFunc(rand.N(g.reorder), func() { close(released) })
	defer timer.Stop()
	select {
	case <-released:
	case <-g.closing:
	}
}

// answer runs the integration of a message's route and sends the client what comes of it: the body if the route has a
// route response, an error frame in any case of failure. A status of 400 and above is one (architect/sandbox df15de7).
func (g *Gateway) answer(c *connection, route Route, ev event) {
	r, err := g.integrate(route, ev)
	switch {
	case err != nil || r.status >= 400:
		g.sendError(c, errorBody("Internal server error", c.id, ev.RequestContext.RequestID))
	case route.Response:
		g.respond(c, route, r.body)
	}
}

// respond sends a route response. An empty body makes no frame.
func (g *Gateway) respond(c *connection, route Route, body string) {
	if body != "" {
		g.sendOrDrop(c, []byte(body), g.meter.outbound[route.Key])
	}
}

func (g *Gateway) sendError(c *connection, frame []byte) {
	g.sendOrDrop(c, frame, &g.meter.errorFrames)
}

// sendOrDrop sends what nobody waits for: there is no caller who could try again.
func (g *Gateway) sendOrDrop(c *connection, message []byte, as *counter) {
	if c.send(message, as) == full {
		g.meter.dropped.Add(1)
	}
}

// disconnected runs the $disconnect route of a connection that has ended. What comes of it reaches nobody.
func (g *Gateway) disconnected(c *connection, end ending) {
	route, ok := g.routes[RouteDisconnect]
	if !ok {
		return
	}
	now := g.clock.Now()
	headers := disconnectHeaders(c.domain)
	ev := event{
		Headers:           last(headers),
		MultiValueHeaders: headers,
		StageVariables:    g.api.StageVariables,
		RequestContext:    c.context(RouteDisconnect, "DISCONNECT", now, g.ids.next(now, newTail())),
	}
	ev.RequestContext.DisconnectStatusCode = &end.code
	ev.RequestContext.DisconnectReason = &end.reason
	_, _ = g.integrate(route, ev) // logged and counted there
}

// errorBody is an error frame, and the body of a refused handshake, spaced as the service does (middyjs/middy #1219).
func errorBody(message, connectionID, requestID string) []byte {
	return fmt.Appendf(nil, `{"message": %s, "connectionId":%q, "requestId":%q}`, quote(message), connectionID, requestID)
}

// badRequestBody is the error frame of a message that its route's request model refuses (aws.md 1.3).
func badRequestBody(connectionID, messageID string) []byte {
	return fmt.Appendf(nil, `{"message": "Bad request body", "connectionId":%q, "messageId":%q}`, connectionID, messageID)
}

func quote(s string) []byte {
	b, _ := json.Marshal(s) // a string can always be encoded
	return b
}
