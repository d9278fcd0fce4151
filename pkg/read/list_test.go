package read_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/wire"
)

// list walks all pages.
func (r *rig) list(t *testing.T, user chat.UserID, limit int) (lines []wire.Conversation) {
	t.Helper()
	q := wire.Conversations{Limit: &limit}
	for {
		page, err := r.Conversations(ctx, as(user), q)
		if err != nil {
			t.Fatal(err)
		}
		fits(t, page)
		if len(page.Conversations) > limit {
			t.Fatalf("%d lines of at most %d", len(page.Conversations), limit)
		}
		lines = append(lines, page.Conversations...)
		if page.Next == "" {
			return lines
		}
		if page.Next <= q.Next {
			t.Fatalf("%s is not behind %s: the device would ask for ever", page.Next, q.Next)
		}
		q.Next = page.Next
	}
}

func TestEveryConversationIsListedOnceInPages(t *testing.T) {
	r := newRig(t)
	want := map[chat.ConversationID]chat.Seq{}
	for i := range 23 {
		n := i % 4 // nothing was said in some: for their members they do not exist
		c := r.group(t, 2, some(n)...)
		if n > 0 {
			want[c.ID] = chat.Seq(n)
		}
	}
	for _, limit := range []int{1, 7, 23, 24, chat.MaxPage} {
		seen := map[chat.ConversationID]bool{}
		for _, line := range r.list(t, "ann", limit) {
			if seen[line.Conversation] || line.Head != want[line.Conversation] || line.Head == 0 {
				t.Errorf("limit %d: %s twice or with head %d, want %d", limit, line.Conversation, line.Head, want[line.Conversation])
			}
			if line.Last == nil || line.Last.Seq != line.Head || line.Last.Body.Text != fmt.Sprint("text ", line.Head) {
				t.Errorf("limit %d: last %+v", limit, line.Last)
			}
			seen[line.Conversation] = true
		}
		if len(seen) != len(want) {
			t.Errorf("limit %d: %d conversations, want %d", limit, len(seen), len(want))
		}
	}
}

// However long the last entries are, a page fits a frame and every conversation is listed; what does not fit is left out.
func TestLongEntriesDoNotKeepConversationsOffTheList(t *testing.T) {
	r := newRig(t)
	const n = 60
	for i := range n {
		r.group(t, 2, strings.Repeat("x", 1+i*most()/n))
	}
	with := 0
	lines := r.list(t, "ann", chat.MaxPage)
	for _, line := range lines {
		if line.Last != nil {
			with++
		}
	}
	if len(lines) != n || with == 0 || with == n {
		t.Errorf("%d lines, %d of them with the last entry", len(lines), with)
	}
}

func TestALineSaysWhatTheConversationIs(t *testing.T) {
	r := newRig(t)
	members := map[chat.UserID]chat.Place{"ann": {Role: chat.Member}, "bob": {Role: chat.Member}}
	direct := chat.Conversation{ID: chat.DirectID("ann", "bob"), Kind: chat.Direct, Creator: "ann", Created: epoch, Size: 2, Members: members}
	if _, _, err := r.Log.Create(ctx, direct, members); err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.Log.Put(ctx, entry(direct.ID, 1, "hi")); err != nil {
		t.Fatal(err)
	}
	for user, peer := range map[chat.UserID]chat.UserID{"ann": "bob", "bob": "ann"} {
		lines := r.list(t, user, 10)
		if len(lines) != 1 || lines[0].Kind != chat.Direct || lines[0].Peer != peer || lines[0].Name != "" || lines[0].Size != 2 {
			t.Errorf("%s sees %+v", user, lines)
		}
	}
	large := r.group(t, 450, "hi")
	if lines := r.list(t, "m449", 10); len(lines) != 0 {
		t.Errorf("a stranger sees %+v", lines)
	}
	lines := r.list(t, "m448", 10)
	if len(lines) != 1 || lines[0].Conversation != large.ID || lines[0].Name != "friends" || lines[0].Size != 450 || lines[0].Peer != "" {
		t.Errorf("a member of a large group sees %+v", lines)
	}
}

// members walks all pages.
func (r *rig) members(t *testing.T, c chat.ConversationID, limit *int) (lines []wire.MemberLine) {
	t.Helper()
	q := wire.Members{Conversation: c, Limit: limit}
	for {
		page, err := r.Members(ctx, as("ann"), q)
		if err != nil {
			t.Fatal(err)
		}
		fits(t, page)
		lines = append(lines, page.Members...)
		if page.Next == "" {
			return lines
		}
		q.Next = page.Next
	}
}

