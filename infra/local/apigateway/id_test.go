package apigateway

import (
	"strings"
	"testing"
	"time"
)

// aws.md 1.4: 16 characters, and a message's id ends like that of its connection.
func TestIDsHaveTheFormOfTheService(t *testing.T) {
	ids, tail := newIDSource(), newTail()
	seen := map[string]bool{}
	now := time.Date(2024, 1, 20, 11, 55, 8, 0, time.UTC)
	for range 100 {
		a, b := ids.next(now, tail), ids.next(now, newTail())
		for _, id := range []string{a, b} {
			if len(id) != 16 || !strings.HasSuffix(id, "=") || !wellFormedID(id) || seen[id] {
				t.Errorf("id %q is malformed or not new", id)
			}
			seen[id] = true
		}
		if other := ids.next(now.Add(time.Hour), tail); other[10:] != a[10:] || other[:4] <= a[:4] {
			t.Errorf("ids %q and %q of one connection, an hour apart, want the same end and a later beginning", a, other)
		}
	}
	for _, id := range []string{"", "x", "R1kmxc2VNjMCFIA", "R1kmxc2VNjMCFIA%3D", "R1kmxc2VNjMC+IA=", "R1kmxc2VNjMCFIAAAAA="} {
		if wellFormedID(id) {
			t.Errorf("%q passes for an id", id)
		}
	}
}
