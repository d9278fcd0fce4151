package read

import (
	"context"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// unread counts what a member has not read. It reads the log from its end to where everything is read, at most chat.MaxCounted
// entries, and nothing if that is all; and what the member has decided about each of those who wrote there.
func (r *Reader) unread(ctx context.Context, tail chat.Tail, s chat.Standing) (chat.Unread, error) {
	begin := s.View(nil).Begin()
	if tail.Head <= begin {
		return chat.Unread{Since: begin}, nil
	}
	entries := []chat.Entry{tail.Last} // often all that there is, and already here
	silent := map[chat.UserID]bool{}
	for first := tail.Head; ; {
		if err := chat.Fill(ctx, r.Log, entries); err != nil { // what has disappeared does not count
			return chat.Unread{}, err
		}
		if err := r.silence(ctx, s.User, entries, silent); err != nil {
			return chat.Unread{}, err
		}
		u := s.View(silent).Unread(entries)
		if !u.More || len(u.Seqs) > chat.MaxUnread || len(entries) >= chat.MaxCounted {
			return u, nil
		}
		older, err := r.Log.Before(ctx, tail.Conversation.ID, first, min(batch, int(first-1-begin), chat.MaxCounted-len(entries)))
		if err != nil || len(older) == 0 {
			return u, err
		}
		entries = append(older, entries...)
		first = entries[0].Seq
	}
}

// silence learns which of those who wrote entries a user does not want to hear. What is known of is not asked for again.
func (r *Reader) silence(ctx context.Context, user chat.UserID, entries []chat.Entry, silent map[chat.UserID]bool) error {
	var others []chat.UserID
	for _, e := range entries {
		if _, known := silent[e.From]; !known && e.Kind == chat.Message && e.From != user {
			silent[e.From] = false
			others = append(others, e.From)
		}
	}
	found, err := r.Silences.Silent(ctx, user, others, r.Now())
	for other := range found {
		silent[other] = true
	}
	return err
}

// standings reads the standings of members of these conversations, and those of the peers of direct ones, by member. Who joined
// in this moment may have none yet, and gets one in which nothing was read.
func (r *Reader) standings(ctx context.Context, user chat.UserID, tails []chat.Tail) (map[chat.Membership]chat.Standing, error) {
	var of []chat.Membership
	found := map[chat.Membership]chat.Standing{}
	for _, tail := range tails {
		if tail.Head == 0 {
			continue
		}
		m := chat.Membership{Conversation: tail.Conversation.ID, User: user}
		of = append(of, m)
		found[m] = chat.Standing{Conversation: m.Conversation, Seat: chat.Seat{User: user, Place: tail.Place}}
		if peer := tail.Conversation.Peer(user); peer != "" {
			of = append(of, chat.Membership{Conversation: m.Conversation, User: peer})
		}
	}
	all, err := r.Standings.Standings(ctx, of)
	for _, s := range all {
		found[chat.Membership{Conversation: s.Conversation, User: s.User}] = s
	}
	return found, err
}

// Explain says why as much is unread to the caller as is. It costs what a line of the list does, strongly read. Errors: forbidden.
func (r *Reader) Explain(ctx context.Context, who chat.Identity, q wire.Explain) (wire.Explained, error) {
	tail, err := chat.Enter(ctx, r.Log, q.Conversation, who.User, chat.Strong)
	if err != nil {
		return wire.Explained{}, err
	}
	standings, err := r.standings(ctx, who.User, []chat.Tail{tail})
	if err != nil {
		return wire.Explained{}, err
	}
	s := standings[chat.Membership{Conversation: q.Conversation, User: who.User}]
	s.Conversation, s.User, s.Place = q.Conversation, who.User, tail.Place
	u, err := r.unread(ctx, tail, s)
	return wire.NewExplained(s, tail.Head, u), err
}
