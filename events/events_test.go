package events_test

import (
	"encoding/json"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/parley-im/parley/events"
	"github.com/parley-im/parley/pkg/contract"
)

// read returns the files of a folder by name, without the extension.
func read(t *testing.T, folder string) map[string][]byte {
	t.Helper()
	names, err := fs.Glob(events.FS, folder+"/*.json")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, name := range names {
		files[strings.TrimSuffix(path.Base(name), ".json")] = file(t, name)
	}
	if len(files) == 0 {
		t.Fatalf("%s is empty", folder)
	}
	return files
}

func file(t *testing.T, name string) []byte {
	t.Helper()
	data, err := events.FS.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// unmarshal reads JSON strictly.
func unmarshal(t *testing.T, data []byte, v any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(string(data)))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		t.Fatal(err)
	}
}

// schemaOf is the name of the schema for a sample: reply.sync for reply.sync.nothing, send for send.resend. An event with the
// name of an action begins with "event.".
func schemaOf(sample string) string {
	parts := strings.Split(sample, ".")
	if parts[0] == "reply" || parts[0] == "event" {
		return parts[0] + "." + parts[1]
	}
	return parts[0]
}

func TestEverySampleSatisfiesItsSchemaAndEverySchemaHasASample(t *testing.T) {
	v, err := contract.New()
	if err != nil {
		t.Fatal(err)
	}
	sampled := map[string]bool{"common": true}
	for name, frame := range read(t, "samples") {
		schema := schemaOf(name)
		sampled[schema] = true
		action, _ := strings.CutPrefix(schema, "reply.")
		check := func() error { return v.Event(frame, action) }
		if strings.Contains(string(frame), `"action"`) {
			check = func() error { return v.Request(frame) }
		}
		if err := check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var head struct{ Action, Event string }
		if err := json.Unmarshal(frame, &head); err != nil {
			t.Fatal(err)
		}
		if said := head.Action + head.Event; said != strings.Split(strings.TrimPrefix(schema, "event."), ".")[0] && schema != "gateway" {
			t.Errorf("%s is a sample of %s", name, said)
		}
	}
	for name := range read(t, "schema") {
		if !sampled[name] {
			t.Errorf("%s has no sample", name)
		}
	}
}

func TestTheFilesAreFormatted(t *testing.T) {
	for _, folder := range []string{"schema", "samples", "lambda"} {
		for name, data := range read(t, folder) {
			text := string(data)
			if !strings.HasSuffix(text, "}\n") || strings.Contains(text, "\t") || strings.Contains(text, "\r") {
				t.Errorf("%s/%s: two spaces of indentation and a line break at the end, please", folder, name)
			}
		}
	}
}

// keywords are what draft-7 code generators read as 2020-12 means it.
var keywords = []string{
	"$schema", "$ref", "$comment", "title", "description", "definitions", "type", "properties", "required", "additionalProperties",
	"minProperties", "maxProperties", "enum", "const", "pattern", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum",
	"items", "minItems", "maxItems", "uniqueItems", "oneOf",
}

func TestSchemasKeepToTheCommonSubsetAndExplainThemselves(t *testing.T) {
	for name, data := range read(t, "schema") {
		var schema map[string]any
		unmarshal(t, data, &schema)
		if schema["$schema"] != "https://json-schema.org/draft/2020-12/schema" {
			t.Errorf("%s: $schema is %v", name, schema["$schema"])
		}
		if schema["title"] == nil || schema["description"] == nil {
			t.Errorf("%s has no title or no description", name)
		}
		if name != "common" && schema["$comment"] == nil {
			t.Errorf("%s does not say why it is closed", name)
		}
		lint(t, name, schema)
	}
}

func lint(t *testing.T, at string, schema map[string]any) {
	t.Helper()
	for keyword := range schema {
		if !slices.Contains(keywords, keyword) {
			t.Errorf("%s: %s is outside the subset", at, keyword)
		}
	}
	if schema["type"] == "object" && schema["additionalProperties"] == nil {
		t.Errorf("%s is open", at)
	}
	properties, _ := schema["properties"].(map[string]any)
	for name, property := range properties {
		p := property.(map[string]any)
		if text, _ := p["description"].(string); !strings.HasSuffix(text, ".") {
			t.Errorf("%s.%s has no description", at, name)
		}
		lint(t, at+"."+name, p)
	}
	definitions, _ := schema["definitions"].(map[string]any)
	for name, definition := range definitions {
		d := definition.(map[string]any)
		if d["title"] == nil || d["description"] == nil {
			t.Errorf("%s: %s has no title or no description", at, name)
		}
		lint(t, at+"#"+name, d)
	}
	if items, ok := schema["items"].(map[string]any); ok {
		lint(t, at+"[]", items)
	}
	choices, _ := schema["oneOf"].([]any)
	for _, choice := range choices {
		lint(t, at+"|", choice.(map[string]any))
	}
}
