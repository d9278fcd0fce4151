package read_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

var ctx = context.Background()

// follow does what a device does: it syncs until there is no more, and gives what it got of each conversation. It fails the test
// at a gap, an entry that comes twice, a frame that is too large, or a page that brings nothing.
func follow(t failer, r *rig, cursors []wire.Cursor) map[chat.ConversationID][]wire.Entry {
	t.Helper()
	got := map[chat.ConversationID][]wire.Entry{}
	at := map[chat.ConversationID]*chat.Seq{}
	for i := range cursors {
		at[cursors[i].Conversation] = &cursors[i].After
	}
	for {
		page, err := r.Sync(ctx, as("ann"), wire.Sync{Cursors: cursors})
		if err != nil {
			t.Fatal(err)
		}
		fits(t, page)
		brought := 0
		for _, c := range page.Conversations {
			cursor := at[c.Conversation]
			for _, e := range c.Entries {
				if e.Seq != *cursor+1 || e.Conversation != c.Conversation {
					t.Fatalf("%s %d follows %d of %s", e.Conversation, e.Seq, *cursor, c.Conversation)
				}
				*cursor = e.Seq
			}
			if len(c.Entries) == 0 || c.Head < *cursor {
				t.Fatalf("%s: %d entries, head %d, cursor %d", c.Conversation, len(c.Entries), c.Head, *cursor)
			}
			if !page.More && c.Head != *cursor {
				t.Fatalf("%s: no more, and yet it ends at %d of %d", c.Conversation, *cursor, c.Head)
			}
			got[c.Conversation] = append(got[c.Conversation], c.Entries...)
			brought += len(c.Entries)
		}
		if !page.More {
			return got
		}
		if brought == 0 {
			t.Fatal("a page without progress: the device would ask for ever")
		}
	}
}

