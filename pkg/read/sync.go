package read

import (
	"context"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Sync returns what follows each cursor, without a gap, as far as one frame holds it; conversations of which nothing was
// missed are left out, and those that the caller is not in are marked as gone. The heads are read strongly, because
// a device that syncs relies on them to know that it has everything.
func (r *Reader) Sync(ctx context.Context, who chat.Identity, q wire.Sync) (wire.Synced, error) {
	ids := make([]chat.ConversationID, len(q.Cursors))
	for i, c := range q.Cursors {
		ids[i] = c.Conversation
	}
	tails, err := each(ctx, ids, func(ctx context.Context, id chat.ConversationID) (chat.Tail, error) {
		tail, err := chat.Enter(ctx, r.Log, id, who.User, chat.Strong)
		if err != nil && chat.AsError(err).Code == chat.Forbidden {
			return chat.Tail{}, nil // that there is no conversation says it
		}
		return tail, err
	})
	if err != nil {
		return wire.Synced{}, err
	}
	var behind []*chat.Tail
	for i := range tails {
		if q.Cursors[i].After < tails[i].Head {
			behind = append(behind, &tails[i])
		}
	}
	if err := chat.StepOverCleared(ctx, r.Standings, who.User, behind...); err != nil {
		return wire.Synced{}, err
	}
	result := wire.Synced{Conversations: []wire.Missed{}}
	left := room
	for i, tail := range tails {
		after := q.Cursors[i].After
		gone := tail.Conversation.ID == ""
		if after >= tail.Head && !gone {
			continue
		}
		if left <= overhead { // nothing more would fit, so nothing more is read
			result.More = true
			break
		}
		if gone {
			result.Conversations = append(result.Conversations, wire.Missed{Conversation: ids[i], Gone: true})
			left -= overhead
			continue
		}
		missed, complete, err := r.fill(ctx, who.User, tail, max(after, max(tail.Place.From, 1)-1), &left)
		if err != nil {
			return wire.Synced{}, err
		}
		if len(missed.Entries) > 0 {
			result.Conversations = append(result.Conversations, missed)
		}
		result.More = result.More || !complete
	}
	return result, nil
}

// fill collects the entries after a cursor until the head, or until nothing is left of the frame, and reports whether it
// reached the head. Each entry follows the one before by one: what an odd read shows beyond a hole is left for the next.
func (r *Reader) fill(ctx context.Context, user chat.UserID, tail chat.Tail, after chat.Seq, left *int) (wire.Missed, bool, error) {
	missed := wire.Missed{Conversation: tail.Conversation.ID, Head: tail.Head, Epoch: tail.Conversation.Epoch, From: tail.Place.From}
	*left -= overhead
	for after < tail.Head {
		entries := []chat.Entry{tail.Last} // often all that is missing, and already here
		if after+1 < tail.Head {
			var err error
			if entries, err = r.Log.After(ctx, missed.Conversation, after, batch, chat.Strong); err != nil {
				return missed, false, err
			}
		}
		if len(entries) == 0 {
			return missed, false, nil
		}
		if err := chat.Join(ctx, r.Log, missed.Conversation, entries); err != nil {
			return missed, false, err
		}
		for _, e := range entries {
			line := wire.FromEntry(e.For(user, tail.Place))
			bytes, err := size(line)
			if err != nil {
				return missed, false, err
			}
			if e.Seq != after+1 || bytes > *left {
				*left = 0
				return missed, false, nil
			}
			missed.Entries = append(missed.Entries, line)
			*left -= bytes
			after = e.Seq
		}
	}
	missed.Head = after // the log may have grown since the tail was read
	return missed, true, nil
}
