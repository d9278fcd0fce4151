package chat

import "time"

// Level of a leaky bucket, in thousandths of an entry: at a whole number of entries a second, what leaks in a millisecond is
// a whole number of these, so levels are exact.
type Level int

// OneEntry is by how much an entry raises a level.
const OneEntry Level = 1000

// Pace is how fast a conversation goes. Every entry carries it, so that the next one finds it with the tail that it reads
// anyway. The zero value is a conversation that has no entry yet.
type Pace struct {
	// Heat is the level of a bucket of all entries that leaks as fast as one user may write. No user's own bucket can be
	// above it, so as long as it is below the burst nobody is over the limit and nothing has to be read.
	Heat Level
	// Flow is the level of a bucket of all entries that leaks as fast as all together may write.
	Flow Level
	// Own is the level of the sender's own bucket; 0 if Heat said that it need not be known.
	Own Level
}

// Next is the pace after one more entry, dt after this one. Clocks of different machines may disagree on which was first; a
// dt below zero counts as none.
func (p Pace) Next(dt time.Duration) Pace {
	return Pace{Heat: leak(p.Heat, UserRate, dt) + OneEntry, Flow: leak(p.Flow, ConversationRate, dt) + OneEntry}
}

// Calm reports whether an entry of this pace is within all limits, whoever wrote it.
func (p Pace) Calm() bool {
	return p.Heat <= UserBurst*OneEntry && p.Flow <= ConversationBurst*OneEntry
}

// Wait is how long an entry of this pace comes too early; 0 if it may be written.
func (p Pace) Wait() time.Duration {
	return max(wait(p.Own, UserRate, UserBurst), wait(p.Flow, ConversationRate, ConversationBurst))
}

// OwnLevel is the level of a user's own bucket after one more entry at the time now, given the newest entries of the
// conversation, oldest first. It is exact if they reach back to an entry of the user that carries its own level, or to a
// time when the bucket was empty. If they do not, it is at least as high as is said.
func OwnLevel(newest []Entry, user UserID, now time.Time) (level Level, exact bool) {
	// Backwards to where the level is known.
	start, next := len(newest), now
	for exact = start == 0; start > 0 && !exact; {
		e := newest[start-1]
		if next.Sub(e.At) >= drained {
			exact = true // whatever the user wrote before has leaked away
			break
		}
		start--
		if e.From == user {
			next, exact = e.At, e.Pace.Own > 0
		}
		exact = exact || e.Pace.Heat <= OneEntry // it was the first after a pause of everybody
	}
	// And forwards again.
	var last time.Time
	for _, e := range newest[start:] {
		switch {
		case e.From != user:
		case e.Pace.Own > 0:
			level, last = e.Pace.Own, e.At
		default:
			level, last = leak(level, UserRate, e.At.Sub(last))+OneEntry, e.At
		}
	}
	return leak(level, UserRate, now.Sub(last)) + OneEntry, exact
}

// drained is how long a user's own bucket takes to become empty: it is never above the burst.
const drained = UserBurst * time.Second / UserRate

func leak(level Level, perSecond int, dt time.Duration) Level {
	return max(0, level-Level(perSecond)*Level(max(0, dt)/time.Millisecond))
}

// wait rounds up, so that who waits this long is not refused again.
func wait(level Level, perSecond, burst int) time.Duration {
	over := int(level) - burst*int(OneEntry)
	if over <= 0 {
		return 0
	}
	return time.Duration((over+perSecond-1)/perSecond) * time.Millisecond
}
