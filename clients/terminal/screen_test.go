package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"

	"github.com/parley-im/parley/pkg/chat"
)

func TestTwoPeopleTalk(t *testing.T) {
	play(t, func(t *scene) {
		ann, bob := t.show("ann", ""), t.show("bob", "")
		ann.shows("● connected", "/to bob begins one with bob")
		ann.press("/to bob", "enter", "hi bob", "enter")
		bob.settle()
		bob.shows("ann", " 1  │")
		bob.press("tab")
		bob.shows("ann  online", "hi bob")
		bob.hides(" 1  │")
		bob.press("hi ann", "enter")
		ann.settle()
		ann.shows("hi ann", "● bob", "bob  online")
		bob.press("ctrl+c")
		if !bob.quit {
			t.Error("bob did not leave")
		}
	})
}

func TestAGroupIsMadeAndTellsWhoIsThere(t *testing.T) {
	play(t, func(t *scene) {
		ann, bob := t.show("ann", ""), t.show("bob", "")
		ann.press(`/group "Book club" bob cat`, "enter")
		bob.settle()
		bob.press("tab")
		bob.shows("# Book club", "made the group “Book club” of 3", "3 members, online: ann")
		ann.press("/who", "enter")
		ann.shows("ann is online", "bob is online", "cat was never here", "Esc closes this")
		ann.press("esc")
		ann.hides("never here")
	})
}

func TestUnreadIsKeptUntilItWasShown(t *testing.T) {
	play(t, func(t *scene) {
		state := filepath.Join(t.TempDir(), "state.json")
		for range 3 {
			t.server.Say("bob", "ann", "hello")
		}
		ann := t.show("ann", state)
		ann.shows(" 3  │")
		ann.end()
		t.server.Say("bob", "ann", "and again")
		ann = t.show("ann", state)
		ann.shows(" 4  │")
		ann.press("tab")
		ann.hides(" 4  │")
		ann.end()
		ann = t.show("ann", state)
		ann.hides(" 4  │")
		t.server.Say("bob", "ann", "news")
		ann.settle()
		ann.shows(" 1  │")
		ann.press("tab")
		ann.shows("news", "and again", "hello") // what was shown before is fetched as history
	})
}

func TestPgUpLoadsHistoryAndStaysWhereOneReads(t *testing.T) {
	play(t, func(t *scene) {
		for i := range 200 {
			t.server.Say("bob", "ann", fmt.Sprintf("number %d.", i))
		}
		ann := t.show("ann", "")
		ann.press("tab")
		ann.shows("number 199.")
		for range 20 {
			ann.press("pgup")
		}
		ann.shows("number 0.", "PgDn for what is newer")
		top := strings.Split(ann.View(), "\n")[4]
		t.server.Say("bob", "ann", "meanwhile")
		ann.settle()
		if now := strings.Split(ann.View(), "\n")[4]; now != top {
			t.Errorf("%q moved to %q", top, now)
		}
		for range 20 {
			ann.press("pgdown")
		}
		ann.shows("meanwhile")
	})
}

func TestWhatIsTypedOfflineIsShownAsOnItsWayAndSentLater(t *testing.T) {
	play(t, func(t *scene) {
		down := t.outages()
		ann := t.show("ann", "")
		down.Store(true)
		t.server.CutAll()
		ann.pass(time.Second)
		ann.press("/to bob", "enter", "later", "enter")
		ann.shows("○ offline, reconnecting in", "503", "later  …")
		ann.press("ctrl+c")
		ann.shows("1 not sent yet")
		if ann.quit {
			t.Error("ann left")
		}
		down.Store(false)
		ann.pass(time.Minute)
		ann.shows("● connected", "later")
		ann.hides("later  …")
	})
}

func TestARefusedMessageSaysSo(t *testing.T) {
	play(t, func(t *scene) {
		t.refuse("send")
		ann := t.show("ann", "")
		ann.press("/to bob hello", "enter")
		ann.shows("hello  not sent: blocked")
	})
}

