package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

func TestAGroupIsGovernedOnTheScreen(t *testing.T) {
	play(t, func(t *scene) {
		ann, bob, cat := t.show("ann", ""), t.show("bob", ""), t.show("cat", "")
		all := func(commands ...string) {
			for _, c := range commands {
				ann.press(c, "enter")
				ann.pass(time.Second)
			}
			bob.pass(time.Second)
			cat.pass(time.Second)
		}
		all("/group trip bob", "/add cat dan", "/role admin bob", "/rename Sea trip", "/announce on", "/slow 30", "/slow off", "/history start")
		bob.press("tab")
		for _, w := range []*window{ann, bob} {
			w.shows("added cat, dan", "made bob admin", "renamed the group to “Sea trip”", "# Sea trip", "lets only moderators write",
				"set slow mode to 30s", "ended slow mode", "shows everything to who joins")
		}
		cat.press("tab")
		cat.shows("# Sea trip", "added cat, dan") // cat has not seen how it began
		cat.press("hi", "enter")
		cat.pass(time.Second)
		cat.shows("not sent")
		ann.press("/who", "enter")
		ann.shows("ann is online (owner)", "bob is online (admin)", "dan was never here")
		ann.press("esc", "/add cat", "enter")
		ann.pass(time.Second)
		ann.shows("that is so already")
		all("/remove cat")
		cat.shows("you are not in Sea trip any more")
		cat.hides("# Sea trip")
		bob.press("/remove ann", "enter")
		bob.shows("not done:")
		all("/role owner bob", "/leave")
		ann.shows("you are not in Sea trip any more")
		bob.shows("handed the group over to bob", "removed cat")
		bob.press("/announce maybe", "enter")
		bob.shows("it is /announce on|off")
	})
}

func TestALinkIsMadeAndFollowed(t *testing.T) {
	play(t, func(t *scene) {
		ann, cat := t.show("ann", ""), t.show("cat", "")
		ann.press("/group trip bob", "enter", "/invite 3", "enter")
		ann.shows("/join g_")
		code := ann.notice
		ann.press("/links", "enter")
		ann.shows("1 links", "by ann, used 0 times")
		id, _, _ := strings.Cut(strings.Split(ann.notice, "\n")[1], " ")
		cat.press(code, "enter")
		cat.pass(time.Second)
		cat.press("tab")
		cat.shows("# trip", "joined by a link")
		ann.press("/revoke "+id, "enter")
		ann.pass(time.Second)
		cat.press("/leave", "enter")
		cat.pass(time.Second)
		cat.press(code, "enter")
		cat.pass(time.Second)
		cat.shows("not done:")
	})
}

func TestAScriptGovernsAGroup(t *testing.T) {
	play(t, func(t *scene) {
		folder := t.TempDir()
		t.expect(t.script("ann", filepath.Join(folder, "ann"), "/group trip bob\n/add cat\n/add cat\n/rename Sea trip\n/ban cat\n/role guest bob\n"),
			"* that is so already", "* closed")
		printed := t.script("ann", filepath.Join(folder, "ann"), "")
		if strings.Contains(printed, "added") {
			t.Errorf("shown again:\n%s", printed)
		}
		t.expect(t.script("bob", filepath.Join(folder, "bob"), ""),
			"[trip] 1 ann: made the group “trip” of 2", "[trip] 2 ann: added cat", "[Sea trip] 3 ann: renamed the group to “Sea trip”",
			"[Sea trip] 4 ann: removed cat", "[Sea trip] 5 ann: made bob guest")
	})
}

func TestAPictureIsSetAndTakenAway(t *testing.T) {
	play(t, func(t *scene) {
		folder := t.TempDir()
		path := filepath.Join(folder, "us.png")
		if err := os.WriteFile(path, []byte("\x89PNG\r\n\x1a\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		t.expect(t.script("ann", filepath.Join(folder, "ann"), "/group trip bob\n/icon "+path+"\n/icon none\n/icon nothing.png\n"),
			"[trip] 2 ann: changed the picture", "[trip] 3 ann: took the picture away", "* closed")
	})
}

func TestANameIsTheNewestOneAlsoAfterHistoryWasLoaded(t *testing.T) {
	r := newRooms("ann").get("g_1")
	r.append(wire.Entry{Event: chat.Changed, Seq: 9, Body: wire.Body{Setup: &wire.Setup{Name: new("new")}}})
	r.learn(wire.Entry{Event: chat.Created, Seq: 1, Body: wire.Body{Name: "old", Size: 2}})
	if r.name != "new" {
		t.Errorf("it is called %s", r.name)
	}
}
