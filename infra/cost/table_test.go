package main

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/parley-im/parley/pkg/price"
)

var update = flag.Bool("update", false, "write the table of the page anew")

// The page shows what was counted: whoever changes what an action uses, changes the page.
func TestThePageShowsWhatWasCounted(t *testing.T) {
	const readme, begin, end = "README.md", "<!-- counted by pkg/app, written by infra/cost -->\n", "<!-- end of what was counted -->"
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, opened := strings.Cut(string(text), begin)
	shown, after, closed := strings.Cut(rest, end)
	if !opened || !closed {
		t.Fatal("the page has no place for the table")
	}
	want := bookOf(t).markdown(price.Tables[len(price.Tables)-1])
	if shown == want {
		return
	}
	if *update {
		if err := os.WriteFile(readme, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Error("the table is not what was counted: run go test ./infra/cost -update")
}
