package price_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/price"
)

var today = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

func TestEveryUnitHasOneRateWithASource(t *testing.T) {
	units := []price.Unit{
		price.Frame, price.ConnectionMinute, price.Request, price.Compute, price.ReadUnit, price.WriteUnit, price.Publish,
		price.Push, price.QueueRequest, price.ObjectWrite, price.ObjectRead, price.LogByte,
	}
	for _, table := range price.Tables {
		if len(table.Rates) != len(units) {
			t.Errorf("%s has %d rates", table.Region, len(table.Rates))
		}
		for _, unit := range units {
			r, ok := table.Rate(unit)
			if !ok || r.One() <= 0 || r.One() > 1e-3 || r.Source == "" || !slices.Contains(price.Parts, r.Part) {
				t.Errorf("%s of %s: %+v", unit, table.Region, r)
			}
		}
	}
}

func TestATableIsInForceFromItsDate(t *testing.T) {
	table, err := price.Of("us-east-1", today)
	if err != nil || table.Region != "us-east-1" {
		t.Fatal(table.Region, err)
	}
	if _, err := price.Of("us-east-1", table.Since.Add(-time.Second)); err == nil {
		t.Error("prices are known before their time")
	}
	if _, err := price.Of("moon-1", today); err == nil {
		t.Error("prices are known of the moon")
	}
}

// The figure of the design: what a text between two people costs on this gateway at least.
func TestAMessageCostsWhatTheDesignSays(t *testing.T) {
	table, err := price.Of("us-east-1", today)
	if err != nil {
		t.Fatal(err)
	}
	total, parts := table.Cost(price.Bill{price.Frame: 3e6, price.Request: 1e6, price.WriteUnit: 1e6})
	if math.Abs(total-3.825) > 1e-9 || parts[price.Gateway] != 3 || math.Abs(parts[price.DynamoDB]-0.625) > 1e-9 {
		t.Errorf("a million costs %v, of which %v", total, parts)
	}
}
