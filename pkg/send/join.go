package send

import (
	"context"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// noLink is all that is said of a link that does not work, whatever the reason: it was never there, has expired, is used up
// or revoked, or the caller is banned.
func noLink() error { return chat.Errorf(chat.NotFound, "code: the link does not work") }

// Preview says where a link leads, to whoever could join by it.
func (g *Groups) Preview(ctx context.Context, who chat.Identity, q wire.Preview) (wire.Previewed, error) {
	c, err := g.lead(ctx, q.Code)
	if err == nil {
		err = g.admit(ctx, c.Conversation.ID, who.User, q.Code)
	}
	if err != nil {
		return wire.Previewed{}, err
	}
	setup := c.Conversation.Setup
	out := wire.Previewed{Conversation: c.Conversation.ID, Name: setup.Name, Size: c.Conversation.Size}
	if setup.Picture != "" {
		picture, err := g.Pictures.Picture(ctx, setup)
		if err != nil {
			return out, err
		}
		out.Picture = &picture
	}
	return out, nil
}

// Join makes the caller a member by a link and counts that, in one transaction. Who is one already stays what they are.
func (g *Groups) Join(ctx context.Context, who chat.Identity, q wire.Join) (wire.Governed, error) {
	e := chat.Entry{Conversation: q.Code.Conversation(), Kind: chat.Joined, ID: q.ID, From: who.User}
	e, err := g.govern(ctx, who, act{
		entry: e,
		enter: func(ctx context.Context) (chat.Tail, error) {
			tail, err := g.lead(ctx, q.Code)
			if err != nil {
				return tail, err
			}
			members, err := g.places(ctx, tail.Conversation, []chat.UserID{who.User})
			if err == nil && len(members) > 0 {
				err = errUnchanged
			}
			return tail, err
		},
		decide: func(ctx context.Context, tail chat.Tail) (r ruling, err error) {
			if err := g.admit(ctx, e.Conversation, who.User, q.Code); err != nil {
				return r, err
			}
			if tail.Conversation.Size >= chat.MaxMembers {
				return r, chat.Errorf(chat.TooLarge, "the group is full")
			}
			r = rule(tail.Conversation, chat.Body{})
			r.joins = []chat.UserID{who.User}
			r.changes = []chat.Change{{Admit: who.User}, {Use: q.Code.ID()}}
			return r, nil
		},
	})
	return governed(e, err)
}

// lead reads the group that a code leads into, if there is one. An empty one is over.
func (g *Groups) lead(ctx context.Context, code chat.InviteCode) (chat.Tail, error) {
	tail, ok, err := g.Log.Tail(ctx, code.Conversation(), chat.Strong)
	if err == nil && (!ok || tail.Conversation.Kind != chat.Group || tail.Conversation.Size == 0) {
		err = noLink()
	}
	return tail, err
}

// admit refuses a user whom a link does not let in.
func (g *Groups) admit(ctx context.Context, id chat.ConversationID, user chat.UserID, code chat.InviteCode) error {
	invite, ok, err := g.Gate.Invite(ctx, id, code.ID())
	if err != nil {
		return err
	}
	banned, err := g.Gate.Banned(ctx, id, []chat.UserID{user})
	if err == nil && (!ok || !invite.Open(g.Now()) || banned[user]) {
		err = noLink()
	}
	return err
}
