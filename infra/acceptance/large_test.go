package acceptance

import (
	"fmt"
	"strings"
	"testing"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Above chat.InlineMembers the members are items of their own and are served through the queue.
func TestAGroupOfThreeHundredTalks(t *testing.T) {
	t.Parallel()
	ann, others, stranger := person(t, "ann"), people(t, "m", 299), person(t, "stranger")
	phone := ann.connect("phone")
	var sample []*device
	for i := 0; i < len(others); i += 30 {
		sample = append(sample, others[i].connect("phone"))
	}

	created := phone.creates("Everybody", others...)
	group := created.Conversation
	for _, d := range sample {
		if e := d.gets(created); e.Body.Size != 300 {
			t.Errorf("%s is told of the group by %+v", d, e)
		}
	}
	hello := phone.says(in(group), "hello everybody")
	answer := sample[0].says(in(group), "hello ann")
	for _, d := range sample[1:] {
		d.gets(hello)
		d.gets(answer)
	}
	phone.gets(answer)
	if list := sample[0].list(); len(list) != 1 || list[0].Size != 300 || list[0].Head != 3 {
		t.Errorf("a member lists %+v", list)
	}
	if listed := allMembers(phone, group); len(listed) != 300 {
		t.Errorf("%d members are listed", len(listed))
	}

	outside := stranger.connect("phone")
	for name, request := range map[string]any{
		"send":    outside.message(in(group), "let me in"),
		"history": wire.History{Head: outside.head("history"), Conversation: group},
		"members": wire.Members{Head: outside.head("members"), Conversation: group},
	} {
		if code := outside.refused(request); code != chat.Forbidden {
			t.Errorf("%s of the 301st person: %s", name, code)
		}
	}
	missed := ask[wire.Synced](outside, wire.Sync{Head: outside.head("sync"), Cursors: []wire.Cursor{{Conversation: group}}})
	if len(missed.Conversations) != 1 || !missed.Conversations[0].Gone || missed.Conversations[0].Entries != nil {
		t.Errorf("sync of the 301st person: %+v", missed)
	}
	if heard := len(outside.entries(group)); heard != 0 {
		t.Errorf("a stranger heard %d entries", heard)
	}
}

// allMembers reads all pages; who is on two of them is there once.
func allMembers(d *device, id chat.ConversationID) map[chat.UserID]wire.Presence {
	d.t.Helper()
	all := map[chat.UserID]wire.Presence{}
	for q := (wire.Members{Conversation: id}); ; {
		q.Head = d.head("members")
		page := ask[wire.MemberList](d, q)
		for _, m := range page.Members {
			all[m.User] = m.Presence
		}
		if q.Next = page.Next; q.Next == "" {
			return all
		}
	}
}

func TestAGroupIsAtMostAThousand(t *testing.T) {
	t.Parallel()
	phone := person(t, "ann").connect("phone")
	members := make([]chat.UserID, chat.MaxMembers)
	for i := range members {
		members[i] = chat.UserID(fmt.Sprint("u", i))
	}
	create := wire.Create{Head: phone.head("create"), ID: newID(), Name: strings.Repeat("n", chat.MaxName), Members: members}
	if code := phone.refused(create); code != chat.TooLarge {
		t.Errorf("the creator and a thousand: %s", code)
	}
	if list := phone.list(); len(list) != 0 {
		t.Errorf("there is %+v", list)
	}
}
