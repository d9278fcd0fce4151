package lambda

import "time"

// Stats counts what became of one function's invocations since New.
type Stats struct {
	Function    string
	Invocations int // that ran to an end, whatever the end
	Errors      int // of these, the ones with a FunctionError
	Timeouts    int // of these, the ones that timed out
	Throttles   int // refused for want of concurrency, not counted as invocations
	ColdStarts  int // processes started
	Running     int // invocations under way
	Idle        int // processes waiting for work
	Billed      time.Duration
}

func (st *Stats) count(result Result) {
	st.Invocations++
	st.Billed += result.Report.Billed
	if result.FunctionError != "" {
		st.Errors++
	}
}

// Stats returns a snapshot for each function, in the order they were given to New, all of one moment.
func (s *Service) Stats() []Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	stats := make([]Stats, len(s.order))
	for i, f := range s.order {
		stats[i] = f.stats
		stats[i].Idle = len(f.idle)
	}
	return stats
}
