package main

import (
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/wire"
)

func TestTicksTellHowFarAMessageIs(t *testing.T) {
	play(t, func(t *scene) {
		ann, bob := t.show("ann", ""), t.show("bob", "")
		ann.press("/to bob are you there?", "enter")
		ann.settle()
		ann.shows("are you there? ✓")
		ann.hides("✓✓")
		<-time.After(5 * time.Second) // bob's client has it and nobody looks
		ann.settle()
		ann.shows("are you there? ✓✓")
		bob.settle()
		bob.shows(" 1  │")
		bob.press("tab")
		bob.hides(" 1  │")
		<-time.After(5 * time.Second)
		ann.settle()
		ann.press("/seen", "enter")
		ann.settle()
		ann.shows("1: read by 1 of 1: bob")
	})
}

func TestWhatIsMarkedPinnedOrPutAwayIsShownSo(t *testing.T) {
	play(t, func(t *scene) {
		t.server.Say("bob", "ann", "one")
		t.server.Say("bob", "ann", "two")
		t.server.Say("cat", "ann", "later")
		ann := t.show("ann", "")
		ann.press("/to bob", "enter")
		ann.settle()
		ann.press("/unread 2", "enter")
		ann.settle()
		ann.shows("unread from 2 on", " 1  │")
		ann.press("/to bob", "enter")
		ann.settle()
		<-time.After(5 * time.Second) // until the server is told
		ann.press("/explain", "enter")
		ann.settle()
		ann.shows("0 unread behind 2; read 2, newest 2")
		ann.press("/top", "enter")
		ann.settle()
		ann.shows("pinned")
		ann.press("/archive", "enter")
		ann.settle()
		ann.shows("put away until something happens")
	})
}

func TestACountThatIsNotExactHasAPlus(t *testing.T) {
	for want, u := range map[string]wire.Unread{"99+": {Count: 99, More: true}, "7": {Count: 7}, "0+": {More: true}} {
		if got := number99(u); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestWhatIsClearedIsNotShownAgain(t *testing.T) {
	play(t, func(t *scene) {
		t.server.Say("bob", "ann", "forget this")
		ann := t.show("ann", "")
		ann.press("/to bob", "enter")
		ann.settle()
		ann.shows("forget this")
		ann.press("/clear", "enter")
		ann.settle()
		ann.shows("cleared, for you only")
		ann.hides("forget this")
		t.server.Say("bob", "ann", "keep this")
		ann.settle()
		ann.shows("keep this")
		again := t.show("ann", "")
		again.press("/to bob", "enter")
		again.settle()
		again.shows("keep this")
		again.hides("forget this")
	})
}
