package main

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"
)

// slow is what is said while the server lets the user wait; "" if it does not.
func slow(until, now time.Time) string {
	wait := until.Sub(now).Seconds()
	if wait <= 0 {
		return ""
	}
	return fmt.Sprintf("slow down: it goes on in %.0f s", math.Ceil(wait))
}

// table shows the limits that the server has published.
func table(limits map[string]int64) string {
	if len(limits) == 0 {
		return "the server has not told its limits yet"
	}
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(limits)) {
		lines = append(lines, fmt.Sprintf("%-20s %d", clean(name), limits[name]))
	}
	return strings.Join(lines, "\n")
}
