package fidelity

import "time"

// Stage is the name of the only stage of every API here.
const Stage = "fidelity"

// EnvConnections is the variable that tells the actor where @connections of [Main] is: a URL that ends with the stage.
const EnvConnections = "CONNECTIONS"

// ActorTimeout is the actor's own: longer than any integration waits, so that the integration ends first.
const ActorTimeout = 40 * time.Second

// API is a WebSocket API as data.
type API struct {
	Name           string
	RouteSelection string
	Routes         []Route
	// IdentitySource is what the authorizer of $connect, which is the actor, asks for. Empty: there is no authorizer.
	IdentitySource string
	StageVariables map[string]string
}

// Route is a route key with what is behind it: the actor, unless Mock or Unpermitted says otherwise.
type Route struct {
	Key string
	// Mock is the body with which a MOCK integration answers in place of the actor.
	Mock string
	// Response turns the route response on.
	Response bool
	// Timeout is the integration's; zero is the longest, 29 s.
	Timeout time.Duration
	// Model is the JSON schema (draft 4) of the messages that the route takes. Empty: all.
	Model string
	// Unpermitted puts a function behind the route that the API may not invoke.
	Unpermitted bool
}

// Main is the API that nearly all facts are tested on.
var Main = API{
	Name:           "fidelity",
	RouteSelection: "$request.body.action",
	IdentitySource: "route.request.querystring.who",
	StageVariables: map[string]string{"color": "teal"},
	Routes: []Route{
		{Key: "$connect", Response: true},
		{Key: "$disconnect"},
		{Key: "$default", Response: true},
		{Key: "act", Response: true},
		{Key: "silent"},
		{Key: "hurried", Response: true, Timeout: time.Second},
		{Key: "guarded", Response: true, Model: `{
			"$schema": "http://json-schema.org/draft-04/schema#", "title": "guarded", "type": "object",
			"properties": {"count": {"type": "integer"}}, "required": ["count"]
		}`},
		{Key: "unpermitted", Response: true, Unpermitted: true},
		{Key: "ping", Response: true, Mock: `{"event":"pong"}`},
		{Key: "quiet", Mock: `{"event":"never"}`},
	},
}

// Bare is the API for what [Main] cannot show: it has neither $connect nor $disconnect nor $default, and its route key
// is composed of two values.
var Bare = API{
	Name:           "fidelity-bare",
	RouteSelection: "${request.body.kind}-${request.body.verb.name}",
	Routes: []Route{
		{Key: "room-join", Response: true, Mock: `{"took":"room-join"}`},
		{Key: "room-", Response: true, Mock: `{"took":"room-"}`},
	},
}
