package store_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/store"
)

// founded is a group of n members with its first entry.
func founded(t testing.TB, n int) (*store.Conversations, chat.Conversation) {
	t.Helper()
	log := newLog(t).(*store.Conversations)
	c, members := group("friends", n)
	if _, _, err := log.Create(t.Context(), c, members); err != nil {
		t.Fatal(err)
	}
	put(t, log, entry(c.ID, 1, "hi"))
	return log, c
}

func governing(c chat.Conversation, seq chat.Seq, kind chat.EntryKind, users ...chat.UserID) chat.Entry {
	e := entry(c.ID, seq, "")
	e.Kind, e.Rules, e.Body = kind, seq, chat.Body{Users: users}
	return e
}

func header(c chat.Conversation, was chat.Seq) chat.Change {
	return chat.Change{Header: &chat.Header{Conversation: c, Was: was}}
}

func tail(t testing.TB, log chat.Log, id chat.ConversationID) chat.Tail {
	t.Helper()
	tail, ok, err := log.Tail(t.Context(), id, chat.Strong)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	return tail
}

func TestMembersComeGoAndRankWithTheirEntry(t *testing.T) {
	log, c := founded(t, 2)
	new := chat.Place{Role: chat.Member, From: 2}
	c.Members["dan"], c.Size = new, 3
	if _, wrote, err := log.Commit(t.Context(), governing(c, 2, chat.Added, "dan"), header(c, 0), chat.Change{Join: &chat.Seat{User: "dan", Place: new}}); err != nil || !wrote {
		t.Fatal(wrote, err)
	}
	got := tail(t, log, c.ID)
	if got.Head != 2 || got.Outdated() || got.Conversation.Rules != 2 || got.Conversation.Members["dan"] != new || got.Last.Body.Users[0] != "dan" {
		t.Errorf("after joining: %+v", got)
	}
	seats, err := log.Members(t.Context(), c.ID, "", 10, chat.Strong)
	if err != nil || len(seats) != 3 || seats[0] != (chat.Seat{User: "dan", Place: new, Since: 2}) {
		t.Errorf("seats %+v, %v", seats, err)
	}
	if ids, err := log.Conversations(t.Context(), "dan", "", 10); err != nil || !slices.Equal(ids, []chat.ConversationID{c.ID}) {
		t.Errorf("dan's conversations %v, %v", ids, err)
	}

	new.Role = chat.Admin
	c.Members["dan"] = new
	if _, wrote, err := log.Commit(t.Context(), governing(c, 3, chat.Ranked, "dan"), header(c, 2), chat.Change{Rank: &chat.Seat{User: "dan", Place: new}}); err != nil || !wrote {
		t.Fatal(wrote, err)
	}
	if place, ok, err := log.Member(t.Context(), c.ID, "dan"); err != nil || !ok || place != new {
		t.Errorf("dan is %+v, %v, %v", place, ok, err)
	}

	delete(c.Members, "dan")
	c.Size = 2
	if _, wrote, err := log.Commit(t.Context(), governing(c, 4, chat.Removed, "dan"), header(c, 3), chat.Change{Leave: "dan"}, chat.Change{Ban: "dan"}); err != nil || !wrote {
		t.Fatal(wrote, err)
	}
	if _, ok, err := log.Member(t.Context(), c.ID, "dan"); err != nil || ok {
		t.Errorf("dan is still a member, %v", err)
	}
	if ids, err := log.Conversations(t.Context(), "dan", "", 10); err != nil || len(ids) != 0 {
		t.Errorf("dan's conversations %v, %v", ids, err)
	}
	if banned, err := log.Banned(t.Context(), c.ID, []chat.UserID{"dan", "eve"}); err != nil || len(banned) != 1 || !banned["dan"] {
		t.Errorf("banned %v, %v", banned, err)
	}
}

