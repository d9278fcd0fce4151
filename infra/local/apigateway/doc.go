// Package apigateway stands in for one stage of an Amazon API Gateway WebSocket API on the developer's machine.
//
// A client that talks to it cannot tell it from the service by the rules the service documents or is known to follow: the
// handshake waits for the authorizer and the $connect route, each text message selects a route and becomes one Lambda
// invocation, replies travel back as route responses, and Lambda functions reach a socket through the signed
// @connections endpoint. Limits, timeouts, throttles and close codes are those of the service. So are the things that
// surprise: two messages of one connection run at the same time and may be answered in either order, a frame over 32 KB
// closes the socket, a ping does not keep it alive.
//
// # Life of a message
//
// [Gateway.ServeHTTP] (gateway.go) sends an upgrade to connect.go, which asks authorizer.go, invokes $connect
// (integration.go) and starts a connection (connection.go). The connection reads a message, dispatch.go selects the route
// with selection.go, builds the event of event.go, runs the integration and hands the answer to the connection's outbox
// (outbox.go). A POST to @connections (manage.go, signature checked by package sigv4) ends in the same outbox.
//
// # What is not here
//
// Routes with AWS or HTTP integrations, mapping templates, IAM authorization of $connect, API keys and access-log
// formats: nothing in this repository uses them. The adverse behaviour of the service (a lost $disconnect, a half-open
// peer, a cold start) belongs around [Invoke] and around connection.send and Gateway.disconnected, through which every
// invocation, every outbound frame and every end of a connection pass.
//
// Facts carry their source in the form "aws.md 1.3": the section of the project's reference on AWS.
package apigateway
