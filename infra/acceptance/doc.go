// Package acceptance tells what Parley does as stories of people with devices, and checks that it does so: through real
// sockets and, locally, the compiled functions that are deployed. It knows nothing of the inside but the wire, and every frame
// that it sends or gets is validated against the published contract.
//
// By itself it builds the functions and starts the local stack once for all stories. With
//
//	PARLEY_URL     wss://….execute-api.….amazonaws.com/prod
//	PARLEY_TOKENS  a URL that answers POST {"user": "ann"} with {"token": "…"}
//
// the same stories are told of a deployed stack; those that look behind the gateway say that they skip. Users are new in each
// run, so a stack may be used again and again.
//
// Start at talk_test.go; person_test.go and device_test.go are the people and devices in it.
package acceptance
