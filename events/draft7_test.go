package events_test

import (
	"bytes"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Generators of types for clients read draft 7: to them the schemas must mean the same.
func TestSchemasHoldForToolsOfDraft7(t *testing.T) {
	const (
		base  = "parley:///"
		draft = "https://json-schema.org/draft/2020-12/schema"
	)
	compiler := jsonschema.NewCompiler()
	for name, data := range read(t, "schema") {
		older := bytes.Replace(data, []byte(draft), []byte("http://json-schema.org/draft-07/schema#"), 1)
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(older))
		if err != nil {
			t.Fatal(err)
		}
		if err := compiler.AddResource(base+name+".json", document); err != nil {
			t.Fatal(err)
		}
	}
	for name, frame := range read(t, "samples") {
		schema, err := compiler.Compile(base + schemaOf(name) + ".json")
		if err != nil {
			t.Fatal(err)
		}
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(frame))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		value.(map[string]any)["extra"] = true
		if schema.Validate(value) == nil {
			t.Errorf("%s: open in draft 7", name)
		}
	}
}
