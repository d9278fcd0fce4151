package read

import (
	"context"
	"slices"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// skew is how much the clocks of functions may differ: what changed shortly before a list was made is told again.
const skew = 10 * time.Second

// restoredFor is how long after its epoch a conversation counts as changed: the epoch is chosen before the restored table is
// used, and devices ask for what has changed since the time before that.
const restoredFor = 24 * time.Hour

// Conversations lists the caller's conversations with their heads, which a device compares with its cursors, and what is unread
// in each. With since it leaves out those in which nothing has happened since then and whose cursors and choices have not
// changed, and looks at more of them at once: so a device that was away for a moment gets one small frame.
//
// It costs one Query of the index, one of the caller's drafts (half a unit for each 4 KB) and, for each conversation, the tail (a read unit), the caller's standing and, in a direct one,
// the peer's standing and session (half a unit each); if something is unread, the range of that, strongly read, and half a unit
// for each who wrote it.
func (r *Reader) Conversations(ctx context.Context, who chat.Identity, q wire.Conversations) (wire.Listed, error) {
	limit, since := orDefault(q.Limit, chat.DefaultPage), time.Time{}
	if q.Since != "" {
		since, _ = wire.ParseTime(q.Since) // it was checked
		limit = chat.MaxChanged
	}
	list := wire.Listed{Conversations: []wire.Conversation{}}
	if q.Next == "" {
		list.Since = wire.Time(r.Now().Add(-skew))
	}
	ids, err := r.Log.Conversations(ctx, who.User, q.Next, limit)
	if err != nil {
		return wire.Listed{}, err
	}
	lines, of, err := r.lines(ctx, who.User, q.Next, ids, since)
	if err != nil {
		return wire.Listed{}, err
	}
	looked := 0
	left := room - 128 // next, since and of
	for i, l := range lines {
		if !l.shown {
			looked += of[i]
			continue
		}
		line, bytes, err := l.fit(left)
		if err != nil {
			return list, err
		}
		if bytes > left {
			list.Next = ids[i-1] // never at the first: a line without its entry is small
			break
		}
		list.Conversations = append(list.Conversations, line)
		looked += of[i]
		left -= bytes
	}
	if list.Next == "" && len(ids) == limit {
		list.Next = ids[limit-1]
	}
	if q.Since != "" {
		list.Of = &looked
	}
	return list, nil
}

// listed is one conversation of a page.
type listed struct {
	shown bool
	line  wire.Conversation
	last  wire.Entry
}

// lines makes a line of each conversation that exists and has changed, and says of each whether it exists: 1 or 0.
func (r *Reader) lines(
	ctx context.Context, user chat.UserID, after chat.ConversationID, ids []chat.ConversationID, since time.Time,
) (lines []listed, of []int, err error) {
	tails, err := r.existing(ctx, ids, user)
	if err != nil {
		return nil, nil, err
	}
	standings, err := r.standings(ctx, user, tails)
	if err != nil {
		return nil, nil, err
	}
	drafts, err := r.drafts(ctx, user, after, ids)
	if err != nil {
		return nil, nil, err
	}
	of = make([]int, len(ids))
	var changed []int
	users := []chat.UserID{user}
	for i, tail := range tails {
		if tail.Head == 0 || unwelcome(tail, user) {
			continue
		}
		of[i] = 1
		peer := tail.Conversation.Peer(user)
		own := standings[chat.Membership{Conversation: ids[i], User: user}]
		theirs := standings[chat.Membership{Conversation: ids[i], User: peer}]
		if since.After(latest(
			tail.Conversation.Epoch.Time().Add(restoredFor), tail.Conversation.Accepted, tail.Last.At, own.Touched, theirs.Touched, drafts[ids[i]].At,
		)) {
			continue
		}
		changed = append(changed, i)
		if peer != "" {
			users = append(users, peer)
		}
	}
	lines = make([]listed, len(ids))
	if len(changed) == 0 {
		return lines, of, nil
	}
	sessions, err := r.sessions(ctx, users)
	if err != nil {
		return nil, nil, err
	}
	_, err = each(ctx, changed, func(ctx context.Context, i int) (struct{}, error) {
		tail := tails[i]
		own := standings[chat.Membership{Conversation: ids[i], User: user}]
		tail.Place.From = max(tail.Place.From, own.First())
		l := describe(tail, user, own.Hides)
		l.Own = wire.NewOwn(own, tail.Head, r.Now())
		if peer := tail.Conversation.Peer(user); tail.Conversation.Quiet() {
			l.PeerPresence = chat.Concealed(peer).Presence
		} else if peer != "" {
			r.peer(&l.Own, standings[chat.Membership{Conversation: ids[i], User: peer}], sessions[user], sessions[peer])
		}
		if d, ok := drafts[ids[i]]; ok {
			l.Draft = wire.FromBegun(d)
		}
		u, err := r.unread(ctx, tail, own)
		l.Unread = wire.FromUnread(u)
		if err != nil {
			return struct{}{}, err
		}
		last := []chat.Entry{tail.Last}
		err = chat.Join(ctx, r.Log, ids[i], last)
		lines[i] = listed{true, l, wire.FromEntry(last[0].For(user, tail.Place))}
		return struct{}{}, err
	})
	return lines, of, err
}

func latest(times ...time.Time) time.Time { return slices.MaxFunc(times, time.Time.Compare) }

// drafts reads what the user has begun to write in the conversations of a page, which come in the order of their ids behind after.
func (r *Reader) drafts(ctx context.Context, user chat.UserID, after chat.ConversationID, ids []chat.ConversationID) (map[chat.ConversationID]chat.Draft, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	drafts, err := r.Drafts.DraftsUpTo(ctx, user, after, ids[len(ids)-1])
	for id, d := range drafts {
		if r.Now().Sub(d.At) >= chat.DraftRetention {
			delete(drafts, id)
		}
	}
	return drafts, err
}

// sessions reads the sessions of users by name.
func (r *Reader) sessions(ctx context.Context, users []chat.UserID) (map[chat.UserID]chat.Session, error) {
	all, err := r.Sessions.Sessions(ctx, users)
	found := make(map[chat.UserID]chat.Session, len(all))
	for _, s := range all {
		found[s.User] = s
	}
	return found, err
}

// peer adds what the caller may know of the other one of a direct conversation: not what they have read if the caller reads
// privately.
func (r *Reader) peer(own *wire.Own, s chat.Standing, self, peer chat.Session) {
	own.PeerPresence = peer.Settled().Presence(r.Now()).Presence
	if !self.Settings.Private {
		own.PeerRead = s.Shown
	}
	if s.Delivered > own.PeerRead {
		own.PeerDelivered = s.Delivered
	}
}

// existing reads the tails of conversations that the index names. The tail is zero of those that do not exist for the user:
// nothing was said yet, a creation was cut short, or the index is older than a removal.
func (r *Reader) existing(ctx context.Context, ids []chat.ConversationID, user chat.UserID) ([]chat.Tail, error) {
	return each(ctx, ids, func(ctx context.Context, id chat.ConversationID) (chat.Tail, error) {
		tail, err := chat.Enter(ctx, r.Log, id, user, chat.Strong)
		if err != nil {
			if chat.AsError(err).Code == chat.Forbidden {
				err = nil
			}
			return chat.Tail{}, err
		}
		return tail, nil
	})
}

// unwelcome reports whether a conversation is a request by somebody who is blocked, or of which the user sees nothing: then it
// is not listed.
func unwelcome(tail chat.Tail, user chat.UserID) bool {
	c := tail.Conversation
	return c.Request == user && (c.Blocked[user] || tail.Last.For(user, tail.Place).Kind == chat.Hidden)
}

// describe renders the header of a conversation and what the caller has hidden of it.
func describe(tail chat.Tail, user chat.UserID, hides chat.Hides) wire.Conversation {
	c := tail.Conversation
	out := wire.Conversation{
		Conversation: c.ID, Kind: c.Kind, Name: c.Setup.Name, Peer: c.Peer(user), Size: c.Size, Head: tail.Head, Epoch: c.Epoch,
		From: tail.Place.From, Role: tail.Place.Role, Can: c.Capabilities(tail.Place.Role),
		Request: c.Request == user, Picture: c.Setup.Picture, Announce: c.Setup.Announce, Slow: int(c.Setup.Slow.Seconds()), History: c.Setup.History,
		Pins: pinned(tail), Hides: wire.FromHides(hides), Parent: c.Parent, Root: c.Root,
	}
	if timer := c.Clock(chat.Timer{}); timer.Set() {
		out.Timer = wire.FromTimer(timer)
	}
	return out
}

// pinned is how many pins there are that the caller's place allows. What has become of those messages is not read for it.
func pinned(tail chat.Tail) (n int) {
	for _, seq := range tail.Conversation.Pins {
		if seq >= tail.Place.From {
			n++
		}
	}
	return n
}

// fit is the line with its last entry, or without if that would take more than a quarter of what is left, and its size.
func (l listed) fit(left int) (wire.Conversation, int, error) {
	bytes, err := size(l.last)
	if err != nil {
		return l.line, 0, err
	}
	if bytes < left/4 {
		l.line.Last = &l.last
	}
	b, err := wire.Encode(l.line)
	return l.line, len(b) + 1, err
}
