package apigateway

import (
	"sync"
	"time"

	"github.com/parley-im/parley/infra/local/clock"
)

// bucket is a token bucket: it holds at most burst tokens and gains rate of them per second.
type bucket struct {
	clock       clock.Clock
	rate, burst float64

	mu     sync.Mutex
	tokens float64
	filled time.Time
}

func newBucket(c clock.Clock, rate, burst int) *bucket {
	return &bucket{clock: c, rate: float64(rate), burst: float64(burst), tokens: float64(burst), filled: c.Now()}
}

// take removes one token and reports whether there was one.
func (b *bucket) take() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.clock.Now()
	if gained := now.Sub(b.filled); gained > 0 {
		b.tokens = min(b.burst, b.tokens+gained.Seconds()*b.rate)
		b.filled = now
	}
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}
