package sqs

import (
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Attribute is a message attribute: DataType is String, Number or Binary, each with an optional ".label"; a Binary one
// has a BinaryValue, the others have a StringValue.
type Attribute struct {
	DataType    string
	StringValue string `json:",omitempty"`
	BinaryValue []byte `json:",omitempty"`
}

// maxAttributes of a message, from the SQS developer guide, "Amazon SQS message quotas".
const maxAttributes = 10

func (a Attribute) binary() bool { return a.kind() == "Binary" }

func (a Attribute) kind() string {
	kind, _, _ := strings.Cut(a.DataType, ".")
	return kind
}

func (a Attribute) check(name string) error {
	switch {
	case !validAttributeName(name):
		return failf(InvalidParameterValue, "Message (user) attribute name %q is invalid.", name)
	case a.DataType == "":
		return failf(InvalidParameterValue, "The message (user) attribute '%s' must contain a non-empty message attribute type.", name)
	case !slices.Contains([]string{"String", "Number", "Binary"}, a.kind()):
		return failf(InvalidParameterValue, "The message (user) attribute '%s' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.", name)
	case a.binary() && (len(a.BinaryValue) == 0 || a.StringValue != ""),
		!a.binary() && (a.StringValue == "" || len(a.BinaryValue) != 0):
		return failf(InvalidParameterValue, "The message (user) attribute '%s' must contain a non-empty value of type '%s'.", name, a.kind())
	}
	if _, err := strconv.ParseFloat(a.StringValue, 64); a.kind() == "Number" && err != nil {
		return failf(InvalidParameterValue, "Could not cast message (user) attribute '%s' value to number.", name)
	}
	return checkText(a.StringValue)
}

// validAttributeName follows the documentation of MessageAttributeNames in API_ReceiveMessage.
func validAttributeName(name string) bool {
	lower := strings.ToLower(name)
	if name == "" || len(name) > 256 || strings.HasPrefix(lower, "aws.") || strings.HasPrefix(lower, "amazon.") ||
		strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".") || strings.Contains(name, "..") {
		return false
	}
	for _, c := range []byte(name) {
		if !alphanumeric(c) && c != '-' && c != '_' && c != '.' {
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

func digest(body string) string {
	sum := md5.Sum([]byte(body))
	return hex.EncodeToString(sum[:])
}

// digestAttributes returns the MD5 that clients compare, or nothing when there are no attributes. The algorithm is in the
// SQS developer guide, "Calculating the MD5 message digest for message attributes".
func digestAttributes(attributes map[string]Attribute) string {
	if len(attributes) == 0 {
		return ""
	}
	var b []byte
	sized := func(s string) {
		b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
		b = append(b, s...)
	}
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		a := attributes[name]
		sized(name)
		sized(a.DataType)
		if a.binary() {
			b = append(b, 2)
			sized(string(a.BinaryValue))
		} else {
			b = append(b, 1)
			sized(a.StringValue)
		}
	}
	return digest(string(b))
}

// selectAttributes returns those whose name is asked for: by itself, by a prefix ("bar.*"), or by "All" or ".*".
func selectAttributes(attributes map[string]Attribute, wanted []string) map[string]Attribute {
	chosen := map[string]Attribute{}
	for name, a := range attributes {
		for _, w := range wanted {
			prefix, isPrefix := strings.CutSuffix(w, ".*")
			if w == "All" || w == name || isPrefix && strings.HasPrefix(name, prefix) {
				chosen[name] = a
			}
		}
	}
	return chosen
}
