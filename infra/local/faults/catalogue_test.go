package faults_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/parley-im/parley/infra/local/faults"
)

var update = flag.Bool("update", false, "write the table of faults into README.md")

func TestEveryFaultIsDescribedAndShown(t *testing.T) {
	shape := regexp.MustCompile(`^[a-z0-9]+\.[a-z_]+$`)
	source := regexp.MustCompile(`\b(F\d+|aws\.md \d\.\d+)`)
	seen := map[faults.Name]bool{}
	for _, k := range faults.Catalogue {
		if seen[k.Name] || !shape.MatchString(string(k.Name)) {
			t.Errorf("name %q", k.Name)
		}
		seen[k.Name] = true
		if k.Does == "" || !source.MatchString(k.Imitates) {
			t.Errorf("%s does %q, imitates %q", k.Name, k.Does, k.Imitates)
		}
		if (k.Delay > 0) != (k.DelayIs != "") {
			t.Errorf("%s: delay %v is %q", k.Name, k.Delay, k.DelayIs)
		}
		_, ofCall := ofCalls[k.Name]
		_, ofInvocation := ofInvocations[k.Name]
		_, ofRule := ofRules[k.Name]
		shown := 0
		for _, is := range []bool{ofCall, ofInvocation, ofRule} {
			if is {
				shown++
			}
		}
		if shown != 1 {
			t.Errorf("%s must be shown once", k.Name)
		}
	}
	if shown := len(ofCalls) + len(ofInvocations) + len(ofRules); shown != len(faults.Catalogue) {
		t.Errorf("%d faults are shown, %d are in the catalogue", shown, len(faults.Catalogue))
	}
}

// The table of README.md is the catalogue.
func TestTheReadmeListsTheCatalogue(t *testing.T) {
	const begin, end = "<!-- faults -->\n", "<!-- /faults -->\n"
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := bytes.Cut(readme, []byte(begin))
	_, after, ok2 := bytes.Cut(rest, []byte(end))
	if !ok || !ok2 {
		t.Fatal("README.md has no place for the table")
	}
	var table strings.Builder
	table.WriteString("| fault | what happens | delay | imitates |\n|---|---|---|---|\n")
	for _, k := range faults.Catalogue {
		delay := ""
		if k.Delay > 0 {
			delay = fmt.Sprintf("%v: %s", k.Delay, k.DelayIs)
		}
		fmt.Fprintf(&table, "| `%s` | %s | %s | %s |\n", k.Name, k.Does, delay, k.Imitates)
	}
	want := string(before) + begin + table.String() + end + string(after)
	if *update {
		if err := os.WriteFile("README.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(readme) != want {
		t.Error("README.md is behind: go test ./infra/local/faults -run Readme -update")
	}
}
