package stack

import (
	"context"
	"fmt"

	"github.com/parley-im/parley/infra/local/events"
	"github.com/parley-im/parley/pkg/topology"
)

// rules are those that functions are invoked by.
func rules() []events.Rule {
	var rules []events.Rule
	for _, f := range topology.Functions {
		if f.Rule != nil {
			rules = append(rules, events.Rule{Name: f.Rule.Name, Every: f.Rule.Every, Function: f.Name})
		}
	}
	return rules
}

func (s *Stack) startEvents(cfg Config) error {
	invoke := func(function string, event []byte) error {
		_, err := s.Lambda.InvokeAsync(function, event)
		return err
	}
	if cfg.Faults != nil {
		invoke = cfg.Faults.Rule(invoke)
	}
	var err error
	s.Events, err = events.New(events.Config{
		Region: Region, Account: Account, Rules: rules(), Invoke: invoke, Clock: cfg.Clock, Logger: cfg.Logger,
	})
	if err != nil {
		return fmt.Errorf("events: %w", err)
	}
	s.onClose(func(context.Context) { s.Events.Close() })
	return nil
}
