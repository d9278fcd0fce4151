package wire

import (
	"time"

	"github.com/parley-im/parley/pkg/chat"
)

// Events that tell how far somebody is, and what the user has chosen on another device.
const (
	EventReceipt = "receipt"
	EventPrefs   = "prefs"
)

// Receipts says how far the caller's device is in conversations. It has no reply; an error comes as for any request.
type Receipts struct {
	Head
	Cursors []Reached `json:"cursors"`
}

// Reached is up to where a device has a conversation, and up to where it was read there, which implies the former: one of the
// two or both.
type Reached struct {
	Conversation chat.ConversationID `json:"conversation"`
	Delivered    *chat.Seq           `json:"delivered,omitzero"`
	Read         *chat.Seq           `json:"read,omitzero"`
}

// Receipt is what of that is news: up to where a user has a conversation, or has read it.
type Receipt struct {
	Conversation chat.ConversationID `json:"conversation"`
	Delivered    chat.Seq            `json:"delivered,omitzero"`
	Read         chat.Seq            `json:"read,omitzero"`
}

// Received is the frame that tells how far somebody is: another one, or the user on another device.
type Received struct {
	Event   string      `json:"event"`
	User    chat.UserID `json:"user"`
	Cursors []Receipt   `json:"cursors"`
}

// NewReceived makes the frame.
func NewReceived(user chat.UserID, cursors []Receipt) Received {
	return Received{EventReceipt, user, cursors}
}

// Seen asks who has a message, and who has read it.
type Seen struct {
	Head
	Conversation chat.ConversationID `json:"conversation"`
	Seq          chat.Seq            `json:"seq"`
	Next         chat.UserID         `json:"next,omitzero"`
}

// SeenBy is the result of seen: those who have the message, without its author, as far as they tell. Next asks for the users that
// follow.
type SeenBy struct {
	Users []SeenLine `json:"users"`
	// Read and Delivered count all of them, whatever the page shows; who has read it has it. Of counts the members whom it
	// was for.
	Read      int         `json:"read"`
	Delivered int         `json:"delivered"`
	Of        int         `json:"of"`
	Next      chat.UserID `json:"next,omitzero"`
}

// SeenLine is one who has a message.
type SeenLine struct {
	User chat.UserID `json:"user"`
	Read bool        `json:"read,omitzero"`
}

// Mark makes everything from a seq on count as unread for the caller, on all devices, although it was read; without a seq it
// takes that back. Others are not told.
type Mark struct {
	Head
	Conversation chat.ConversationID `json:"conversation"`
	Seq          *chat.Seq           `json:"seq,omitzero"`
}

// Prefs changes what the caller has chosen for a conversation. What is left out stays.
type Prefs struct {
	Head
	Conversation chat.ConversationID `json:"conversation"`
	Pinned       *bool               `json:"pinned,omitzero"`
	Archived     *bool               `json:"archived,omitzero"`
	// Cleared is up to where the caller does not want to see what was said, on all devices, ever again.
	Cleared *chat.Seq `json:"cleared,omitzero"`
}

// Preferred is the result of mark and prefs, and what the user's other devices are told by the event prefs, also after mute: what
// was changed.
type Preferred struct {
	Event        string              `json:"event,omitzero"`
	Conversation chat.ConversationID `json:"conversation"`
	Pinned       *bool               `json:"pinned,omitzero"`
	Archived     *bool               `json:"archived,omitzero"`
	Cleared      chat.Seq            `json:"cleared,omitzero"`
	// Muted is until when it makes no noise, as Until renders it, and MentionsOnly what it lets through; only in the event.
	Muted        string `json:"muted,omitzero"`
	MentionsOnly bool   `json:"mentions_only,omitzero"`
	// Marked is from where on everything counts as unread, 0 if nothing is marked any more, and MarkedAt the last seq when
	// that was said.
	Marked   *chat.Seq `json:"marked,omitzero"`
	MarkedAt chat.Seq  `json:"marked_at,omitzero"`
}

// Told is the frame that tells the user's other devices.
func (c Preferred) Told() Preferred {
	c.Event = EventPrefs
	return c
}

// Explain asks why as much is unread as is.
type Explain struct {
	Head
	Conversation chat.ConversationID `json:"conversation"`
}

// Unread is how much of a conversation somebody has not read: exact up to 99, and at least that with More.
type Unread struct {
	Count int  `json:"count"`
	More  bool `json:"more,omitzero"`
	// Mentions is how many of those mention the user.
	Mentions int `json:"mentions,omitzero"`
}

// FromUnread renders a count; nil if there is nothing to read.
func FromUnread(u chat.Unread) *Unread {
	if u.Count == 0 && !u.More {
		return nil
	}
	return &Unread{u.Count, u.More, u.Mentions}
}

// Explained is the result of explain.
type Explained struct {
	Conversation chat.ConversationID `json:"conversation"`
	// The cursors and the mark as they are stored.
	Read      chat.Seq `json:"read,omitzero"`
	Delivered chat.Seq `json:"delivered,omitzero"`
	Marked    chat.Seq `json:"marked,omitzero"`
	MarkedAt  chat.Seq `json:"marked_at,omitzero"`
	// From is the first seq that the user may see; absent for all. Head is the last one.
	From chat.Seq `json:"from,omitzero"`
	Head chat.Seq `json:"head"`
	// Since is the seq behind which entries count.
	Since chat.Seq `json:"since,omitzero"`
	Unread
	// Seqs are those that count, the newest first, and Skipped is how many of the others do not, by reason.
	Seqs    []chat.Seq          `json:"seqs,omitzero"`
	Skipped map[chat.Reason]int `json:"skipped,omitzero"`
}

