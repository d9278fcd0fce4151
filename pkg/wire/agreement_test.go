package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"pgregory.net/rapid"

	"github.com/parley-im/parley/pkg/contract"
	"github.com/parley-im/parley/pkg/topology"
)

// What JSON Schema cannot say, with the reason. Only for these may Decode refuse what the schema accepts.
var unsayable = map[string]func(frame []byte) bool{
	// To JSON Schema 1.0, 1e0 and -0 are integers. Decode takes plain digits only: no client's own number is written otherwise.
	"an integer written with fraction, exponent or minus zero": func(frame []byte) bool {
		d := jsontext.NewDecoder(bytes.NewReader(frame))
		for {
			token, err := d.ReadToken()
			if err != nil {
				return false
			}
			if token.Kind() == '0' && (strings.ContainsAny(token.String(), ".eE") || token.String() == "-0") {
				return true
			}
		}
	},
	// uniqueItems compares whole elements, not one member of each.
	"an attachment or a cursor twice, with something else beside it": func(frame []byte) bool {
		var request struct {
			Body struct {
				Attachments []struct{ Media string }
			}
			Cursors []struct{ Conversation string }
		}
		if json.Unmarshal(frame, &request) != nil {
			return false
		}
		keys := map[string]bool{}
		for _, a := range request.Body.Attachments {
			keys[a.Media] = true
		}
		for _, c := range request.Cursors {
			keys[c.Conversation] = true
		}
		return len(keys) < len(request.Body.Attachments)+len(request.Cursors)
	},
	// A pattern does not know how long a month is.
	"a time that no calendar has": func(frame []byte) bool {
		var request struct{ Before, After, Since, Until any }
		if json.Unmarshal(frame, &request) != nil {
			return false
		}
		return slices.ContainsFunc([]any{request.Before, request.After, request.Since, request.Until}, func(v any) bool {
			s, ok := v.(string)
			return ok && !isTime(s)
		})
	},
}

// agreement checks that Decode takes a frame if and only if its schema does, and counts what a schema cannot say.
type agreement struct {
	validator *contract.Validator
	accepted  int
	refused   int
	unsaid    map[string]int
}

func newAgreement(t testing.TB) *agreement {
	t.Helper()
	v, err := contract.New()
	if err != nil {
		t.Fatal(err)
	}
	return &agreement{validator: v, unsaid: map[string]int{}}
}

// failer is what *testing.T, *testing.F and *rapid.T have in common here.
type failer interface {
	Helper()
	Errorf(format string, args ...any)
}

func (a *agreement) check(t failer, frame []byte) {
	t.Helper()
	action := actionOf(frame)
	if _, mock := topology.MockRoutes[action]; mock {
		return // The gateway answers these and looks at nothing but the action.
	}
	published := a.validator.Request(frame)
	decoded := Unroutable(frame)
	if empty := requests[action]; empty != nil {
		decoded = Decode(frame, empty())
	}
	switch {
	case decoded == nil && published == nil:
		a.accepted++
	case decoded != nil && published != nil:
		a.refused++
	case decoded == nil:
		t.Errorf("Decode accepts what the schema refuses (%v): %.500s", published, frame)
	default:
		for reason, holds := range unsayable {
			if holds(frame) {
				a.unsaid[reason]++
				return
			}
		}
		t.Errorf("the schema accepts what Decode refuses (%v): %.500s", decoded, frame)
	}
}

// actionOf is the action by which the gateway routes a frame; "" if there is none.
func actionOf(frame []byte) string {
	var members map[string]any
	if json.Unmarshal(frame, &members) != nil {
		return ""
	}
	action, _ := members["action"].(string)
	return action
}

func TestDecodeAgreesWithTheSchemasOnTheStrictTable(t *testing.T) {
	a := newAgreement(t)
	for _, test := range strict {
		a.check(t, []byte(test.frame))
	}
}

func TestDecodeAgreesWithTheSchemasOnEveryMutation(t *testing.T) {
	a := newAgreement(t)
	for _, frame := range requestSamples(t) {
		a.check(t, frame)
		for _, mutant := range mutants(tree(t, frame)) {
			a.check(t, rendered(mutant))
		}
	}
	t.Logf("%d accepted, %d refused, unsayable: %v", a.accepted, a.refused, a.unsaid)
	if a.accepted < 100 || a.refused < 1000 {
		t.Errorf("%d accepted and %d refused is not a corpus", a.accepted, a.refused)
	}
	for reason := range unsayable {
		if a.unsaid[reason] == 0 {
			t.Errorf("a schema says this after all, or nothing tried it: %s", reason)
		}
	}
}

func TestDecodeAgreesWithTheSchemasOnSeveralMutationsAtOnce(t *testing.T) {
	a, samples := newAgreement(t), requestSamples(t)
	names := slices.Sorted(maps.Keys(samples))
	rapid.Check(t, func(r *rapid.T) {
		v := tree(t, samples[rapid.SampledFrom(names).Draw(r, "sample")])
		for range rapid.IntRange(2, 4).Draw(r, "mutations") {
			if all := mutants(v); len(all) > 0 {
				v = all[rapid.IntRange(0, len(all)-1).Draw(r, "mutant")]
			}
		}
		a.check(r, rendered(v))
	})
}

