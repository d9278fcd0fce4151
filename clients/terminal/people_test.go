package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
)

func TestPeopleAreShownUnderTheirNames(t *testing.T) {
	play(t, func(t *scene) {
		ann, bob := t.show("ann", ""), t.show("bob", "")
		ann.press("/name Ann Ångström", "enter")
		ann.shows("you are Ann Ångström")
		bob.press("/name Robert", "enter", "/to ann hello", "enter")
		ann.settle()
		ann.pass(time.Second)
		ann.press("tab")
		ann.shows("● Robert", "Robert     hello")
		ann.hides("bob")
		ann.press("/contact bob Bobby", "enter")
		ann.pass(time.Second)
		ann.shows("● Bobby", "Bobby      hello")
		ann.press("/contacts", "enter")
		ann.shows("1 contacts", "bob is Bobby (Robert)")
		ann.press("esc", "/contact bob -", "enter")
		ann.pass(time.Second)
		ann.shows("● Robert")
	})
}

func TestANameCannotDrawOnTheScreen(t *testing.T) {
	play(t, func(t *scene) {
		ann := t.show("ann", "")
		ann.called.profiles["eve"] = "e\u202ev\x1b[2Je"
		if got := ann.called.name("eve"); got != "ev[2Je" {
			t.Errorf("shown as %q", got)
		}
	})
}

func TestABlockedPersonIsNotHeardAndHearsNothing(t *testing.T) {
	play(t, func(t *scene) {
		ann, bob := t.show("ann", ""), t.show("bob", "")
		ann.press("/to bob one", "enter")
		bob.settle()
		bob.press("tab", "/block", "enter")
		bob.shows("ann is blocked and does not know")
		ann.press("two", "enter")
		ann.settle()
		ann.shows("two")
		ann.hides("not sent")
		bob.press("/unblock ann", "enter", "/blocked", "enter")
		bob.shows("0 blocked")
		ann.press("three", "enter")
		bob.pass(time.Second)
		bob.shows("one", "three")
		bob.hides("two", "hidden")
	})
}

func TestARequestIsAcceptedOrAnswered(t *testing.T) {
	for _, how := range []string{"/accept", "who are you?"} {
		play(t, func(t *scene) {
			bob := t.show("bob", "")
			bob.press("/settings messages=contacts private=yes", "enter")
			bob.shows("seen=everyone messages=contacts groups=everyone private=yes")
			t.server.Say("zoe", "bob", "psst")
			bob.hides("zoe")
			t.server.CutAll() // at the next connection it is listed
			bob.pass(time.Minute)
			bob.press("tab")
			bob.shows("zoe", "psst", "a stranger: answer, /accept or /block")
			bob.press(how, "enter")
			bob.pass(time.Second)
			bob.hides("a stranger")
			t.server.Say("zoe", "bob", "thanks")
			bob.settle()
			bob.shows("thanks")
		})
	}
}

func TestWhatCommandsAboutPeopleSay(t *testing.T) {
	play(t, func(t *scene) {
		t.server.Say("bob", "ann", "hi")
		ann := t.show("ann", "")
		for _, step := range []struct{ typed, said string }{
			{"/accept", "this is no request"}, {"/block", "it is /block user"}, {"/mute", "it is /mute [user] [8h]"},
			{"/settings colour=red", "it is /settings"}, {"/settings seen=me", "it is /settings"}, {"/mute no/user", "is no user"},
			{"/mute bob mentions", "leave the user out"}, {"/contact no/user", "is no user"},
		} {
			ann.press(step.typed, "enter")
			ann.shows(step.said)
		}
		ann.press("tab", "/mute 8h mentions", "enter")
		ann.shows("bob is muted for 8h, but for mentions")
		stance := t.server.Stance("ann", chat.DirectID("ann", "bob"))
		if left := time.Until(stance.Muted); !stance.Mentions || left > 8*time.Hour || left < 7*time.Hour {
			t.Errorf("%+v", stance)
		}
		ann.press("/mute bob", "enter")
		ann.shows("bob is muted")
		if r := t.server.Relation("ann", "bob"); !r.Muted.Equal(chat.Forever) {
			t.Errorf("%+v", r)
		}
		ann.press("/unmute bob", "enter", "/unmute", "enter")
		ann.shows("bob is not muted")
		if r, s := t.server.Relation("ann", "bob"), t.server.Stance("ann", chat.DirectID("ann", "bob")); !r.Muted.IsZero() || !s.Muted.IsZero() {
			t.Errorf("%+v, %+v", r, s)
		}
	})
}

func TestAPictureIsUploadedAndTheNameStays(t *testing.T) {
	play(t, func(t *scene) {
		face := filepath.Join(t.TempDir(), "face.png")
		if err := os.WriteFile(face, []byte("a face"), 0o600); err != nil {
			t.Fatal(err)
		}
		ann := t.show("ann", "")
		ann.press("/name Ann", "enter", "/picture "+face, "enter")
		ann.shows("others see you as in face.png")
		profiles, err := ann.client.Profiles(t.Context(), "ann")
		if err != nil || profiles[0].Name != "Ann" || profiles[0].Picture == "" {
			t.Errorf("%+v, %v", profiles, err)
		}
	})
}

func TestAScriptManagesPeople(t *testing.T) {
	play(t, func(t *scene) {
		out := t.script("ann", filepath.Join(t.TempDir(), "ann"), "/name Ann\n/contact bob Bobby\n/contacts\n/block eve\n/blocked\n/mute\n/muted\n/to bob\n/mute 1h\n/mute eve\n/muted\n")
		t.expect(out, "* you are Ann", "* bob is among your contacts", "* 1 contacts", "* bob is Bobby", "* eve is blocked and does not know",
			"* 1 blocked", "* eve, just now", "* it is /mute [user] [8h] [mentions]", "* 0 muted", "* bob is muted for 1h", "* eve is muted", "* 1 muted", "* eve")
	})
}