// NewExplained renders an explanation.
func NewExplained(s chat.Standing, head chat.Seq, u chat.Unread) Explained {
	if len(u.Skipped) == 0 {
		u.Skipped = nil
	}
	return Explained{
		Conversation: s.Conversation, Read: s.Read, Delivered: s.Delivered, Marked: s.Marked, MarkedAt: s.MarkedAt,
		From: s.First(), Head: head, Since: u.Since, Unread: Unread{u.Count, u.More, u.Mentions}, Seqs: u.Seqs, Skipped: u.Skipped,
	}
}

// Own is what a line of the list says of the caller's own standing in a conversation, and of the other one in a direct one.
type Own struct {
	// Unread is absent if there is nothing to read.
	Unread *Unread  `json:"unread,omitzero"`
	Read   chat.Seq `json:"read,omitzero"`
	// PeerRead and PeerDelivered are up to where the other one of a direct conversation has it, as far as they tell.
	PeerRead      chat.Seq `json:"peer_read,omitzero"`
	PeerDelivered chat.Seq `json:"peer_delivered,omitzero"`
	// PeerPresence is theirs.
	PeerPresence Presence `json:"peer_presence,omitzero"`
	Marked       chat.Seq `json:"marked,omitzero"`
	MarkedAt     chat.Seq `json:"marked_at,omitzero"`
	Pinned       bool     `json:"pinned,omitzero"`
	// Archived conversations are shown apart. Whatever happens in one brings it back, unless it is muted.
	Archived bool `json:"archived,omitzero"`
	// Cleared is up to where the caller has cleared it: a device forgets what it shows of that.
	Cleared chat.Seq `json:"cleared,omitzero"`
	// Muted is until when it makes no noise, and MentionsOnly lets those messages through that mention the caller.
	Muted        string `json:"muted,omitzero"`
	MentionsOnly bool   `json:"mentions_only,omitzero"`
}

// NewOwn renders what a standing says of a conversation with that last seq.
func NewOwn(s chat.Standing, head chat.Seq, now time.Time) Own {
	out := Own{
		Read: s.Read, Marked: s.Marked, MarkedAt: s.MarkedAt, Pinned: s.Pinned, Archived: s.Away(head, now),
		Cleared: s.Cleared, MentionsOnly: s.Mentions,
	}
	if now.Before(s.Muted) {
		out.Muted = Time(s.Muted)
	}
	return out
}

// Domain is the receipt as the domain knows it.
func (r Reached) Domain() chat.Receipt {
	out := chat.Receipt{Conversation: r.Conversation}
	if r.Delivered != nil {
		out.Delivered = *r.Delivered
	}
	if r.Read != nil {
		out.Read = *r.Read
	}
	return out
}

func (r *Receipts) check() error {
	if err := r.Head.check(); err != nil {
		return err
	}
	if len(r.Cursors) < 1 || len(r.Cursors) > chat.MaxReceipts {
		return chat.Errorf(chat.Invalid, "cursors: 1 to %d", chat.MaxReceipts)
	}
	seen := map[chat.ConversationID]bool{}
	for _, c := range r.Cursors {
		switch {
		case !c.Conversation.Valid() || seen[c.Conversation]:
			return invalid("cursors.conversation: a conversation id, each once")
		case !isSeq(c.Delivered), !isSeq(c.Read):
			return invalid("cursors: a seq of at least 1")
		case c.Delivered == nil && c.Read == nil:
			return invalid("cursors: delivered, read, or both")
		}
		seen[c.Conversation] = true
	}
	return nil
}

func (r *Seen) check() error {
	if err := r.checkIn(r.Conversation); err != nil {
		return err
	}
	switch {
	case r.Seq < 1 || r.Seq > chat.MaxSeq:
		return invalid("seq: a seq of at least 1")
	case r.Next != "" && !r.Next.Valid():
		return invalid("next: not from an earlier page")
	}
	return nil
}

func (r *Mark) check() error {
	if err := r.checkIn(r.Conversation); err != nil {
		return err
	}
	switch {
	case !isSeq(r.Seq):
		return invalid("seq: a seq of at least 1, or leave it out")
	}
	return nil
}

// isSeq reports whether what is there is a seq.
func isSeq(seq *chat.Seq) bool { return seq == nil || *seq >= 1 && *seq <= chat.MaxSeq }

func (r *Prefs) check() error {
	if err := r.checkIn(r.Conversation); err != nil {
		return err
	}
	switch {
	case !isSeq(r.Cleared):
		return invalid("cleared: a seq of at least 1")
	case r.Pinned == nil && r.Archived == nil && r.Cleared == nil:
		return invalid("pinned, archived or cleared")
	}
	return nil
}

func (r *Explain) check() error {
	return r.checkIn(r.Conversation)
}
