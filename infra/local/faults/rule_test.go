package faults_test

import (
	"log/slog"
	"slices"
	"testing"

	"github.com/parley-im/parley/infra/local/faults"
)

// ofRules shows each fault of rules.
var ofRules = map[faults.Name]func(*testing.T){
	"events.duplicate": func(t *testing.T) {
		injector := faults.New(slog.New(slog.DiscardHandler))
		if err := injector.Set(faults.Plan{Seed: 1, Rules: []faults.Rule{once("events.duplicate")}}); err != nil {
			t.Fatal(err)
		}
		var fired []string
		fire := injector.Rule(func(function string, event []byte) error {
			fired = append(fired, function+" "+string(event))
			return nil
		})
		for _, event := range []string{"first", "second"} {
			if err := fire("tick", []byte(event)); err != nil {
				t.Fatal(err)
			}
		}
		if want := []string{"tick first", "tick first", "tick second"}; !slices.Equal(fired, want) {
			t.Errorf("fired %v, want %v", fired, want)
		}
	},
}

func TestFaultsOfRules(t *testing.T) {
	for name, show := range ofRules {
		t.Run(string(name), show)
	}
}
