package faults

import "errors"

// Rule returns next, which invokes a function for a rule that fires, with the faults of rules.
func (i *Injector) Rule(next func(function string, event []byte) error) func(function string, event []byte) error {
	return func(function string, payload []byte) error {
		fire := func() error { return next(function, payload) }
		if struck, ok := i.decide(event{service: timer, function: function}); ok {
			return struck.kind.rule(fire)
		}
		return fire()
	}
}

func fireTwice(fire func() error) error { return errors.Join(fire(), fire()) }
