package read_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

func (r *rig) begins(t *testing.T, user chat.UserID, c chat.ConversationID, text string, at time.Time) {
	t.Helper()
	if _, err := r.People.PutDraft(ctx, user, chat.Draft{Conversation: c, Text: text, At: at}); err != nil {
		t.Fatal(err)
	}
}

func TestALineSaysHowTheCallersDraftBegins(t *testing.T) {
	r := newRig(t)
	want := map[chat.ConversationID]string{}
	for i := range 7 {
		c := r.group(t, 2, "hi").ID
		if want[c] = ""; i%2 == 0 {
			text := strings.Repeat("é", i) + "x" + strings.Repeat("…", chat.ShownDraft)
			r.begins(t, "ann", c, text, epoch)
			want[c] = string([]rune(text)[:chat.ShownDraft])
		}
		r.begins(t, "m000", c, "not ann's", epoch)
	}
	old := r.group(t, 2, "hi").ID
	r.begins(t, "ann", old, "long ago", epoch.Add(-chat.DraftRetention))
	for i := range 3 { // people to whom nothing was said yet have no line
		r.begins(t, "ann", chat.DirectID("ann", chat.UserID(fmt.Sprint("new", i))), "Hello", epoch)
	}
	for _, limit := range []int{1, 3, 8, 50} {
		lines := r.list(t, "ann", limit)
		if len(lines) != len(want)+1 {
			t.Fatalf("limit %d: %d lines", limit, len(lines))
		}
		for _, line := range lines {
			text := want[line.Conversation]
			if (line.Draft != nil) != (text != "") || line.Draft != nil && *line.Draft != (wire.Begun{Text: text, At: wire.Time(epoch)}) {
				t.Errorf("limit %d: %+v, want %q", limit, line.Draft, text)
			}
		}
	}
}

func TestADraftBringsItsConversationIntoTheListSinceThen(t *testing.T) {
	r := newRig(t)
	quiet, begun := r.group(t, 2, "hi").ID, r.group(t, 2, "hi").ID
	since := epoch.Add(time.Hour)
	r.begins(t, "ann", quiet, "before", since.Add(-time.Second))
	r.begins(t, "ann", begun, "after", since)
	got, err := r.Conversations(ctx, as("ann"), wire.Conversations{Since: wire.Time(since)})
	if err != nil || len(got.Conversations) != 1 || got.Conversations[0].Conversation != begun || *got.Of != 2 {
		t.Errorf("%+v, %v", got, err)
	}
}

// However long they are, drafts are read once for each page: those beyond what a read shows are left out.
func TestLongDraftsCostALineTheirBeginningAndNothingElse(t *testing.T) {
	r := newRig(t)
	n, drafts := 30, 0
	for range n {
		r.begins(t, "ann", r.group(t, 2, "hi").ID, strings.Repeat("😀", chat.MaxText), epoch)
	}
	lines := r.list(t, "ann", 50)
	for _, line := range lines {
		if line.Draft != nil {
			drafts++
		}
	}
	if len(lines) != n || drafts == 0 || drafts == n {
		t.Errorf("%d lines, %d with a draft", len(lines), drafts)
	}
}
