package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
)

// script runs the line mode on an input and returns what it printed.
func (t *scene) script(user chat.UserID, state, input string) string {
	t.Helper()
	m, err := openMarks(state)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := talkInLines(t.Context(), t.settings(user, state), m, strings.NewReader(input), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// expect fails unless the lines are printed in this order, perhaps with others in between.
func (t *scene) expect(printed string, lines ...string) {
	t.Helper()
	rest := printed
	for _, l := range lines {
		_, after, ok := strings.Cut(rest, l+"\n")
		if !ok {
			t.Fatalf("%q is missing or not in its place in\n%s", l, printed)
		}
		rest = after
	}
}

func TestAScriptTalksAndReadsWhatItMissed(t *testing.T) {
	play(t, func(t *scene) {
		folder := t.TempDir()
		ann, bob := filepath.Join(folder, "ann"), filepath.Join(folder, "bob")
		t.expect(t.script("ann", ann, "/to bob hi\nhow are you?\n//slash\n"),
			"[bob] 1 ann: hi", "[bob] 2 ann: how are you?", "[bob] 3 ann: /slash", "* closed")
		t.server.Say("ann", "bob", "two\nlines \x1b[1m")
		t.expect(t.script("bob", bob, "/to ann\n/who\n/to ann fine\n"),
			"* bob is online", "* closed")
		printed := t.script("ann", ann, "/to bob\n/who\n")
		if strings.Contains(printed, "how are you") {
			t.Errorf("shown again:\n%s", printed)
		}
		t.expect(printed, "[bob] 4 ann: two lines [1m", "[bob] 5 bob: fine")
	})
}

func TestAScriptMakesAGroupAndExchangesAFile(t *testing.T) {
	play(t, func(t *scene) {
		folder := t.TempDir()
		path := filepath.Join(folder, "a.txt")
		if err := os.WriteFile(path, []byte("content"), 0o600); err != nil {
			t.Fatal(err)
		}
		t.expect(t.script("ann", filepath.Join(folder, "ann"), "/group \"two words\" bob\n/who\n/file "+path+" look\n"),
			"* bob was never here", "[two words] 2 ann: look 📎 a.txt (7 B)  /save 2")

		in, typed := io.Pipe()
		out := new(bytes.Buffer)
		m, err := openMarks(filepath.Join(folder, "bob"))
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() {
			done <- talkInLines(t.Context(), t.settings("bob", ""), m, in, out)
		}()
		synctest.Wait()
		io.WriteString(typed, "/to ann hi\n")
		io.WriteString(typed, "/save 9\n/file /does/not/exist\n/quit\n")
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		typed.Close()
		t.expect(out.String(), "[two words] 1 ann: made the group “two words” of 2", "* caught up",
			"* there is no attachment 9 here", "* open /does/not/exist: no such file or directory")
	})
}

func TestAScriptIsToldWhatIsWrong(t *testing.T) {
	play(t, func(t *scene) {
		t.refuse("send")
		t.expect(t.script("ann", filepath.Join(t.TempDir(), "ann"), "hello\n\n/dance\n/to b!b\n/group a b!b\n/help\n/to bob hi\n"),
			"* say /to user first", "* there is no /dance; try /help", `* "b!b" is no user`, `* "b!b" is no user`, "* /quit, Ctrl-C        leave",
			"* not sent: blocked", "* closed")
	})
}

func TestAScriptEndsWhenItIsNotAdmitted(t *testing.T) {
	play(t, func(t *scene) {
		s := t.settings("ann", "")
		s.token = client.StaticToken("wrong")
		m, err := openMarks(filepath.Join(t.TempDir(), "ann"))
		if err != nil {
			t.Fatal(err)
		}
		in, typed := io.Pipe()
		defer typed.Close()
		if err := talkInLines(context.Background(), s, m, in, io.Discard); !errors.Is(err, client.ErrUnauthenticated) {
			t.Errorf("ended with %v", err)
		}
	})
}

func TestPushRegistersThisDevice(t *testing.T) {
	play(t, func(t *scene) {
		s := t.settings("ann", "")
		s.push = true
		m, err := openMarks(filepath.Join(t.TempDir(), "ann"))
		if err != nil {
			t.Fatal(err)
		}
		if err := talkInLines(t.Context(), s, m, strings.NewReader(""), io.Discard); err != nil {
			t.Fatal(err)
		}
		if token := t.server.Registered("terminal"); token != "terminal-ann-terminal" {
			t.Errorf("registered %q", token)
		}
	})
}

func TestAScriptTellsWhatDisappears(t *testing.T) {
	play(t, func(t *scene) {
		in, typed := io.Pipe()
		out := new(bytes.Buffer)
		m, err := openMarks(filepath.Join(t.TempDir(), "ann"))
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() { done <- talkInLines(t.Context(), t.settings("ann", ""), m, in, out) }()
		io.WriteString(typed, "/to bob\n/brief 5 the code is 7351\n/brief 60 stay\n")
		synctest.Wait()
		time.Sleep(6 * time.Second)
		synctest.Wait()
		io.WriteString(typed, "/forward 1 cat\n/quit\n")
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		typed.Close()
		t.expect(out.String(), "[bob] 1 ann: the code is 7351", "[bob] 2 ann: stay", "* [bob] 1 has disappeared", "* there is no message 1 here", "* closed")
	})
}
