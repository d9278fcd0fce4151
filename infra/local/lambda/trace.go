package lambda

// An invocation has a trace id of its own, which Lambda tells the function and every AWS SDK sends with each request that
// it makes meanwhile, in the header X-Amzn-Trace-Id (SDK reference, "recursion detection"). So whoever sees a request
// knows which invocation made it.

// FunctionOf returns the name of the function whose invocation under way has this trace id.
func (s *Service) FunctionOf(trace string) (name string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if sb := s.traced(trace); sb != nil {
		return sb.function.Name, true
	}
	return "", false
}

// KillTrace kills the one process whose invocation under way has this trace id, as [Service.Kill] does all of a function.
// It reports whether there was one.
func (s *Service) KillTrace(trace string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	sb := s.traced(trace)
	if sb == nil {
		return false
	}
	sb.kill()
	return true
}

// traced finds the sandbox of an invocation, or nil. The caller holds Service.mu.
func (s *Service) traced(trace string) *sandbox {
	for sb := range s.sandboxes {
		if sb.current != nil && sb.current.trace == trace {
			return sb
		}
	}
	return nil
}
