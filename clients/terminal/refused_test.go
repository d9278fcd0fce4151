package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client/clienttest"
)

// refuse lets the server refuse an action.
func (t *scene) refuse(action string) {
	t.server.Fault = func(r clienttest.Request) (f clienttest.Fault) {
		if r.Action == action {
			f.Refuse = chat.Errorf(chat.Forbidden, "blocked")
		}
		return f
	}
}

func TestWhatWasRefusedStaysAtItsTimeUntilItIsDismissed(t *testing.T) {
	play(t, func(t *scene) {
		t.server.Say("bob", "ann", "before")
		t.refuse("send")
		ann := t.show("ann", "")
		ann.press("tab", strings.Repeat("long words ", 90)+"end", "enter")
		ann.shows("… not sent: blocked")
		ann.hides("end")
		if n := strings.Count(ann.View(), "long words") + strings.Count(ann.View(), "words long"); n > 2*4*echoed {
			t.Errorf("%d pairs of words are shown:\n%s", n, ann.View())
		}
		t.server.Say("bob", "ann", "after")
		ann.settle()
		refused, newer := strings.Index(ann.View(), "not sent"), strings.Index(ann.View(), "after")
		if refused < 0 || newer < refused {
			t.Errorf("what is newer is not below:\n%s", ann.View())
		}
		ann.press("draft", "esc")
		ann.shows("not sent: blocked")
		ann.press("esc")
		ann.shows("before", "after")
		ann.hides("not sent")
	})
}

func TestATextThatIsTooLongIsRefusedAndNotCut(t *testing.T) {
	play(t, func(t *scene) {
		ann := t.show("ann", "")
		ann.press("/to bob", "enter")
		for _, command := range []string{"", "/reply 1 ", "/edit 1 ", "/to bob "} {
			line := command + strings.Repeat("x", chat.MaxText+1)
			ann.press(line, "enter")
			ann.shows("not sent: 16001 characters")
			if ann.input.Value() != line {
				t.Errorf("%s: %d characters are left", command, len(ann.input.Value()))
			}
			ann.press("esc")
		}
		ann.press("/to bob "+strings.Repeat("x", chat.MaxText), "enter")
		if n := len([]rune(t.server.Log(chat.DirectID("ann", "bob"))[0].Body.Text)); n != chat.MaxText {
			t.Errorf("%d characters were sent", n)
		}
	})
}

func TestLeavingAsksWhileAFileIsUploaded(t *testing.T) {
	play(t, func(t *scene) {
		path := filepath.Join(t.TempDir(), "a.txt")
		if err := os.WriteFile(path, []byte("content"), 0o600); err != nil {
			t.Fatal(err)
		}
		down := t.outages()
		ann := t.show("ann", "")
		ann.press("/to bob", "enter")
		down.Store(true)
		t.server.CutAll()
		ann.pass(time.Second)
		ann.press("/file "+path, "enter", "/quit", "enter")
		ann.shows("1 not sent yet")
		if ann.quit {
			t.Error("ann left")
		}
		down.Store(false)
		ann.pass(time.Minute)
		ann.shows("📎 a.txt")
		ann.press("/file /does/not/exist", "enter", "/quit", "enter")
		if !ann.quit {
			t.Error("ann did not leave")
		}
	})
}

func TestAGroupThatIsRefusedIsNoRoom(t *testing.T) {
	play(t, func(t *scene) {
		t.refuse("create")
		ann := t.show("ann", "")
		ann.press("/group trip bob", "enter")
		ann.shows("trip was not made: blocked", "/to bob begins one with bob")
		ann.hides("# trip")
		t.expect(t.script("ann", filepath.Join(t.TempDir(), "ann"), "/group trip bob\n"), "* not sent: blocked")
	})
}

func TestPresenceInTheListIsAskedForAgain(t *testing.T) {
	play(t, func(t *scene) {
		t.server.Say("bob", "ann", "hi")
		ann := t.show("ann", "")
		t.show("bob", "")
		ann.hides("● bob")
		ann.pass(refresh)
		ann.handle(tick{})
		ann.settle()
		ann.shows("● bob")
	})
}

func TestNobodyTalksToThemselves(t *testing.T) {
	play(t, func(t *scene) {
		ann := t.show("ann", "")
		ann.press("/to ann hi", "enter")
		ann.shows("that is you")
		t.expect(t.script("ann", filepath.Join(t.TempDir(), "ann"), "/to ann hi\n"), "* that is you; name somebody else")
	})
}

// outages returns what decides whether the server can be connected to.
func (t *scene) outages() *atomic.Bool {
	var down atomic.Bool
	t.server.Handshake = func(*http.Request) int {
		if down.Load() {
			return http.StatusServiceUnavailable
		}
		return 0
	}
	return &down
}