// tree is a frame as plain JSON with its numbers as they are written.
func tree(t testing.TB, frame []byte) any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(frame))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func rendered(v any) []byte {
	frame, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return frame
}

// others is what any value is replaced with.
var others = []any{
	nil, true, false, "", "a", "a b", "a\n", "a/b", "a\u0085", "a\u00a0", "\u1680", "a\u2003", "\u202fa", "\u3000", "\ufeff", "👍🏽", "é", "send", "image/png", "apns", "bob", aUUID, aGroup, aMedia, aSum, "2026-02-30T00:00:00.000Z", "media",
	json.Number("0"), json.Number("1"), json.Number("-1"), json.Number("-0"), json.Number("1.0"), json.Number("1.5"),
	json.Number("1e1"), json.Number("100"), json.Number("101"), json.Number("200"), json.Number("201"),
	json.Number("104857600"), json.Number("104857601"), json.Number("9007199254740991"), json.Number("9007199254740992"),
	json.Number("18446744073709551615"), json.Number("18446744073709551616"), json.Number("1e400"),
	[]any{}, []any{nil}, []any{"bob"}, []any{"👍🏽"}, []any{json.Number("1")}, map[string]any{}, map[string]any{"a": json.Number("1")},
	map[string]any{"user": "bob"}, map[string]any{"text": "hi"},
}

// lengths are around every limit that counts characters.
var lengths = []int{2, 15, 16, 17, 26, 63, 64, 65, 99, 100, 101, 127, 128, 129, 254, 255, 256, 4095, 4096, 4097, 15_999, 16_000, 16_001, 40_000}

// mutants returns every value that differs from v in one way: a member dropped, renamed or added, an element dropped or
// doubled, anything replaced.
func mutants(v any) []any {
	out := slices.Clone(others)
	switch v := v.(type) {
	case string:
		out = append(out, v+v, v+"\n", " "+v, v+"\u0000", strings.ToUpper(v), v[:max(len(v)-1, 0)])
		for _, n := range lengths {
			out = append(out, strings.Repeat("a", n), strings.Repeat("é", n), strings.Repeat("📷", n))
		}
	case json.Number:
		out = append(out, v.String(), json.Number("-"+v.String()), json.Number(v.String()+".0"), json.Number(v.String()+"0"))
	case map[string]any:
		out = append(out, objectMutants(v)...)
	case []any:
		out = append(out, listMutants(v)...)
	}
	return slices.DeleteFunc(out, func(m any) bool {
		n, ok := m.(json.Number)
		return ok && !jsontext.Value(n).IsValid()
	})
}

func objectMutants(v map[string]any) []any {
	var out []any
	with := func(change func(map[string]any)) {
		m := maps.Clone(v)
		change(m)
		out = append(out, m)
	}
	for _, name := range slices.Sorted(maps.Keys(v)) {
		with(func(m map[string]any) { delete(m, name) })
		for _, other := range []string{strings.ToUpper(name), name + "s", "_" + name} {
			with(func(m map[string]any) { delete(m, name); m[other] = v[name] })
		}
		for _, mutant := range mutants(v[name]) {
			with(func(m map[string]any) { m[name] = mutant })
		}
	}
	for _, name := range []string{
		"", "extra", "__proto__", "limit", "next", "after", "before", "user", "conversation", "text",
		"reply", "mentions", "everybody", "reactions", "body", "seq", "draft", "replace", "at",
	} {
		if _, has := v[name]; has {
			continue
		}
		for _, other := range others {
			with(func(m map[string]any) { m[name] = other })
		}
	}
	return out
}

func listMutants(v []any) []any {
	var out []any
	// Elements are alike: of a list that an earlier mutation made long, changing the first ones is enough.
	for i, element := range v[:min(len(v), 5)] {
		out = append(out, slices.Delete(slices.Clone(v), i, i+1), append(slices.Clone(v), element))
		if members, ok := element.(map[string]any); ok {
			for name, member := range members {
				if _, ok := member.(json.Number); ok {
					again := maps.Clone(members)
					again[name] = json.Number("3")
					out = append(out, append(slices.Clone(v), again))
				}
			}
		}
		for _, mutant := range mutants(element) {
			m := slices.Clone(v)
			m[i] = mutant
			out = append(out, m)
		}
	}
	for _, n := range []int{9, 10, 11, 49, 50, 51, 999, 1000, 1001} {
		if many := distinct(v, n); many != nil {
			out = append(out, many)
		}
	}
	return out
}

// distinct is a list of n elements like the first of v, each with an id of its own.
func distinct(v []any, n int) []any {
	if len(v) == 0 {
		return nil
	}
	var out []any
	for i := range n {
		switch first := v[0].(type) {
		case string:
			out = append(out, fmt.Sprintf("u%d", i))
		case map[string]any:
			element := maps.Clone(first)
			for name, prefix := range map[string]string{"media": "m_", "conversation": "g_"} {
				if _, has := element[name]; has {
					element[name] = prefix + letters(i%676)
				}
			}
			out = append(out, element)
		default:
			return nil
		}
	}
	return out
}
