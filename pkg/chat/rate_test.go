package chat_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/parley-im/parley/pkg/chat"
)

var dawn = time.Date(2026, 11, 22, 6, 0, 0, 0, time.UTC)

// bucket is what the levels stand for, kept for each by itself.
type bucket struct {
	level chat.Level
	at    time.Time
}

// after is the level after one more entry.
func (b bucket) after(at time.Time, perSecond int) chat.Level {
	leaked := chat.Level(at.Sub(b.at).Milliseconds()) * chat.Level(perSecond)
	return max(0, b.level-leaked) + chat.OneEntry
}

// conversation is a log whose entries are let in by their pace, beside the buckets that it ought to keep.
type conversation struct {
	log  []chat.Entry
	own  map[chat.UserID]bucket
	flow bucket
	// exact is whether the last level that had to be looked for was found.
	exact   bool
	doubted int // how often it was not
}

// window is how many entries are looked at.
const window = 100

// next is the pace of one more entry.
func (c *conversation) next(user chat.UserID, at time.Time) chat.Pace {
	var last chat.Entry
	if n := len(c.log); n > 0 {
		last = c.log[n-1]
	}
	pace := last.Pace.Next(at.Sub(last.At))
	if !pace.Calm() {
		pace.Own, c.exact = chat.OwnLevel(c.log[max(0, len(c.log)-window):], user, at)
	}
	return pace
}

func (c *conversation) add(user chat.UserID, at time.Time, pace chat.Pace) {
	c.own[user] = bucket{c.own[user].after(at, chat.UserRate), at}
	c.flow = bucket{c.flow.after(at, chat.ConversationRate), at}
	c.log = append(c.log, chat.Entry{Seq: chat.Seq(len(c.log) + 1), From: user, At: at, Pace: pace})
}

// Whatever is written when, everybody gets exactly what their own bucket allows, as long as the page of newest entries
// reaches back to where it was known.
func TestEverybodyMayWriteAsMuchAsTheirOwnBucketHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := &conversation{own: map[chat.UserID]bucket{}}
		at := dawn
		for range rapid.IntRange(1, window).Draw(t, "tries") {
			user := rapid.SampledFrom([]chat.UserID{"ann", "ann", "ann", "bob", "cyd"}).Draw(t, "user")
			at = at.Add(time.Duration(rapid.SampledFrom([]int{0, 0, 0, 1, 7, 50, 199, 200, 201, 1000, 3999, 4000, 9000}).Draw(t, "gap")) * time.Millisecond)
			own := c.own[user].after(at, chat.UserRate)
			pace := c.next(user, at)
			if pace.Heat < own {
				t.Fatalf("the heat is %d, the bucket of %s %d", pace.Heat, user, own)
			}
			if pace.Own != 0 && (pace.Own != own || !c.exact) {
				t.Fatalf("the bucket of %s is found at %d and is %d, exact=%t", user, pace.Own, own, c.exact)
			}
			allowed := own <= chat.UserBurst*chat.OneEntry
			wait := pace.Wait()
			if (wait == 0) != allowed {
				t.Fatalf("%s waits for %v at %d", user, wait, own)
			}
			if allowed {
				c.add(user, at, pace)
				continue
			}
			if c.next(user, at.Add(wait-time.Millisecond)).Wait() == 0 {
				t.Fatalf("%v is longer than needed", wait)
			}
			at = at.Add(wait)
			if again := c.next(user, at).Wait(); again != 0 {
				t.Fatalf("after %v there are %v to wait", wait, again)
			}
			c.add(user, at, c.next(user, at))
		}
	})
}

// In the long run nobody can do better than the rate, however they go about it, nor can all together.
func TestNoPatternGetsAroundTheLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := &conversation{own: map[chat.UserID]bucket{}}
		at := dawn
		gaps := rapid.SliceOfN(rapid.SampledFrom([]int{0, 1, 5, 20, 100, 200, 210, 700}), 1, 8).Draw(t, "gaps")
		users := rapid.SliceOfN(rapid.SampledFrom([]chat.UserID{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"}), 1, 24).Draw(t, "users")
		written := map[chat.UserID]int{}
		for i := range 1500 {
			user := users[i%len(users)]
			at = at.Add(time.Duration(gaps[i%len(gaps)]) * time.Millisecond)
			own, pace := c.own[user].after(at, chat.UserRate), c.next(user, at)
			if pace.Own > own || c.exact && pace.Own != 0 && pace.Own != own && c.doubted == 0 {
				t.Fatalf("the bucket of %s is found at %d and is %d", user, pace.Own, own)
			}
			if !pace.Calm() && !c.exact {
				c.doubted++
			}
			if pace.Wait() == 0 {
				c.add(user, at, pace)
				written[user]++
			}
		}
		seconds := at.Sub(dawn).Seconds()
		for user, n := range written {
			// A page that does not reach back far enough is the benefit of the doubt: at most another burst.
			if most := 2*chat.UserBurst + chat.UserRate*seconds; float64(n) > most {
				t.Errorf("%s wrote %d in %v s", user, n, seconds)
			}
		}
		if most := chat.ConversationBurst + chat.ConversationRate*seconds; float64(len(c.log)) > most {
			t.Errorf("%d entries in %v s", len(c.log), seconds)
		}
	})
}

