package main

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client/clienttest"
)

// hurried lets the server find the first message too fast.
func (t *scene) hurried(wait time.Duration) {
	t.server.Fault = func(r clienttest.Request) (f clienttest.Fault) {
		if r.Action == "send" && r.Nth == 1 {
			f.Refuse = &chat.Error{Code: chat.Limited, RetryAfter: wait}
		}
		return f
	}
}

func TestWhoIsTooFastIsToldToSlowDown(t *testing.T) {
	play(t, func(t *scene) {
		t.hurried(20 * time.Second)
		ann := t.show("ann", "")
		ann.press("/to bob", "enter", "quick", "enter")
		ann.shows("slow down: it goes on in 2")
		ann.pass(25 * time.Second)
		ann.hides("slow down")
		if log := t.server.Log(chat.DirectID("ann", "bob")); len(log) != 1 || log[0].Body.Text != "quick" {
			t.Errorf("the log is %+v", log)
		}
	})
	play(t, func(t *scene) {
		t.hurried(1500 * time.Millisecond)
		t.expect(t.script("ann", filepath.Join(t.TempDir(), "ann"), "/to bob quick\n"), "* slow down: it goes on in 2 s", "[bob] 1 ann: quick")
	})
}

func TestLimitsAreListed(t *testing.T) {
	play(t, func(t *scene) {
		t.server.Limits = map[string]int64{"UserRate": 5, "MaxText": 16000}
		ann := t.show("ann", "")
		ann.press("/limits", "enter")
		ann.shows("MaxText              16000", "UserRate             5")
	})
}
