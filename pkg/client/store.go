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

// MemoryStore is a Store that ends with the process. It outlives a Client, so that the next one goes on where that stopped.
type MemoryStore struct {
	mu      sync.Mutex
	cursors map[chat.ConversationID]chat.Seq
}

// NewMemoryStore returns a store that holds a copy of cursors, which may be nil.
func NewMemoryStore(cursors map[chat.ConversationID]chat.Seq) *MemoryStore {
	m := &MemoryStore{cursors: map[chat.ConversationID]chat.Seq{}}
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
	for id, seq := range changed {
		if m.cursors[id] = seq; seq == 0 {
			delete(m.cursors, id)
		}
	}
	return nil
}

// FileStore is a Store in a JSON file, for one process at a time.
type FileStore struct {
	path   string
	memory *MemoryStore
}

// OpenFileStore reads the file; one that does not exist holds no cursors.
func OpenFileStore(path string) (*FileStore, error) {
	cursors := map[chat.ConversationID]chat.Seq{}
	content, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(content, &cursors)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("client: open %s: %w", path, err)
	}
	return &FileStore{path, NewMemoryStore(cursors)}, nil
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
