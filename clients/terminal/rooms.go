package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/wire"
)

// room is what is known of a conversation.
type room struct {
	id    chat.ConversationID
	name  string // of a group, known from the entry named
	named chat.Seq
	// parent and root are, of a thread, the room and the message in it that it is about.
	parent chat.ConversationID
	root   chat.Seq
	peer   chat.UserID // of a direct conversation
	// called is what the peer is, once that is known; request means that a stranger wrote it and waits.
	called  string
	request bool
	// entries are those that were fetched so far, without a gap; full means that there are none before them.
	entries []wire.Entry
	full    bool
	now     client.Room // what they add up to
	head    chat.Seq
	last    time.Time // when the newest entry was written
	stands  standing
	members []wire.MemberLine
	// line is the presence of the peer, who is watched.
	line    wire.PresenceLine
	watched bool
	// outgoing are one's own messages that have no acknowledgement yet, or never will.
	outgoing []*outgoing
	// draft is what was begun, here or on another device.
	draft string
	drawn transcript
}

// outgoing is a message on its way, or the change of one, its target. A reaction sets all marks.
type outgoing struct {
	pending *client.Pending
	text    string
	failed  error
	// after is the newest entry of the room when it failed: it is shown below that one.
	after   chat.Seq
	target  chat.Seq
	creates bool // the room
	reacts  bool
	marks   []string
}

// title is what the room is called in lists.
func (r *room) title() string {
	switch {
	case r.peer != "":
		return cmp.Or(r.called, string(r.peer))
	case r.parent != "":
		return "↳ " + clean(r.name)
	case r.name != "":
		return clean(r.name)
	default:
		return "(group)"
	}
}

// target is where messages to the room go. A direct conversation is made by the first one, so it is named by the peer, and a
// thread by the message that it is about.
func (r *room) target() wire.Target {
	if r.parent != "" {
		return client.ToThread(r.parent, r.root)
	}
	if r.peer != "" {
		return client.ToUser(r.peer)
	}
	return client.To(r.id)
}

// presence is the peer's in a direct conversation; "" in a group, and as long as it is not known.
func (r *room) presence(now time.Time) wire.Presence { return r.line.Now(now) }

// first is the seq of the oldest entry that was fetched, 0 if none was.
func (r *room) first() chat.Seq {
	if len(r.entries) == 0 {
		return 0
	}
	return r.entries[0].Seq
}

// prepend puts a page of history before what is there. What overlaps is dropped; a page that would leave a gap, because
// the room was restarted meanwhile, is ignored.
func (r *room) prepend(page wire.Page) {
	older := page.Entries
	if first := r.first(); first > 0 {
		older = slices.DeleteFunc(slices.Clone(older), func(e wire.Entry) bool { return e.Seq >= first })
		if len(older) > 0 && older[len(older)-1].Seq+1 != first {
			return
		}
	}
	r.entries = append(slices.Clone(older), r.entries...)
	r.full = !page.More
	r.drawn = transcript{} // what quotes them looks different now
	for _, e := range older {
		r.learn(e)
	}
}

// append adds the next entry.
func (r *room) append(e wire.Entry) {
	if n := len(r.entries); n > 0 && r.entries[n-1].Seq+1 != e.Seq {
		r.forget() // what is in between was not fetched: history has it
	}
	r.entries = append(r.entries, e)
	r.full = r.full || r.first() == 1
	if seq := r.learn(e); changes(e) {
		r.drawn.redraw(seq, &r.now)
	}
	r.outgoing = slices.DeleteFunc(r.outgoing, func(o *outgoing) bool { return o.pending.ID == e.ID })
}

// dismiss drops what failed.
func (r *room) dismiss() {
	r.outgoing = slices.DeleteFunc(r.outgoing, func(o *outgoing) bool { return o.failed != nil })
}

// forget drops what was fetched.
func (r *room) forget() { r.entries, r.full, r.now, r.drawn = nil, false, client.Room{}, transcript{} }

// learn takes from an entry what it tells about the room. It returns the message that looks different now.
func (r *room) learn(e wire.Entry) chat.Seq {
	if name := renames(e); name != "" && e.Seq >= r.named {
		r.name, r.named = name, e.Seq
	}
	if chat.Governs[e.Event] && e.Seq > r.head {
		r.members = nil // to be asked for again
	}
	if at, err := wire.ParseTime(e.At); err == nil && e.Seq >= r.head && !changes(e) {
		r.last = at
	}
	r.head = max(r.head, e.Seq)
	return r.now.Apply(e)
}

