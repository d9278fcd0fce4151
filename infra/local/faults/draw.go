package faults

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"time"
)

// chance is what is drawn for one event of a rule.
type chance struct{ strike, spread uint64 }

// draw is a pure function: for the n-th event of one kind (a function and an operation) that rule i of a plan is asked
// about. Kinds are counted apart, so that how goroutines of different functions take turns makes no difference.
func draw(seed uint64, i int, kind string, n uint64) chance {
	var b []byte
	for _, number := range []uint64{seed, uint64(i), n} {
		b = binary.BigEndian.AppendUint64(b, number)
	}
	sum := sha256.Sum256(append(b, kind...))
	return chance{binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:16])}
}

// hits reports whether an event of this probability happens.
func (c chance) hits(probability float64) bool {
	return float64(c.strike>>11) < probability*(1<<53)
}

// part is a random part of d.
func (c chance) part(d time.Duration) time.Duration {
	return time.Duration(float64(c.spread) / math.MaxUint64 * float64(d))
}
