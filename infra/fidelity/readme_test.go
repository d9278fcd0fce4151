package fidelity_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the README's table of facts anew")

// fact is what a test states in its comment.
type fact struct{ statement, test, where, source string }

// The README lists every fact with its test and its source, and every test states both.
//
// Source: this package.
func TestREADMEListsEveryFact(t *testing.T) {
	const begin, end = "<!-- facts: go test -run README -update -->\n", "<!-- end of facts -->"
	var table strings.Builder
	table.WriteString("| Fact | Test | Where | Source |\n|---|---|---|---|\n")
	for _, f := range facts(t) {
		fmt.Fprintf(&table, "| %s | %s | %s | %s |\n", f.statement, f.test, f.where, f.source)
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, opened := strings.Cut(string(readme), begin)
	listed, after, closed := strings.Cut(rest, end)
	if !opened || !closed {
		t.Fatalf("README.md has no part between %q and %q", begin, end)
	}
	if *update {
		if err := os.WriteFile("README.md", []byte(before+begin+table.String()+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if listed != table.String() {
		t.Error("the table of facts in README.md is not what the tests state: go test ./infra/fidelity -run README -update")
	}
}

// facts reads the comments of all tests of this package but the one for the README.
func facts(t *testing.T) (facts []fact) {
	t.Helper()
	files, err := filepath.Glob("*_test.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("found %d files, %v", len(files), err)
	}
	set := token.NewFileSet()
	for _, file := range files {
		parsed, err := parser.ParseFile(set, file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range parsed.Decls {
			f, ok := declaration.(*ast.FuncDecl)
			if !ok || !strings.HasPrefix(f.Name.Name, "Test") || f.Name.Name == "TestMain" || f.Name.Name == t.Name() {
				continue
			}
			statement, source, ok := strings.Cut(f.Doc.Text(), "\n\nSource: ")
			if !ok || statement == "" {
				t.Errorf("%s: the comment of %s is not a fact, an empty line and a line that begins with Source:", file, f.Name.Name)
				continue
			}
			facts = append(facts, fact{cell(statement), f.Name.Name, where(f), cell(source)})
		}
	}
	return facts
}

// cell is text that a table can hold.
func cell(text string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "|", `\|`)
}

// where says against what a test runs, from the way it begins.
func where(f *ast.FuncDecl) string {
	where := "anywhere"
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if name, ok := n.(*ast.Ident); ok {
			switch name.Name {
			case "localOnly":
				where = "stand-in"
			case "onClock":
				where = "anywhere, slow"
			}
		}
		return true
	})
	return where
}
