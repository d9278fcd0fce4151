package limit_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/parley-im/parley/pkg/limit"
)

func TestABurstAndThenTheRate(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	l := limit.New(20, 100, func() time.Time { return now })
	for i := range 100 {
		if wait := l.Take("ann"); wait != 0 {
			t.Fatalf("%d waits for %v", i, wait)
		}
	}
	for range 3 { // to try does not make it worse
		if wait := l.Take("ann"); wait != 50*time.Millisecond {
			t.Fatalf("waits for %v", wait)
		}
	}
	if wait := l.Take("bob"); wait != 0 {
		t.Errorf("bob waits for %v", wait)
	}
	now = now.Add(50 * time.Millisecond)
	if l.Take("ann") != 0 || l.Take("ann") == 0 {
		t.Error("it is not one more after what was waited for")
	}
}

// However it is used, nobody gets more than the burst and the rate, and who waits as told gets on.
func TestNobodyGetsMoreThanTheRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		begin := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
		now := begin
		l := limit.New(10, 5, func() time.Time { return now })
		taken := 0
		for _, gap := range rapid.SliceOf(rapid.IntRange(-10, 300)).Draw(t, "gaps") {
			now = now.Add(time.Duration(gap) * time.Millisecond) // a clock may be set back
			wait := l.Take("ann")
			if wait > 0 {
				now = now.Add(wait)
				if again := l.Take("ann"); again != 0 {
					t.Fatalf("after %v there are %v to wait", wait, again)
				}
			}
			taken++
			if most := 5 + 10*(now.Sub(begin)+time.Second).Seconds(); float64(taken) > most {
				t.Fatalf("%d in %v", taken, now.Sub(begin))
			}
		}
	})
}

func TestTheBucketNotUsedForLongestIsForgotten(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	l := limit.New(1, 1, func() time.Time { return now })
	for i := range limit.Names {
		l.Take(fmt.Sprint(i))
	}
	if l.Take("0") == 0 {
		t.Fatal("the first is forgotten though there was room")
	}
	l.Take("one too many")
	if l.Take("0") == 0 {
		t.Error("the one used last is forgotten")
	}
	if l.Take("1") != 0 {
		t.Error("the one not used for longest is remembered")
	}
}

func TestManyAtOnceAreCountedExactly(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	l := limit.New(20, 100, func() time.Time { return now })
	var allowed atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				if l.Take("ann") == 0 {
					allowed.Add(1)
				}
			}
		})
	}
	all.Wait()
	if allowed.Load() != 100 {
		t.Errorf("%d were allowed", allowed.Load())
	}
}
