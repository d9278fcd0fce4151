package events_test

import (
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/parley-im/parley/events"
	"github.com/parley-im/parley/pkg/topology"
)

type reference struct {
	Ref string `yaml:"$ref"`
}

// asyncapi is what the tests read of the description.
type asyncapi struct {
	AsyncAPI string
	Servers  map[string]struct {
		Host, Pathname, Protocol string
		Security                 []reference
	}
	Channels map[string]struct {
		Messages map[string]reference
	}
	Operations map[string]struct {
		Action   string
		Channel  reference
		Messages []reference
		Reply    struct {
			Messages []reference
		}
	}
	Components struct {
		Messages map[string]struct {
			Payload reference
		}
	}
}

func describe(t *testing.T) asyncapi {
	t.Helper()
	var a asyncapi
	if err := yaml.Unmarshal(file(t, "asyncapi.yaml"), &a); err != nil {
		t.Fatal(err)
	}
	return a
}

const inChannel = "#/channels/socket/messages/"

// names are the messages to which references point.
func names(t *testing.T, references []reference) []string {
	t.Helper()
	var out []string
	for _, r := range references {
		name, ok := strings.CutPrefix(r.Ref, inChannel)
		if !ok {
			t.Errorf("%s is not a message of the channel", r.Ref)
		}
		out = append(out, name)
	}
	return out
}

func TestAsyncAPIDescribesTheServers(t *testing.T) {
	a := describe(t)
	if a.AsyncAPI != "3.0.0" {
		t.Errorf("version %s", a.AsyncAPI)
	}
	for name, address := range map[string]string{"cloud": "wss://{host}/{stage}", "local": "ws://127.0.0.1:8081/local"} {
		s := a.Servers[name]
		if got := s.Protocol + "://" + s.Host + s.Pathname; got != address {
			t.Errorf("%s is at %s, want %s", name, got, address)
		}
		if len(s.Security) != 2 {
			t.Errorf("%s: a token comes in two ways, not %d", name, len(s.Security))
		}
	}
	if !strings.Contains(string(file(t, "asyncapi.yaml")), topology.Subprotocol) {
		t.Errorf("%s is not mentioned", topology.Subprotocol)
	}
}

func TestAsyncAPIHasAnOperationForEveryRoute(t *testing.T) {
	a := describe(t)
	answers := map[string][]string{}
	for _, f := range topology.Functions {
		for _, route := range f.Routes {
			if !strings.HasPrefix(route, "$") {
				answers[route] = []string{"error", "gateway"}
				if topology.Responds(route) {
					answers[route] = append(answers[route], "reply."+route)
				}
			}
		}
	}
	for route := range topology.MockRoutes {
		answers[route] = []string{"gateway", "pong"}
	}
	for route, want := range answers {
		o := a.Operations[route]
		if asked := names(t, o.Messages); o.Action != "receive" || !slices.Equal(asked, []string{route}) {
			t.Errorf("%s: the server should %s %v", route, o.Action, asked)
		}
		got := names(t, o.Reply.Messages)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s is answered by %v, want %v", route, got, want)
		}
	}
	for name, o := range a.Operations {
		if answers[name] == nil && o.Action != "send" {
			t.Errorf("%s is an operation without a route", name)
		}
	}
}

func TestAsyncAPIHasEveryFrameOnceAndUsesIt(t *testing.T) {
	a := describe(t)
	var frames []string
	for name := range read(t, "schema") {
		if name != "common" {
			frames = append(frames, name)
		}
	}
	same(t, "schemas and messages", frames, slices.Collect(maps.Keys(a.Components.Messages)))
	same(t, "schemas and the channel", frames, slices.Collect(maps.Keys(a.Channels["socket"].Messages)))
	for name, m := range a.Components.Messages {
		if m.Payload.Ref != "schema/"+name+".json" {
			t.Errorf("%s has the payload %s", name, m.Payload.Ref)
		}
	}
	for name, m := range a.Channels["socket"].Messages {
		if m.Ref != "#/components/messages/"+name {
			t.Errorf("the channel's %s is %s", name, m.Ref)
		}
	}
	var used []string
	for _, o := range a.Operations {
		used = append(used, names(t, append(o.Messages, o.Reply.Messages...))...)
	}
	slices.Sort(used)
	same(t, "schemas and what operations use", frames, slices.Compact(used))
}

func TestEveryReferenceResolves(t *testing.T) {
	found := 0
	var description any
	if err := yaml.Unmarshal(file(t, "asyncapi.yaml"), &description); err != nil {
		t.Fatal(err)
	}
	found += follow(t, "asyncapi.yaml", description, description)
	for name, data := range read(t, "schema") {
		var schema any
		unmarshal(t, data, &schema)
		found += follow(t, "schema/"+name+".json", schema, schema)
	}
	if found < 100 {
		t.Errorf("only %d references", found)
	}
}

// follow resolves every reference below v and returns how many there were.
func follow(t *testing.T, name string, document, v any) int {
	t.Helper()
	found := 0
	switch v := v.(type) {
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok {
			found++
			resolve(t, name, document, ref)
		}
		for _, member := range v {
			found += follow(t, name, document, member)
		}
	case []any:
		for _, element := range v {
			found += follow(t, name, document, element)
		}
	}
	return found
}

func resolve(t *testing.T, name string, document any, ref string) {
	t.Helper()
	other, pointer, _ := strings.Cut(ref, "#")
	if other != "" {
		if strings.HasPrefix(name, "schema/") {
			other = "schema/" + other
		}
		data, err := fs.ReadFile(events.FS, other)
		if err != nil {
			t.Errorf("%s: %s: %v", name, ref, err)
			return
		}
		unmarshal(t, data, &document)
	}
	for part := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		members, _ := document.(map[string]any)
		if part != "" && members[part] == nil {
			t.Errorf("%s: %s leads nowhere", name, ref)
			return
		}
		if part != "" {
			document = members[part]
		}
	}
}
