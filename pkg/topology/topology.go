// Package topology says what exists: functions, routes, tables, topics, queues, the bucket and the environment that
// joins them. It is data and imports only the standard library, because everything else is derived from it: infra ranges
// over it to make the CDK stack and its grants, pkg/app reads names from it to wire a function, and infra/local starts
// the same functions from it on a laptop. What is written here once cannot disagree with itself anywhere.
//
// Start at [Functions].
package topology

import "time"

// Name is the name of the system; it prefixes every name that AWS wants to be unique in an account.
const Name = "parley"

// Function is one Lambda: a trigger, what it may touch, and nothing else. Functions are split by trigger and permission
// set, so a function's grants are exactly what its one job needs.
type Function struct {
	// Name is the folder under functions/ and the last part of the deployed name.
	Name string
	// About says what it does, in a sentence for the console and the template.
	About string
	// Routes are the WebSocket route keys that it serves.
	Routes []string
	// Authorizer is true for the function that decides on $connect.
	Authorizer bool
	// Topic and Queue are the event sources that invoke it, or nil.
	Topic *Topic
	Queue *Queue
	// Rule invokes it at a steady rate, or is nil.
	Rule *Rule
	// Grants are all the AWS actions that it may call.
	Grants []Grant
	// Env are the names of the settings that it reads besides those of the resources it is granted.
	Env []string
	// Memory in MB; CPU grows with it.
	Memory int
	// Timeout after which Lambda kills an invocation. A route's is below 29 s, the integration limit of API Gateway.
	Timeout time.Duration
	// Concurrency is reserved for it and taken from the account's, 0 for none.
	Concurrency int
}

// Grant allows Actions (IAM action names) on one resource.
type Grant struct {
	On      Resource
	Actions []string
}

// Resource is something a function can be granted: a Table, Index, Topic, Queue, DeadLetters, Bucket,
// Connections, PushApplications or Parameter.
type Resource interface {
	// EnvName is the variable that tells a granted function where the resource is.
	EnvName() string
}

// Settings that come from the deployer, not from a resource.
const (
	// EnvIssuer is the `iss` that a token must carry.
	EnvIssuer = "PARLEY_ISSUER"
	// EnvAudience is the `aud` that a token must carry.
	EnvAudience = "PARLEY_AUDIENCE"
	// EnvJWKS is the URL of the issuer's key set (RFC 7517).
	EnvJWKS = "PARLEY_JWKS_URL"
	// EnvOrigins are the browser origins that may connect, separated by commas.
	EnvOrigins = "PARLEY_ORIGINS"
	// EnvVapidPublic is the key that browsers subscribe with, in base64url; without it none is notified.
	EnvVapidPublic = "PARLEY_VAPID_PUBLIC_KEY"
	// EnvVapidSubject is whom push services write to, a mailto: or https: URL.
	EnvVapidSubject = "PARLEY_VAPID_SUBJECT"
	// EnvPushHosts are push services besides those that are known, separated by commas.
	EnvPushHosts = "PARLEY_PUSH_HOSTS"
	// EnvEpoch is when the table of conversations was restored from a backup, in Unix seconds; never when unset.
	EnvEpoch = "PARLEY_EPOCH"
	// EnvEdgeKeys are what a handshake may say in EdgeHeader, separated by commas. Unset, it need not say anything.
	EnvEdgeKeys = "PARLEY_EDGE_KEYS"
	// EnvLogLevel is debug, info, warn or error; info when unset.
	EnvLogLevel = "PARLEY_LOG_LEVEL"
	// EnvTraces is the URL that takes traces, as OTLP over HTTP, and EnvTraceRate which share of those that begin is kept, 0 to 1.
	// They are OpenTelemetry's own variables. Without the first there are no traces. Every function may be told them.
	EnvTraces    = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
	EnvTraceRate = "OTEL_TRACES_SAMPLER_ARG"
)

// Subprotocol is what every client offers in Sec-WebSocket-Protocol and the $connect function answers. Its header is the
// authorizer's identity source: the only request header that browsers let a page set on a WebSocket.
const Subprotocol = "parley.v1"

// EdgeHeader is by which a handshake shows that it came through the deployer's CloudFront.
const EdgeHeader = "X-Parley-Edge"

// IdentitySource is where the gateway looks before it calls the authorizer: without this header it answers 401 itself.
const IdentitySource = "route.request.header.Sec-WebSocket-Protocol"

// RouteSelection is the route selection expression of the API.
const RouteSelection = "$request.body.action"

// Route keys that API Gateway itself names.
const (
	RouteConnect    = "$connect"
	RouteDisconnect = "$disconnect"
	RouteDefault    = "$default"
)

// MockRoutes are answered by the gateway without a Lambda: the key and the frame that it answers.
var MockRoutes = map[string]string{"ping": `{"event":"pong"}`}

// SilentRoutes have no reply, so that none is billed: what they ask for is of the moment, or is asked again. Only an error is
// posted to the caller.
var SilentRoutes = map[string]bool{"typing": true, "receipts": true}

// Responds reports whether the route has a route response, so that what its function returns is sent to the caller.
func Responds(route string) bool {
	return route != RouteConnect && route != RouteDisconnect && !SilentRoutes[route]
}
