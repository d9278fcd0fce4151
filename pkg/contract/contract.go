// Package contract checks frames against the published JSON Schemas in events/schema. It is for tests and tools only,
// which validate every frame that they send or get: no function imports it, because wire reads frames faster, and a
// validator in production would hide it when the two disagree.
package contract

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/parley-im/parley/events"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/topology"
)

// Validator holds the compiled schemas. It is safe for concurrent use.
type Validator struct {
	requests map[string]*jsonschema.Schema // by action
	replies  map[string]*jsonschema.Schema // by the action that they answer
	events   map[string]*jsonschema.Schema // by event
	gateway  *jsonschema.Schema
	refusals map[string][]string // the codes by the action that they answer
}

// base is an absolute URL that exists nowhere, so that references between the files resolve.
const base = "parley:///schema/"

// New compiles every schema. It fails if one is not valid, or if a route of the topology has none for its request or its reply.
func New() (*Validator, error) {
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(files{})
	v := &Validator{
		requests: map[string]*jsonschema.Schema{},
		replies:  map[string]*jsonschema.Schema{},
		events:   map[string]*jsonschema.Schema{},
	}
	var err error
	if v.refusals, err = refusals(); err != nil {
		return nil, err
	}
	asked, answered := actions()
	names, err := fs.Glob(events.FS, "schema/*.json")
	if err != nil {
		return nil, fmt.Errorf("contract: list schemas: %w", err)
	}
	for _, name := range names {
		schema, err := compiler.Compile(base + path.Base(name))
		if err != nil {
			return nil, fmt.Errorf("contract: %s: %w", name, err)
		}
		v.put(strings.TrimSuffix(path.Base(name), ".json"), schema, asked)
	}
	if err := v.total(asked, answered); err != nil {
		return nil, err
	}
	return v, nil
}

// put files a schema under what its name says. An event with the name of an action begins with "event.".
func (v *Validator) put(name string, schema *jsonschema.Schema, asked map[string]bool) {
	action, isReply := strings.CutPrefix(name, "reply.")
	event, isEvent := strings.CutPrefix(name, "event.") // of events that are called like an action
	switch {
	case isReply:
		v.replies[action] = schema
	case isEvent:
		v.events[event] = schema
	case asked[name]:
		v.requests[name] = schema
	case name == "gateway":
		v.gateway = schema
	case name != "common":
		v.events[name] = schema
	}
}

// total reports an action without a schema.
func (v *Validator) total(asked, answered map[string]bool) error {
	for action := range asked {
		if v.requests[action] == nil {
			return fmt.Errorf("contract: events/schema has no %s.json", action)
		}
	}
	for action, has := range answered {
		if has && v.replies[action] == nil {
			return fmt.Errorf("contract: events/schema has no reply.%s.json", action)
		}
	}
	if v.gateway == nil {
		return errors.New("contract: events/schema has no gateway.json")
	}
	return nil
}

// actions returns what a client can ask, and of that what a function answers with a result.
func actions() (asked, answered map[string]bool) {
	asked, answered = map[string]bool{}, map[string]bool{}
	for action := range topology.MockRoutes {
		asked[action] = true
	}
	for _, f := range topology.Functions {
		for _, route := range f.Routes {
			if !strings.HasPrefix(route, "$") {
				asked[route], answered[route] = true, topology.Responds(route)
			}
		}
	}
	return asked, answered
}

// Request checks a frame that a client sends against the schema of its action. The error says which schema and where.
func (v *Validator) Request(frame []byte) error {
	members, err := parse(frame)
	if err != nil {
		return err
	}
	action, _ := members["action"].(string)
	return check(v.requests[action], action, members)
}

// Event checks a frame that a client gets against the schema of its event. A reply is checked as the answer to action, and an
// error against the codes that asyncapi.yaml gives the action; with "" either may be the answer to any. A frame without an event must be API Gateway's own error. The error says which
// schema and where.
func (v *Validator) Event(frame []byte, action string) error {
	members, err := parse(frame)
	if err != nil {
		return err
	}
	event, has := members["event"]
	name, _ := event.(string)
	switch {
	case !has:
		return check(v.gateway, "gateway", members)
	case name != "reply":
		if err := check(v.events[name], name, members); err != nil || name != "error" {
			return err
		}
		return v.refusal(action, members["code"])
	case action != "":
		return check(v.replies[action], "reply."+action, members)
	}
	for _, schema := range v.replies {
		if schema.Validate(members) == nil {
			return nil
		}
	}
	return errors.New("contract: reply: not the result of any action")
}

// check validates against one schema.
func check(schema *jsonschema.Schema, name string, members map[string]any) error {
	if schema == nil {
		return fmt.Errorf("contract: no schema for %q", name)
	}
	if err := schema.Validate(members); err != nil {
		return fmt.Errorf("contract: %s: %w", name, err)
	}
	return nil
}

// parse reads a frame as strictly as the wire does: one object in UTF-8 without doubled names, at most one frame long.
func parse(frame []byte) (map[string]any, error) {
	if len(frame) > chat.MaxFrame {
		return nil, fmt.Errorf("contract: a frame of %d bytes is longer than %d", len(frame), chat.MaxFrame)
	}
	if !jsontext.Value(frame).IsValid() {
		return nil, errors.New("contract: the frame is not JSON, or has a member twice")
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(frame))
	if err != nil {
		return nil, fmt.Errorf("contract: %w", err)
	}
	members, ok := value.(map[string]any)
	if !ok {
		return nil, errors.New("contract: the frame is not an object")
	}
	return members, nil
}

// files loads schemas from the contract and from nowhere else.
type files struct{}

// Load reads one schema by its URL.
func (files) Load(url string) (any, error) {
	name, ok := strings.CutPrefix(url, base)
	if !ok {
		return nil, fmt.Errorf("%s is not part of the contract", url)
	}
	data, err := events.FS.ReadFile("schema/" + name)
	if err != nil {
		return nil, err
	}
	return jsonschema.UnmarshalJSON(bytes.NewReader(data))
}
