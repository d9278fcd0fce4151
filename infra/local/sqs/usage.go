package sqs

import "maps"

// billedChunk is how many bytes of payload one billed request covers (SQS pricing: "every 64 KB chunk of a payload is
// billed as 1 request").
const billedChunk = 64 << 10

// Use is how often an operation succeeded and how many requests AWS bills for that.
type Use struct {
	Calls  int64
	Billed int64
}

// bill counts a call with that much payload; the caller holds the lock.
func (s *Service) bill(operation string, bytes int) {
	u := s.usage[operation]
	u.Calls++
	u.Billed += max(1, int64(bytes+billedChunk-1)/billedChunk)
	s.usage[operation] = u
}

// Usage returns what each operation, by its name on the wire, was used since the service was made. Calls in Go count like those on
// the wire, since on AWS the pollers of a Lambda event source are billed too. Calls that failed are left out.
func (s *Service) Usage() map[string]Use {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.usage)
}
