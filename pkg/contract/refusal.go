package contract

import (
	"fmt"
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/parley-im/parley/events"
)

// refusals reads which codes each action may answer: those that any may, and its own.
func refusals() (map[string][]string, error) {
	data, err := events.FS.ReadFile("asyncapi.yaml")
	if err != nil {
		return nil, fmt.Errorf("contract: %w", err)
	}
	var description struct {
		Common     []string `yaml:"x-errors"`
		Operations map[string]struct {
			Action string
			Errors []string `yaml:"x-errors"`
		}
	}
	if err := yaml.Unmarshal(data, &description); err != nil {
		return nil, fmt.Errorf("contract: asyncapi.yaml: %w", err)
	}
	codes := map[string][]string{}
	for name, o := range description.Operations {
		if o.Action == "receive" {
			codes[name] = slices.Concat(description.Common, o.Errors)
		}
	}
	return codes, nil
}

// refusal checks that an error which answers an action is one of those that the action is said to answer.
func (v *Validator) refusal(action string, code any) error {
	codes, known := v.refusals[action]
	if name, _ := code.(string); known && !slices.Contains(codes, name) {
		return fmt.Errorf("contract: asyncapi.yaml does not say that %s can be answered with %q", action, name)
	}
	return nil
}
