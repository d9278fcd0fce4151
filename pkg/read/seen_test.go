package read_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

func TestWhoHasSeenAMessage(t *testing.T) {
	r := newRig(t)
	id := r.talk(t, 5, "ann", "m000", "ann", "m001")
	seen := func(user chat.UserID, seq chat.Seq) wire.SeenBy {
		t.Helper()
		got, err := r.Seen(ctx, as(user), wire.Seen{Conversation: id, Seq: seq})
		if err != nil {
			t.Fatal(err)
		}
		fits(t, got)
		return got
	}
	want := func(got wire.SeenBy, want wire.SeenBy) {
		t.Helper()
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
	// R4: m000 and m001 wrote later.
	want(seen("ann", 1), wire.SeenBy{Users: []wire.SeenLine{has("m000", true), has("m001", true)}, Read: 2, Delivered: 2, Of: 4})
	want(seen("ann", 3), wire.SeenBy{Users: []wire.SeenLine{has("m001", true)}, Read: 1, Delivered: 1, Of: 4})
	r.reads(t, "m002", id, 3)
	if _, err := r.Standings.Advance(ctx, "m003", chat.Receipt{Conversation: id, Read: 3}, true, epoch); err != nil { // R5: privately
		t.Fatal(err)
	}
	all := wire.SeenBy{Users: []wire.SeenLine{has("m001", true), has("m002", true), has("m003", false)}, Read: 2, Delivered: 3, Of: 4}
	want(seen("ann", 3), all)
	want(seen("m000", 3), all)
	// A private reader is not told who has read.
	if _, err := r.Sessions.ChangeSettings(ctx, "m003", chat.SettingsChange{Private: pointer(true)}, epoch); err != nil {
		t.Fatal(err)
	}
	want(seen("m003", 3), wire.SeenBy{Users: []wire.SeenLine{has("m001", false), has("m002", false), has("m003", false)}, Delivered: 3, Of: 4})

	for _, test := range []struct {
		user chat.UserID
		id   chat.ConversationID
		seq  chat.Seq
		code chat.Code
	}{{"eve", id, 1, chat.Forbidden}, {"ann", id, 5, chat.NotFound}, {"ann", chat.GroupID("x", "1"), 1, chat.Forbidden}} {
		if _, err := r.Seen(ctx, as(test.user), wire.Seen{Conversation: test.id, Seq: test.seq}); err == nil || chat.AsError(err).Code != test.code {
			t.Errorf("%+v: %v", test, err)
		}
	}
	// Who had scheduled what came later was not there to read.
	before := seen("ann", 3)
	r.put(t, chat.Entry{
		Conversation: id, Seq: 5, Kind: chat.Message, From: "m000", ID: "018f0000-0000-7000-8000-000000000006", At: epoch, Unattended: true,
		Body: chat.Body{Text: "good morning"},
	})
	want(seen("ann", 3), before)
	if before.Users[0].User == "m000" {
		t.Errorf("m000 has read it anyway: %+v", before)
	}
	r.put(t, chat.Entry{Conversation: id, Seq: 6, Kind: chat.Changed, From: "ann", ID: "018f0000-0000-7000-8000-000000000005", At: epoch})
	if _, err := r.Seen(ctx, as("ann"), wire.Seen{Conversation: id, Seq: 6}); chat.AsError(err).Code != chat.NotFound { // R7
		t.Errorf("what is no message: %v", err)
	}
}

func TestSeenTellsNothingAcrossABlock(t *testing.T) {
	for by, other := range map[chat.UserID]chat.UserID{"ann": "m000", "m000": "ann"} {
		r := newRig(t)
		id := r.talk(t, 3, "ann", "m001")
		r.reads(t, "m000", id, 2)
		if err := r.People.Block(ctx, by, other, epoch); err != nil {
			t.Fatal(err)
		}
		for user, want := range map[chat.UserID]wire.SeenBy{
			"ann":  {Users: []wire.SeenLine{has("m001", true)}, Read: 1, Delivered: 1, Of: 2},
			"m001": {Users: []wire.SeenLine{has("m000", true), has("m001", true)}, Read: 2, Delivered: 2, Of: 2},
		} {
			if got, err := r.Seen(ctx, as(user), wire.Seen{Conversation: id, Seq: 1}); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%s has blocked %s, and %s sees %+v, %v; want %+v", by, other, user, got, err, want)
			}
		}
	}
}

func has(user chat.UserID, read bool) wire.SeenLine { return wire.SeenLine{User: user, Read: read} }

func TestSeenComesInPagesAndCountsAll(t *testing.T) {
	r := newRig(t)
	members := map[chat.UserID]chat.Place{"ann": {Role: chat.Owner}}
	for i := range 300 { // the longest names, so that they fill more than a frame
		members[chat.UserID(fmt.Sprintf("u%0127d", i))] = chat.Place{Role: chat.Member}
	}
	c := chat.Conversation{ID: chat.GroupID("ann", "big"), Kind: chat.Group, Creator: "ann", Created: epoch, Size: 301}
	if _, _, err := r.Log.Create(ctx, c, members); err != nil {
		t.Fatal(err)
	}
	r.say(t, c.ID, 0, "ann")
	for user := range members {
		r.reads(t, user, c.ID, 1)
	}
	var users []chat.UserID
	for next, pages := chat.UserID(""), 0; ; pages++ {
		got, err := r.Seen(ctx, as("ann"), wire.Seen{Conversation: c.ID, Seq: 1, Next: next})
		if err != nil || got.Read != 300 || got.Of != 300 {
			t.Fatalf("%d of %d, %v", got.Read, got.Of, err)
		}
		fits(t, got)
		for _, line := range got.Users {
			users = append(users, line.User)
		}
		if next = got.Next; next == "" {
			if pages == 0 {
				t.Error("one page held all: the test tests nothing")
			}
			break
		}
	}
	if len(users) != 300 || !slices.IsSorted(users) || len(slices.Compact(users)) != 300 {
		t.Errorf("%d users", len(users))
	}
}
