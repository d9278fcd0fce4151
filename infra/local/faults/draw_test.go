package faults

import (
	"math"
	"slices"
	"testing"
	"time"
)

// A seed in a bug report must mean the same tomorrow: these were drawn once.
func TestASeedMeansTheSameForever(t *testing.T) {
	var hits []uint64
	for n := range uint64(100) {
		if draw(42, 3, "message PutItem", n).hits(0.1) {
			hits = append(hits, n)
		}
	}
	if want := []uint64{20, 50, 53, 61, 68, 69}; !slices.Equal(hits, want) {
		t.Errorf("hits %v, want %v", hits, want)
	}
}

func TestAProbabilityIsHowOftenItHits(t *testing.T) {
	const draws = 20000
	for _, probability := range []float64{0.001, 0.05, 0.5, 1} {
		for _, seed := range []uint64{0, 1, math.MaxUint64} {
			hits := 0
			for n := range uint64(draws) {
				if draw(seed, 0, "", n).hits(probability) {
					hits++
				}
			}
			deviation := math.Sqrt(draws * probability * (1 - probability))
			if off := math.Abs(float64(hits) - draws*probability); off > 4*deviation {
				t.Errorf("seed %d: %d of %d hits with probability %v", seed, hits, draws, probability)
			}
		}
	}
}

func TestDrawsOfDifferentRulesKindsAndSeedsDiffer(t *testing.T) {
	seen := map[chance]bool{}
	for seed := range uint64(5) {
		for rule := range 5 {
			for _, kind := range []string{"", "a b", "b a"} {
				for n := range uint64(5) {
					seen[draw(seed, rule, kind, n)] = true
				}
			}
		}
	}
	if len(seen) != 5*5*3*5 {
		t.Errorf("%d different draws of %d", len(seen), 5*5*3*5)
	}
}

func TestAPartOfADelayIsWithinIt(t *testing.T) {
	lowest, highest := time.Second, time.Duration(0)
	for n := range uint64(1000) {
		part := draw(1, 0, "", n).part(time.Second)
		lowest, highest = min(lowest, part), max(highest, part)
	}
	if lowest < 0 || lowest > 10*time.Millisecond || highest > time.Second || highest < 990*time.Millisecond {
		t.Errorf("parts of a second from %v to %v", lowest, highest)
	}
}
