package sns

import "maps"

// billedChunk is how many bytes of published data one billed request covers (SNS pricing: "each 64 KB chunk of published data
// is billed as 1 request").
const billedChunk = 64 << 10

// Use is how often an operation succeeded and how many requests AWS bills for that.
type Use struct {
	Calls  int64
	Billed int64
}

// Usage is what AWS would bill for. Deliveries to Lambda and SQS are free.
type Usage struct {
	Operations   map[string]Use // by action
	MobilePushes int64          // billed on top of their Publish
}

// bill counts a call with that much published data; the caller holds the lock.
func (s *Service) bill(action string, bytes int) {
	u := s.usage.Operations[action]
	u.Calls++
	u.Billed += max(1, int64(bytes+billedChunk-1)/billedChunk)
	s.usage.Operations[action] = u
}

// Usage returns what was used since the service was made. Calls that failed are left out.
func (s *Service) Usage() Usage {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Usage{Operations: maps.Clone(s.usage.Operations), MobilePushes: s.usage.MobilePushes}
}
