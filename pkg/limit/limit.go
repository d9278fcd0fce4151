// Package limit bounds how often something may be done by each of many, in the memory of one process: a token bucket for each
// name, and a bounded number of them.
//
// It is what a function can do without reading or writing anything, and it is worth what that is: each running instance
// counts for itself, and starts with nothing. A user whose frames are spread over n instances gets n times as much. It keeps
// one runaway client from turning one instance into a heater; the throttle of the gateway is the outer wall.
package limit

import (
	"container/list"
	"sync"
	"time"
)

// Names is for how many names a Limiter keeps a bucket. When there are more, the one not used for longest is forgotten, as if
// it were full.
const Names = 1000

// Limiter holds a bucket for each name. It is safe for concurrent use.
type Limiter struct {
	every time.Duration // for one more
	most  time.Duration // how far ahead a name may be
	now   func() time.Time

	mu      sync.Mutex
	buckets map[string]*list.Element
	recent  *list.List // of *bucket, the one used last in front
}

// bucket is empty at the time due.
type bucket struct {
	name string
	due  time.Time
}

// New returns a Limiter that allows perSecond in the long run and burst at once after a pause.
func New(perSecond, burst int, now func() time.Time) *Limiter {
	every := time.Second / time.Duration(perSecond)
	return &Limiter{
		every: every, most: time.Duration(burst) * every, now: now,
		buckets: map[string]*list.Element{}, recent: list.New(),
	}
}

// Take counts one and returns 0, or returns how long to wait and counts nothing.
func (l *Limiter) Take(name string) (wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	b := l.bucket(name)
	if b.due.Before(now) {
		b.due = now
	}
	if wait := b.due.Add(l.every).Sub(now) - l.most; wait > 0 {
		return wait
	}
	b.due = b.due.Add(l.every)
	return 0
}

// bucket returns that of a name, which is then the one used last.
func (l *Limiter) bucket(name string) *bucket {
	if e, ok := l.buckets[name]; ok {
		l.recent.MoveToFront(e)
		return e.Value.(*bucket)
	}
	if l.recent.Len() == Names {
		oldest := l.recent.Back()
		delete(l.buckets, oldest.Value.(*bucket).name)
		l.recent.Remove(oldest)
	}
	b := &bucket{name: name}
	l.buckets[name] = l.recent.PushFront(b)
	return b
}
