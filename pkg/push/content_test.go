package push_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
)

func TestI20APhoneIsNotToldWhatDisappearsAndNothingOfWhatIsDue(t *testing.T) {
	r := newRig(t)
	r.members(t, "ann")
	r.Log = r.log.At(func() time.Time { return r.now })
	says := func(timer chat.Timer) {
		t.Helper()
		r.said++
		e := chat.Entry{Conversation: all, Seq: r.said, Kind: chat.Message, From: "eve", At: r.now, Timer: timer, Body: chat.Body{Text: "the code is 7351"}}
		if _, wrote, err := r.log.Put(t.Context(), e); err != nil || !wrote {
			t.Fatal(wrote, err)
		}
	}
	says(chat.Timer{After: time.Minute, From: chat.SinceSent})
	r.now = r.now.Add(time.Minute)
	r.notify(t, "ann")
	if got := r.shown(); len(got) != 0 {
		t.Errorf("due, phones show %v", got)
	}
	says(chat.Timer{After: time.Minute, From: chat.SinceRead})
	r.notify(t, "ann")
	for token, body := range maps.All(r.shown()) {
		if token != "ann" || !strings.Contains(body, "A new message") || strings.Contains(body, "7351") {
			t.Errorf("%s shows %q", token, body)
		}
	}
	r.wantTokens(t, "ann")
}
