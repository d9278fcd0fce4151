package apigateway

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// selection is a parsed route selection expression: what its parts yield is joined to the route key (aws.md 1.3).
type selection []part

// part is either literal text or, with a path, a value of the message's JSON body.
type part struct {
	literal string
	path    []string
}

// parseSelection parses an expression such as
//
//	$request.body.action                        a value of the body
//	${request.body.kind}/${request.body.verb}   values and text
//	\$default                                   text with a dollar sign
//	echo                                        text
//
// A value without braces reaches to the end of the expression.
func parseSelection(expression string) (selection, error) {
	var s selection
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			s = append(s, part{literal: text.String()})
			text.Reset()
		}
	}
	for rest := expression; rest != ""; {
		switch {
		case strings.HasPrefix(rest, `\$`):
			text.WriteByte('$')
			rest = rest[2:]
		case strings.HasPrefix(rest, "${"):
			name, after, closed := strings.Cut(rest[2:], "}")
			if !closed {
				return nil, fmt.Errorf("route selection expression %q: missing }", expression)
			}
			flush()
			p, err := parseVariable(name)
			if err != nil {
				return nil, fmt.Errorf("route selection expression %q: %w", expression, err)
			}
			s, rest = append(s, p), after
		case rest[0] == '$':
			flush()
			p, err := parseVariable(rest[1:])
			if err != nil {
				return nil, fmt.Errorf("route selection expression %q: %w", expression, err)
			}
			s, rest = append(s, p), ""
		default:
			text.WriteByte(rest[0])
			rest = rest[1:]
		}
	}
	flush()
	if len(s) == 0 {
		return nil, fmt.Errorf("route selection expression is empty")
	}
	return s, nil
}

func parseVariable(name string) (part, error) {
	path, ok := strings.CutPrefix(name, "request.body.")
	if !ok {
		return part{}, fmt.Errorf("unknown variable %q, only request.body.<path> is", name)
	}
	keys := strings.Split(path, ".")
	for _, key := range keys {
		if key == "" || strings.ContainsAny(key, "${}[]/ ") {
			return part{}, fmt.Errorf("malformed path %q", path)
		}
	}
	return part{path: keys}, nil
}

// key evaluates the expression on the body of a message. It reports false if a value is asked for and the body is not
// JSON: such a message goes to $default. What is not in the body is the empty string.
func (s selection) key(body string) (string, bool) {
	if len(s) == 1 && s[0].path == nil {
		return s[0].literal, true
	}
	var key strings.Builder
	for _, p := range s {
		if p.path == nil {
			key.WriteString(p.literal)
			continue
		}
		value, ok := lookup([]byte(body), p.path)
		if !ok {
			return "", false
		}
		key.WriteString(value)
	}
	return key.String(), true
}

// lookup returns the value at path as a string. It reports false if body is not JSON.
func lookup(body []byte, path []string) (string, bool) {
	if !json.Valid(body) {
		return "", false
	}
	value := json.RawMessage(body)
	for _, key := range path {
		var object map[string]json.RawMessage
		if json.Unmarshal(value, &object) != nil {
			return "", true // no object on the way: the value is missing
		}
		if value = object[key]; value == nil {
			return "", true
		}
	}
	if string(value) == "null" {
		return "", true
	}
	return text(value), true
}

// text renders a JSON value: a string as it is, an array as "[item1, item2]", anything else as compact JSON.
func text(value json.RawMessage) string {
	switch value[0] {
	case '"':
		var s string
		if json.Unmarshal(value, &s) == nil {
			return s
		}
	case '[':
		var items []json.RawMessage
		if json.Unmarshal(value, &items) == nil {
			texts := make([]string, len(items))
			for i, item := range items {
				texts[i] = text(item)
			}
			return "[" + strings.Join(texts, ", ") + "]"
		}
	}
	var compact bytes.Buffer
	if json.Compact(&compact, value) != nil {
		return string(value)
	}
	return compact.String()
}
