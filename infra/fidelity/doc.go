// Package fidelity describes the APIs that its tests ask what API Gateway does, so that the same tests run against the
// stand-in of infra/local/apigateway and against the service.
//
// The tests are black-box: each states one documented fact, opens sockets and calls @connections as any client would, and
// reads what comes back. Behind the routes is one function, the actor (folder actor), which does what the message or the
// URL of the handshake tells it. An [API] is data: the tests make a local gateway from it, and the CDK app in the folder deploy makes
// the deployed one, so neither can have what the other lacks.
//
// Start at api.go for the routes, at actor/actor.go for what they do, and at rig_test.go for how a test speaks to
// them. The README lists every fact with its test and its source.
package fidelity
