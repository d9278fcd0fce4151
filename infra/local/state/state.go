// Package state keeps what a stand-in knows in a file, so that the next run of the local stack finds it.
package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/parley-im/parley/infra/local/clock"
)

// delay is how much later than the first change the state is written, so that a burst is written once. A process that is
// killed loses at most this much.
const delay = 100 * time.Millisecond

// File is the state of one service as JSON. It is safe for concurrent use; Changed may be called with the lock held that
// encode takes.
type File struct {
	name, path string
	clock      clock.Clock
	log        *slog.Logger
	encode     func() ([]byte, error)

	mu     sync.Mutex
	saving clock.Timer // the save that is due; nil when there is nothing to save
	closed bool

	writing sync.Mutex // held while the file is written
}

// New returns the state of the service with that name, which encode tells whenever it is written. With an empty dir
// nothing is kept.
func New(dir, name string, c clock.Clock, log *slog.Logger, encode func() ([]byte, error)) *File {
	f := &File{name: name, clock: c, log: log, encode: encode}
	if dir != "" {
		f.path = filepath.Join(dir, name+".json")
	}
	return f
}

// Changed has the state written soon, until the file is closed.
func (f *File) Changed() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.path == "" || f.saving != nil || f.closed {
		return
	}
	f.saving = f.clock.AfterFunc(delay, func() {
		if err := f.save(); err != nil {
			f.log.Error("state not saved", "service", f.name, "error", err)
		}
	})
}

// Stop ends the saving by itself. What changes from now on is written by Close alone.
func (f *File) Stop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	if f.saving != nil {
		f.saving.Stop()
		f.saving = nil
	}
}

// Close stops and writes the state a last time.
func (f *File) Close() error {
	f.Stop()
	return f.save()
}

// save writes the state beside the old one and then puts it in its place.
func (f *File) save() error {
	if f.path == "" {
		return nil
	}
	f.writing.Lock()
	defer f.writing.Unlock()
	f.mu.Lock()
	f.saving = nil // what changes from here on is not in it for certain
	f.mu.Unlock()
	data, err := f.encode()
	if err != nil {
		return fmt.Errorf("%s: encode state: %w", f.name, err)
	}
	if err := os.WriteFile(f.path+".new", data, 0o600); err != nil {
		return fmt.Errorf("%s: save state: %w", f.name, err)
	}
	if err := os.Rename(f.path+".new", f.path); err != nil {
		return fmt.Errorf("%s: save state: %w", f.name, err)
	}
	return nil
}

// Load reads the state into the value that into points to, and leaves it alone when there is none. It makes the folder.
func (f *File) Load(into any) error {
	if f.path == "" {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(f.path), 0o700); err != nil {
		return fmt.Errorf("%s: load state: %w", f.name, err)
	}
	data, err := os.ReadFile(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: load state: %w", f.name, err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("%s: load state %s: %w", f.name, filepath.Base(f.path), err)
	}
	return nil
}
