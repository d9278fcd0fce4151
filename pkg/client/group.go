package client

import (
	"context"
	"slices"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// The methods in this file that change a group wait, in the way of Send, until that is stored and its members have been told;
// they wait for what was sent to it before. The result is Unchanged if everything was so already. Handle gets the entry
// moments later, as everybody else does. An *Error means that the server has refused: chat.Forbidden if the user may not.

// Add makes users members of a group. Those who do not want to be added by the user are Declined: they can be sent a link.
func (c *Client) Add(ctx context.Context, group chat.ConversationID, users ...chat.UserID) (wire.Governed, error) {
	users = slices.Clone(users)
	return c.govern(ctx, chat.Added, group, new(wire.Add), func(q wire.Govern) any {
		q.Action = "add"
		return wire.Add{Govern: q, Users: users}
	})
}

// Remove puts members out of a group whose role is below the user's.
func (c *Client) Remove(ctx context.Context, group chat.ConversationID, users ...chat.UserID) (wire.Governed, error) {
	return c.remove(ctx, group, users, false)
}

// Ban is Remove for good: no link brings them back. Users who are not members are banned, too.
func (c *Client) Ban(ctx context.Context, group chat.ConversationID, users ...chat.UserID) (wire.Governed, error) {
	return c.remove(ctx, group, users, true)
}

func (c *Client) remove(ctx context.Context, group chat.ConversationID, users []chat.UserID, ban bool) (wire.Governed, error) {
	users = slices.Clone(users)
	return c.govern(ctx, chat.Removed, group, new(wire.Remove), func(q wire.Govern) any {
		q.Action = "remove"
		return wire.Remove{Govern: q, Users: users, Ban: ban}
	})
}

// Leave takes the user out of a group; Handle gets Gone. If that is the owner, the longest member of the highest rank becomes
// it.
func (c *Client) Leave(ctx context.Context, group chat.ConversationID) (wire.Governed, error) {
	out, err := c.govern(ctx, chat.Left, group, new(wire.Leave), func(q wire.Govern) any {
		q.Action = "leave"
		return wire.Leave{Govern: q}
	})
	if err == nil {
		c.inbox.leave(group)
	}
	return out, err
}

// SetRole gives members a role below the user's. The owner hands the group over by making one of them the owner.
func (c *Client) SetRole(ctx context.Context, group chat.ConversationID, role chat.Role, users ...chat.UserID) (wire.Governed, error) {
	users = slices.Clone(users)
	return c.govern(ctx, chat.Ranked, group, new(wire.Rank), func(q wire.Govern) any {
		q.Action = "role"
		return wire.Rank{Govern: q, Users: users, Role: role}
	})
}

// Change changes the name, the picture or the rules of a group: what is nil stays. A picture is uploaded first.
func (c *Client) Change(ctx context.Context, group chat.ConversationID, a wire.Amendment) (wire.Governed, error) {
	return c.govern(ctx, chat.Changed, group, new(wire.Amend), func(q wire.Govern) any {
		q.Action = "change"
		return wire.Amend{Govern: q, Setup: &a}
	})
}

// Join makes the user a member of the group that a link leads into. chat.NotFound means that the link does not work.
func (c *Client) Join(ctx context.Context, code chat.InviteCode) (wire.Governed, error) {
	if !code.Valid() {
		return wire.Governed{}, newError(chat.Invalid, "code: not the code of a link")
	}
	return c.govern(ctx, chat.Joined, code.Conversation(), new(wire.Join), func(q wire.Govern) any {
		return wire.Join{Head: wire.Head{Action: "join", Ref: q.Ref}, ID: q.ID, Code: code}
	})
}

func (c *Client) govern(ctx context.Context, kind chat.EntryKind, group chat.ConversationID, empty wire.Request, frame func(wire.Govern) any) (wire.Governed, error) {
	if ctx.Err() != nil {
		return wire.Governed{}, context.Cause(ctx)
	}
	p := c.newPending(kind)
	p.Conversation = group
	p.frame = func(after *chat.Seq) any {
		return frame(wire.Govern{Head: wire.Head{Ref: p.ref}, ID: p.ID, Conversation: group, After: after})
	}
	_, err := await(ctx, c.submit(p, check(p, empty)))
	if err != nil {
		return wire.Governed{}, err
	}
	return p.governed, nil
}

// Invite makes a link into a group that works for some time and for some uses; 0 stands for chat.InviteLife and for as many
// as the group holds. Its code is told only here.
func (c *Client) Invite(ctx context.Context, group chat.ConversationID, life time.Duration, uses int) (wire.Invited, error) {
	q := wire.Invite{Head: wire.Head{Action: "invite", Ref: c.calls.ref()}, ID: newID(), Conversation: group}
	if life > 0 {
		q.ExpiresIn = new(int(life.Seconds()))
	}
	if uses > 0 {
		q.MaxUses = &uses
	}
	var out wire.Invited
	err := c.ask(ctx, q.Ref, q, &out)
	return out, err
}

// Invites lists the links into a group that work, the newest first.
func (c *Client) Invites(ctx context.Context, group chat.ConversationID) ([]wire.InviteLine, error) {
	q := wire.Invites{Head: wire.Head{Action: "invites", Ref: c.calls.ref()}, Conversation: group}
	var out wire.InviteList
	err := c.ask(ctx, q.Ref, q, &out)
	return out.Invites, err
}

// Revoke ends a link.
func (c *Client) Revoke(ctx context.Context, group chat.ConversationID, invite chat.InviteID) error {
	q := wire.Revoke{Head: wire.Head{Action: "revoke", Ref: c.calls.ref()}, Conversation: group, Invite: invite}
	return c.ask(ctx, q.Ref, q, new(wire.Revoked))
}

// Preview tells where a link leads, before one joins.
func (c *Client) Preview(ctx context.Context, code chat.InviteCode) (wire.Previewed, error) {
	q := wire.Preview{Head: wire.Head{Action: "preview", Ref: c.calls.ref()}, Code: code}
	var out wire.Previewed
	err := c.ask(ctx, q.Ref, q, &out)
	return out, err
}
