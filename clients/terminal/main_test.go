package main

import (
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"go.uber.org/goleak"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/client/clienttest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// scene is a server, in a bubble whose clock moves on when everybody waits.
type scene struct {
	*testing.T
	server *clienttest.Server
}

// play runs f in a bubble. A goroutine that is left at its end fails the test.
func play(t *testing.T, f func(t *scene)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		server := clienttest.StartInMemory()
		t.Cleanup(server.Close)
		f(&scene{t, server})
	})
}

func (t *scene) settings(user chat.UserID, state string) settings {
	return settings{
		url: t.server.URL, user: user, device: "terminal", state: state, http: t.server.HTTP,
		token: client.StaticToken(clienttest.Token(user)),
	}
}

// window is a screen without a terminal: the test types, and reads what is drawn.
type window struct {
	*screen
	t    *testing.T
	msgs chan tea.Msg
	quit bool
	end  func()
}

// show opens a window of 80 × 20 cells that is connected.
func (t *scene) show(user chat.UserID, state string) *window {
	t.Helper()
	if state == "" {
		state = filepath.Join(t.TempDir(), "state.json")
	}
	w := &window{t: t.T, msgs: make(chan tea.Msg, 10_000)}
	m, err := openMarks(state)
	if err != nil {
		t.Fatal(err)
	}
	s := t.settings(user, state)
	c, err := connect(s, m, func(e client.Event) { w.msgs <- arrived{e} })
	if err != nil {
		t.Fatal(err)
	}
	w.screen = newScreen(t.Context(), s, m, c)
	w.tell = func(m tea.Msg) { w.msgs <- m }
	w.end = c.Close
	t.Cleanup(func() {
		c.Close()
		<-time.After(2 * time.Second) // the cursor blinks for the last time
	})
	go func() { _ = c.Run(t.Context()) }()
	w.msgs <- tea.WindowSizeMsg{Width: 80, Height: 20}
	w.settle()
	return w
}

// settle handles messages until there are none and nothing happens any more.
func (w *window) settle() {
	for {
		synctest.Wait()
		select {
		case m := <-w.msgs:
			w.handle(m)
		default:
			return
		}
	}
}

func (w *window) handle(m tea.Msg) {
	switch m := m.(type) {
	case tea.BatchMsg:
		for _, cmd := range m {
			w.start(cmd)
		}
	case tea.QuitMsg:
		w.quit = true
	default:
		_, cmd := w.Update(m)
		w.start(cmd)
	}
}

func (w *window) start(cmd tea.Cmd) {
	if cmd != nil {
		go func() { w.msgs <- cmd() }()
	}
}

// press types keys: names like "tab", or a text.
func (w *window) press(keys ...string) {
	w.t.Helper()
	named := map[string]tea.KeyType{
		"tab": tea.KeyTab, "enter": tea.KeyEnter, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "esc": tea.KeyEsc,
		"up": tea.KeyUp, "down": tea.KeyDown, "shift+tab": tea.KeyShiftTab, "ctrl+c": tea.KeyCtrlC,
		"backspace": tea.KeyBackspace,
	}
	for _, k := range keys {
		if kind, ok := named[k]; ok {
			w.handle(tea.KeyMsg{Type: kind})
		} else {
			w.handle(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(k)})
		}
		w.settle()
	}
}

func (w *window) pass(d time.Duration) {
	<-time.After(d) // in a bubble this takes no time
	w.settle()
}

// shows fails unless all texts are on the screen.
func (w *window) shows(texts ...string) {
	w.t.Helper()
	for _, text := range texts {
		if !strings.Contains(w.View(), text) {
			w.t.Errorf("%q is not shown:\n%s", text, w.View())
		}
	}
}

// hides fails if a text is on the screen.
func (w *window) hides(texts ...string) {
	w.t.Helper()
	for _, text := range texts {
		if strings.Contains(w.View(), text) {
			w.t.Errorf("%q is shown:\n%s", text, w.View())
		}
	}
}
