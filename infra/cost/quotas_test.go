package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

func TestWhatBindsFirst(t *testing.T) {
	b := bookOf(t)
	for _, want := range []struct {
		size, messages float64
		name           string
	}{
		// aws.md §1.1: without the initial capacity of a table it would be 5,000 for two.
		{2, 4000, "DynamoDB writes of a new table"},
		{50, 200, "API Gateway requests"},
		{500, 20, "API Gateway requests"},
	} {
		all := ceilings(b, want.size)
		if all[0].name != want.name || all[0].messages < want.messages*0.99 || all[0].messages > want.messages*1.01 {
			t.Errorf("rooms of %.0f: %s at %.1f, want %s at %.0f", want.size, all[0].name, all[0].messages, want.name, want.messages)
		}
		for i, c := range all {
			if i > 0 && c.messages < all[i-1].messages {
				t.Errorf("rooms of %.0f: %s at %.0f comes after %s", want.size, c.name, c.messages, all[i-1].name)
			}
		}
	}
	for _, c := range ceilings(b, 2) {
		if c.name == "API Gateway requests" && c.messages != 5000 {
			t.Errorf("requests allow %.0f messages between two", c.messages)
		}
	}
}

func TestAllQuotasArePrinted(t *testing.T) {
	var out, errs bytes.Buffer
	if code := run([]string{"-quotas"}, &out, &errs); code != 0 {
		t.Fatalf("%d: %s", code, &errs)
	}
	for _, want := range []string{"rooms of 2:", "rooms of 50: API Gateway requests bind at 200 a second", "200 seconds", "Raise:"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, &out)
		}
	}
}

func TestTheReadmeShowsWhatAnAccountHolds(t *testing.T) {
	const readme, begin, end = "../../README.md", "<!-- written by infra/cost -->\n", "<!-- end of what an account holds -->"
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, opened := strings.Cut(string(text), begin)
	shown, after, closed := strings.Cut(rest, end)
	if !opened || !closed {
		t.Fatal("the README has no place for the table")
	}
	want := holds(bookOf(t))
	if shown == want {
		return
	}
	if !*update {
		t.Fatal("the table is another now: run go test ./infra/cost -update")
	}
	if err := os.WriteFile(readme, []byte(before+begin+want+end+after), 0o644); err != nil {
		t.Fatal(err)
	}
}