// renames returns the name that an entry gives its group, or "".
func renames(e wire.Entry) string {
	if e.Event == chat.Changed && e.Body.Setup != nil && e.Body.Setup.Name != nil {
		return *e.Body.Setup.Name
	}
	return e.Body.Name
}

// changes reports whether an entry is about an earlier message.
func changes(e wire.Entry) bool {
	return e.Event == chat.Edited || e.Event == chat.Deleted || e.Event == chat.Reacted || e.Event == chat.Pinned || e.Event == chat.Threaded
}

// rooms are all conversations of a user.
type rooms struct {
	me   chat.UserID
	byID map[chat.ConversationID]*room
	// threads are those that were begun, by their ids.
	threads map[chat.ConversationID]wire.Place
}

func newRooms(me chat.UserID) rooms {
	return rooms{me, map[chat.ConversationID]*room{}, map[chat.ConversationID]wire.Place{}}
}

// get returns a room, making it if it is new.
func (rs rooms) get(id chat.ConversationID) *room {
	r, ok := rs.byID[id]
	if !ok {
		r = &room{id: id}
		if root, ok := rs.threads[id]; ok {
			rs.branch(r, root)
		}
		rs.byID[id] = r
	}
	return r
}

// branch makes a room that of a thread.
func (rs rooms) branch(r *room, root wire.Place) {
	r.parent, r.root = root.Conversation, root.Seq
	r.name = fmt.Sprintf("%s, %d", rs.get(root.Conversation).title(), root.Seq)
}

// direct returns the room with a user, in which nothing need have been said yet.
func (rs rooms) direct(user chat.UserID) *room {
	r := rs.get(chat.DirectID(rs.me, user))
	r.peer = user
	return r
}

// add takes an entry from the client.
func (rs rooms) add(e wire.Entry) *room {
	r := rs.get(e.Conversation)
	if e.To != "" {
		if r.peer = e.To; r.peer == rs.me {
			r.peer = e.From
		}
	}
	if e.Event == chat.Threaded {
		rs.threads[e.Body.Thread] = wire.Place{Conversation: e.Conversation, Seq: e.Body.Target}
	}
	r.append(e)
	if e.Event == chat.Message && e.From == r.peer && !e.Unattended {
		r.reaches(r.peer, wire.Receipt{Read: e.Seq}) // whoever writes has read
	}
	r.stands.archived = false                // what happens brings it back; the list knows better if it is muted
	r.request = r.request && e.From != rs.me // answering accepts
	return r
}

// list takes what the server lists.
func (rs rooms) list(conversations []wire.Conversation) {
	for _, c := range conversations {
		r := rs.get(c.Conversation)
		r.peer = c.Peer
		if c.Name != "" && c.Head >= r.named {
			r.name, r.named = c.Name, c.Head
		}
		r.request = c.Request
		if c.Parent != "" {
			rs.branch(r, wire.Place{Conversation: c.Parent, Seq: c.Root})
		}
		r.head = max(r.head, c.Head)
		if c.Last == nil || c.Last.Seq < r.head || changes(*c.Last) && !r.last.IsZero() {
			continue
		}
		if at, err := wire.ParseTime(c.Last.At); err == nil {
			r.last = at
		}
	}
}

// restart forgets what was said in a room.
func (rs rooms) restart(id chat.ConversationID) {
	if r, ok := rs.byID[id]; ok {
		r.forget()
		r.head = 0
		for _, o := range r.outgoing {
			o.after = 0
		}
		r.stands = standing{}
	}
}

// gone removes a room that one is not in any more, and returns it; nil if there is none.
func (rs rooms) gone(id chat.ConversationID) *room {
	r := rs.byID[id]
	delete(rs.byID, id)
	return r
}

// drop removes a room that was never made.
func (rs rooms) drop(r *room) {
	if r.head == 0 {
		delete(rs.byID, r.id)
	}
}

// sorted are the rooms, those that are pinned first and those that were put away last, and the one with the newest entry first.
func (rs rooms) sorted() []*room {
	all := make([]*room, 0, len(rs.byID))
	for _, r := range rs.byID {
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b *room) int {
		return cmp.Or(b.stands.rank()-a.stands.rank(), b.last.Compare(a.last), strings.Compare(a.title(), b.title()), cmp.Compare(a.id, b.id))
	})
	return all
}

// beside returns the room that is step places below another in the list, around its ends; nil if there is none.
func (rs rooms) beside(id chat.ConversationID, step int) *room {
	all := rs.sorted()
	if len(all) == 0 {
		return nil
	}
	at := slices.IndexFunc(all, func(r *room) bool { return r.id == id })
	if at < 0 && step > 0 {
		return all[0]
	}
	return all[(max(at, 0)+step+len(all))%len(all)]
}