func TestASyncBringsExactlyWhatIsMissing(t *testing.T) {
	r := newMemory()
	rapid.Check(t, func(t *rapid.T) {
		var cursors []wire.Cursor
		want := map[chat.ConversationID][]string{}
		for i := range rapid.IntRange(1, 4).Draw(t, "conversations") {
			said := texts(lengths(12).Draw(t, fmt.Sprint("lengths ", i)))
			// Also a cursor that is ahead: of a device that was restored, or lies.
			after := rapid.IntRange(0, len(said)+1).Draw(t, fmt.Sprint("cursor ", i))
			c := r.group(t, 2, said...)
			cursors = append(cursors, wire.Cursor{Conversation: c.ID, After: chat.Seq(after)})
			if after < len(said) {
				want[c.ID] = said[after:]
			}
		}
		got := map[chat.ConversationID][]string{}
		for id, entries := range follow(t, r, cursors) {
			for _, e := range entries {
				got[id] = append(got[id], e.Body.Text)
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got %d conversations, want %d, or other texts", len(got), len(want))
		}
	})
}

func TestASyncOfMoreThanOneRead(t *testing.T) {
	r := newRig(t)
	const n = 450 // more than two of the reads that it is made of
	c := r.group(t, 2, some(n)...)
	entries := follow(t, r, []wire.Cursor{{Conversation: c.ID}})[c.ID]
	if len(entries) != n || entries[n-1].Body.Text != fmt.Sprint("text ", n) {
		t.Errorf("%d entries", len(entries))
	}
}

func TestASyncOfAsManyConversationsAsThereMayBe(t *testing.T) {
	r := newRig(t)
	var cursors []wire.Cursor
	for range chat.MaxCursors {
		cursors = append(cursors, wire.Cursor{Conversation: r.group(t, 2, some(5)...).ID, After: 2})
	}
	for id, entries := range follow(t, r, cursors) {
		if len(entries) != 3 {
			t.Errorf("%s: %d entries", id, len(entries))
		}
	}
}

func TestWhoMissedNothingGetsNothing(t *testing.T) {
	r := newRig(t)
	c, silent := r.group(t, 2, some(3)...), r.group(t, 2)
	page, err := r.Sync(ctx, as("ann"), wire.Sync{Cursors: []wire.Cursor{{Conversation: c.ID, After: 3}, {Conversation: silent.ID}}})
	if err != nil || page.More || page.Conversations == nil || len(page.Conversations) != 0 {
		t.Errorf("%+v, %v", page, err)
	}
}

func TestAnEntryIsTheSameInASyncAndLive(t *testing.T) {
	r := newRig(t)
	c := r.group(t, 2)
	e := entry(c.ID, 1, "hi")
	e.To, e.Body.Attachments = "bob", []chat.Attachment{{Media: "m_1", Name: "a.png", Type: "image/png", Size: 5}}
	if _, _, err := r.Log.Put(ctx, e); err != nil {
		t.Fatal(err)
	}
	if got := follow(t, r, []wire.Cursor{{Conversation: c.ID}})[c.ID]; len(got) != 1 || !reflect.DeepEqual(got[0], wire.FromEntry(e)) {
		t.Errorf("%+v", got)
	}
}

// growing is a log to which somebody writes while it is read.
type growing struct {
	chat.Log
	next chat.Seq
}

func (g *growing) After(ctx context.Context, id chat.ConversationID, after chat.Seq, limit int, read chat.Read) ([]chat.Entry, error) {
	if read != chat.Strong {
		return nil, errors.New("a sync must read strongly")
	}
	if _, wrote, err := g.Put(ctx, entry(id, g.next, "meanwhile")); err != nil || !wrote {
		return nil, err
	}
	g.next++
	return g.Log.After(ctx, id, after, limit, read)
}

func TestWhatIsSaidMeanwhileIsNoGap(t *testing.T) {
	r := newRig(t)
	c := r.group(t, 2, some(3)...)
	r.Log = &growing{r.Log, 4}
	cursors := []wire.Cursor{{Conversation: c.ID, After: 1}}
	if entries := follow(t, r, cursors)[c.ID]; len(entries) != 3 || cursors[0].After != 4 {
		t.Errorf("%d entries up to %d", len(entries), cursors[0].After)
	}
}

// hollow is a log in which an entry cannot be seen.
type hollow struct {
	chat.Log
	lost chat.Seq
}

func (h hollow) After(ctx context.Context, id chat.ConversationID, after chat.Seq, limit int, read chat.Read) ([]chat.Entry, error) {
	entries, err := h.Log.After(ctx, id, after, limit, read)
	var seen []chat.Entry
	for _, e := range entries {
		if e.Seq != h.lost {
			seen = append(seen, e)
		}
	}
	return seen, err
}

func TestAGapIsNeverSkipped(t *testing.T) {
	r := newRig(t)
	c := r.group(t, 2, some(6)...)
	log := r.Log
	for _, lost := range []chat.Seq{1, 4} {
		r.Log = hollow{log, lost}
		page, err := r.Sync(ctx, as("ann"), wire.Sync{Cursors: []wire.Cursor{{Conversation: c.ID}}})
		if err != nil || !page.More {
			t.Errorf("%+v, %v: it must say that there is more", page, err)
		}
		for _, m := range page.Conversations {
			if n := len(m.Entries); chat.Seq(n) != lost-1 {
				t.Errorf("%d entries before the lost one, %d", n, lost)
			}
		}
	}
}

func TestStrangersLearnNothing(t *testing.T) {
	r := newRig(t)
	small, large := r.group(t, 2, "secret"), r.group(t, 201, "secret")
	nowhere := chat.GroupID("nobody", "1")
	ask := map[string]func(chat.ConversationID) (any, error){
		"history": func(id chat.ConversationID) (any, error) {
			return r.History(ctx, as("eve"), wire.History{Conversation: id})
		},
		"members": func(id chat.ConversationID) (any, error) {
			return r.Members(ctx, as("eve"), wire.Members{Conversation: id})
		},
	}
	for name, f := range ask {
		for _, id := range []chat.ConversationID{small.ID, large.ID, nowhere} {
			got, err := f(id)
			if want := (&chat.Error{Code: chat.Forbidden}); !reflect.DeepEqual(err, error(want)) {
				t.Errorf("%s of %s: %v, want the same for each", name, id, err)
			}
			if zero := reflect.Zero(reflect.TypeOf(got)).Interface(); !reflect.DeepEqual(got, zero) {
				t.Errorf("%s of %s: %+v", name, id, got)
			}
		}
	}
	// A sync tells that it is gone, and the rest.
	mine := r.group(t, 2, "mine")
	for _, id := range []chat.ConversationID{small.ID, large.ID, nowhere} {
		page, err := r.Sync(ctx, as("m000"), wire.Sync{Cursors: []wire.Cursor{{Conversation: nowhere}, {Conversation: mine.ID}}})
		if err != nil || len(page.Conversations) != 2 || len(page.Conversations[1].Entries) != 1 {
			t.Fatalf("%+v, %v", page, err)
		}
		page, err = r.Sync(ctx, as("eve"), wire.Sync{Cursors: []wire.Cursor{{Conversation: id}}})
		if want := []wire.Missed{{Conversation: id, Gone: true}}; err != nil || page.More || !reflect.DeepEqual(page.Conversations, want) {
			t.Errorf("sync of %s: %+v, %v", id, page, err)
		}
	}
	if list, err := r.Conversations(ctx, as("eve"), wire.Conversations{}); err != nil || list.Conversations == nil || len(list.Conversations) != 0 || list.Next != "" {
		t.Errorf("conversations of a stranger: %+v, %v", list, err)
	}
}

func TestMembersOfALargeGroupReadIt(t *testing.T) {
	r := newRig(t)
	c := r.group(t, 450, some(3)...)
	if entries := follow(t, r, []wire.Cursor{{Conversation: c.ID, After: 1}})[c.ID]; len(entries) != 2 {
		t.Errorf("%d entries", len(entries))
	}
	page, err := r.History(ctx, as("m100"), wire.History{Conversation: c.ID})
	if err != nil || len(page.Entries) != 3 || page.More {
		t.Errorf("%+v, %v", page, err)
	}
}
