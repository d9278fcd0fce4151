package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"sync"

	"github.com/parley-im/parley/pkg/chat"
)

// Store remembers how far the program has each conversation: the seq of the last entry that Handle has returned from.
// A program that keeps entries in a database should keep the cursors in the same transaction.
type Store interface {
	// Load returns all cursors. New calls it once.
	Load() (map[chat.ConversationID]chat.Seq, error)
	// Save keeps the cursors that have changed since; a cursor of 0 is forgotten. It is called when Handle has worked
	// off what had arrived, by the goroutine that calls Handle, and once more before Run returns. After an error the
	// same cursors, or newer ones, come with the next call.
	Save(changed map[chat.ConversationID]chat.Seq) error
}

// EpochStore is a Store that also remembers of which epoch the cursors are. With one that does not, a conversation that was
// once restored from a backup is Restarted whenever the program starts.
type EpochStore interface {
	Store
	// LoadEpochs returns all epochs but those that are 0. New calls it once, after Load.
	LoadEpochs() (map[chat.ConversationID]chat.Epoch, error)
	// SaveEpochs keeps the epochs that have changed since; an epoch of 0 is forgotten. It is called after Save, never before
	// the cursors that belong to them are safe.
	SaveEpochs(changed map[chat.ConversationID]chat.Epoch) error
}

// MemoryStore is an EpochStore that ends with the process. It outlives a Client, so that the next one goes on where that
// stopped.
type MemoryStore struct {
	mu      sync.Mutex
	cursors map[chat.ConversationID]chat.Seq
	epochs  map[chat.ConversationID]chat.Epoch
}

// NewMemoryStore returns a store that holds a copy of cursors, which may be nil.
func NewMemoryStore(cursors map[chat.ConversationID]chat.Seq) *MemoryStore {
	m := &MemoryStore{cursors: map[chat.ConversationID]chat.Seq{}, epochs: map[chat.ConversationID]chat.Epoch{}}
	maps.Copy(m.cursors, cursors)
	return m
}

// Load returns a copy of the cursors.
func (m *MemoryStore) Load() (map[chat.ConversationID]chat.Seq, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.cursors), nil
}

// Save never fails.
func (m *MemoryStore) Save(changed map[chat.ConversationID]chat.Seq) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	keep(m.cursors, changed)
	return nil
}

// LoadEpochs returns a copy of the epochs.
func (m *MemoryStore) LoadEpochs() (map[chat.ConversationID]chat.Epoch, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.epochs), nil
}

// SaveEpochs never fails.
func (m *MemoryStore) SaveEpochs(changed map[chat.ConversationID]chat.Epoch) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	keep(m.epochs, changed)
	return nil
}

// keep takes what has changed; what is zero is forgotten.
func keep[V comparable](all, changed map[chat.ConversationID]V) {
	var none V
	for id, v := range changed {
		if all[id] = v; v == none {
			delete(all, id)
		}
	}
}

// FileStore is an EpochStore in a JSON file, for one process at a time. The epochs are in a second file beside it, so that
// programs from before there were any still read the first.
type FileStore struct {
	path   string
	memory *MemoryStore
}

// OpenFileStore reads the file; one that does not exist holds no cursors.
func OpenFileStore(path string) (*FileStore, error) {
	memory := NewMemoryStore(nil)
	for file, into := range map[string]any{path: &memory.cursors, epochFile(path): &memory.epochs} {
		content, err := os.ReadFile(file)
		if err == nil {
			err = json.Unmarshal(content, into)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("client: open %s: %w", file, err)
		}
	}
	return &FileStore{path, memory}, nil
}

func epochFile(path string) string { return path + ".epochs" }

// LoadEpochs returns what the second file holds.
func (f *FileStore) LoadEpochs() (map[chat.ConversationID]chat.Epoch, error) {
	return f.memory.LoadEpochs()
}

// SaveEpochs replaces the second file in one step.
func (f *FileStore) SaveEpochs(changed map[chat.ConversationID]chat.Epoch) error {
	if err := f.memory.SaveEpochs(changed); err != nil {
		return err
	}
	epochs, err := f.memory.LoadEpochs()
	if err != nil {
		return err
	}
	if err := replaceFile(epochFile(f.path), epochs); err != nil {
		return fmt.Errorf("client: save %s: %w", epochFile(f.path), err)
	}
	return nil
}

// Load returns what the file holds.
func (f *FileStore) Load() (map[chat.ConversationID]chat.Seq, error) { return f.memory.Load() }

// Save replaces the file in one step, so that it is never half written; its folder is made if it does not exist.
func (f *FileStore) Save(changed map[chat.ConversationID]chat.Seq) error {
	if err := f.memory.Save(changed); err != nil {
		return err
	}
	cursors, err := f.memory.Load()
	if err != nil {
		return err
	}
	if err := replaceFile(f.path, cursors); err != nil {
		return fmt.Errorf("client: save %s: %w", f.path, err)
	}
	return nil
}

// replaceFile renders v as JSON into the file at path by way of a temporary one beside it, so that a reader or a crash
// never meets half of it. Only its owner may read it.
func replaceFile(path string, v any) error {
	content, err := json.MarshalIndent(v, "", "\t")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	temporary := path + ".new"
	if err := os.WriteFile(temporary, content, 0o600); err != nil {
		return err
	}
	return os.Rename(temporary, path)
}
