// Package clock lets the stand-ins read time through an interface, so that a test moves two hours in a microsecond and a
// developer never waits for a timeout to see what happens at it. Production code of the local stack uses [Real]; tests
// use [Fake].
package clock

import "time"

// Clock tells the time and calls back when some of it has passed.
type Clock interface {
	// Now returns the current time.
	Now() time.Time
	// AfterFunc calls f in its own goroutine once d has passed. Stop on the result prevents a call not yet made.
	AfterFunc(d time.Duration, f func()) Timer
}

// Timer is a pending call made by [Clock.AfterFunc].
type Timer interface {
	// Stop prevents the call; it reports false if the call was already made or stopped.
	Stop() bool
	// Reset makes the call happen d from now, whether or not it was already made; it reports whether one was pending.
	Reset(d time.Duration) bool
}

// Real is the machine's clock.
type Real struct{}

// Now returns time.Now().
func (Real) Now() time.Time { return time.Now() }

// AfterFunc is time.AfterFunc.
func (Real) AfterFunc(d time.Duration, f func()) Timer { return time.AfterFunc(d, f) }
