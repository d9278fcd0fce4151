package sns

import "encoding/json"

// stored is what outlives the process.
type stored struct {
	Disabled      []string // ARNs of applications
	Endpoints     []*endpoint
	Subscriptions []*subscription
	Pending       map[string]*delivery
	Inbox         []Notification
}

func (s *Service) encode() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := stored{Endpoints: s.endpoints, Pending: s.pending, Inbox: s.inbox}
	for _, a := range s.applications {
		if !a.enabled {
			st.Disabled = append(st.Disabled, a.arn)
		}
	}
	for _, t := range s.topics {
		for _, sub := range t.subscriptions {
			if sub.added {
				st.Subscriptions = append(st.Subscriptions, sub)
			}
		}
	}
	return json.Marshal(st)
}

// load reads the state, if there is one. What belongs to a topic or an application that no longer exists is dropped.
func (s *Service) load() error {
	var st stored
	if err := s.state.Load(&st); err != nil {
		return err
	}
	for _, arn := range st.Disabled {
		if a := s.application(arn); a != nil {
			a.enabled = false
		}
	}
	for _, e := range st.Endpoints {
		if s.application(e.Application) != nil {
			s.endpoints = append(s.endpoints, e)
		}
	}
	for _, sub := range st.Subscriptions {
		if t := s.topic(sub.Topic); t != nil && s.checkSubscription(sub.Subscription) == nil {
			t.add(sub.Subscription, true)
		}
	}
	for id, d := range st.Pending {
		if s.checkSubscription(d.Subscription.Subscription) == nil {
			s.pending[id] = d
		}
	}
	s.inbox = st.Inbox
	return nil
}
