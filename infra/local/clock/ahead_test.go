package clock

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestAClockThatIsAheadRingsEarlierForWhoWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c Ahead
		start := c.Now()
		rang := make(chan string, 10)
		ring := func(name string) func() { return func() { rang <- name } }
		c.AfterFunc(time.Minute, ring("minute"))
		hour := c.AfterFunc(time.Hour, ring("hour"))
		stopped := c.AfterFunc(time.Minute, ring("stopped"))
		if !stopped.Stop() || stopped.Stop() {
			t.Error("Stop must report whether the call was pending")
		}
		c.Advance(time.Minute)
		synctest.Wait()
		if now := c.Now().Sub(start); now != time.Minute {
			t.Errorf("it is %v later", now)
		}
		time.Sleep(59*time.Minute - 1) // takes no time in a bubble
		rang <- "before the hour"
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		if hour.Reset(time.Second) {
			t.Error("it has rung")
		}
		if !hour.Reset(2 * time.Hour) {
			t.Error("it was pending")
		}
		c.Advance(3 * time.Hour)
		synctest.Wait()
		close(rang)
		var got []string
		for name := range rang {
			got = append(got, name)
		}
		if want := []string{"minute", "before the hour", "hour", "hour"}; !slices.Equal(got, want) {
			t.Errorf("rang %v, want %v", got, want)
		}
	})
}
