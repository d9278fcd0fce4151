package sqs

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

const stateFile = "sqs.json"

type state struct {
	Queues map[string][]*message
}

// changed has the state written soon; the caller holds the lock.
func (s *Service) changed() {
	if s.cfg.Dir == "" || s.saving != nil || s.closed() {
		return
	}
	s.saving = s.clock.AfterFunc(saveDelay, func() {
		if err := s.save(); err != nil {
			s.log.Error("sqs state not saved", "error", err)
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
	s.mu.Lock()
	s.saving = nil
	st := state{Queues: map[string][]*message{}}
	for name, q := range s.queues {
		st.Queues[name] = q.messages
	}
	data, err := json.Marshal(st)
	s.mu.Unlock()
	if err != nil {
		return fmt.Errorf("sqs: encode state: %w", err)
	}
	path := filepath.Join(s.cfg.Dir, stateFile)
	if err := os.WriteFile(path+".new", data, 0o600); err != nil {
		return fmt.Errorf("sqs: save state: %w", err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("sqs: save state: %w", err)
	}
	return nil
}

// load reads the state, if there is one. Messages of queues that no longer exist are dropped.
func (s *Service) load() error {
	if s.cfg.Dir == "" {
		return nil
	}
	if err := os.MkdirAll(s.cfg.Dir, 0o700); err != nil {
		return fmt.Errorf("sqs: load state: %w", err)
	}
	data, err := os.ReadFile(filepath.Join(s.cfg.Dir, stateFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("sqs: load state: %w", err)
	}
	var st state
	if err := json.Unmarshal(data, &st); err != nil {
		return fmt.Errorf("sqs: load state %s: %w", stateFile, err)
	}
	for name, messages := range st.Queues {
		if q := s.queues[name]; q != nil {
			q.messages = messages
		}
	}
	return nil
}
