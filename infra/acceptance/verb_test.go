package acceptance

import (
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// message is a text to send, and to send again.
func (d *device) message(target wire.Target, text string) wire.Send {
	return wire.Send{Head: d.head("send"), ID: newID(), To: target, Body: wire.Content{Text: text}}
}

// again is a resend of m by a client that knew the conversation up to after.
func (d *device) again(m wire.Send, after chat.Seq) wire.Send {
	m.Head, m.After = d.head("send"), &after
	return m
}

// sends sends m and returns the acknowledgement.
func (d *device) sends(m wire.Send) wire.Accepted {
	d.t.Helper()
	return ask[wire.Accepted](d, m)
}

// says sends a text.
func (d *device) says(target wire.Target, text string) wire.Accepted {
	d.t.Helper()
	return d.sends(d.message(target, text))
}

// creates makes a group.
func (d *device) creates(name string, members ...*user) wire.Accepted {
	d.t.Helper()
	return ask[wire.Accepted](d, wire.Create{Head: d.head("create"), ID: newID(), Name: name, Members: ids(members...)})
}

// gets waits for the entry that was acknowledged to somebody.
func (d *device) gets(ack wire.Accepted) wire.Entry {
	d.t.Helper()
	return d.entry(d.hears("entry "+string(ack.ID), func(f frame) bool {
		return f.Conversation == ack.Conversation && f.Seq == ack.Seq
	}))
}

// syncs asks once for what follows a seq.
func (d *device) syncs(id chat.ConversationID, after chat.Seq) wire.Synced {
	d.t.Helper()
	return ask[wire.Synced](d, wire.Sync{Head: d.head("sync"), Cursors: []wire.Cursor{{Conversation: id, After: after}}})
}

// catchesUp syncs until there is no more and returns all that follows a seq, which must be without a gap.
func (d *device) catchesUp(id chat.ConversationID, after chat.Seq) []wire.Entry {
	d.t.Helper()
	var all []wire.Entry
	for more := true; more; {
		page := d.syncs(id, after)
		more = page.More
		if len(page.Conversations) == 0 && more {
			d.t.Fatalf("%s: an empty page of a sync says that there is more", d)
		}
		for _, missed := range page.Conversations {
			for _, e := range missed.Entries {
				if e.Seq != after+1 {
					d.t.Fatalf("%s: a sync has %d after %d", d, e.Seq, after)
				}
				after = e.Seq
				all = append(all, e)
			}
		}
	}
	return all
}

// list is the first page of the user's conversations.
func (d *device) list() []wire.Conversation {
	d.t.Helper()
	return ask[wire.Listed](d, wire.Conversations{Head: d.head("conversations")}).Conversations
}

// members is the first page of a conversation's members.
func (d *device) members(id chat.ConversationID) []wire.MemberLine {
	d.t.Helper()
	return ask[wire.MemberList](d, wire.Members{Head: d.head("members"), Conversation: id}).Members
}

// sees waits until a member has that presence. Nobody is told of that, so it has to be asked for.
func (d *device) sees(u *user, presence wire.Presence, id chat.ConversationID) {
	d.t.Helper()
	eventually(d.t, string(u.ID)+" is "+string(presence), func() bool {
		for _, m := range d.members(id) {
			if m.User == u.ID {
				return m.Presence == presence
			}
		}
		return false
	})
}

// eventually asks, again and again, for something that nobody is told of.
func eventually(t *testing.T, what string, ask func() bool) {
	t.Helper()
	patience := time.NewTimer(patience)
	defer patience.Stop()
	pace := time.NewTicker(20 * time.Millisecond)
	defer pace.Stop()
	for !ask() {
		select {
		case <-pace.C:
		case <-patience.C:
			t.Fatal("never: " + what)
		}
	}
}

// receive waits for a value, or for the end of what is closed.
func receive[T any](t *testing.T, what string, from <-chan T) T {
	t.Helper()
	patience := time.NewTimer(patience)
	defer patience.Stop()
	select {
	case v := <-from:
		return v
	case <-patience.C:
		t.Fatal("never: " + what)
		panic("unreachable")
	}
}

// texts are what messages say.
func texts(entries []wire.Entry) []string {
	var all []string
	for _, e := range entries {
		all = append(all, e.Body.Text)
	}
	return all
}
