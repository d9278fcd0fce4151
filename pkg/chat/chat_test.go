package chat_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
)

var epoch = time.Date(2026, 11, 21, 22, 23, 0, 123e6, time.UTC)

func TestAConnectionCountsAsLongAsTheGatewayMayKeepIt(t *testing.T) {
	const most = chat.ConnectionLife + chat.ConnectionMargin
	for _, test := range []struct {
		name string
		age  time.Duration
		live bool
	}{
		{"just made", 0, true},
		{"made by a server whose clock is ahead", -time.Minute, true},
		{"at the end of its life", chat.ConnectionLife, true},
		{"a millisecond before the margin is over", most - time.Millisecond, true},
		{"when the margin is over", most, false},
		{"much older", 100 * most, false},
	} {
		s := chat.Session{User: "ann", Connections: []chat.Connection{{ID: "1", Since: epoch.Add(-test.age)}}}
		if live := s.Live(epoch); (len(live) == 1) != test.live || s.Online(epoch) != test.live {
			t.Errorf("%s: live %v, online %v", test.name, live, s.Online(epoch))
		}
	}
}

func TestOneLiveConnectionIsEnough(t *testing.T) {
	old := chat.Connection{ID: "old", Since: epoch.Add(-24 * time.Hour)}
	young := chat.Connection{ID: "young", Since: epoch.Add(-time.Hour)}
	s := chat.Session{Connections: []chat.Connection{old, young}}
	if live := s.Live(epoch); len(live) != 1 || live[0] != young || !s.Online(epoch) {
		t.Errorf("live %v", live)
	}
	if len(s.Connections) != 2 {
		t.Error("asking changed the session")
	}
	if (chat.Session{LastSeen: epoch}).Online(epoch) {
		t.Error("who was seen and has no connection is not online")
	}
}

func TestBodiesAreTheSameOnlyIfEverythingIs(t *testing.T) {
	full := func() chat.Body {
		return chat.Body{Text: "hi", Name: "team", Size: 3, Attachments: []chat.Attachment{
			{Media: "m_1", Name: "a.png", Type: "image/png", Size: 1}, {Media: "m_2", Name: "b.png", Type: "image/png", Size: 2},
		}}
	}
	if !full().Same(full()) || !(chat.Body{}).Same(chat.Body{Attachments: []chat.Attachment{}}) {
		t.Error("a body is not the same as itself")
	}
	for name, change := range map[string]func(*chat.Body){
		"text":            func(b *chat.Body) { b.Text = "ho" },
		"name":            func(b *chat.Body) { b.Name = "teams" },
		"size":            func(b *chat.Body) { b.Size = 4 },
		"no attachments":  func(b *chat.Body) { b.Attachments = nil },
		"one less":        func(b *chat.Body) { b.Attachments = b.Attachments[:1] },
		"another order":   func(b *chat.Body) { b.Attachments[0], b.Attachments[1] = b.Attachments[1], b.Attachments[0] },
		"another medium":  func(b *chat.Body) { b.Attachments[1].Media = "m_3" },
		"another name":    func(b *chat.Body) { b.Attachments[1].Name = "c.png" },
		"another type":    func(b *chat.Body) { b.Attachments[1].Type = "image/gif" },
		"another size":    func(b *chat.Body) { b.Attachments[1].Size = 3 },
		"letters of text": func(b *chat.Body) { b.Text = "Hi" },
	} {
		other := full()
		change(&other)
		if full().Same(other) || other.Same(full()) {
			t.Errorf("%s makes no difference", name)
		}
	}
}

func TestThePeerOfADirectConversation(t *testing.T) {
	direct := chat.Conversation{Kind: chat.Direct, Members: map[chat.UserID]chat.Place{"ann": {Role: chat.Member}, "bob": {Role: chat.Member}}}
	if direct.Peer("ann") != "bob" || direct.Peer("bob") != "ann" {
		t.Errorf("%q and %q", direct.Peer("ann"), direct.Peer("bob"))
	}
	group := chat.Conversation{Kind: chat.Group, Members: direct.Members}
	if group.Peer("ann") != "" {
		t.Error("a group has no peer")
	}
}

// roll is the part of a log that knows the members of a large conversation.
type roll struct {
	chat.Log
	members map[chat.UserID]chat.Place
	err     error
	reads   int
}

func (r *roll) Member(_ context.Context, _ chat.ConversationID, user chat.UserID) (chat.Place, bool, error) {
	r.reads++
	role, ok := r.members[user]
	return role, ok, r.err
}

func TestMembersOnly(t *testing.T) {
	members := map[chat.UserID]chat.Place{"ann": {Role: chat.Owner}, "bob": {Role: chat.Member}}
	down := errors.New("down")
	for _, test := range []struct {
		name         string
		conversation chat.Conversation
		log          *roll
		user         chat.UserID
		reads        int
		want         error
	}{
		{"a member in the header", chat.Conversation{Members: members}, &roll{}, "bob", 0, nil},
		{"a stranger to the header", chat.Conversation{Members: members}, &roll{members: members}, "eve", 0, &chat.Error{Code: chat.Forbidden}},
		{"nobody", chat.Conversation{Members: members}, &roll{}, "", 0, &chat.Error{Code: chat.Forbidden}},
		{"a header whose members all left", chat.Conversation{Members: map[chat.UserID]chat.Place{}}, &roll{members: members}, "bob", 0, &chat.Error{Code: chat.Forbidden}},
		{"a member of many", chat.Conversation{}, &roll{members: members}, "bob", 1, nil},
		{"a stranger to many", chat.Conversation{}, &roll{members: members}, "eve", 1, &chat.Error{Code: chat.Forbidden}},
		{"a member while the log is down", chat.Conversation{}, &roll{members: members, err: down}, "bob", 1, down},
	} {
		_, err := chat.Authorize(t.Context(), test.log, test.conversation, test.user)
		if (err == nil) != (test.want == nil) || err != nil && err.Error() != test.want.Error() {
			t.Errorf("%s: %v, want %v", test.name, err, test.want)
		}
		if test.log.reads != test.reads {
			t.Errorf("%s: %d reads, want %d", test.name, test.log.reads, test.reads)
		}
	}
}