func TestAChangeByAnOldHeaderIsStaleAndChangesNothing(t *testing.T) {
	log, c := founded(t, 3)
	renamed := c
	renamed.Setup.Name = "foes"
	if _, wrote, err := log.Commit(t.Context(), governing(c, 2, chat.Changed), header(renamed, 0)); err != nil || !wrote {
		t.Fatal(wrote, err)
	}
	seat := chat.Change{Join: &chat.Seat{User: "dan", Place: chat.Place{Role: chat.Member}}}
	for name, changes := range map[string][]chat.Change{
		"the first header":            {header(c, 0), seat},
		"one that is yet to be":       {header(c, 3), seat},
		"a member who is none leaves": {header(c, 2), {Leave: "eve"}},
		"a rank for nobody":           {header(c, 2), {Rank: &chat.Seat{User: "eve", Place: chat.Place{Role: chat.Admin}}}},
		"a use of no link":            {header(c, 2), seat, {Use: "i_x"}},
	} {
		if _, wrote, err := log.Commit(t.Context(), governing(c, 3, chat.Added, "dan"), changes...); wrote || !errors.Is(err, chat.ErrStale) {
			t.Errorf("%s: %v, %v", name, wrote, err)
		}
	}
	got := tail(t, log, c.ID)
	if got.Head != 2 || got.Conversation.Setup.Name != "foes" || got.Conversation.Rules != 2 {
		t.Errorf("%+v", got)
	}
	if _, ok, err := log.Member(t.Context(), c.ID, "dan"); err != nil || ok {
		t.Errorf("dan is a member, %v", err)
	}
	// A taken seq is told before anything else: it may be this very change.
	there, wrote, err := log.Commit(t.Context(), governing(c, 2, chat.Added, "dan"), header(c, 0), seat)
	if err != nil || wrote || there.Kind != chat.Changed {
		t.Errorf("%+v, %v, %v", there, wrote, err)
	}
}

func TestALinkIsUsedWhileItIsOpen(t *testing.T) {
	log, c := founded(t, 2)
	invite := chat.Invite{ID: "i_x", Conversation: c.ID, By: "u000", Created: epoch, Expires: epoch.Add(time.Hour), Max: 2}
	if _, wrote, err := log.PutInvite(t.Context(), invite); err != nil || !wrote {
		t.Fatal(err)
	}
	use := func(seq chat.Seq, at time.Duration) error {
		e := governing(c, seq, chat.Joined)
		e.At = epoch.Add(at)
		_, _, err := log.Commit(t.Context(), e, header(c, max(seq, 2)-2+min(seq-2, 1)), chat.Change{Admit: "dan"}, chat.Change{Use: "i_x"})
		return err
	}
	if err := use(2, time.Hour); !errors.Is(err, chat.ErrStale) {
		t.Errorf("too late: %v", err)
	}
	for seq := chat.Seq(2); seq <= 3; seq++ {
		if err := use(seq, time.Minute); err != nil {
			t.Fatal(seq, err)
		}
	}
	if err := use(4, time.Minute); !errors.Is(err, chat.ErrStale) {
		t.Errorf("a third time: %v", err)
	}
	invite.Uses = 2
	if got, ok, err := log.Invite(t.Context(), c.ID, "i_x"); err != nil || !ok || got != invite {
		t.Errorf("%+v, %v, %v", got, ok, err)
	}
	if all, err := log.Invites(t.Context(), c.ID, 10); err != nil || len(all) != 1 || all[0] != invite {
		t.Errorf("%+v, %v", all, err)
	}
	// Neither links nor bans stand between the header and the newest entry.
	if err := log.Ban(t.Context(), c.ID, []chat.UserID{"zoe", "dan"}); err != nil {
		t.Fatal(err)
	}
	if got := tail(t, log, c.ID); got.Head != 3 {
		t.Errorf("the tail is %+v", got)
	}
	invite.Max, invite.ID = 0, "i_y"
	if _, _, err := log.PutInvite(t.Context(), invite); err != nil {
		t.Fatal(err)
	}
	if err := use(4, time.Minute); !errors.Is(err, chat.ErrStale) {
		t.Errorf("who is banned: %v", err)
	}
	for range 2 {
		if err := log.Revoke(t.Context(), c.ID, "i_x"); err != nil {
			t.Fatal(err)
		}
	}
	if got, ok, err := log.Invite(t.Context(), c.ID, "i_x"); err != nil || !ok || !got.Revoked || got.Uses != 2 {
		t.Errorf("revoked it is %+v, %v, %v", got, ok, err)
	}
	for range 2 {
		if err := log.Forget(t.Context(), c.ID, "i_x"); err != nil {
			t.Fatal(err)
		}
	}
	if _, ok, err := log.Invite(t.Context(), c.ID, "i_x"); err != nil || ok {
		t.Errorf("it is still there, %v", err)
	}
	// Revoking what is not there makes nothing, and nobody joins by what is revoked.
	if err := log.Revoke(t.Context(), c.ID, "i_z"); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := log.Invite(t.Context(), c.ID, "i_z"); err != nil || ok {
		t.Errorf("it was made, %v", err)
	}
	invite.ID = "i_w"
	if _, _, err := log.PutInvite(t.Context(), invite); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := log.Revoke(t.Context(), c.ID, invite.ID); err != nil {
			t.Fatal(err)
		}
	}
	if got, ok, err := log.Invite(t.Context(), c.ID, "i_w"); err != nil || !ok || !got.Revoked || !got.Expires.Equal(invite.Expires) {
		t.Errorf("revoked it is %+v, %v, %v", got, ok, err)
	}
	e := governing(c, 4, chat.Joined)
	e.At = epoch.Add(time.Minute)
	if _, _, err := log.Commit(t.Context(), e, header(c, 3), chat.Change{Use: "i_w"}); !errors.Is(err, chat.ErrStale) {
		t.Errorf("revoked: %v", err)
	}
}

