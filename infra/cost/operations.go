package main

import (
	_ "embed"
	"encoding/json"
	"fmt"

	"github.com/parley-im/parley/pkg/price"
)

// counted is what the test in pkg/app counts that every action uses.
//
//go:embed operations.json
var counted []byte

// operation is what one action uses, in one situation.
type operation struct {
	Action string     `json:"action"`
	Case   string     `json:"case"`
	Bill   price.Bill `json:"bill"`
}

// book is all that was counted.
type book []operation

func loadBook() (book, error) {
	var b book
	if err := json.Unmarshal(counted, &b); err != nil {
		return nil, fmt.Errorf("operations.json: %w", err)
	}
	return b, nil
}

// of returns what an action uses in a situation. It panics if nobody counted that: both names are constants here.
func (b book) of(action, situation string) price.Bill {
	for _, o := range b {
		if o.Action == action && o.Case == situation {
			return o.Bill
		}
	}
	panic("nobody counts " + action + " " + situation)
}

// times is a bill n times over.
func times(n float64, b price.Bill) price.Bill {
	out := price.Bill{}
	for unit, used := range b {
		out[unit] = n * used
	}
	return out
}
