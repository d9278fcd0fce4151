package main

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
)

func TestADraftStaysInItsRoomAndFollowsToOtherDevices(t *testing.T) {
	play(t, func(t *scene) {
		t.server.Say("bob", "ann", "hello")
		t.server.Say("cat", "ann", "hello")
		ann := t.show("ann", "")
		ann.press("/to bob", "enter", "Shall we")
		ann.press("tab") // to cat
		ann.hides("Shall we")
		ann.shows("✎")
		ann.press("tab")
		ann.hides("✎")
		ann.shows("bob  ", "› Shall we")

		other := t.show("ann", filepath.Join(t.TempDir(), "other.json"))
		other.press("/to bob", "enter")
		other.shows("› Shall we")
		other.press(" meet?")
		other.pass(chat.DraftPause)
		ann.settle()
		ann.shows("› Shall we meet?")
		other.press("enter")
		ann.settle()
		ann.shows("Shall we meet?")
		ann.hides("› Shall we meet?")
		other.press("tab", "tab")
		other.hides("› Shall we")

		ann.press("And when", "ctrl+c")
		ann.settle()
		other.settle()
		other.shows("› And when")
		if !ann.quit {
			t.Error("ann did not leave")
		}
	})
}

func TestSomethingIsSaidLater(t *testing.T) {
	play(t, func(t *scene) {
		ann := t.show("ann", "")
		ann.press("/to bob", "enter", "/later soon hi", "enter")
		ann.shows("it is /later 10m text")
		ann.press("/later 1s hi", "enter")
		ann.shows("5 seconds to 30 days ahead")
		ann.press("/later 10m good evening", "enter")
		ann.shows("will be sent at")
		ann.press("/later 20m never mind", "enter", "/scheduled", "enter")
		ann.shows("1  ", "to bob: good evening", "2  ", "to bob: never mind")
		ann.press("/unschedule 3", "enter")
		ann.shows("there is no 3")
		ann.press("/unschedule 2", "enter")
		ann.shows("taken back: never mind")
		ann.pass(30 * time.Minute)
		t.server.Tick()
		ann.settle()
		ann.press("/scheduled", "enter")
		ann.shows("good evening", "nothing is scheduled")
	})
}

func TestAScriptSaysSomethingLater(t *testing.T) {
	play(t, func(t *scene) {
		state := filepath.Join(t.TempDir(), "ann")
		t.expect(t.script("ann", state, "/to bob\n/later 10m good evening\n/scheduled\n/unschedule 1\n/scheduled\n"),
			"* taken back: good evening", "* nothing is scheduled")
	})
}
