package client

import (
	"math/rand/v2"
	"time"
)

// Bounds of the wait before another attempt.
const (
	backoffBase = 500 * time.Millisecond
	backoffCap  = 30 * time.Second
)

// backoff is exponential with full jitter, so that clients that failed together do not come back together. Its zero value
// is ready.
type backoff struct{ attempts int }

// next returns how long to wait: at least least, plus a random part below twice what it was below before.
func (b *backoff) next(least time.Duration) time.Duration {
	bound := backoffCap
	if b.attempts < 6 { // 0.5 s · 2⁶ is beyond the cap
		bound = backoffBase << b.attempts
	}
	b.attempts++
	return least + rand.N(bound)
}
