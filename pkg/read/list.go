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
	tails, err := r.existing(ctx, ids)
	if err != nil {
		return wire.Listed{}, err
	}
	list := wire.Listed{Conversations: []wire.Conversation{}}
	left := room
	for i, tail := range tails {
		if tail.Head == 0 || !tail.Conversation.Large() && tail.Conversation.Members[who.User] == "" {
			continue // nothing was said yet, or a creation that was cut short named other members: it does not exist
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

// existing reads the tails of conversations that the index names. One whose header was never written has a zero tail.
func (r *Reader) existing(ctx context.Context, ids []chat.ConversationID) ([]chat.Tail, error) {
	return each(ctx, ids, func(ctx context.Context, id chat.ConversationID) (chat.Tail, error) {
		tail, _, err := r.Log.Tail(ctx, id, chat.Strong)
		if err != nil {
			return tail, err
		}
		last := []chat.Entry{tail.Last}
		err = chat.Join(ctx, r.Log, id, last)
		tail.Last = last[0]
		return tail, err
	})
}

// line renders a conversation with its last entry, or without if that would take more than a quarter of what is left.
func line(tail chat.Tail, user chat.UserID, left int) (wire.Conversation, int, error) {
	c := tail.Conversation
	out := wire.Conversation{
		Conversation: c.ID, Kind: c.Kind, Name: c.Name, Peer: c.Peer(user), Size: c.Size, Head: tail.Head,
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