func TestAFileIsSentAndSaved(t *testing.T) {
	play(t, func(t *scene) {
		folder := t.TempDir()
		path := filepath.Join(folder, "notes.txt")
		if err := os.WriteFile(path, []byte(strings.Repeat("x", 1500)), 0o600); err != nil {
			t.Fatal(err)
		}
		ann, bob := t.show("ann", ""), t.show("bob", "")
		ann.press("/to bob", "enter", "/file "+path+" my notes", "enter")
		ann.shows("my notes", "📎 notes.txt (1.5 kB)")
		bob.settle()
		bob.press("tab", "/save 1 "+folder, "enter")
		bob.shows("saved ")
		saved, err := os.ReadFile(filepath.Join(folder, "notes (1).txt"))
		if err != nil || len(saved) != 1500 {
			t.Errorf("saved %d bytes, %v", len(saved), err)
		}
		bob.press("/save 7", "enter")
		bob.shows("there is no attachment 7 here")
		ann.press("/file /does/not/exist", "enter")
		ann.shows("not sent: open /does/not/exist")
	})
}

func TestPresenceIsAskedForAgainWhileARoomIsOpen(t *testing.T) {
	play(t, func(t *scene) {
		t.server.Say("bob", "ann", "hi")
		ann := t.show("ann", "")
		ann.press("tab")
		ann.hides("bob  online")
		t.show("bob", "")
		ann.pass(refresh)
		ann.handle(tick{})
		ann.settle()
		ann.shows("bob  online")
	})
}

func TestNobodyCanSendEscapeSequences(t *testing.T) {
	play(t, func(t *scene) {
		t.server.Say("bob", "ann", "\x1b[2J\x1b]0;owned\x07red\u202eder\u009b31m")
		ann := t.show("ann", "")
		ann.press("tab")
		ann.shows("[2J]0;ownedredder31m")
		for _, bad := range []string{"\x1b[2J", "\x1b]", "\x07", "\u202e", "\u009b"} {
			ann.hides(bad)
		}
	})
}

func TestAResetServerStartsOver(t *testing.T) {
	play(t, func(t *scene) {
		for range 5 {
			t.server.Say("bob", "ann", "before")
		}
		ann := t.show("ann", "")
		ann.press("tab")
		t.server.Reset()
		t.server.CutAll()
		ann.pass(time.Minute)
		ann.hides("before")
		t.server.Say("bob", "ann", "after")
		ann.settle()
		ann.shows("after")
	})
}

func TestEveryLineFitsTheWindowWhateverItsSize(t *testing.T) {
	play(t, func(t *scene) {
		t.server.Say("bob", "ann", strings.Repeat("wide 語 and 👩‍👩‍👧 ", 30)+strings.Repeat("x", 300))
		for i := range 30 {
			t.server.Say(chat.UserID(fmt.Sprint("somebody-with-a-long-name-", i)), "ann", "hi")
		}
		ann := t.show("ann", "")
		for range 25 {
			ann.press("tab")
		}
		ann.press("/to bob", "enter", "/help", "enter")
		for _, size := range []tea.WindowSizeMsg{{Width: 80, Height: 24}, {Width: 200, Height: 60}, {Width: 40, Height: 12}, {Width: 61, Height: 8}, {Width: 10, Height: 3}} {
			ann.handle(size)
			lines := strings.Split(ann.View(), "\n")
			if len(lines) > size.Height {
				t.Errorf("%v: %d lines", size, len(lines))
			}
			for _, l := range lines {
				if lipgloss.Width(l) > max(size.Width, 23) {
					t.Errorf("%v: %d cells in %q", size, lipgloss.Width(l), l)
				}
			}
		}
	})
}

func TestWhatCannotBeDoneIsSaid(t *testing.T) {
	play(t, func(t *scene) {
		ann := t.show("ann", "")
		for typed, said := range map[string]string{
			"hello": "open a conversation first", "/dance": "there is no /dance", "/to": "it is /to user",
			"/to b!b": `"b!b" is no user`, "/group x": "it is /group name", "/group x b!b": "is no user",
		} {
			ann.press(typed, "enter")
			ann.shows(said)
		}
		ann.press("  ", "enter", "tab")
		ann.press("/quit", "enter")
		if !ann.quit {
			t.Error("ann did not leave")
		}
	})
}
