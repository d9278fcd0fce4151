package sns

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
)

// Attribute is a message attribute: DataType is String, String.Array, Number or Binary; a Binary one has a BinaryValue, the
// others have a StringValue.
type Attribute struct {
	DataType    string
	StringValue string `json:",omitempty"`
	BinaryValue []byte `json:",omitempty"`
}

func (a Attribute) kind() string {
	kind, _, _ := strings.Cut(a.DataType, ".")
	return kind
}

func (a Attribute) check(name string) error {
	switch kind := a.kind(); {
	case !validAttributeName(name):
		return failf(ParameterValueInvalid, "The message attribute name '%s' is invalid.", name)
	case !slices.Contains([]string{"String", "Number", "Binary"}, kind):
		return failf(ParameterValueInvalid, "The message attribute '%s' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.", name)
	case kind == "Binary" && len(a.BinaryValue) == 0, kind != "Binary" && a.StringValue == "":
		return failf(ParameterValueInvalid, "The message attribute '%s' must contain non-empty message attribute value for message attribute type '%s'.", name, a.DataType)
	case kind == "Number":
		if _, err := strconv.ParseFloat(a.StringValue, 64); err != nil {
			return failf(ParameterValueInvalid, "Could not cast message attribute '%s' value to number.", name)
		}
	}
	return nil
}

// validAttributeName follows the developer guide, "Amazon SNS message attributes". The AWS prefix is let in: AWS.SNS.MOBILE
// names are how a publisher sets push headers.
func validAttributeName(name string) bool {
	if name == "" || len(name) > 256 || strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".") || strings.Contains(name, "..") {
		return false
	}
	for _, c := range []byte(name) {
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_' || c == '.') {
			return false
		}
	}
	return true
}

// attributesSize is what attributes add to the size of a message: names, types and values.
func attributesSize(attributes map[string]Attribute) int {
	size := 0
	for name, a := range attributes {
		size += len(name) + len(a.DataType) + len(a.StringValue) + len(a.BinaryValue)
	}
	return size
}

// eventAttribute is an attribute as subscribers see it.
type eventAttribute struct {
	Type  string
	Value string
}

func eventAttributes(attributes map[string]Attribute) map[string]eventAttribute {
	m := map[string]eventAttribute{}
	for name, a := range attributes {
		value := a.StringValue
		if a.kind() == "Binary" {
			value = base64.StdEncoding.EncodeToString(a.BinaryValue)
		}
		m[name] = eventAttribute{Type: a.DataType, Value: value}
	}
	return m
}
