package client_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/wire"
)

// heard are the texts that a device got, with "again" where it began again.
func heard(d *device) (out []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, e := range d.events {
		switch e := e.(type) {
		case client.Entry:
			out = append(out, e.Body.Text)
		case client.Restarted:
			out = append(out, "again")
		}
	}
	return out
}

// The numbers of what was lost are given again. Here the log has even grown past what ann knows before she is back, so no
// head would tell.
func TestO5AfterARestoreTheConversationBeginsAgainAndNothingIsMissing(t *testing.T) {
	play(t, func(t *scene) {
		ann := t.connect("ann")
		t.server.Say("bob", "ann", "one")
		backup := t.server.Backup()
		t.server.Say("bob", "ann", "lost")
		after(0)
		t.server.CutAll()
		t.server.Restore(backup, 1795299780)
		for _, text := range []string{"two", "three", "four"} {
			t.server.Say("bob", "ann", text)
		}
		after(time.Minute)
		t.server.Say("bob", "ann", "five")
		after(0)
		if got, want := heard(ann), []string{"one", "lost", "again", "one", "two", "three", "four", "five"}; !slices.Equal(got, want) {
			t.Errorf("ann saw %q, want %q", got, want)
		}
		t.server.CutAll() // and that is that
		after(time.Minute)
		if n := count[client.Restarted](ann); n != 1 {
			t.Errorf("it began again %d times", n)
		}
	})
}

// Nobody has to cut the connection: what is fetched to fill a gap says of which epoch it is.
func TestO5AGapThatIsFilledFromAnotherEpochBeginsAgain(t *testing.T) {
	play(t, func(t *scene) {
		ann := t.connect("ann")
		t.server.Say("bob", "ann", "one")
		backup := t.server.Backup()
		t.server.Say("bob", "ann", "lost")
		after(time.Minute)
		t.server.Restore(backup, 1795299780)
		t.server.Post = func(_ chat.UserID, _ chat.DeviceID, e wire.Entry, post func()) {
			if e.Body.Text == "four" { // "two" has the number of what was lost, and "three" does not arrive
				post()
			}
		}
		for _, text := range []string{"two", "three", "four"} {
			t.server.Say("bob", "ann", text)
		}
		after(time.Minute)
		got := heard(ann)
		if i := slices.Index(got, "again"); i < 0 || !slices.Equal(got[i:], []string{"again", "one", "two", "three", "four"}) {
			t.Errorf("ann saw %q", got)
		}
	})
}

// A program that was off during the restore finds out from the epoch that it kept with its cursors.
func TestTheEpochIsKeptWithTheCursors(t *testing.T) {
	play(t, func(t *scene) {
		path := filepath.Join(t.TempDir(), "cursors.json")
		session := func() []string {
			store, err := client.OpenFileStore(path)
			if err != nil {
				t.Fatal(err)
			}
			ann := t.connect("ann", func(o *client.Options) { o.Store = store })
			after(time.Minute)
			if err := ann.end(); err == nil {
				t.Error("it ended by itself")
			}
			return heard(ann)
		}
		t.server.Say("bob", "ann", "one")
		backup := t.server.Backup()
		t.server.Say("bob", "ann", "lost")
		for i, want := range [][]string{{"one", "lost"}, {"again", "one", "two"}, nil, {"again", "one"}, nil} {
			if got := session(); !slices.Equal(got, want) {
				t.Errorf("session %d: %q, want %q", i, got, want)
			}
			switch i {
			case 0:
				t.server.Restore(backup, 1795299780)
				t.server.Say("bob", "ann", "two")
			case 2:
				t.server.Restore(backup, 1795299790)
			}
		}
	})
}

// A file of a program from before there were epochs.
func TestAFileWithoutEpochsIsOfTheFirst(t *testing.T) {
	play(t, func(t *scene) {
		path := filepath.Join(t.TempDir(), "cursors.json")
		t.server.Say("bob", "ann", "one")
		if err := os.WriteFile(path, []byte(`{"`+string(annAndBob)+`": 1}`), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, want := range [][]string{nil, {"again", "one"}} {
			store, err := client.OpenFileStore(path)
			if err != nil {
				t.Fatal(err)
			}
			ann := t.connect("ann", func(o *client.Options) { o.Store = store })
			after(time.Minute)
			if got := heard(ann); !slices.Equal(got, want) {
				t.Errorf("%q, want %q", got, want)
			}
			_ = ann.end()
			t.server.Restore(t.server.Backup(), 1795299780)
		}
	})
}

// onlyCursors is a Store of a program that knows nothing of epochs.
type onlyCursors struct{ client.Store }

func TestAStoreWithoutEpochsBeginsRestoredConversationsAgain(t *testing.T) {
	play(t, func(t *scene) {
		store := onlyCursors{client.NewMemoryStore(map[chat.ConversationID]chat.Seq{annAndBob: 1})}
		t.server.Say("bob", "ann", "one")
		t.server.Restore(t.server.Backup(), 1795299780)
		for range 2 {
			ann := t.connect("ann", func(o *client.Options) { o.Store = store })
			after(time.Minute)
			if got := heard(ann); !slices.Equal(got, []string{"again", "one"}) {
				t.Errorf("%q", got)
			}
			_ = ann.end()
		}
	})
}

// What was on its way when the log lost entries is stored once.
func TestAMessageOnItsWayThroughARestoreIsStoredOnce(t *testing.T) {
	play(t, func(t *scene) {
		ann := t.connect("ann")
		t.server.Say("bob", "ann", "one")
		backup := t.server.Backup()
		t.server.Say("bob", "ann", "lost")
		t.server.Say("bob", "ann", "lost too")
		after(0)
		t.server.Restore(backup, 1795299780)
		if accepted, err := ann.Send(t.Context(), client.ToUser("bob"), client.Text("mine")); err != nil || accepted.Seq != 2 {
			t.Errorf("%+v, %v", accepted, err)
		}
		after(time.Minute)
		got := heard(ann)
		if i := slices.Index(got, "again"); i < 0 || !slices.Equal(got[i:], []string{"again", "one", "mine"}) {
			t.Errorf("ann saw %q", got)
		}
	})
}
