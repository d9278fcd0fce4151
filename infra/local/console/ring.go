package console

import "sync"

// ring keeps the newest of what is added. It is safe for concurrent use.
type ring[T any] struct {
	mu    sync.Mutex
	items []T
	next  int // where the next one goes, over the oldest
}

func newRing[T any](n int) *ring[T] { return &ring[T]{items: make([]T, 0, n)} }

func (r *ring[T]) add(item T) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.items) < cap(r.items) {
		r.items = append(r.items, item)
		return
	}
	r.items[r.next] = item
	r.next = (r.next + 1) % len(r.items)
}

// newest returns all, the newest first.
func (r *ring[T]) newest() []T {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make([]T, 0, len(r.items))
	for i := range r.items {
		all = append(all, r.items[(r.next+len(r.items)-1-i)%len(r.items)])
	}
	return all
}
