package client

import (
	"sync"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// tally derives what is unread, by the same function as the server, from the entries that came; where those do not reach back
// far enough, from what the server counted and what came since.
type tally struct {
	user chat.UserID

	mu     sync.Mutex
	rows   map[chat.ConversationID]*account
	silent silences
}

// account is one conversation.
type account struct {
	view chat.View
	// entries are the newest, without a gap, and of each what decides whether it counts.
	entries []chat.Entry
	// base is what the server counted when the last entry was baseHead; nil if it does not hold any more.
	base     *wire.Unread
	baseHead chat.Seq
	// ended is the mark that was ended here last: the server may not know yet.
	ended  mark
	asking bool
}

// mark is a mark of the user's.
type mark struct{ from, at chat.Seq }

func (t *tally) row(id chat.ConversationID) *account {
	r := t.rows[id]
	if r == nil {
		r = &account{view: chat.View{User: t.user}}
		if t.rows == nil {
			t.rows = map[chat.ConversationID]*account{}
		}
		t.rows[id] = r
	}
	return r
}

// entry takes the next entry of a conversation.
func (t *tally) entry(e wire.Entry) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.row(e.Conversation)
	if n := len(r.entries); n > 0 && e.Seq != r.entries[n-1].Seq+1 {
		r.entries = nil
	}
	r.entries = append(r.entries, chat.Entry{
		Seq: e.Seq, Kind: e.Event, From: e.From, Unattended: e.Unattended, State: chat.State{Deleted: (e.Deleted || e.Expired) && e.Event == chat.Message},
		Body: chat.Body{Mentions: e.Body.Mentions, Everybody: e.Body.Everybody, InParent: e.Body.InParent},
	})
	if len(r.entries) > 2*chat.MaxCounted {
		r.entries = append([]chat.Entry(nil), r.entries[chat.MaxCounted:]...)
	}
	if e.Event == chat.Deleted || e.Event == chat.Edited {
		r.change(e)
	}
}

// change applies an edit or a deletion to what is counted.
func (r *account) change(e wire.Entry) {
	first := r.entries[0].Seq
	if e.Body.Target < first {
		if e.Seq > r.baseHead && e.Body.Target > r.view.Begin() {
			r.base = nil // it may have counted
		}
		return
	}
	target := &r.entries[e.Body.Target-first]
	target.State.Deleted = target.State.Deleted || e.Deleted || e.Event == chat.Deleted
	if e.Event == chat.Edited && !e.Deleted {
		target.Body.Mentions, target.Body.Everybody = e.Body.Mentions, e.Body.Everybody
	}
	if e.Seq > r.baseHead && e.Body.Target <= r.baseHead {
		r.base = nil
	}
}

// line takes what the server says in the list.
func (t *tally) line(l wire.Conversation) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.row(l.Conversation)
	local := r.view.Read
	marked := mark{l.Marked, l.MarkedAt}
	ended := marked.from > 0 && marked == r.ended
	if ended {
		marked = mark{}
	}
	r.view.From, r.view.Marked, r.view.MarkedAt = max(r.view.From, l.From), marked.from, marked.at
	r.view.Read = max(local, l.Read)
	base := wire.Unread{}
	if l.Unread != nil {
		base = *l.Unread
	}
	r.base, r.baseHead = &base, l.Head
	if local > l.Read || ended {
		r.base = nil // the server does not know it yet
	}
}

// explained takes what the server says of one conversation.
func (t *tally) explained(x wire.Explained) {
	t.line(wire.Conversation{
		Conversation: x.Conversation, Head: x.Head, From: x.From,
		Own: wire.Own{Read: x.Read, Marked: x.Marked, MarkedAt: x.MarkedAt, Unread: &x.Unread},
	})
}

