package read

import (
	"context"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Conversations lists the caller's conversations with their heads, which a device compares with its cursors. It costs one
// Query of the index and one tail for each.
func (r *Reader) Conversations(ctx context.Context, who chat.Identity, q wire.Conversations) (wire.Listed, error) {
	limit := orDefault(q.Limit, chat.DefaultPage)
	ids, err := r.Log.Conversations(ctx, who.User, q.Next, limit)
	if err != nil {
		return wire.Listed{}, err
	}
	tails, err := r.existing(ctx, ids, who.User)
	if err != nil {
		return wire.Listed{}, err
	}
	list := wire.Listed{Conversations: []wire.Conversation{}}
	left := room
	for i, tail := range tails {
		if tail.Head == 0 || unwelcome(tail, who.User) {
			continue
		}
		line, bytes, err := line(tail, who.User, left)
		if err != nil {
			return list, err
		}
		if bytes > left {
			list.Next = ids[i-1] // never at the first: a line without its entry is small
			return list, nil
		}
		list.Conversations = append(list.Conversations, line)
		left -= bytes
	}
	if len(ids) == limit {
		list.Next = ids[limit-1]
	}
	return list, nil
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
		last := []chat.Entry{tail.Last}
		err = chat.Join(ctx, r.Log, id, last)
		tail.Last = last[0].For(user, tail.Place)
		return tail, err
	})
}

// unwelcome reports whether a conversation is a request by somebody who is blocked, or of which the user sees nothing: then it
// is not listed.
func unwelcome(tail chat.Tail, user chat.UserID) bool {
	c := tail.Conversation
	return c.Request == user && (c.Blocked[user] || tail.Last.Kind == chat.Hidden)
}

// line renders a conversation with its last entry, or without if that would take more than a quarter of what is left.
func line(tail chat.Tail, user chat.UserID, left int) (wire.Conversation, int, error) {
	c := tail.Conversation
	out := wire.Conversation{
		Conversation: c.ID, Kind: c.Kind, Name: c.Setup.Name, Peer: c.Peer(user), Size: c.Size, Head: tail.Head, Epoch: c.Epoch,
		From: tail.Place.From, Role: tail.Place.Role, Can: c.Capabilities(tail.Place.Role),
		Request: c.Request == user, Picture: c.Setup.Picture, Announce: c.Setup.Announce, Slow: int(c.Setup.Slow.Seconds()), History: c.Setup.History,
	}
	last := wire.FromEntry(tail.Last)
	bytes, err := size(last)
	if err != nil {
		return out, 0, err
	}
	if bytes < left/4 {
		out.Last = &last
	}
	b, err := wire.Encode(out)
	return out, len(b) + 1, err
}
