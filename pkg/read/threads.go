package read

import (
	"context"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Threads tells how far the threads about some messages of a conversation have come. It costs a query of the conversation, one for
// each message asked for, and between two people a read unit for each about which the other one began a thread: if they were blocked
// then, it was told to nobody.
func (r *Reader) Threads(ctx context.Context, who chat.Identity, q wire.Threads) (wire.ThreadList, error) {
	parent, err := chat.Enter(ctx, r.Log, q.Conversation, who.User, chat.Eventual)
	if err != nil {
		return wire.ThreadList{}, err
	}
	if err := chat.StepOverCleared(ctx, r.Standings, who.User, &parent); err != nil {
		return wire.ThreadList{}, err
	}
	ids := make([]chat.ConversationID, len(q.Roots))
	for i, root := range q.Roots {
		ids[i] = chat.ThreadID(q.Conversation, root)
	}
	tails, err := each(ctx, ids, func(ctx context.Context, id chat.ConversationID) (chat.Tail, error) {
		tail, _, err := r.Log.Tail(ctx, id, chat.Eventual)
		return tail, err
	})
	if err != nil {
		return wire.ThreadList{}, err
	}
	told, err := r.told(ctx, parent.Conversation, who.User, tails)
	if err != nil {
		return wire.ThreadList{}, err
	}
	list := wire.ThreadList{Threads: []wire.ThreadLine{}}
	for i, tail := range tails {
		root := q.Roots[i]
		if tail.Head == 0 || root < parent.Place.From || !told[root] {
			continue
		}
		_, following := tail.Conversation.Members[who.User]
		line := wire.ThreadLine{
			Root: root, Conversation: ids[i], Head: tail.Head, At: wire.Time(tail.Last.At), Size: len(tail.Conversation.Members), Following: following,
		}
		if last := tail.Last.For(who.User, chat.Place{}); last.Kind != chat.Hidden {
			line.From = last.From
		}
		list.Threads = append(list.Threads, line)
	}
	return list, nil
}

// told are the messages of a conversation about which there is a thread that the user knows of.
func (r *Reader) told(ctx context.Context, c chat.Conversation, user chat.UserID, threads []chat.Tail) (map[chat.Seq]bool, error) {
	told := map[chat.Seq]bool{}
	var doubtful []chat.Seq
	for _, tail := range threads {
		if t := tail.Conversation; t.ID != "" {
			if told[t.Root] = c.Kind != chat.Direct || t.Creator == user; !told[t.Root] {
				doubtful = append(doubtful, t.Root)
			}
		}
	}
	roots, err := r.Log.Entries(ctx, c.ID, doubtful)
	for _, root := range roots {
		told[root.Seq] = root.State.Thread != ""
	}
	return told, err
}
