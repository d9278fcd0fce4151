// Package events is the contract of Parley as data: what goes over the wire and what AWS hands to the functions.
//
//   - asyncapi.yaml describes the server, its security and every operation (AsyncAPI 3.0.0).
//   - schema/ holds one JSON Schema (2020-12) per frame: a request is named after its action, the reply to it
//     reply.<action>, an event after its member "event", with "event." before it if
//     an action has that name, gateway is API Gateway's own error, and common is not a frame.
//   - samples/ holds frames: the first part of a sample's name is that of its schema.
//   - errors.json and limits.json are the closed set of error codes and every limit.
//   - unread.json holds examples of what counts as unread, for clients that count themselves: see chat.View.Unread.
//   - lambda/ holds the payload of each trigger as AWS sends it, named after the function that gets it.
//
// Nothing here is typed twice by hand without a test that holds the two together.
package events

import (
	"embed"
	"encoding/json"
	"fmt"
)

// FS holds the files under the names that they have in this folder.
//
//go:embed schema samples lambda errors.json limits.json unread.json asyncapi.yaml
var FS embed.FS

// limits is apart from FS, so that a function that needs nothing else carries nothing else.
//
//go:embed limits.json
var limits []byte

// Limit is one line of limits.json.
type Limit struct {
	// Name is that of the constant in package chat.
	Name  string `json:"name"`
	Value int64  `json:"value"`
	// Unit says of what there may be so many; times are in seconds.
	Unit string `json:"unit"`
	// Above is what happens beyond it: a code of errors.json, or a sentence.
	Above string `json:"above"`
}

// Limits returns what limits.json says, in its order.
func Limits() ([]Limit, error) {
	var all []Limit
	if err := json.Unmarshal(limits, &all); err != nil {
		return nil, fmt.Errorf("events: limits.json: %w", err)
	}
	return all, nil
}
