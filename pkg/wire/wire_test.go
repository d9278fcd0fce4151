package wire

import (
	"strings"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
)

func TestRefIsFoundAsFarAsItCanBeRead(t *testing.T) {
	long := strings.Repeat("é", chat.MaxRef)
	for name, test := range map[string]struct{ frame, ref string }{
		"first":                      {`{"ref":"7","action":"send"}`, "7"},
		"last":                       {`{"action":"send","body":{"text":"hi"},"ref":"7"}`, "7"},
		"escaped":                    {`{"r\u0065f":"\u0037"}`, "7"},
		"the longest":                {`{"ref":"` + long + `"}`, long},
		"before a frame breaks off":  {`{"ref":"7","body":{"te`, "7"},
		"before an error":            {`{"ref":"7","limit":01}`, "7"},
		"beside a doubled member":    {`{"limit":1,"limit":2,"ref":"7"}`, "7"},
		"beside null":                {`{"limit":null,"ref":"7"}`, "7"},
		"before something behind":    {`{"ref":"7"} {}`, "7"},
		"behind an error":            {`{"limit":01,"ref":"7"}`, ""},
		"too long":                   {`{"ref":"` + long + `é"}`, ""},
		"empty":                      {`{"ref":""}`, ""},
		"number":                     {`{"ref":7}`, ""},
		"null":                       {`{"ref":null}`, ""},
		"object":                     {`{"ref":{"ref":"7"}}`, ""},
		"inside another member":      {`{"body":{"ref":"7"}}`, ""},
		"in another case":            {`{"Ref":"7"}`, ""},
		"lone surrogate":             {`{"ref":"\ud800"}`, ""},
		"absent":                     {`{}`, ""},
		"in a list":                  {`["ref","7"]`, ""},
		"not JSON":                   {`ref`, ""},
		"nothing":                    {``, ""},
		"cut off behind the name":    {`{"ref"`, ""},
		"cut off within the name":    {`{"re`, ""},
		"cut off within another one": {`{"body":{`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if ref := Ref([]byte(test.frame)); ref != test.ref {
				t.Errorf("%q, want %q", ref, test.ref)
			}
		})
	}
}

func TestUnroutableTellsBadFramesFromUnknownActions(t *testing.T) {
	for frame, code := range map[string]chat.Code{
		`{"action":"sing"}`:     chat.UnknownAction,
		` {"ref":"7"}`:          chat.UnknownAction,
		`{"action":7}`:          chat.UnknownAction,
		`{}`:                    chat.UnknownAction,
		`hello`:                 chat.BadFrame,
		``:                      chat.BadFrame,
		`null`:                  chat.BadFrame,
		`["action"]`:            chat.BadFrame,
		`{"action":"sing"`:      chat.BadFrame,
		`{"action":"sing"} {}`:  chat.BadFrame,
		"{\"action\":\"\xff\"}": chat.BadFrame,
	} {
		if got := codeOf(t, Unroutable([]byte(frame))); got != code {
			t.Errorf("%s: %s, want %s", frame, got, code)
		}
	}
}

func TestEncodeNeverMakesMoreThanOneFrame(t *testing.T) {
	full := strings.Repeat("a", chat.MaxFrame-len(`""`))
	if frame, err := Encode(full); err != nil || len(frame) != chat.MaxFrame {
		t.Errorf("a full frame: %d bytes, %v", len(frame), err)
	}
	if _, err := Encode(full + "a"); codeOf(t, err) != chat.TooLarge {
		t.Errorf("a byte more: %v", err)
	}
}

func TestEncodeKeepsTextAsItIs(t *testing.T) {
	frame, err := Encode(Body{Text: "<b>é\u2028📷</b> & \"quoted\""})
	if want := "{\"text\":\"<b>é\u2028📷</b> & \\\"quoted\\\"\"}"; err != nil || string(frame) != want {
		t.Errorf("%s (%v), want %s", frame, err, want)
	}
}

// Only a bug can make a frame that cannot be rendered: the caller must not take it for the client's mistake.
func TestEncodeDoesNotBlameTheClientForWhatCannotBeRendered(t *testing.T) {
	_, err := Encode(Body{Text: "\xff"})
	if err == nil || chat.AsError(err).Code != chat.Internal {
		t.Errorf("%v, want an error that is internal", err)
	}
}

func TestNewErrorTellsNothingOfAnInternalCause(t *testing.T) {
	_, cause := time.Parse(timeLayout, "secret")
	frame := NewError("7", cause)
	if frame.Code != chat.Internal || strings.Contains(frame.Message, "secret") || frame.RetryAfter != 2 {
		t.Errorf("%+v", frame)
	}
}

func TestTimeIsUTCWithThreeDecimalsAndReadsBack(t *testing.T) {
	moment := time.Date(2026, 11, 22, 3, 23, 0, 123_999_999, time.FixedZone("", 5*3600))
	if got, want := Time(moment), "2026-11-21T22:23:00.123Z"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	back, err := ParseTime(Time(moment))
	if err != nil || !back.Equal(moment.Truncate(time.Millisecond)) {
		t.Errorf("%v (%v), want %v", back, err, moment)
	}
	if _, err := ParseTime("2026-11-21T22:23:00Z"); err == nil {
		t.Error("a time without decimals is read")
	}
}
