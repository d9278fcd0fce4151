package chat

import "slices"

// View is from where somebody looks at a conversation: who they are, from where on they may read, and how far they are.
type View struct {
	User UserID
	From Seq
	// Read is up to where they have read.
	Read Seq
	// Marked is the seq from which on they want everything to count as unread although they have read it, 0 for none, and
	// MarkedAt was the last seq when they said so.
	Marked, MarkedAt Seq
	// Silent are those of the senders whom they have muted or blocked.
	Silent map[UserID]bool
}

// Reason is why an entry does not count as unread.
type Reason string

// The reasons, in the order in which they are looked for. The first is that the user is not shown what it says.
const (
	SkipHidden  Reason = "hidden"
	SkipSystem  Reason = "system"
	SkipOwn     Reason = "own"
	SkipDeleted Reason = "deleted" // or expired
	SkipParent  Reason = "in_parent"
	SkipSilent  Reason = "silent"
)

// Unread is how much somebody has not read, and why it is as much. What is muted as a whole counts like anything else; it only
// does not ring.
type Unread struct {
	// Count is exact up to MaxUnread. More means that it is at least that: there are more, or so many entries were not looked
	// at.
	Count int
	More  bool
	// Mentions is how many of those mention the user, by name or as everybody.
	Mentions int
	// Seqs are those that count, the newest first, and one more if there are more than MaxUnread.
	Seqs []Seq
	// Skipped is how many of the entries behind Since do not count, by reason.
	Skipped map[Reason]int
	// Since is the seq behind which entries count: what is read, by the cursor or by an answer.
	Since Seq
}

// Unread counts what a user has not read among the newest entries of a conversation, oldest first, without a gap and to its
// end, joined and as they are stored or as the user gets them. It is the only definition of unread that there is: the server
// and every device use it, and events/unread.json holds examples for clients in other languages.
//
// A message counts if it is behind the read cursor, from somebody else who is neither muted nor blocked, shown to the user and
// neither deleted nor expired. A message of a thread that is shown in the parent counts there. Whoever writes has read what stands before: so the newest message of one's own counts as read, and so does all
// before it, unless it was written unattended. A mark makes everything from a seq on count as unread, until the user reads or writes again.
func (v View) Unread(entries []Entry) Unread {
	u := Unread{Since: v.since(entries), Skipped: map[Reason]int{}}
	for _, e := range slices.Backward(entries) {
		if e.Seq <= u.Since {
			return u
		}
		if reason := v.skips(e); reason != "" {
			u.Skipped[reason]++
			continue
		}
		u.Seqs = append(u.Seqs, e.Seq)
		if u.Count == MaxUnread {
			u.More = true
			return u
		}
		u.Count++
		if e.Body.Everybody || slices.Contains(e.Body.Mentions, v.User) {
			u.Mentions++
		}
	}
	u.More = len(entries) > 0 && entries[0].Seq > u.Since+1
	return u
}

// Begin is the seq behind which entries can count, as far as the cursor and the mark tell: an own message behind it moves it
// forward.
func (v View) Begin() Seq {
	if v.Marked > 0 {
		return max(v.Marked, v.From, 1) - 1
	}
	return max(v.Read, max(v.From, 1)-1)
}

// since is the seq behind which entries count.
func (v View) since(entries []Entry) Seq {
	for _, e := range slices.Backward(entries) {
		if e = v.shown(e); e.Kind == Message && e.From == v.User && !e.Unattended {
			if v.Marked > 0 && e.Seq <= v.MarkedAt {
				break // the mark came later
			}
			v.Marked = 0
			return max(v.Begin(), e.Seq)
		}
	}
	return v.Begin()
}

// skips returns why an entry does not count, or "" if it does.
func (v View) skips(e Entry) Reason {
	e = v.shown(e)
	switch {
	case e.Kind == Hidden:
		return SkipHidden
	case e.Kind != Message:
		return SkipSystem
	case e.From == v.User:
		return SkipOwn
	case e.State.Deleted || e.State.Expired:
		return SkipDeleted
	case e.Body.InParent:
		return SkipParent
	case v.Silent[e.From]:
		return SkipSilent
	}
	return ""
}

// shown is an entry as the user gets it.
func (v View) shown(e Entry) Entry { return e.For(v.User, Place{From: v.From}) }
