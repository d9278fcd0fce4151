// Package protocol makes events/protocol.md, the page for people who write their own client, from the contract: every
// action, event, value, error and limit is told from the data that the tests hold together with the code. Only what no
// schema can say, how to connect and what a client has to keep to, is written by hand, in page.md.
//
// A test fails when the page is stale; go test ./events/protocol -update writes it.
package protocol

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"text/template"

	"gopkg.in/yaml.v3"

	"github.com/parley-im/parley/events"
)

//go:embed page.md
var page string

// Page returns the page.
func Page() ([]byte, error) {
	c, err := read()
	if err != nil {
		return nil, fmt.Errorf("protocol: %w", err)
	}
	t, err := template.New("page.md").Option("missingkey=error").Funcs(template.FuncMap{
		"limit": c.limit, "error": c.knows, "duration": duration, "code": code, "above": c.above,
	}).Parse(page)
	if err != nil {
		return nil, fmt.Errorf("protocol: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, c); err != nil {
		return nil, fmt.Errorf("protocol: %w", err)
	}
	return b.Bytes(), nil
}

// contract is what the page tells.
type contract struct {
	Actions []Action
	Events  []Frame
	Shapes  []Frame
	Values  []Value
	Errors  []Error
	Common  []string // the errors that every action may meet
	Limits  []events.Limit
	common  properties
}

// Action is what a client can ask.
type Action struct {
	Frame
	Summary string
	Errors  []string // besides those that every action may meet
	// Reply is what comes back; Silent actions are answered only when they fail.
	Reply  Frame
	Silent bool
}

// Frame is a kind of frame, or a shape in one.
type Frame struct {
	Name        string
	Title       string
	Description string
	// Variants are the tables of its members: one, or one for each form that it can take.
	Variants []Variant
	// Sample is one such frame, if there is one.
	Sample string
}

// Variant is one form of a frame.
type Variant struct {
	Title, Description string
	Members            []Member
}

// Member is a line of a table.
type Member struct {
	Name, Kind, Description string
	Required                bool
}

// Value is a line of the table of values.
type Value struct{ Title, Kind, Description string }

// Error is a line of errors.json.
type Error struct {
	Code, Text, Advice string
	Temporary          bool
	RetryAfter         float64 `json:"retry_after"`
}

// Silent are the actions that are answered only when they fail.
func (c *contract) Silent() (names []string) {
	for _, a := range c.Actions {
		if a.Silent {
			names = append(names, code(a.Name))
		}
	}
	return names
}

// Mute reports whether nothing is said of a frame's members.
func (f Frame) Mute() bool {
	return !slices.ContainsFunc(f.Variants, func(v Variant) bool { return len(v.Members) > 0 || v.Title != "" })
}

func read() (*contract, error) {
	c := &contract{}
	common, err := load("common")
	if err != nil {
		return nil, err
	}
	c.common = common.Definitions
	if err := parse("errors.json", &c.Errors); err != nil {
		return nil, err
	}
	if c.Limits, err = events.Limits(); err != nil {
		return nil, err
	}
	for _, d := range c.common {
		if d.isShape() {
			c.Shapes = append(c.Shapes, c.frame(d.Name, d.schema, nil))
		} else {
			c.Values = append(c.Values, Value{d.Title, d.kind(c.common), cell(d.Description)})
		}
	}
	return c, c.operations()
}

// operation is one of asyncapi.yaml.
type operation struct {
	Action               string
	Summary, Description string
	Messages             []reference
	Reply                struct{ Messages []reference }
	Errors               []string `yaml:"x-errors"`
}

type reference struct {
	Ref string `yaml:"$ref"`
}

// name is that of the message that is referred to.
func (r reference) name() string { return r.Ref[strings.LastIndex(r.Ref, "/")+1:] }

// operations reads what can be asked and what is told, in the order of asyncapi.yaml.
func (c *contract) operations() error {
	data, err := events.FS.ReadFile("asyncapi.yaml")
	if err != nil {
		return err
	}
	var description struct {
		Operations yaml.Node
		Common     []string `yaml:"x-errors"`
	}
	if err := yaml.Unmarshal(data, &description); err != nil {
		return err
	}
	c.Common = description.Common
	nodes := description.Operations.Content
	for i := 0; i+1 < len(nodes); i += 2 {
		var o operation
		if err := nodes[i+1].Decode(&o); err != nil {
			return fmt.Errorf("%s: %w", nodes[i].Value, err)
		}
		if o.Action == "receive" {
			a, err := c.action(nodes[i].Value, o)
			if err != nil {
				return fmt.Errorf("%s: %w", nodes[i].Value, err)
			}
			c.Actions = append(c.Actions, a)
			continue
		}
		for _, m := range o.Messages {
			if err := c.event(m.name()); err != nil {
				return fmt.Errorf("%s: %w", m.name(), err)
			}
		}
	}
	return nil
}

func (c *contract) action(name string, o operation) (Action, error) {
	s, err := load(name)
	if err != nil {
		return Action{}, err
	}
	a := Action{Frame: c.frame(name, s, []string{"action", "ref"}), Summary: o.Summary, Silent: true}
	a.Description = o.Description
	if a.Sample, err = sample(name); err != nil {
		return a, err
	}
	for _, code := range o.Errors {
		if _, err := c.knows(code); err != nil {
			return a, err
		}
	}
	a.Errors = o.Errors
	for _, m := range o.Reply.Messages {
		reply := m.name()
		if reply == "error" || reply == "gateway" {
			continue
		}
		s, err := load(reply)
		if err != nil {
			return a, err
		}
		a.Silent = false
		a.Reply = c.frame(reply, s, nil)
		if result := s.Properties.named("result"); result != nil {
			a.Reply = c.frame(reply, c.resolve(result), nil)
			a.Reply.Description = s.Description
		}
		if a.Reply.Sample, err = sample(reply); err != nil {
			return a, err
		}
	}
	return a, nil
}

func (c *contract) event(name string) error {
	called := strings.TrimPrefix(name, "event.") // the schema of one that is called like an action
	if slices.ContainsFunc(c.Events, func(f Frame) bool { return f.Name == called }) {
		return nil
	}
	s, err := load(name)
	if err != nil {
		return err
	}
	f := c.frame(called, s, nil)
	if f.Sample, err = sample(name); err != nil {
		return err
	}
	c.Events = append(c.Events, f)
	return nil
}

// frame tells of a schema, without some of its members.
func (c *contract) frame(name string, s *schema, without []string) Frame {
	f := Frame{Name: name, Title: s.Title, Description: s.Description}
	if s.Type == "array" && s.Items != nil && s.Items.isShape() {
		f.Description += " An array of objects, " + strings.TrimPrefix(s.kind(c.common), "array of object, ") + "."
		f.Variants = []Variant{{Members: c.members("[].", s.Items, nil)}}
		return f
	}
	if len(s.OneOf) == 0 {
		f.Variants = []Variant{{Members: c.members("", s, without)}}
		return f
	}
	if s.OneOf[0].Ref != "" {
		f.Description += " It is " + s.kind(c.common) + "."
		return f
	}
	for _, choice := range s.OneOf {
		f.Variants = append(f.Variants, Variant{choice.Title, choice.Description, c.members("", choice, without)})
	}
	return f
}

// members are the lines of a table; those of objects inside follow their object.
func (c *contract) members(prefix string, s *schema, without []string) (lines []Member) {
	for _, p := range s.Properties {
		if slices.Contains(without, p.Name) {
			continue
		}
		description := p.Description
		if description == "" && p.Ref != "" {
			description = c.resolve(p.schema).Description
		}
		lines = append(lines, Member{
			Name: prefix + p.Name, Kind: p.kind(c.common), Description: cell(description), Required: slices.Contains(s.Required, p.Name),
		})
		lines = append(lines, c.inside(prefix+p.Name, p.schema)...)
		if p.Items != nil {
			lines = append(lines, c.inside(prefix+p.Name+"[]", p.Items)...)
		}
	}
	return lines
}

// inside are the lines for what a member holds. If it has several forms, each begins with a line of its own.
func (c *contract) inside(name string, s *schema) []Member {
	lines := c.members(name+".", s, nil)
	for _, choice := range s.OneOf {
		if len(choice.Properties) == 0 {
			continue
		}
		lines = append(lines, Member{Name: name, Kind: "if " + lower(choice.Title), Description: cell(choice.Description)})
		lines = append(lines, c.members(name+".", choice, nil)...)
	}
	return lines
}

// resolve follows a reference to a definition.
func (c *contract) resolve(s *schema) *schema {
	if _, name, ok := strings.Cut(s.Ref, "#/definitions/"); ok {
		if target := c.common.named(name); target != nil {
			return target
		}
	}
	return s
}

// cell keeps a text within its cell.
func cell(text string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "|", `\|`)
}

