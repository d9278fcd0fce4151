// Package wire is the frames of Parley: what clients send, what they get, and the strict reading of both. The same shapes
// are published as JSON Schema in events/schema, and a test holds the two together.
//
// Reading is stricter than JSON is by default, so that a typing error is told and not ignored: names are case-sensitive,
// unknown, doubled and null members are refused.
package wire

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/parley-im/parley/pkg/chat"
)

// Ref returns the ref of a frame, as far as it can be read, so that even the answer to a bad frame finds its question.
func Ref(frame []byte) string {
	var envelope struct {
		Ref jsontext.Value `json:"ref"`
	}
	if json.Unmarshal(frame, &envelope) != nil || envelope.Ref.Kind() != '"' {
		return ""
	}
	var ref string
	if json.Unmarshal(envelope.Ref, &ref) != nil || len(ref) > chat.MaxRef {
		return ""
	}
	return ref
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

// scan refuses what is not one JSON object, and null anywhere in it: Go would read null as an absent value.
func scan(frame []byte) error {
	d := jsontext.NewDecoder(bytes.NewReader(frame))
	if d.PeekKind() != '{' {
		return &chat.Error{Code: chat.BadFrame}
	}
	for {
		token, err := d.ReadToken()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, jsontext.ErrDuplicateName):
			return chat.Errorf(chat.Invalid, "a member is there twice")
		case err != nil:
			return &chat.Error{Code: chat.BadFrame}
		case token.Kind() == 'n':
			return chat.Errorf(chat.Invalid, "%s: null is not allowed", place(d.StackPointer()))
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

// place turns a JSON pointer into a dotted path, shortened.
func place(p jsontext.Pointer) string {
	path := strings.ReplaceAll(strings.Trim(string(p), "/"), "/", ".")
	if len(path) > 100 {
		path = path[:100]
	}
	return path
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
	var envelope struct {
		Action jsontext.Value `json:"action"`
	}
	if err := json.Unmarshal(frame, &envelope); err != nil {
		return &chat.Error{Code: chat.BadFrame}
	}
	return &chat.Error{Code: chat.UnknownAction}
}
