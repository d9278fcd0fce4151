package read

import (
	"context"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Seen tells who of the members has a message and who has read it, by their cursors and by what they wrote since: whoever writes has
// read what stands before. It counts those for whom the message was, which are not its author nor those who came later. Private
// readers count as those who have it, and to a private caller everybody does; across a block nobody is told anything: who is apart
// from the caller is not on the page and counts on it as one who does not have it.
//
// It costs the query of the tail, the message, the members (half a read unit for about 50), the newest entries behind the message,
// the caller's session, and in a group one read unit for what the caller and each who is on the page have decided about each other. Errors: forbidden; not_found for what is not a message that the caller sees.
func (r *Reader) Seen(ctx context.Context, who chat.Identity, q wire.Seen) (wire.SeenBy, error) {
	out := wire.SeenBy{Users: []wire.SeenLine{}}
	tail, err := chat.Enter(ctx, r.Log, q.Conversation, who.User, chat.Eventual)
	if err != nil {
		return out, err
	}
	if err := chat.StepOverCleared(ctx, r.Standings, who.User, &tail); err != nil {
		return out, err
	}
	e, ok, err := r.Log.Entry(ctx, q.Conversation, q.Seq)
	if err != nil {
		return out, err
	}
	if !ok || e.For(who.User, tail.Place).Kind != chat.Message {
		return out, &chat.Error{Code: chat.NotFound}
	}
	roll, err := r.Standings.Roll(ctx, q.Conversation)
	if err != nil {
		return out, err
	}
	wrote, err := r.wrote(ctx, e)
	if err != nil {
		return out, err
	}
	sessions, err := r.Sessions.Sessions(ctx, []chat.UserID{who.User})
	if err != nil {
		return out, err
	}
	left := room - 256 // the counts, and the longest next
	for _, s := range roll {
		if s.User == e.From || s.From > e.Seq || !stillFollows(tail.Conversation, s.User) {
			continue
		}
		out.Of++
		line, has := seenBy(s, e.Seq, wrote[s.User], sessions[0].Settings.Private && s.User != who.User)
		if !has || tail.Conversation.Quiet() {
			continue
		}
		out.Delivered++
		if line.Read {
			out.Read++
		}
		if s.User <= q.Next || out.Next != "" {
			continue
		}
		b, err := wire.Encode(line)
		if err != nil {
			return out, err
		}
		if left -= len(b) + 1; left < 0 {
			out.Next = out.Users[len(out.Users)-1].User
			continue
		}
		out.Users = append(out.Users, line)
	}
	return out, r.part(ctx, tail.Conversation, who.User, &out)
}

// stillFollows reports whether a member is one of whom a conversation consists: of a thread, those whom its parent still has.
func stillFollows(c chat.Conversation, user chat.UserID) bool {
	_, there := c.Members[user]
	return there || c.Kind != chat.Thread
}

// part takes those out of a page who are apart from the user. Between two people the header says so, and was asked.
func (r *Reader) part(ctx context.Context, c chat.Conversation, user chat.UserID, page *wire.SeenBy) error {
	if c.Kind == chat.Direct || len(page.Users) == 0 {
		return nil
	}
	users := make([]chat.UserID, len(page.Users))
	for i, line := range page.Users {
		users[i] = line.User
	}
	pairs, err := r.Pairs.Between(ctx, user, users)
	if err != nil {
		return err
	}
	all := page.Users
	page.Users = []wire.SeenLine{}
	for i, line := range all {
		if !pairs[i].Apart() {
			page.Users = append(page.Users, line)
			continue
		}
		page.Delivered--
		if line.Read {
			page.Read--
		}
	}
	return nil
}

// seenBy is what is told of one member, and whether they have the entry.
func seenBy(s chat.Standing, seq chat.Seq, wrote, private bool) (line wire.SeenLine, has bool) {
	read := wrote || s.Shown >= seq
	return wire.SeenLine{User: s.User, Read: read && !private}, read || s.Delivered >= seq
}

// wrote are those who wrote a message among the entries that follow one.
func (r *Reader) wrote(ctx context.Context, e chat.Entry) (map[chat.UserID]bool, error) {
	since, err := r.Log.After(ctx, e.Conversation, e.Seq, batch, chat.Eventual)
	wrote := map[chat.UserID]bool{}
	for _, later := range since {
		if later.Kind == chat.Message && !later.Hidden && !later.Unattended {
			wrote[later.From] = true
		}
	}
	return wrote, err
}
