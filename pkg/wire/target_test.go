package wire

import (
	"testing"

	"github.com/parley-im/parley/pkg/chat"
)

func TestATargetThatIsNotOneSaysWhatItCanBe(t *testing.T) {
	const thread = `"thread":{"conversation":"` + aGroup + `","seq":1}`
	for _, target := range []string{`{}`, `{"user":"bob","conversation":"` + aGroup + `"}`, `{"user":"bob",` + thread + `}`, `{"conversation":"` + aGroup + `",` + thread + `}`} {
		err := Decode([]byte(to(target)), new(Send))
		if want := "to: exactly one of user, conversation and thread"; err == nil || chat.AsError(err).Text() != want {
			t.Errorf("send to %s: %v, want %s", target, err, want)
		}
	}
	for _, target := range []string{`{}`, `{` + thread + `}`} {
		err := Decode([]byte(frame("draft", `,"to":`+target)), new(SetDraft))
		if want := "to: exactly one of user and conversation"; err == nil || chat.AsError(err).Text() != want {
			t.Errorf("a draft to %s: %v, want %s", target, err, want)
		}
	}
}
