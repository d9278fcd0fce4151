package read_test

import (
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/wire"
)

// A device that asks only for what has changed must learn of a restore although nothing was said, and although it asked last
// between the time of the epoch and that when the restored table was used.
func TestWhatWasRestoredIsToldForADay(t *testing.T) {
	r := newRig(t)
	restored := chat.Epoch(epoch.Add(time.Hour).Unix())
	plain := r.Log
	r.Log = plain.(*store.Conversations).Since(restored)
	c := r.group(t, 2, "old")
	r.Log = plain
	r.group(t, 2, "never restored")
	now := epoch.Add(2 * time.Hour)
	r.Now = func() time.Time { return now }
	for after, want := range map[time.Duration]int{time.Hour: 1, 20 * time.Hour: 1, 24*time.Hour + time.Minute: 0} {
		since := wire.Time(restored.Time().Add(after))
		list, err := r.Conversations(ctx, as("ann"), wire.Conversations{Since: since})
		if err != nil || len(list.Conversations) != want || *list.Of != 2 {
			t.Errorf("%v after the restore: %+v, %v", after, list, err)
			continue
		}
		if want == 1 && (list.Conversations[0].Conversation != c.ID || list.Conversations[0].Epoch != restored) {
			t.Errorf("%+v", list.Conversations[0])
		}
	}
	synced, err := r.Sync(ctx, as("ann"), wire.Sync{Cursors: []wire.Cursor{{Conversation: c.ID}}})
	if err != nil || len(synced.Conversations) != 1 || synced.Conversations[0].Epoch != restored {
		t.Errorf("%+v, %v", synced, err)
	}
}