func TestAllTogetherMayWriteAsMuchAsTheConversationHolds(t *testing.T) {
	c := &conversation{own: map[chat.UserID]bucket{}}
	user := func(i int) chat.UserID { return chat.UserID(string(rune('a' + i%20))) }
	for i := range chat.ConversationBurst {
		pace := c.next(user(i), dawn)
		if pace.Wait() != 0 {
			t.Fatalf("entry %d waits for %v", i, pace.Wait())
		}
		c.add(user(i), dawn, pace)
	}
	if wait := c.next("somebody else", dawn).Wait(); wait != time.Second/chat.ConversationRate {
		t.Errorf("one more waits for %v", wait)
	}
}

// Two functions may disagree on what time it is. Who is behind leaks nothing and gains nothing.
func TestAClockThatIsBehindLeaksNothing(t *testing.T) {
	pace := chat.Pace{Heat: 7000, Flow: 3000}
	if got := pace.Next(-time.Hour); got != pace.Next(0) || got.Heat != 8000 || got.Flow != 4000 {
		t.Errorf("%+v", got)
	}
	newest := []chat.Entry{
		{From: "ann", At: dawn.Add(time.Second), Pace: chat.Pace{Heat: 30_000, Own: 19_000}},
		{From: "bob", At: dawn, Pace: chat.Pace{Heat: 31_000}},
	}
	if own, exact := chat.OwnLevel(newest, "ann", dawn); own != 20_000 || !exact {
		t.Errorf("ann is at %d", own)
	}
}

func TestTheOwnLevelIsFoundWhereItIsWritten(t *testing.T) {
	at := func(ms int) time.Time { return dawn.Add(time.Duration(ms) * time.Millisecond) }
	hot := chat.Pace{Heat: 40_000}
	mine := func(ms int, own chat.Level) chat.Entry {
		return chat.Entry{From: "ann", At: at(ms), Pace: chat.Pace{Heat: 40_000, Own: own}}
	}
	theirs := func(ms int) chat.Entry { return chat.Entry{From: "bob", At: at(ms), Pace: hot} }
	for name, test := range map[string]struct {
		newest []chat.Entry
		want   chat.Level
		exact  bool
	}{
		"nothing was said":              {nil, 1000, true},
		"only by others":                {[]chat.Entry{theirs(0), theirs(900)}, 1000, false},
		"by her, with the level":        {[]chat.Entry{mine(0, 9000), theirs(500)}, 5000, true},
		"by her, before that too":       {[]chat.Entry{mine(0, 15_000), mine(500, 9000), theirs(500)}, 7500, true},
		"by her, without the level":     {[]chat.Entry{mine(0, 9000), mine(500, 0), theirs(500)}, 6000, true},
		"by her, so long ago":           {slices.Concat([]chat.Entry{mine(-3000, 20_000)}, []chat.Entry{theirs(500)}), 1000, true},
		"by her, since a pause of all":  {[]chat.Entry{mine(-100, 9000), {From: "bob", At: at(0), Pace: chat.Pace{Heat: 1000}}, mine(1000, 0)}, 2000, true},
		"by her, who ended that pause":  {[]chat.Entry{mine(-100, 9000), {From: "ann", At: at(1000), Pace: chat.Pace{Heat: 1000}}}, 2000, true},
		"the page begins in the middle": {[]chat.Entry{mine(900, 0), mine(950, 0)}, 2000 - 250 + 1000 - 250, false},
	} {
		if got, exact := chat.OwnLevel(test.newest, "ann", at(1000)); got != test.want || exact != test.exact {
			t.Errorf("%s: %d, exact=%t, want %d", name, got, exact, test.want)
		}
	}
}
