package main

import (
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/wire"
)

func TestWhatASearchLooksFor(t *testing.T) {
	rs := newRooms("ann")
	bob, club := rs.direct("bob"), rs.get("g_1")
	club.name = "Book club"
	zone := time.FixedZone("", 3600)
	for typed, want := range map[string]wire.Query{
		"lake  trip":                          {Words: "lake trip"},
		`"lake trip" sea`:                     {Words: `"lake trip" sea`},
		"lake from:bob in:here":               {Words: "lake", From: "bob", In: club.id},
		"from:@bob lake":                      {Words: "lake", From: "bob"},
		"lake in:bob":                         {Words: "lake", In: bob.id},
		`in:"book club" has:media has:link`:   {In: club.id, Has: []string{"media", "link"}},
		"lake before:2026-11-01":              {Words: "lake", Before: "2026-10-31T23:00:00.000Z"},
		"lake after:2026-11-01":               {Words: "lake", After: "2026-10-31T23:00:00.000Z"},
		"https://docs.example.com/a half 1:2": {Words: "https://docs.example.com/a half 1:2"},
	} {
		if got, err := rs.query(typed, club, zone); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v", typed, got, err)
		}
	}
	for typed, said := range map[string]string{
		"lake from:b!b": `"b!b" is no user`, "lake from:": "is no user", "lake in:sea": `there is no conversation "sea"`,
		"has:pigeon": "it is has:media or has:link", "lake before:tomorrow": `"tomorrow" is no day like 2026-11-01`,
		"in:here": "say what to look for", "lake in:here": "no conversation is open",
	} {
		if got, err := rs.query(typed, nil, zone); err == nil || !strings.Contains(err.Error(), said) && typed != "in:here" {
			t.Errorf("%s: %+v, %v", typed, got, err)
		}
	}
	if _, err := rs.query("in:here", club, zone); err == nil || !strings.Contains(err.Error(), "say what to look for") {
		t.Errorf("only where: %v", err)
	}
}

func TestASearchIsShown(t *testing.T) {
	play(t, func(t *scene) {
		t.server.Say("bob", "ann", "meet at the Café \x1b[2J")
		t.server.Say("cat", "ann", "a cafeteria")
		ann := t.show("ann", "")
		ann.press("/search cafe", "enter")
		ann.shows("[bob] 1 2000-01-01 ", "bob: meet at the Café [2J", "[cat] 1 ", "cat: a cafeteria", "Esc closes this")
		ann.press("/search cafe from:cat", "enter")
		ann.hides("the Café")
		ann.press("/search tea", "enter")
		ann.shows("nothing found")
		ann.press("/search tea in:here", "enter")
		ann.shows("no conversation is open")
		ann.press("/search", "enter")
		ann.shows("it is /search words")
		for n := range shownHits {
			t.server.Say("bob", "ann", fmt.Sprint("coffee ", n))
		}
		ann.settle()
		ann.press("esc", "/search coffee", "enter")
		ann.hides("there may be more")
		t.server.Say("bob", "ann", "coffee and more")
		ann.settle()
		ann.press("esc", "/search coffee", "enter")
		ann.shows("coffee and more", "there may be more")
		ann.hides("coffee 0")
	})
}

func TestASearchThatFailsSaysSo(t *testing.T) {
	play(t, func(t *scene) {
		t.refuse("search")
		ann := t.show("ann", "")
		ann.press("/search ...", "enter")
		ann.shows("not found: blocked")
	})
}

func TestAScriptSearches(t *testing.T) {
	play(t, func(t *scene) {
		state := filepath.Join(t.TempDir(), "ann")
		t.server.Say("bob", "ann", "東京タワーに行った")
		printed := t.script("ann", state, "/to bob 東京\n/search 京 in:here\n/search in:here\n/search 大阪\n")
		t.expect(printed, "* say what to look for: words, from:user, has:media or has:link", "* nothing found")
		for _, hit := range []string{"* [bob] 2 ", " ann: 東京\n", "* [bob] 1 ", " bob: 東京タワーに行った\n"} {
			if !strings.Contains(printed, hit) {
				t.Errorf("%q is missing in\n%s", hit, printed)
			}
		}
	})
}
