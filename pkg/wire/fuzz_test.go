package wire

import (
	"encoding/json"
	"reflect"
	"testing"
	"unicode/utf8"

	"github.com/parley-im/parley/pkg/chat"
)

func FuzzDecode(f *testing.F) {
	for _, frame := range samples(f) {
		f.Add(frame)
	}
	for _, test := range strict {
		f.Add([]byte(test.frame))
	}
	a := newAgreement(f)
	f.Fuzz(func(t *testing.T, frame []byte) {
		for action, empty := range requests {
			v := empty()
			err := Decode(frame, v)
			switch code := codeOf(t, err); code {
			case "":
				encodesToItself(t, v, requests[action]())
			case chat.BadFrame, chat.TooLarge, chat.Invalid:
			default:
				t.Errorf("%s is not a code of Decode", code)
			}
		}
		if ref := Ref(frame); utf8.RuneCountInString(ref) > chat.MaxRef || !utf8.ValidString(ref) {
			t.Errorf("%q is not a ref", ref)
		}
		a.check(t, frame)
	})
}

// encodesToItself checks that what was accepted survives being sent on.
func encodesToItself(t *testing.T, v, again Request) {
	t.Helper()
	encoded, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	// An absent action or after is rendered, which may make a full frame too long. Ping apart, no route takes a frame without action.
	if len(encoded) > chat.MaxFrame {
		return
	}
	if reflect.ValueOf(v).Elem().FieldByName("Action").String() == "" {
		return
	}
	if err := Decode(encoded, again); err != nil {
		t.Fatalf("%v in %s", err, encoded)
	}
	if !reflect.DeepEqual(v, again) {
		t.Errorf("%+v became %+v", v, again)
	}
}
