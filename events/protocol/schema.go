package protocol

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"

	"github.com/parley-im/parley/events"
)

// schema is a JSON Schema as far as the contract uses it. It is read as YAML, of which JSON is a part, because that keeps
// the order of members.
type schema struct {
	Ref              string `yaml:"$ref"`
	Title            string
	Description      string
	Type             string
	Const            yaml.Node
	Enum             []string
	Pattern          string
	MinLength        *int `yaml:"minLength"`
	MaxLength        *int `yaml:"maxLength"`
	Minimum          *int
	Maximum          *int
	ExclusiveMinimum *int `yaml:"exclusiveMinimum"`
	Items            *schema
	MinItems         *int       `yaml:"minItems"`
	MaxItems         *int       `yaml:"maxItems"`
	UniqueItems      bool       `yaml:"uniqueItems"`
	OneOf            []*schema  `yaml:"oneOf"`
	Properties       properties `yaml:"properties"`
	Required         []string
	MinProperties    int         `yaml:"minProperties"`
	MaxProperties    int         `yaml:"maxProperties"`
	Additional       *additional `yaml:"additionalProperties"`
	Definitions      properties
}

// properties are named schemas in the order of the file.
type properties []property

type property struct {
	Name string
	*schema
}

// UnmarshalYAML implements yaml.Unmarshaler.
func (p *properties) UnmarshalYAML(node *yaml.Node) error {
	for i := 0; i+1 < len(node.Content); i += 2 {
		one := property{Name: node.Content[i].Value}
		if err := node.Content[i+1].Decode(&one.schema); err != nil {
			return fmt.Errorf("%s: %w", one.Name, err)
		}
		*p = append(*p, one)
	}
	return nil
}

func (p properties) named(name string) *schema {
	for _, one := range p {
		if one.Name == name {
			return one.schema
		}
	}
	return nil
}

// additional is what other members of an object are: nothing, or all of one kind.
type additional struct{ of *schema }

// UnmarshalYAML implements yaml.Unmarshaler.
func (a *additional) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.MappingNode {
		return node.Decode(&a.of)
	}
	return nil
}

// load reads a file of the schema folder.
func load(name string) (*schema, error) {
	data, err := events.FS.ReadFile("schema/" + name + ".json")
	if err != nil {
		return nil, err
	}
	var s schema
	if err := yaml.Unmarshal(data, &s); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &s, nil
}

// isShape reports whether a definition has members to tell of, so that it needs a table.
func (s *schema) isShape() bool {
	return len(s.Properties) > 0 || len(s.OneOf) > 0 || s.Items != nil && s.Items.isShape()
}

// kind says in words what a value is. References are links; common resolves them.
func (s *schema) kind(common properties) string {
	switch {
	case s.Ref != "":
		return link(s.Ref, common)
	case s.Const.Kind != 0:
		return code(literal(s.Const))
	case len(s.Enum) > 0:
		var all []string
		for _, value := range s.Enum {
			all = append(all, code(strconv.Quote(value)))
		}
		return "one of " + strings.Join(all, ", ")
	case len(s.OneOf) > 0:
		var all []string
		for _, choice := range s.OneOf {
			all = append(all, choice.kind(common))
		}
		return strings.Join(all, " or ")
	}
	words := []string{s.Type}
	switch s.Type {
	case "string":
		words = append(words, span(s.MinLength, s.MaxLength, "character"), matching(s.Pattern))
	case "integer", "number":
		words = append(words, span(s.Minimum, s.Maximum, ""))
		if s.ExclusiveMinimum != nil {
			words = append(words, "above "+strconv.Itoa(*s.ExclusiveMinimum))
		}
	case "array":
		if s.Items != nil {
			words[0] = "array of " + s.Items.kind(common)
		}
		words = append(words, span(s.MinItems, s.MaxItems, ""))
		if s.UniqueItems {
			words = append(words, "each once")
		}
	case "object":
		switch {
		case s.Additional != nil && s.Additional.of != nil:
			words[0] = "object whose members are each: " + s.Additional.of.kind(common)
		case s.MinProperties == 1 && s.MaxProperties == 1:
			words = append(words, "exactly one of its members")
		case len(s.Properties) == 0:
			words[0] = "empty object"
		case s.Title != "":
			words[0] = lower(s.Title)
		}
	}
	var said []string
	for _, word := range words {
		if word != "" {
			said = append(said, word)
		}
	}
	return strings.Join(said, ", ")
}

// literal is a constant as JSON writes it.
func literal(node yaml.Node) string {
	if node.Tag == "!!str" {
		return strconv.Quote(node.Value)
	}
	return node.Value
}

func matching(pattern string) string {
	if pattern == "" {
		return ""
	}
	return "matching " + code(pattern)
}

// span says between what something is.
func span(least, most *int, unit string) string {
	var text string
	switch {
	case least == nil && most == nil:
		return ""
	case most == nil:
		text = "at least " + strconv.Itoa(*least)
	case least == nil:
		text = "up to " + strconv.Itoa(*most)
	case *least == *most:
		text = "exactly " + strconv.Itoa(*least)
	default:
		text = strconv.Itoa(*least) + " to " + strconv.Itoa(*most)
	}
	switch {
	case unit == "":
		return text
	case strings.HasSuffix(text, " 1"):
		return text + " " + unit
	}
	return text + " " + unit + "s"
}

// link leads to where what is referred to is described: a value, a shape, or an event.
func link(ref string, common properties) string {
	file, pointer, _ := strings.Cut(ref, "#")
	if pointer == "" {
		name := strings.TrimSuffix(file, ".json")
		return "[" + name + "](#event-" + name + ")"
	}
	name := pointer[strings.LastIndex(pointer, "/")+1:]
	s := common.named(name)
	if s == nil {
		return code(name)
	}
	if s.isShape() {
		return "[" + lower(s.Title) + "](#" + anchor("shape "+s.Title) + ")"
	}
	return "[" + lower(s.Title) + "](#values)"
}

// anchor is what GitHub makes of a heading.
func anchor(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
			return unicode.ToLower(r)
		}
		return -1
	}, heading)
}

// lower begins a title with a small letter, unless it begins with an abbreviation.
func lower(title string) string {
	r := []rune(title)
	if len(r) > 1 && unicode.IsUpper(r[1]) {
		return title
	}
	r[0] = unicode.ToLower(r[0])
	return string(r)
}

// code is a text in the font of code, also within a table. What looks like nothing in print is escaped.
func code(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '|':
			b.WriteString(`\|`)
		case r > unicode.MaxASCII && (unicode.IsSpace(r) || !unicode.IsPrint(r)):
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	return "`" + b.String() + "`"
}
