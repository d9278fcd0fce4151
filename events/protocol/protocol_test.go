package protocol_test

import (
	"bytes"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/parley-im/parley/events/protocol"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/topology"
)

var update = flag.Bool("update", false, "write the page")

const path = "../protocol.md"

func TestThePageIsWhatTheContractSays(t *testing.T) {
	want, err := protocol.Page()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("events/protocol.md is stale: go test ./events/protocol -update")
	}
}

func text(t *testing.T) string {
	t.Helper()
	page, err := protocol.Page()
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

func TestThePageTellsOfEverything(t *testing.T) {
	page := text(t)
	for _, f := range topology.Functions {
		for _, route := range f.Routes {
			if !strings.HasPrefix(route, "$") && !strings.Contains(page, "\n### "+route+"\n") {
				t.Errorf("it does not tell of the action %s", route)
			}
		}
	}
	for _, p := range chat.Policies {
		if !strings.Contains(page, "\n| `"+string(p.Code)+"` | ") {
			t.Errorf("it does not tell of the error %s", p.Code)
		}
	}
	for _, what := range []string{"| `UserRate` | 5 |", "| `to.user` | [user id](#values) |  |", "### Event message", "### Shape Attachment"} {
		if !strings.Contains(page, what) {
			t.Errorf("there is no %s", what)
		}
	}
}

func TestEveryLinkOnThePageLeadsSomewhere(t *testing.T) {
	page := text(t)
	headings := map[string]bool{}
	for _, h := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(page, -1) {
		at := strings.ReplaceAll(strings.ToLower(h[1]), " ", "-")
		if headings[at] {
			t.Errorf("two headings are %s", at)
		}
		headings[at] = true
	}
	links := regexp.MustCompile(`\]\(([^)]+)\)`).FindAllStringSubmatch(page, -1)
	for _, l := range links {
		if at, ok := strings.CutPrefix(l[1], "#"); ok {
			if !headings[at] {
				t.Errorf("nothing is at #%s", at)
			}
		} else if _, err := os.Stat("../" + l[1]); err != nil {
			t.Errorf("%s: %v", l[1], err)
		}
	}
	if len(links) < 100 {
		t.Errorf("only %d links", len(links))
	}
}

// Apart from those that any action may meet, no action at all, or a connection, every error is told with an action.
func TestEveryErrorIsSaidToComeFromSomewhere(t *testing.T) {
	page := text(t)
	elsewhere := map[chat.Code]string{
		chat.BadFrame: "any", chat.Invalid: "any", chat.TooLarge: "any", chat.Unauthenticated: "any", chat.Limited: "any",
		chat.Unavailable: "any", chat.Internal: "any", chat.UnknownAction: "no action", chat.Replaced: "the connection",
	}
	for _, p := range chat.Policies {
		if told := strings.Contains(page, "[`"+string(p.Code)+"`](#errors)"); told == (elsewhere[p.Code] != "") {
			t.Errorf("%s comes from %q, and with an action it is told: %t", p.Code, elsewhere[p.Code], told)
		}
	}
}

// GitHub shows a table only if each line has as many cells as its head.
func TestTheTablesAreWhole(t *testing.T) {
	var cells int
	for line := range strings.SplitSeq(text(t), "\n") {
		if !strings.HasPrefix(line, "|") {
			cells = 0
			continue
		}
		n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
		if cells == 0 {
			cells = n
		}
		if n != cells {
			t.Errorf("%d instead of %d cells: %s", n-1, cells-1, line)
		}
	}
}