func TestAnAcceptedRequestIsAmongWhatHasChanged(t *testing.T) {
	r := newRig(t)
	id := chat.DirectID("ann", "bob")
	c := chat.Conversation{ID: id, Kind: chat.Direct, Creator: "bob", Created: epoch, Size: 2, Request: "ann", Members: map[chat.UserID]chat.Place{"ann": {Role: chat.Member}, "bob": {Role: chat.Member}}}
	if _, _, err := r.Log.Create(ctx, c, c.Members); err != nil {
		t.Fatal(err)
	}
	r.put(t, entry(id, 1, "hi"))
	accepted := epoch.Add(time.Hour)
	since := wire.Conversations{Since: wire.Time(accepted)}
	if got, err := r.Conversations(ctx, as("ann"), since); err != nil || len(got.Conversations) != 0 {
		t.Fatalf("%+v, %v", got, err)
	}
	log := r.Log.(*store.Conversations).At(func() time.Time { return accepted })
	if err := log.Accept(ctx, id, "ann"); err != nil {
		t.Fatal(err)
	}
	got, err := r.Conversations(ctx, as("ann"), since)
	if err != nil || len(got.Conversations) != 1 || got.Conversations[0].Request {
		t.Errorf("%+v, %v", got, err)
	}
	later := wire.Conversations{Since: wire.Time(accepted.Add(time.Second))}
	if got, err := r.Conversations(ctx, as("ann"), later); err != nil || len(got.Conversations) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestMembersAreListedOnceInPages(t *testing.T) {
	r := newRig(t)
	for _, size := range []int{2, 100, 200, 201, 450} {
		c := r.group(t, size, "hi")
		for _, limit := range []*int{nil, pointer(7), pointer(chat.MaxPage)} {
			var users []chat.UserID
			for _, line := range r.members(t, c.ID, limit) {
				users = append(users, line.User)
			}
			if len(users) != size || !slices.IsSorted(users) || len(slices.Compact(slices.Clone(users))) != size {
				t.Errorf("%d of %d members, sorted %v", len(users), size, slices.IsSorted(users))
			}
		}
	}
}

func TestPresenceOfMembers(t *testing.T) {
	r := newRig(t)
	connect := func(user chat.UserID, since time.Time) {
		if _, err := r.Sessions.Connect(ctx, user, chat.Connection{ID: "c-" + chat.ConnectionID(user), Since: since}); err != nil {
			t.Fatal(err)
		}
	}
	long, recent := epoch.Add(-3*time.Hour), epoch.Add(-time.Minute)
	connect("ann", recent)
	connect("m000", recent)
	if err := r.Sessions.Disconnect(ctx, "m000", epoch.Add(-time.Second), "c-m000"); err != nil {
		t.Fatal(err)
	}
	connect("m001", long) // and $disconnect was lost
	connect("stranger", recent)
	want := []wire.MemberLine{
		{User: "ann", Role: chat.Owner, Presence: wire.Online},
		{User: "m000", Role: chat.Member, Presence: wire.Offline, Seen: wire.Time(recent)},
		{User: "m001", Role: chat.Member, Presence: wire.Offline, Seen: wire.Time(long)},
		{User: "m002", Role: chat.Member, Presence: wire.Unknown}, // never came: that is not offline
	}
	if got := r.members(t, r.group(t, 4, "hi").ID, nil); !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestZ6MembersShowNothingThatAWatcherWouldNotSee(t *testing.T) {
	r := newRig(t)
	people, ok := r.Pairs.(chat.People)
	if !ok {
		t.Fatal("the relations cannot be written")
	}
	for i, settings := range []chat.Settings{{}, {Seen: chat.Contacts}, {Seen: chat.Contacts}, {}, {}} {
		user := member(i)
		if _, err := r.Sessions.Connect(ctx, user, chat.Connection{ID: "1", Since: epoch}); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Sessions.ChangeSettings(ctx, user, chat.SettingsChange{Seen: settings.Seen}, epoch); err != nil {
			t.Fatal(err)
		}
		if i < 3 {
			if err := r.Sessions.Disconnect(ctx, user, epoch, "1"); err != nil {
				t.Fatal(err)
			}
		}
	}
	for owner, relation := range map[chat.UserID]chat.Relation{
		"m002": {User: "ann", Contact: true}, "m003": {User: "ann", Blocked: epoch}, "ann": {User: "m004", Blocked: epoch},
	} {
		befriended := people.Befriend(ctx, owner, relation.User, relation.Contact, "")
		if err := errors.Join(befriended, people.Block(ctx, owner, relation.User, relation.Blocked)); err != nil {
			t.Fatal(err)
		}
	}
	want := []wire.MemberLine{
		{User: "ann", Role: chat.Owner, Presence: wire.Unknown},
		{User: "m000", Role: chat.Member, Presence: wire.Offline, Seen: wire.Time(epoch)},
		{User: "m001", Role: chat.Member, Presence: wire.Offline},
		{User: "m002", Role: chat.Member, Presence: wire.Offline, Seen: wire.Time(epoch)},
		{User: "m003", Role: chat.Member, Presence: wire.Offline},
		{User: "m004", Role: chat.Member, Presence: wire.Offline},
	}
	if got := r.members(t, r.group(t, 6, "hi").ID, nil); !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// The longest names that there are, so that a full page must still fit a frame.
func TestAFullPageOfLongNamesFitsAFrame(t *testing.T) {
	r := newRig(t)
	members := map[chat.UserID]chat.Place{"ann": {Role: chat.Owner}}
	for i := range chat.MaxPage + 20 {
		user := chat.UserID(fmt.Sprintf("%0128d", i))
		members[user] = chat.Place{Role: chat.Member}
		if _, err := r.Sessions.Connect(ctx, user, chat.Connection{ID: "1", Since: epoch}); err != nil {
			t.Fatal(err)
		}
	}
	c := chat.Conversation{ID: chat.GroupID("ann", "long"), Kind: chat.Group, Setup: chat.Setup{Name: "long"}, Creator: "ann", Created: epoch, Size: len(members), Members: members}
	if _, _, err := r.Log.Create(ctx, c, members); err != nil {
		t.Fatal(err)
	}
	if n := len(r.members(t, c.ID, pointer(chat.MaxPage))); n != len(members) {
		t.Errorf("%d members", n)
	}
}
