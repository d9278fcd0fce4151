package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

func TestMessagesAreEditedDeletedReactedToAndAnswered(t *testing.T) {
	play(t, func(t *scene) {
		ann, bob := t.show("ann", ""), t.show("bob", "")
		ann.press("/to bob", "enter", "helo bob", "enter", "never mind", "enter")
		bob.settle()
		bob.press("tab", "/reply 1 hi to you", "enter")
		ann.pass(time.Second)
		ann.shows("▏ann: helo bob", "hi to you")
		ann.press("/edit 1 hello bob", "enter", "/delete", "enter")
		for _, w := range []*window{ann, bob} {
			w.pass(time.Second)
			w.shows("hello bob (edited)", "message deleted", "▏ann: hello bob")
			w.hides("helo", "never mind", "…")
		}
		bob.press("/react 1 👍 🎉", "enter")
		ann.press("/react 1 👍", "enter")
		for _, w := range []*window{ann, bob} {
			w.pass(time.Second)
			w.shows("👍 2  🎉 1")
		}
		bob.press("/react 1 👍", "enter")
		ann.settle()
		ann.shows("🎉 1  👍 1")
		ann.press("/edit better", "enter")
		ann.pass(time.Second)
		ann.shows("better (edited)")
		ann.hides("hello bob")
	})
}

func TestNumbersAreShownWhenAskedFor(t *testing.T) {
	play(t, func(t *scene) {
		t.server.Say("bob", "ann", "one")
		ann := t.show("ann", "")
		ann.press("tab")
		ann.hides("    1 ")
		ann.press("/numbers", "enter")
		ann.shows("    1 ")
		ann.press("/numbers", "enter")
		ann.hides("    1 ")
	})
}

func TestAMentionIsHighlightedAndMarksItsRoom(t *testing.T) {
	play(t, func(t *scene) {
		ann, bob := t.show("ann", ""), t.show("bob", "")
		ann.press("/group trip bob cat", "enter", "who is in?", "enter")
		bob.settle()
		bob.shows(" 1  │")
		bob.hides("@ 1  │")
		ann.press("ask @bob, not @dan", "enter")
		bob.settle()
		bob.shows("@ 2  │")
		bob.press("tab")
		bob.shows("▌ask @bob")
		bob.hides("▌who", "@ 2  │")
		id := chat.ConversationID("")
		for room := range bob.rooms.byID {
			id = room
		}
		if m := t.server.Log(id)[2].Body; !slices.Equal(m.Mentions, []chat.UserID{"bob"}) || m.Everybody {
			t.Errorf("mentions %v", m)
		}
		ann.press("@everybody: now", "enter")
		bob.settle()
		bob.shows("▌@everybody: now")
	})
}

func TestEditsAndReactionsAreNotUnreadAndWhatIsDeletedIsUnreadNoMore(t *testing.T) {
	play(t, func(t *scene) {
		ann, bob := t.show("ann", ""), t.show("bob", "")
		ann.press("/to bob one", "enter", "two @bob", "enter", "/edit 1 uno", "enter", "/react 1 👍", "enter")
		ann.pass(time.Second)
		bob.settle()
		bob.shows("@ 2  │")
		ann.press("/delete 2", "enter")
		bob.settle()
		bob.shows("   1  │")
		bob.hides("@ 1  │")
	})
}

func TestChangesThatAreMadeOfflineAreShownAsOnTheirWay(t *testing.T) {
	play(t, func(t *scene) {
		down := t.outages()
		ann := t.show("ann", "")
		ann.press("/to bob hello", "enter")
		down.Store(true)
		t.server.CutAll()
		ann.pass(time.Second)
		ann.press("/edit 1 hello!", "enter", "/react 1 👍", "enter", "/react 1 🎉", "enter")
		ann.shows("edited 1: hello!  …", "👍 on 1  …", "👍 🎉 on 1  …")
		ann.press("ctrl+c")
		ann.shows("3 not sent yet")
		down.Store(false)
		ann.pass(time.Minute)
		ann.shows("hello! (edited)", "🎉 1  👍 1")
		ann.hides("…")
	})
}

