package apigateway

import (
	"strings"
	"testing"
)

// The rules are those of aws.md 1.3.
func TestSelectionExpressionYieldsRouteKey(t *testing.T) {
	const noJSON = "(not JSON)"
	tests := []struct{ name, expression, body, want string }{
		{"value", `$request.body.action`, `{"action":"send"}`, "send"},
		{"value in braces", `${request.body.action}`, `{"action":"send"}`, "send"},
		{"nested value", `$request.body.a.b`, `{"a":{"b":"deep"}}`, "deep"},
		{"composition", `${request.body.a}/${request.body.b}`, `{"a":"x","b":"y"}`, "x/y"},
		{"composition without a separator", `${request.body.a}${request.body.b}`, `{"a":"x","b":"y"}`, "xy"},
		{"composition ending in a bare value", `v1-$request.body.a`, `{"a":"x"}`, "v1-x"},
		{"escaped dollar", `\$default`, `{}`, "$default"},
		{"escaped dollar in text", `a\$b`, `{}`, "a$b"},
		{"static word", `echo`, `not JSON`, "echo"},
		{"missing value is empty", `$request.body.action`, `{}`, ""},
		{"missing value in a composition", `join-${request.body.room}`, `{}`, "join-"},
		{"missing on the way", `$request.body.a.b`, `{"b":"x"}`, ""},
		{"path through a string", `$request.body.a.b`, `{"a":"b"}`, ""},
		{"null is missing", `$request.body.action`, `{"action":null}`, ""},
		{"number", `$request.body.action`, `{"action":1.50}`, "1.50"},
		{"boolean", `$request.body.action`, `{"action":true}`, "true"},
		{"array", `$request.body.action`, `{"action":["item1", "item2"]}`, "[item1, item2]"},
		{"nested array", `$request.body.action`, `{"action":[1,["a"],null]}`, "[1, [a], null]"},
		{"object", `$request.body.action`, `{"action":{ "a": 1 }}`, `{"a":1}`},
		{"key is case sensitive", `$request.body.action`, `{"Action":"send"}`, ""},
		{"key with a dash", `$request.body.my-action`, `{"my-action":"send"}`, "send"},
		{"escapes in the value", `$request.body.action`, `{"action":"\u0073end"}`, "send"},
		{"last of equal keys", `$request.body.action`, `{"action":"a","action":"b"}`, "b"},
		{"JSON but no object", `$request.body.action`, `"action"`, ""},
		{"JSON array", `$request.body.action`, `[{"action":"send"}]`, ""},
		{"no JSON", `$request.body.action`, `action`, noJSON},
		{"empty message", `$request.body.action`, ``, noJSON},
		{"JSON and more", `$request.body.action`, `{"action":"send"} x`, noJSON},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, err := parseSelection(test.expression)
			if err != nil {
				t.Fatal(err)
			}
			got, ok := s.key(test.body)
			if !ok {
				got = noJSON
			}
			if got != test.want {
				t.Errorf("%s of %s is %q, want %q", test.expression, test.body, got, test.want)
			}
		})
	}
}

func TestMalformedSelectionExpressionIsRefused(t *testing.T) {
	for _, expression := range []string{
		"", "$", "${request.body.action", "$request.body", "$request.body.", "$request.body.a..b", "$request.header.x",
		"$context.connectionId", "$request.body.a[0]", "$request.body.a/b", "${}", "a${request.body.a}${",
	} {
		if s, err := parseSelection(expression); err == nil {
			t.Errorf("%q parsed as %v", expression, s)
		}
	}
}

func FuzzSelection(f *testing.F) {
	f.Add(`$request.body.action`, `{"action":"send"}`)
	f.Add(`${request.body.a}/${request.body.b}`, `{"a":[1,"x",null],"b":{"c":1}}`)
	f.Add(`\$default`, ``)
	f.Add(`join-${request.body.room.id}`, `{"room":[]}`)
	f.Fuzz(func(t *testing.T, expression, body string) {
		s, err := parseSelection(expression)
		if err != nil {
			return
		}
		key, ok := s.key(body)
		again, okAgain := s.key(body)
		if key != again || ok != okAgain {
			t.Errorf("%q of %q is %q, then %q", expression, body, key, again)
		}
		if !ok && key != "" {
			t.Errorf("%q of %q is no key, but %q", expression, body, key)
		}
		if !strings.ContainsRune(expression, '$') && key != expression {
			t.Errorf("static %q yields %q", expression, key)
		}
	})
}
