package pace

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Receipts is how far a device is in its conversations, and what of that the server knows. The zero value is ready.
type Receipts struct {
	mu   sync.Mutex
	rows map[chat.ConversationID]*row
	last time.Time // when the last frame went
}

// row is one conversation. What is told is at most what is so.
type row struct {
	read, toldRead           chat.Seq
	delivered, toldDelivered chat.Seq
	// readSince and deliveredSince are when the oldest of what is not told was so, and readLast when the newest was read.
	readSince, deliveredSince, readLast time.Time
	// said is the newest message of the user's own.
	said chat.Seq
	// waits is until when something may come that makes a receipt needless, or one do for two.
	waits time.Time
}

func (p *Receipts) row(id chat.ConversationID) *row {
	r := p.rows[id]
	if r == nil {
		r = &row{}
		if p.rows == nil {
			p.rows = map[chat.ConversationID]*row{}
		}
		p.rows[id] = r
	}
	return r
}

// Delivered notes that the device has everything up to a message.
func (p *Receipts) Delivered(id chat.ConversationID, seq chat.Seq, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.row(id)
	if !r.tellsDelivered() {
		r.deliveredSince = now
	}
	r.delivered = max(r.delivered, seq)
}

// Read notes that the user was shown everything up to a message.
func (p *Receipts) Read(id chat.ConversationID, seq chat.Seq, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.row(id)
	if !r.tellsRead() {
		r.readSince = now
	}
	if seq > r.read {
		r.read, r.readLast = seq, now
	}
	r.delivered = max(r.delivered, seq)
}

// Expect notes that more is to come soon: the other one types, or the user's answer is on its way.
func (p *Receipts) Expect(id chat.ConversationID, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.row(id).waits = now.Add(Patience)
}

// Came notes that what was expected has come, or will not.
func (p *Receipts) Came(id chat.ConversationID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.row(id).waits = time.Time{}
}

// Said notes a message of the user's own: everybody knows from it that what stands before was read.
func (p *Receipts) Said(id chat.ConversationID, seq chat.Seq) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.row(id)
	r.said = max(r.said, seq)
	r.toldRead, r.toldDelivered = max(r.toldRead, seq), max(r.toldDelivered, seq)
}

// Known notes what the server knows of the user.
func (p *Receipts) Known(id chat.ConversationID, read, delivered chat.Seq) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.row(id)
	r.toldRead = max(r.toldRead, read)
	r.toldDelivered = max(r.toldDelivered, delivered, read)
}

// Again takes for untold what the server does not know by its list, where told frames may have been lost with a connection.
func (p *Receipts) Again(id chat.ConversationID, read chat.Seq, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.row(id)
	read = max(read, r.said)
	if r.read > read && r.toldRead > read {
		r.toldRead, r.toldDelivered, r.readSince, r.readLast = read, min(read, r.toldDelivered), now, now
	}
}

// Forget drops what is known of a conversation that is gone.
func (p *Receipts) Forget(id chat.ConversationID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.rows, id)
}

// Carry returns the read cursor that something else which goes out now can carry, 0 for none, and takes it for told.
func (p *Receipts) Carry(id chat.ConversationID) chat.Seq {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.row(id)
	if !r.tellsRead() {
		return 0
	}
	r.toldRead, r.toldDelivered = r.read, max(r.toldDelivered, r.read)
	return r.read
}

// Flush is Due at the end, when nothing can wait any more.
func (p *Receipts) Flush() []wire.Reached {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.take(func(*row, chat.ConversationID) bool { return true })
}

// Due returns the cursors that a frame is to say now, all in one, and takes them for told. If none are, next is when to ask
// again; zero if there is nothing to say at all.
func (p *Receipts) Due(now time.Time) (cursors []wire.Reached, next time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if soonest := p.last.Add(Every); now.Before(soonest) {
		if at := p.next(); !at.IsZero() {
			next = later(at, soonest)
		}
		return nil, next
	}
	cursors = p.take(func(r *row, id chat.ConversationID) bool { return !now.Before(r.due(id)) })
	if len(cursors) > 0 {
		p.last = now
		return cursors, time.Time{}
	}
	return nil, p.next()
}

// take returns the cursors of the conversations that are chosen, as many as a frame holds, and takes them for told.
func (p *Receipts) take(chosen func(*row, chat.ConversationID) bool) (cursors []wire.Reached) {
	for id, r := range p.rows {
		if !r.tellsRead() && !r.tellsDelivered() || !chosen(r, id) || len(cursors) == chat.MaxReceipts {
			continue
		}
		cursor := wire.Reached{Conversation: id}
		if r.tellsRead() {
			cursor.Read = pointer(r.read)
			r.toldRead, r.toldDelivered = r.read, max(r.toldDelivered, r.read)
		}
		if r.tellsDelivered() {
			cursor.Delivered = pointer(r.delivered)
			r.toldDelivered = r.delivered
		}
		cursors = append(cursors, cursor)
	}
	slices.SortFunc(cursors, func(a, b wire.Reached) int { return strings.Compare(string(a.Conversation), string(b.Conversation)) })
	return cursors
}

// next is when the first of the conversations is due.
func (p *Receipts) next() (next time.Time) {
	for id, r := range p.rows {
		if at := r.due(id); !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return next
}

func (r *row) tellsRead() bool { return r.read > r.toldRead }

// tellsDelivered reports whether something is delivered beyond what is told or read.
func (r *row) tellsDelivered() bool { return r.delivered > max(r.toldDelivered, r.read) }

// due is when a frame is to say it; zero if there is nothing to say. What waits for more waits no longer than Patience.
func (r *row) due(id chat.ConversationID) (at time.Time) {
	if r.tellsDelivered() {
		at = r.deliveredSince.Add(DeliveredDelay)
		if strings.HasPrefix(string(id), "g_") {
			at = r.deliveredSince.Add(GroupDelay)
		}
	}
	if r.tellsRead() {
		read := later(r.readLast.Add(ReadDelay), r.waits)
		if most := r.readSince.Add(Patience); read.After(most) {
			read = most
		}
		if at.IsZero() || read.Before(at) {
			at = read
		}
	}
	return at
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func pointer[T any](v T) *T { return &v }