func TestAChangeThatCannotBeMadeIsExplained(t *testing.T) {
	play(t, func(t *scene) {
		t.server.Say("bob", "ann", "hello")
		ann := t.show("ann", "")
		ann.press("tab")
		for typed, said := range map[string]string{
			"/edit x": "there is no message yet", "/edit 1": "it is /edit [n] text", "/delete 9": "there is no message 9 here",
			"/delete me": "it is /delete [n]", "/react 1": "it is /react [n]", "/reply x y": "it is /reply n text",
			"/reply 7 y": "there is no message 7 here",
		} {
			ann.press(typed, "enter")
			ann.shows(said)
		}
		ann.press("/edit 1 mine", "enter")
		ann.shows("edited 1: mine", "not sent: ")
	})
}

func TestAScriptChangesMessagesAndPrintsChanges(t *testing.T) {
	play(t, func(t *scene) {
		folder := t.TempDir()
		ann, bob := filepath.Join(folder, "ann"), filepath.Join(folder, "bob")
		t.expect(t.script("ann", ann, "/group trip bob\nhi @bob\n/edit hello @bob\n/react 2 👍\n/react 2 👍\noops\n/delete\n/reply 2 anybody?\n/numbers\n"),
			"[trip] 2 ann: hi @bob", "[trip] 3 ann: edited 2: hello @bob", "[trip] 4 ann: 👍 on 2", "[trip] 5 ann: nothing on 2 any more",
			"[trip] 6 ann: oops", "[trip] 7 ann: deleted 6", "[trip] 8 ann: to 2: anybody?")
		t.expect(t.script("bob", bob, ""),
			"[trip] 2 ann: hello @bob (edited)", "[trip] 3 ann: edited 2: hello @bob", "[trip] 6 ann: message deleted", "[trip] 7 ann: deleted 6")
		for room := range t.rooms("ann", folder) {
			if m := t.server.Log(room)[1].Body.Mentions; !slices.Equal(m, []chat.UserID{"bob"}) {
				t.Errorf("mentions %v", m)
			}
		}
	})
}

// rooms are the conversations that a device has shown.
func (t *scene) rooms(user, folder string) map[chat.ConversationID]chat.Seq {
	t.Helper()
	m, err := openMarks(filepath.Join(folder, user))
	if err != nil {
		t.Fatal(err)
	}
	marks, err := m.Load()
	if err != nil || len(marks) == 0 {
		t.Fatalf("%v, %v", marks, err)
	}
	return marks
}

func TestOnlyMembersAreMentioned(t *testing.T) {
	group := newRooms("ann").get("g_1")
	for _, user := range []chat.UserID{"ann", "bob", "bob.", "cat@x.org", "Dan"} {
		group.members = append(group.members, wire.MemberLine{User: user})
	}
	direct := newRooms("ann").direct("bob")
	for text, want := range map[string]string{
		"@bob":                       "[bob] false",
		"hi @bob, @Dan! and @bob":    "[bob Dan] false",
		"(@bob)":                     "[bob] false",
		"@bob...":                    "[bob.] false",
		"@cat@x.org: look":           "[cat@x.org] false",
		"mail bob@bob or @dan, @ann": "[] false",
		"@everybody!":                "[] true",
		"語@bob":                      "[bob] false",
	} {
		got := group.regard("ann", text)
		if s := fmt.Sprint(got.Mentions, " ", got.Everybody); s != want {
			t.Errorf("%s mentions %s, want %s", text, s, want)
		}
	}
	if got := direct.regard("ann", "@bob @everybody @eve"); len(got.Mentions) != 1 || got.Everybody {
		t.Errorf("mentions %+v", got)
	}
}
