package clock

import (
	"slices"
	"testing"
	"time"
)

func TestAdvanceCallsWhatFallsDueInOrderAndOnce(t *testing.T) {
	start := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	c := NewFake(start)
	var got []string
	add := func(name string, d time.Duration) Timer {
		return c.AfterFunc(d, func() { got = append(got, name+c.Now().Sub(start).String()) })
	}
	add("late", 3*time.Second)
	add("early", time.Second)
	stopped := add("stopped", 2*time.Second)
	moved := add("moved", time.Second)
	if !stopped.Stop() || stopped.Stop() {
		t.Error("Stop must report whether the call was pending")
	}
	moved.Reset(2 * time.Second)
	c.AfterFunc(time.Second, func() { add("nested", time.Second) })
	add("never", time.Hour)

	c.Advance(3 * time.Second)

	slices.Sort(got) // moved and nested share a due time
	want := []string{"early1s", "late3s", "moved2s", "nested2s"}
	if !slices.Equal(got, want) {
		t.Errorf("called %v, want %v", got, want)
	}
	if c.Now().Sub(start) != 3*time.Second {
		t.Errorf("clock shows %v", c.Now().Sub(start))
	}
}
