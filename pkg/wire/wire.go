// Package wire is the frames of Parley: what clients send, what they get, and the strict reading of both. The same shapes
// are published as JSON Schema in events/schema, and a test holds the two together.
//
// Reading is stricter than JSON is by default, so that a typing error is told and not ignored: names are case-sensitive,
// unknown, doubled, null and empty members are refused.
package wire

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/parley-im/parley/pkg/chat"
)

// Ref returns the ref of a frame, as far as it can be read, so that even the answer to a bad frame finds its question.
func Ref(frame []byte) string {
	d := jsontext.NewDecoder(bytes.NewReader(frame), jsontext.AllowDuplicateNames(true))
	if token, err := d.ReadToken(); err != nil || token.Kind() != '{' {
		return ""
	}
	for d.PeekKind() == '"' {
		name, err := d.ReadToken()
		if err != nil {
			return ""
		}
		if name.String() != "ref" {
			if d.SkipValue() != nil {
				return ""
			}
			continue
		}
		ref, err := d.ReadToken()
		if err != nil || ref.Kind() != '"' || utf8.RuneCountInString(ref.String()) > chat.MaxRef {
			return ""
		}
		return ref.String()
	}
	return ""
}

// Request is a frame that a client sends: one of the types in this package. check returns the first thing wrong with its values.
type Request interface {
	check() error
}

// Decode reads a request of the type of v and checks its values. Errors are *chat.Error with code bad_frame, too_large or invalid.
func Decode(frame []byte, v Request) error {
	if len(frame) > chat.MaxFrame {
		return chat.Errorf(chat.TooLarge, "a frame has at most %d bytes", chat.MaxFrame)
	}
	if err := scan(frame); err != nil {
		return err
	}
	if err := json.Unmarshal(frame, v, json.RejectUnknownMembers(true)); err != nil {
		return chat.Errorf(chat.Invalid, "%s", explain(err))
	}
	return v.check()
}

// scan refuses what is not one JSON object, and null and "" anywhere in it: Go would read both as an absent value, and
// then a frame could mean what its schema does not allow.
func scan(frame []byte) error {
	d := jsontext.NewDecoder(bytes.NewReader(frame))
	if d.PeekKind() != '{' {
		return &chat.Error{Code: chat.BadFrame}
	}
	for {
		token, err := d.ReadToken()
		switch {
		case errors.Is(err, jsontext.ErrDuplicateName):
			return invalid("a member is there twice")
		case err != nil:
			return &chat.Error{Code: chat.BadFrame}
		case token.Kind() == 'n':
			return invalid("null is not allowed: leave the member out")
		case token.Kind() == '"' && token.String() == "":
			return invalid("an empty string is not allowed: leave the member out")
		case d.StackDepth() == 0:
			if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
				return &chat.Error{Code: chat.BadFrame}
			}
			return nil
		}
	}
}

// explain says where a frame has the wrong shape without repeating what was in it.
func explain(err error) string {
	semantic, ok := errors.AsType[*json.SemanticError](err)
	switch {
	case !ok:
		return chat.PolicyOf(chat.Invalid).Text
	case errors.Is(err, json.ErrUnknownName):
		return "there is a member that this action does not have"
	default:
		return place(semantic.JSONPointer) + ": wrong type"
	}
}

// place turns a JSON pointer into a dotted path.
func place(p jsontext.Pointer) string {
	return strings.ReplaceAll(strings.Trim(string(p), "/"), "/", ".")
}

// Encode renders a frame. It fails with too_large above the size of one frame.
func Encode(v any) ([]byte, error) {
	frame, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	if len(frame) > chat.MaxFrame {
		return nil, &chat.Error{Code: chat.TooLarge}
	}
	return frame, nil
}

// Unroutable says why no route took a frame: bad_frame or unknown_action.
func Unroutable(frame []byte) error {
	if v := jsontext.Value(frame); v.Kind() != '{' || !v.IsValid() {
		return &chat.Error{Code: chat.BadFrame}
	}
	return &chat.Error{Code: chat.UnknownAction}
}
