package client_test

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
)

func TestAFileStoreKeepsCursorsFromOneOpeningToTheNext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "cursors.json")
	for i, c := range []struct {
		change, want map[chat.ConversationID]chat.Seq
	}{
		{map[chat.ConversationID]chat.Seq{"a": 1, "b": 2}, map[chat.ConversationID]chat.Seq{"a": 1, "b": 2}},
		{map[chat.ConversationID]chat.Seq{"b": 3, "a": 0}, map[chat.ConversationID]chat.Seq{"b": 3}},
	} {
		store, err := client.OpenFileStore(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := store.Save(c.change); err != nil {
			t.Fatal(err)
		}
		reopened, err := client.OpenFileStore(path)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := reopened.Load(); err != nil || !maps.Equal(got, c.want) {
			t.Errorf("step %d: %v, %v", i, got, err)
		}
	}
}

func TestAFileStoreDoesNotStartFromGarbage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cursors.json")
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := client.OpenFileStore(path); err == nil {
		t.Error("opened")
	}
}

// flaky is a store that cannot save at first.
type flaky struct {
	*client.MemoryStore
	failures int
}

func (f *flaky) Save(changed map[chat.ConversationID]chat.Seq) error {
	if f.failures--; f.failures >= 0 {
		return errors.New("disk full")
	}
	return f.MemoryStore.Save(changed)
}

func TestCursorsThatCouldNotBeSavedAreSavedLater(t *testing.T) {
	play(t, func(t *scene) {
		store := &flaky{client.NewMemoryStore(nil), 1}
		ann := t.connect("ann", func(o *client.Options) { o.Store = store })
		t.server.Say("bob", "ann", "x")
		after(0)
		t.server.Say("cat", "ann", "x")
		after(0)
		_ = ann.end()
		got, _ := store.Load()
		if !maps.Equal(got, map[chat.ConversationID]chat.Seq{annAndBob: 1, chat.DirectID("ann", "cat"): 1}) {
			t.Errorf("saved %v", got)
		}
	})
}

func TestTheStoreLearnsOnlyWhatHandleHasReturnedFrom(t *testing.T) {
	play(t, func(t *scene) {
		store := client.NewMemoryStore(nil)
		release := make(chan struct{})
		ann := t.connect("ann", func(o *client.Options) {
			o.Store = store
			o.Handle = func(e client.Event) {
				if _, ok := e.(client.Entry); ok {
					<-release
				}
			}
		})
		t.server.Say("bob", "ann", "x")
		after(0)
		if got, _ := store.Load(); len(got) != 0 {
			t.Errorf("saved %v", got)
		}
		close(release)
		_ = ann.end()
		if got, _ := store.Load(); got[annAndBob] != 1 {
			t.Errorf("saved %v", got)
		}
	})
}
