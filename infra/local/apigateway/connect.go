package apigateway

import (
	"context"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"

	"github.com/coder/websocket"
)

// maxURL is the length of the longest URL that is accepted (aws.md 1.1).
const maxURL = 4096

// connect makes a connection out of an upgrade request. The client waits for its answer until the authorizer and the $connect
// route have decided (aws.md 1.2).
func (g *Gateway) connect(w http.ResponseWriter, r *http.Request) {
	if status := checkUpgrade(r); status != http.StatusOK {
		if status == http.StatusUpgradeRequired {
			w.Header().Set("Upgrade", "websocket")
			w.Header().Set("Connection", "Upgrade")
		}
		writeMessage(w, status, http.StatusText(status))
		return
	}
	if !g.connects.take() {
		g.meter.throttled.Add(1)
		writeMessage(w, http.StatusTooManyRequests, "Too Many Requests")
		return
	}
	c := g.newConnection(r)
	requestID := g.ids.next(c.connectedAt, newTail())
	headers, params := connectHeaders(r, c.connectedAt), query(r.URL)

	if status := g.authorize(c, headers, params); status != http.StatusOK {
		writeBody(w, status, errorBody(http.StatusText(status), c.id, requestID))
		return
	}
	answer := reply{status: http.StatusOK}
	route, routed := g.routes[RouteConnect]
	if routed {
		var err error
		answer, err = g.integrate(route, event{
			Headers:                         last(headers),
			MultiValueHeaders:               headers,
			QueryStringParameters:           last(params),
			MultiValueQueryStringParameters: params,
			StageVariables:                  g.api.StageVariables,
			RequestContext:                  c.context(RouteConnect, "CONNECT", c.connectedAt, requestID),
		})
		if err != nil {
			writeBody(w, http.StatusBadGateway, errorBody("Internal server error", c.id, requestID))
			return
		}
		if answer.status >= 300 {
			writeBody(w, answer.status, refusal(route, answer, c.id, requestID))
			return
		}
		if protocol := answer.header["sec-websocket-protocol"]; protocol != "" {
			w.Header().Set("Sec-WebSocket-Protocol", protocol)
		}
		if route.Response {
			g.respond(c, route, answer.body) // waits in the outbox: the first frame after 101
		}
	}
	g.open(w, r, c)
}

// open answers 101 and lets the connection begin. It is known to @connections a moment before the client reads the 101, so
// that whoever is told by the client finds it.
func (g *Gateway) open(w http.ResponseWriter, r *http.Request, c *connection) {
	g.meter.connects.Add(1)
	c.watch()
	if !g.add(c) {
		c.close(endGoingAway)
		writeMessage(w, http.StatusServiceUnavailable, "Service Unavailable")
		return
	}
	hijacker := &frameHijacker{ResponseWriter: w, limit: g.api.Limits.Frame}
	socket, err := websocket.Accept(hijacker, r, g.acceptOptions(c))
	if err != nil {
		g.log.Warn("handshake not completed", "connection_id", c.id, "error", err)
		c.close(endAbnormally)
		return
	}
	c.start(socket, hijacker.conn)
}

func (g *Gateway) acceptOptions(c *connection) *websocket.AcceptOptions {
	options := &websocket.AcceptOptions{
		InsecureSkipVerify: true, // the service has no opinion on Origin: the authorizer must (aws.md 4.2)
		CompressionMode:    websocket.CompressionNoContextTakeover,
	}
	if g.api.DisableCompression {
		options.CompressionMode = websocket.CompressionDisabled
	}
	if g.api.PingResetsIdle {
		options.OnPingReceived = func(context.Context, []byte) bool { c.touch(); return true }
	}
	return options
}

// refusal is the body that goes with the status of a $connect integration that refuses: its own only if the route has a
// route response.
func refusal(route Route, answer reply, connectionID, requestID string) []byte {
	if route.Response && answer.body != "" {
		return []byte(answer.body)
	}
	return errorBody(http.StatusText(answer.status), connectionID, requestID)
}

// checkUpgrade returns 200 for a proper WebSocket handshake and the status to refuse it with otherwise. It comes before
// the $connect route, which must not run for a socket that cannot be opened.
func checkUpgrade(r *http.Request) int {
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(r.Header.Get("Sec-WebSocket-Key")))
	switch {
	case !hasToken(r.Header, "Connection", "upgrade") || !hasToken(r.Header, "Upgrade", "websocket"):
		return http.StatusUpgradeRequired
	case len(r.RequestURI) > maxURL:
		return http.StatusRequestURITooLong
	case r.Method != http.MethodGet || !r.ProtoAtLeast(1, 1):
		return http.StatusBadRequest
	case r.Header.Get("Sec-WebSocket-Version") != "13":
		return http.StatusBadRequest
	case err != nil || len(key) != 16 || len(r.Header.Values("Sec-WebSocket-Key")) != 1:
		return http.StatusBadRequest
	}
	return http.StatusOK
}

// hasToken reports whether a header that holds a comma-separated list contains token, without regard to case.
func hasToken(h http.Header, name, token string) bool {
	return slices.ContainsFunc(strings.Split(strings.Join(h.Values(name), ","), ","), func(s string) bool {
		return strings.EqualFold(strings.TrimSpace(s), token)
	})
}
