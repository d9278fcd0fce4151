package main

import (
	"testing"
	"time"
)

func TestMessagesAreHiddenPinnedAndForwarded(t *testing.T) {
	play(t, func(t *scene) {
		ann, bob, cat := t.show("ann", ""), t.show("bob", ""), t.show("cat", "")
		ann.press("/to bob", "enter", "the address", "enter", "embarrassing", "enter")
		bob.settle()
		bob.press("tab", "/pin 1", "enter", "/hide 2", "enter", "/forward 1 cat", "enter")
		bob.pass(time.Second)
		bob.shows("the address", "📌")
		bob.hides("embarrassing", "…")
		ann.settle()
		ann.shows("the address", "📌", "embarrassing")
		ann.press("/pins", "enter")
		ann.shows("📌 1 ann: the address")
		ann.press("esc", "/unpin 1", "enter", "/pins", "enter")
		ann.shows("nothing is pinned")
		cat.settle()
		cat.press("tab")
		cat.shows("↪ forwarded", "the address", "bob")
	})
}

func TestAThreadIsARoomOfItsOwn(t *testing.T) {
	play(t, func(t *scene) {
		ann, bob := t.show("ann", ""), t.show("bob", "")
		ann.press("/group trip bob cat", "enter", "who drives?", "enter")
		bob.settle()
		bob.press("tab", "/thread 2 I do", "enter")
		bob.pass(time.Second)
		bob.shows("↳ trip, 2", "I do")
		bob.hides("who drives?", "…")
		ann.settle()
		ann.shows("who drives?", "💬 /thread 2", "↳ trip, 2", " 1  │")
		ann.hides("I do")
		ann.press("/thread 2 thanks", "enter")
		ann.shows("I do", "thanks")
		bob.settle()
		bob.shows("thanks")
		bob.press("/unfollow", "enter")
		bob.shows("you hear no more of this thread")
		ann.press("still there?", "enter")
		bob.settle()
		bob.hides("still there?")
		bob.press("/thread 1", "enter")
		bob.shows("a thread has no threads")
	})
}

func TestABriefMessageDisappears(t *testing.T) {
	play(t, func(t *scene) {
		ann, bob := t.show("ann", ""), t.show("bob", "")
		ann.press("/to bob", "enter", "/brief 5 the code is 7351", "enter")
		bob.settle()
		bob.press("tab")
		for _, w := range []*window{ann, bob} {
			w.shows("the code is 7351", "⏱")
		}
		ann.pass(6 * time.Second)
		for _, w := range []*window{ann, bob} {
			w.handle(tick{})
			w.shows("message expired")
			w.hides("7351", "⏱")
		}
		ann.press("/timer 5s", "enter", "and this one", "enter", "/timer off", "enter", "this one stays", "enter")
		bob.settle()
		bob.shows("and this one", "⏱")
		bob.pass(6 * time.Second)
		bob.handle(tick{})
		bob.hides("and this one", "⏱")
		bob.shows("this one stays")
		ann.press("/timer soon", "enter")
		ann.shows("it is /timer 1h")
		ann.press("/brief soon x", "enter")
		ann.shows("it is /brief seconds text")
	})
}

func TestAnAnswerInAThreadIsShownWhereTheThreadIs(t *testing.T) {
	play(t, func(t *scene) {
		t.server.Say("bob", "ann", "who drives?")
		ann, bob := t.show("ann", ""), t.show("bob", "")
		ann.press("/to bob", "enter", "/also me", "enter")
		ann.shows("this is no thread")
		ann.press("/thread 1", "enter", "/also I do", "enter")
		ann.settle()
		bob.settle()
		bob.press("/to ann", "enter")
		bob.settle()
		bob.shows("who drives?", "I do")
		ann.press("/to bob", "enter", "/edit I never do", "enter")
		ann.settle()
		bob.settle()
		bob.shows("I never do")
	})
}