// sample is the frame of that name, or the first whose name begins with it; "" if there is none.
func sample(name string) (string, error) {
	all, err := fs.Glob(events.FS, "samples/"+name+".json")
	if err != nil {
		return "", err
	}
	more, err := fs.Glob(events.FS, "samples/"+name+".*.json")
	if err != nil {
		return "", err
	}
	if all = append(all, more...); len(all) == 0 {
		return "", nil
	}
	data, err := events.FS.ReadFile(all[0])
	return strings.TrimSpace(string(data)), err
}

func parse(name string, v any) error {
	data, err := events.FS.ReadFile(name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// limit is the value of a limit, so that no number is written by hand.
func (c *contract) limit(name string) (int64, error) {
	for _, l := range c.Limits {
		if l.Name == name {
			return l.Value, nil
		}
	}
	return 0, fmt.Errorf("there is no limit %s", name)
}

// knows is a code, if there is such an error.
func (c *contract) knows(name string) (string, error) {
	if !slices.ContainsFunc(c.Errors, func(e Error) bool { return e.Code == name }) {
		return "", errors.New("there is no error " + name)
	}
	return code(name), nil
}

// above is what happens above a limit: a code or a sentence.
func (c *contract) above(what string) string {
	if name, err := c.knows(what); err == nil {
		return name
	}
	return what
}

// duration says so many seconds in words.
func duration(seconds int64) string {
	for _, unit := range []struct {
		seconds int64
		name    string
	}{{3600, "hour"}, {60, "minute"}, {1, "second"}} {
		if n := seconds / unit.seconds; seconds%unit.seconds == 0 && n > 0 {
			if n == 1 {
				return "one " + unit.name
			}
			return strconv.FormatInt(n, 10) + " " + unit.name + "s"
		}
	}
	return "0 seconds"
}
