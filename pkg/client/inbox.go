package client

import (
	"maps"
	"slices"
	"sync"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// maxHeld is how many entries of one conversation wait for those before them; beyond it they are fetched again instead.
const maxHeld = 1000

// inbox puts the entries of each conversation into order. Entries reach it from the socket, from sync and from
// acknowledgements, in any order and any number of times; they leave it by deliver in the order of their seq, once.
type inbox struct {
	user chat.UserID
	// begin is Options.Begin, and deliver is called under the lock, which is what keeps the order.
	begin   func(chat.ConversationID, chat.Seq) chat.Seq
	deliver func(Event)

	mu   sync.Mutex
	logs map[chat.ConversationID]*log
}

// log is what is known of one conversation.
type log struct {
	// known is the seq up to which everything has been delivered.
	known chat.Seq
	// head is the highest seq that is known to exist.
	head chat.Seq
	// held are entries beyond known+1.
	held map[chat.Seq]wire.Entry
	// peer is the other one of a direct conversation, once that is known.
	peer chat.UserID
	// epoch is that of what is known.
	epoch chat.Epoch
	// hidden is how many messages the user had hidden when that was last told.
	hidden int
	// cleared is up to where the user has cleared it, as far as that was told.
	cleared chat.Seq
}

// load sets the cursors to begin with, and their epochs.
func (in *inbox) load(cursors map[chat.ConversationID]chat.Seq, epochs map[chat.ConversationID]chat.Epoch) {
	in.logs = map[chat.ConversationID]*log{}
	for id, seq := range cursors {
		in.logs[id] = &log{known: seq, head: seq, epoch: epochs[id]}
	}
}

// offer takes one entry. It reports whether the conversation now lacks something.
func (in *inbox) offer(e wire.Entry) (gap bool) {
	if e.Seq == 0 {
		return false // no entry has this seq
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.put(in.log(e.Conversation, e.Seq-1), e)
}

// own takes an entry that was made up from an acknowledgement. It leaves it to be fetched if it cannot tell all of it: that
// of an edit has the whole message with its attachments and the version, that of a forwarded message what it says, that of a
// direct conversation the other one, and that of a group what of a change was to be done.
func (in *inbox) own(e wire.Entry) (gap bool) {
	if e.Seq == 0 {
		return false
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	l := in.log(e.Conversation, e.Seq-1)
	alone := isDirect(e.Conversation) && e.To == ""
	governs := chat.Governs[e.Event] && e.Event != chat.Pinned
	if e.Event == chat.Edited || e.Body.Forwarded || governs || alone && l.peer == "" {
		l.head = max(l.head, e.Seq)
		return l.head > l.known
	}
	if alone {
		e.To = l.peer
	}
	return in.put(l, e)
}

func (in *inbox) put(l *log, e wire.Entry) (gap bool) {
	l.head = max(l.head, e.Seq)
	switch {
	case e.Seq <= l.known:
	case e.Seq == l.known+1:
		in.pass(l, e)
	default:
		if l.held == nil {
			l.held = map[chat.Seq]wire.Entry{}
		}
		if len(l.held) < maxHeld {
			l.held[e.Seq] = e
		}
	}
	return l.head > l.known
}

// pass delivers e and what was waiting for it.
func (in *inbox) pass(l *log, e wire.Entry) {
	for ok := true; ok; e, ok = l.held[l.known+1] {
		delete(l.held, e.Seq)
		l.known = e.Seq
		if l.peer = e.To; l.peer == in.user {
			l.peer = e.From
		}
		in.deliver(Entry{e})
		if ends(e, in.user) {
			delete(in.logs, e.Conversation)
			in.deliver(Gone{e.Conversation})
			return
		}
	}
}

// ends reports whether an entry is the last that a user gets.
func ends(e wire.Entry, user chat.UserID) bool {
	return e.Event == chat.Left && e.From == user || e.Event == chat.Removed && slices.Contains(e.Body.Users, user)
}

// log returns the log of a conversation, beginning one that is not known yet.
func (in *inbox) log(id chat.ConversationID, head chat.Seq) *log {
	l, ok := in.logs[id]
	if !ok {
		start := min(in.begin(id, head), head)
		l = &log{known: start, head: start}
		in.logs[id] = l
		if start > 0 {
			in.deliver(begun{id, start})
		}
	}
	return l
}

// announce tells that a conversation has entries up to head, of which the user may see those from a seq on, and with whom it
// is if that is known. What is known of another epoch is void.
func (in *inbox) announce(id chat.ConversationID, epoch chat.Epoch, from, head chat.Seq, peer chat.UserID) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if l, ok := in.logs[id]; ok && l.epoch != epoch {
		delete(in.logs, id)
		in.deliver(Restarted{id})
	}
	l := in.log(id, head)
	if l.epoch != epoch {
		l.epoch = epoch
		in.deliver(renewed{id, epoch})
	}
	l.head = max(l.head, head)
	if peer != "" {
		l.peer = peer
	}
	if l.known+1 < from {
		if l.known > 0 { // the user was a member before, and what was said in between is not for them
			in.deliver(Restarted{id})
		}
		l.known = from - 1
		in.deliver(begun{id, l.known})
	}
	if e, ok := l.held[l.known+1]; ok {
		in.pass(l, e)
	}
}

// hide tells of messages that the user has hidden, unless that is known.
func (in *inbox) hide(id chat.ConversationID, h wire.Hides) {
	in.mu.Lock()
	defer in.mu.Unlock()
	l, ok := in.logs[id]
	if ok && h.Count > 0 && h.Count == l.hidden {
		return
	}
	if ok {
		l.hidden = max(l.hidden, h.Count)
	}
	in.deliver(Hides{id, h})
}

// clear tells that the user has cleared a conversation up to a seq, unless that is known. What is lacking up to there does not
// come any more. Of a conversation that is not known there is nothing to clear.
func (in *inbox) clear(id chat.ConversationID, seq chat.Seq) {
	in.mu.Lock()
	defer in.mu.Unlock()
	l, ok := in.logs[id]
	if !ok || seq <= l.cleared {
		return
	}
	l.cleared = seq
	in.deliver(Cleared{id, seq})
	if l.known < seq {
		l.known, l.head = seq, max(l.head, seq)
		in.deliver(begun{id, seq})
	}
	maps.DeleteFunc(l.held, func(held chat.Seq, _ wire.Entry) bool { return held <= seq })
	if e, ok := l.held[l.known+1]; ok {
		in.pass(l, e)
	}
}

// leave forgets a conversation that the user is not in any more. Nobody leaves a direct one: if that is gone, so are the
// server's data.
func (in *inbox) leave(id chat.ConversationID) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if _, ok := in.logs[id]; ok {
		delete(in.logs, id)
		if isDirect(id) {
			in.deliver(Restarted{id})
		} else {
			in.deliver(Gone{id})
		}
	}
}

// known returns up to which seq a conversation has been delivered, 0 if it is new.
func (in *inbox) known(id chat.ConversationID) chat.Seq {
	in.mu.Lock()
	defer in.mu.Unlock()
	if l, ok := in.logs[id]; ok {
		return l.known
	}
	return 0
}

// newest returns the highest seq that is known to exist, delivered or not.
func (in *inbox) newest(id chat.ConversationID) chat.Seq {
	in.mu.Lock()
	defer in.mu.Unlock()
	if l, ok := in.logs[id]; ok {
		return max(l.known, l.head)
	}
	return 0
}

// behind returns the cursors of up to limit conversations that lack entries.
func (in *inbox) behind(limit int) []wire.Cursor {
	in.mu.Lock()
	defer in.mu.Unlock()
	var cursors []wire.Cursor
	for id, l := range in.logs {
		if l.head > l.known && len(cursors) < limit {
			cursors = append(cursors, wire.Cursor{Conversation: id, After: l.known})
		}
	}
	return cursors
}

// giveUp stops asking for what a conversation lacks, until another entry of it arrives.
func (in *inbox) giveUp(id chat.ConversationID) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if l, ok := in.logs[id]; ok {
		l.head, l.held = l.known, nil
	}
}

// doubtful returns the conversations of which more is known than lines, a complete list, say there is. Those of another epoch
// are not in doubt: announce begins them again.
func (in *inbox) doubtful(lines map[chat.ConversationID]wire.Conversation) map[chat.ConversationID]chat.Seq {
	in.mu.Lock()
	defer in.mu.Unlock()
	doubts := map[chat.ConversationID]chat.Seq{}
	for id, l := range in.logs {
		if line, ok := lines[id]; l.known > line.Head && (!ok || l.epoch == line.Epoch) {
			doubts[id] = l.known
		}
	}
	return doubts
}

// restart forgets a conversation, unless something was delivered since known.
func (in *inbox) restart(id chat.ConversationID, known, head chat.Seq) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if l, ok := in.logs[id]; !ok || l.known != known {
		return
	}
	delete(in.logs, id)
	in.deliver(Restarted{id})
	if head > 0 {
		in.log(id, head).head = head
	}
}
