package console

import (
	"math"
	"time"
)

// histogram counts times in slots that grow by a tenth, from 0.1 ms to 18 s: a quantile is exact within a twentieth.
type histogram [128]uint32

const (
	shortest = 100 * time.Microsecond
	growth   = 1.1
)

func (h *histogram) add(d time.Duration) {
	slot := 0
	if d > shortest {
		slot = int(math.Ceil(math.Log(float64(d)/float64(shortest)) / math.Log(growth)))
	}
	h[min(slot, len(h)-1)]++
}

func (h *histogram) merge(o *histogram) {
	for i, n := range o {
		h[i] += n
	}
}

func (h *histogram) count() (n int) {
	for _, slot := range h {
		n += int(slot)
	}
	return n
}

// quantile returns the time in milliseconds that a share q of all did not exceed, 0 of none.
func (h *histogram) quantile(q float64) float64 {
	rank, seen := int(math.Ceil(q*float64(h.count()))), 0
	for i, n := range h {
		if seen += int(n); n > 0 && seen >= rank {
			return float64(shortest) / float64(time.Millisecond) * math.Pow(growth, float64(i)-0.5)
		}
	}
	return 0
}

// Quantiles of some times, in milliseconds.
type Quantiles struct {
	Count int     `json:"count"`
	P50   float64 `json:"p50"`
	P95   float64 `json:"p95"`
	P99   float64 `json:"p99"`
}

func (h *histogram) quantiles() Quantiles {
	return Quantiles{h.count(), h.quantile(0.50), h.quantile(0.95), h.quantile(0.99)}
}
