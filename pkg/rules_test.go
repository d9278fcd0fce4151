package pkg_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// promised are the rules that a messaging system must state and test, by area: sending, order, receipts, unread, notifications,
// presence, members, lifecycle. Each that Parley promises has a test whose name begins with it.
var promised = strings.Fields(`
	S1 S2 S3 S4 S5 S6 S7 S8
	O1 O2 O3 O4 O5
	R1 R2 R3 R4 R5 R6 R7
	U1 U2 U3 U4 U5 U6 U7 U8 U9
	P1 P2 P3 P4 P5 P7 P8
	Z1 Z2 Z3 Z4 Z5 Z6
	M1 M2 M3 M4 M5 M6
	L1 L3 L6`)

// unpromised are the rules that Parley makes no promise about, and why.
var unpromised = map[string]string{
	"R8": "delivered follows from what a device has shown to the server, not from what a push platform says",
	"P6": "no badge is sent: an application counts from the list, which is one request",
	"L2": "deleting is for everybody and everywhere at once; erasing a person, with its receipts and holds, is the deployer's process for now",
	"L4": "there are no legal holds",
	"L5": "users are the issuer's: Parley does not delete any",
}

func TestEveryRuleHasATest(t *testing.T) {
	named := regexp.MustCompile(`^Test(([SORUPZML][0-9])+)[A-Z]`)
	found := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") || strings.Contains(path, "node_modules") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, declaration := range file.Decls {
			if f, ok := declaration.(*ast.FuncDecl); ok {
				if name := named.FindStringSubmatch(f.Name.Name); name != nil {
					for rule := range slices.Chunk([]byte(name[1]), 2) {
						found[string(rule)] = true
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range promised {
		if !found[rule] {
			t.Errorf("no test is named after rule %s", rule)
		}
		delete(found, rule)
	}
	for rule := range found {
		t.Errorf("rule %s has a test and is not on the list; it is unpromised: %q", rule, unpromised[rule])
	}
}
