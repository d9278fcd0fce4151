package main

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/wire"
)

func TestWhoIsTypingIsShownForAsLongAsItHolds(t *testing.T) {
	play(t, func(t *scene) {
		t.server.Say("bob", "ann", "hi")
		ann, bob := t.show("ann", ""), t.show("bob", "")
		ann.press("tab")
		bob.press("tab")
		ann.press("w", "e")
		bob.settle()
		bob.shows("ann is typing…")
		bob.pass(chat.TypingTime)
		bob.hides("is typing…")
		ann.press("l")
		bob.settle()
		bob.shows("ann is typing…")
		ann.press("esc")
		bob.settle()
		bob.hides("is typing…")
		ann.press("x")
		bob.settle()
		bob.shows("ann is typing…")
		ann.press("backspace")
		bob.settle()
		bob.hides("is typing…")
		ann.press("/who and then", "//so") // of which only the text is anybody's business
		bob.settle()
		bob.hides("is typing…")
		ann.press("esc", "//so")
		bob.settle()
		bob.shows("ann is typing…")
		ann.press("enter")
		bob.settle()
		bob.hides("is typing…")
		bob.shows("/so")
	})
}

func TestHowOthersAreThereIsShownWhenItChanges(t *testing.T) {
	play(t, func(t *scene) {
		t.server.Say("bob", "ann", "hi")
		ann, bob := t.show("ann", ""), t.show("bob", "")
		ann.press("tab")
		ann.shows("bob  online", "● bob")
		bob.press("/status busy 30", "enter")
		bob.shows("you are busy for 30 min")
		ann.settle()
		ann.shows("bob  busy", "● bob")
		ann.pass(30 * time.Minute)
		ann.shows("bob  online")
		bob.press("/status away", "enter")
		ann.settle()
		ann.shows("bob  away", "◐ bob")
		bob.press("x")
		ann.settle()
		ann.shows("bob  online")
		bob.pass(idle)
		bob.handle(tick{})
		bob.settle()
		ann.settle()
		ann.shows("bob  away")
		bob.press("esc")
		bob.press("/status invisible", "enter")
		ann.settle()
		ann.shows("bob  offline, seen just now", "○ bob")
		bob.press("/status never", "enter")
		bob.shows("it is /status online, away, busy or invisible")
		bob.press("esc", "/status busy soon", "enter")
		bob.shows("soon is no number of them")
		bob.press("esc", "/status away 5", "enter")
		bob.shows("away ends when you choose something else")
	})
}

func TestL1LogoutLeaves(t *testing.T) {
	play(t, func(t *scene) {
		t.server.Say("bob", "ann", "hi")
		ann, bob := t.show("ann", ""), t.show("bob", "")
		ann.press("tab")
		bob.press("/logout", "enter")
		if !bob.quit {
			t.Error("bob is still there")
		}
		ann.settle()
		ann.shows("bob  offline")
	})
}

func TestAScriptTellsWhoIsThereAndHowItChanges(t *testing.T) {
	play(t, func(t *scene) {
		folder := t.TempDir()
		t.server.Say("bob", "ann", "hi")
		bob := t.show("bob", "")
		bob.press("/status busy", "enter")
		t.expect(t.script("ann", filepath.Join(folder, "ann"), "/to bob\n/who\n/status invisible 5\n/status away 5\n/logout\nnever said\n"),
			"* bob is busy", "* you are invisible for 5 min", "* away ends when you choose something else", "* closed")
		if token := t.server.Registered("terminal"); token != "" {
			t.Errorf("the token %q is registered", token)
		}
		if log := t.server.Log(chat.DirectID("ann", "bob")); len(log) != 1 {
			t.Errorf("what follows a logout was sent: %+v", log)
		}
	})
}

func TestWhoIsTypingInWords(t *testing.T) {
	at := func(kind wire.Doing, users ...chat.UserID) (all []client.Typist) {
		for _, user := range users {
			all = append(all, client.Typist{User: user, Kind: kind})
		}
		return all
	}
	for want, typists := range map[string][]client.Typist{
		"":                             nil,
		"bob is typing…":               at(wire.Text, "bob"),
		"bob is recording…":            at(wire.Audio, "bob"),
		"bob and cat are typing…":      at(wire.Audio, "bob", "cat"),
		"ann, bob and cat are typing…": at(wire.Text, "ann", "bob", "cat"),
		"4 people are typing…":         at(wire.Text, "a", "b", "c", "d"),
	} {
		if got := typing(typists); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
