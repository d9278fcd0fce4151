package sns

import (
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"
)

// form is the parameters of a Query request: lists are "Name.member.1", maps "Name.entry.1.key" and "Name.entry.1.value",
// counted from 1.
type form url.Values

func (f form) get(name string) string { return url.Values(f).Get(name) }

// items returns the prefixes, with their dot, of the numbered items under name.
func (f form) items(name string) []string {
	var prefixes []string
	for {
		prefix := name + "." + strconv.Itoa(len(prefixes)+1) + "."
		if !f.under(prefix) {
			return prefixes
		}
		prefixes = append(prefixes, prefix)
	}
}

func (f form) under(prefix string) bool {
	for name := range f {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// settings are the Attributes of an endpoint, application or subscription.
func (f form) settings() map[string]string {
	m := map[string]string{}
	for _, p := range f.items("Attributes.entry") {
		m[f.get(p+"key")] = f.get(p + "value")
	}
	return m
}

func (f form) attributes(prefix string) (map[string]Attribute, error) {
	m := map[string]Attribute{}
	for _, p := range f.items(prefix + "MessageAttributes.entry") {
		name := f.get(p + "Name")
		binary, err := base64.StdEncoding.DecodeString(f.get(p + "Value.BinaryValue"))
		if err != nil {
			return nil, failf(ParameterValueInvalid, "The message attribute '%s' has an invalid binary value.", name)
		}
		a := Attribute{DataType: f.get(p + "Value.DataType"), StringValue: f.get(p + "Value.StringValue"), BinaryValue: binary}
		if err := a.check(name); err != nil {
			return nil, err
		}
		m[name] = a
	}
	return m, nil
}