// read notes that the user was shown everything up to an entry. If that moves the cursor, it returns the newest message of others up
// to there, which a receipt is about: the entry's own seq if what stands there is not known. Otherwise unmarks tells that it ends a
// mark, which the server learns from no receipt.
func (t *tally) read(id chat.ConversationID, seq chat.Seq) (newest chat.Seq, unmarks bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.row(id)
	if newest = r.message(seq); newest > r.view.Read {
		r.read(newest)
		return newest, false
	}
	if unmarks = r.view.Marked > 0 && seq >= r.view.Read; unmarks {
		r.read(r.view.Read)
	}
	return 0, unmarks
}

// heard notes that everything up to a message was read on another device. What was heard before is older than a mark.
func (t *tally) heard(id chat.ConversationID, seq chat.Seq) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if r := t.row(id); seq > r.view.Read {
		r.read(seq)
	}
}

// unmarked notes that the server knows which mark has ended.
func (t *tally) unmarked(id chat.ConversationID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.row(id).ended = mark{}
}

// read moves the cursor and ends the mark.
func (r *account) read(seq chat.Seq) {
	if r.base != nil && (seq < r.baseHead || r.view.Marked > 0) {
		r.base = nil
	}
	if r.view.Marked > 0 {
		r.ended = mark{r.view.Marked, r.view.MarkedAt}
	}
	r.view.Read, r.view.Marked, r.view.MarkedAt = seq, 0, 0
	if seq >= r.baseHead {
		r.base, r.baseHead = &wire.Unread{}, seq
	}
}

// message returns the newest message of others up to a seq; the seq itself if it is not among what came.
func (r *account) message(seq chat.Seq) chat.Seq {
	for i := len(r.entries) - 1; i >= 0; i-- {
		e := r.entries[i]
		if e.Seq < seq && i == len(r.entries)-1 {
			return seq
		}
		if e.Seq <= seq && e.Kind == chat.Message && e.From != r.view.User {
			return e.Seq
		}
	}
	if len(r.entries) > 0 && r.entries[0].Seq == 1 {
		return 0
	}
	return seq
}

// prefer takes a mark.
func (t *tally) prefer(p wire.Preferred) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p.Marked == nil {
		return
	}
	r := t.row(p.Conversation)
	r.view.Marked, r.view.MarkedAt, r.base, r.ended = *p.Marked, p.MarkedAt, nil, mark{}
}

// clear takes up to where the user has cleared a conversation.
func (t *tally) clear(id chat.ConversationID, seq chat.Seq) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.row(id)
	if r.view.From <= seq {
		r.view.From, r.base = seq+1, nil
	}
}

func (t *tally) forget(id chat.ConversationID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.rows, id)
}

// unread counts; ok is false if what is here does not suffice.
func (t *tally) unread(id chat.ConversationID) (u wire.Unread, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.rows[id]
	if r == nil {
		return u, false
	}
	view := r.view
	view.Silent = t.silent.at(time.Now())
	newest := r.entries[max(0, len(r.entries)-chat.MaxCounted):]
	got := view.Unread(newest)
	reaches := len(newest) > 0 && newest[0].Seq <= got.Since+1
	if reaches || len(got.Seqs) > chat.MaxUnread || len(newest) == chat.MaxCounted {
		return wire.Unread{Count: got.Count, More: got.More, Mentions: got.Mentions}, true
	}
	if r.base == nil {
		return u, false
	}
	// What the server counted, and what came since. A message of one's own among that would have been reached.
	since := r.entries
	for len(since) > 0 && since[0].Seq <= r.baseHead {
		since = since[1:]
	}
	if len(since) > 0 && since[0].Seq > r.baseHead+1 {
		return u, false
	}
	view.Read, view.Marked = r.baseHead, 0
	more := view.Unread(since)
	u = wire.Unread{Count: r.base.Count + more.Count, More: r.base.More || more.More, Mentions: r.base.Mentions + more.Mentions}
	if u.Count > chat.MaxUnread {
		u.Count, u.More = chat.MaxUnread, true
	}
	return u, true
}

// asks reports whether the server is to be asked, and notes that it is.
func (t *tally) asks(id chat.ConversationID) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.row(id)
	if r.asking {
		return false
	}
	r.asking = true
	return true
}

func (t *tally) asked(id chat.ConversationID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.row(id).asking = false
}
