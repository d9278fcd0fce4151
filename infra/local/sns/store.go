package sns

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// saveDelay is how much later than the first change the state is written, so that a burst is written once. A process that is
// killed loses at most this much.
const saveDelay = 100 * time.Millisecond

const stateFile = "sns.json"

type state struct {
	Disabled      []string // ARNs of applications
	Endpoints     []*endpoint
	Subscriptions []*subscription
	Pending       map[string]*delivery
	Inbox         []Notification
}

// changed has the state written soon; the caller holds the lock.
func (s *Service) changed() {
	if s.cfg.Dir == "" || s.saving != nil || s.closed {
		return
	}
	s.saving = s.clock.AfterFunc(saveDelay, func() {
		if err := s.save(); err != nil {
			s.log.Error("sns state not saved", "error", err)
		}
	})
}

// save writes the state beside the old one and then puts it in its place.
func (s *Service) save() error {
	if s.cfg.Dir == "" {
		return nil
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	data, err := s.encode()
	if err != nil {
		return fmt.Errorf("sns: encode state: %w", err)
	}
	path := filepath.Join(s.cfg.Dir, stateFile)
	if err := os.WriteFile(path+".new", data, 0o600); err != nil {
		return fmt.Errorf("sns: save state: %w", err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("sns: save state: %w", err)
	}
	return nil
}

func (s *Service) encode() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.saving = nil
	st := state{Endpoints: s.endpoints, Pending: s.pending, Inbox: s.inbox}
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
	if s.cfg.Dir == "" {
		return nil
	}
	if err := os.MkdirAll(s.cfg.Dir, 0o700); err != nil {
		return fmt.Errorf("sns: load state: %w", err)
	}
	data, err := os.ReadFile(filepath.Join(s.cfg.Dir, stateFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("sns: load state: %w", err)
	}
	var st state
	if err := json.Unmarshal(data, &st); err != nil {
		return fmt.Errorf("sns: load state %s: %w", stateFile, err)
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
