package sqs

import "encoding/json"

// stored is what outlives the process.
type stored struct {
	Queues map[string][]*message
}

func (s *Service) encode() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := stored{Queues: map[string][]*message{}}
	for name, q := range s.queues {
		st.Queues[name] = q.messages
	}
	return json.Marshal(st)
}

// load reads the state, if there is one. Messages of queues that no longer exist are dropped.
func (s *Service) load() error {
	var st stored
	if err := s.state.Load(&st); err != nil {
		return err
	}
	for name, messages := range st.Queues {
		if q := s.queues[name]; q != nil {
			q.messages = messages
		}
	}
	return nil
}