func TestTheFloorIsTakenByOne(t *testing.T) {
	log, c := founded(t, 2)
	e := entry(c.ID, 2, "one")
	e.From = "u001"
	if _, ok, err := log.Speak(t.Context(), e.Conversation, e, time.Minute); err != nil || !ok {
		t.Fatal(ok, err)
	}
	later := e
	later.ID, later.Seq, later.At = "id-3", 3, e.At.Add(time.Minute-time.Millisecond)
	before, ok, err := log.Speak(t.Context(), later.Conversation, later, time.Minute)
	if want := (chat.Spoken{ID: e.ID, Seq: 2, At: e.At}); err != nil || ok || before != want {
		t.Errorf("%+v, %v, %v", before, ok, err)
	}
	later.At = e.At.Add(time.Minute)
	if _, ok, err := log.Speak(t.Context(), later.Conversation, later, time.Minute); err != nil || !ok {
		t.Errorf("after a minute: %v, %v", ok, err)
	}
	e.From = "eve"
	if before, ok, err := log.Speak(t.Context(), e.Conversation, e, time.Minute); err != nil || ok || !before.At.IsZero() {
		t.Errorf("who is no member: %+v, %v, %v", before, ok, err)
	}
	if _, ok, err := log.Member(t.Context(), c.ID, "eve"); err != nil || ok {
		t.Errorf("speaking made a member, %v", err)
	}
	// It is no other member's business.
	e.From = "u000"
	if _, ok, err := log.Speak(t.Context(), e.Conversation, e, time.Minute); err != nil || !ok {
		t.Errorf("another: %v, %v", ok, err)
	}
}

func TestAsManyChangesAsThereMayBe(t *testing.T) {
	log, c := founded(t, 2)
	changes := []chat.Change{}
	c.Members = nil
	for i := range chat.MaxChanges - 1 {
		changes = append(changes, chat.Change{Join: &chat.Seat{User: chat.UserID(fmt.Sprint("n", i)), Place: chat.Place{Role: chat.Member}}})
	}
	c.Size += len(changes)
	if _, wrote, err := log.Commit(t.Context(), governing(c, 2, chat.Added), append(changes, header(c, 0))...); err != nil || !wrote {
		t.Fatal(wrote, err)
	}
	if got := tail(t, log, c.ID); !got.Conversation.Large() || got.Conversation.Size != 100 {
		t.Errorf("%+v", got.Conversation)
	}
}
