package send

import (
	"context"
	"slices"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Add makes users members. Who is one already is passed over, and who does not want to be added by the caller is declined.
// Adding somebody who is banned ends that: whoever may add may also remove.
//
// Besides the transaction it costs two read units and a half for each user: a session, two relations, and a ban, read strongly.
func (g *Groups) Add(ctx context.Context, who chat.Identity, q wire.Add) (wire.Governed, error) {
	var members map[chat.UserID]chat.Place // among the users, before
	act := g.governing(who, q.Govern, chat.Added, chat.Body{Users: q.Users})
	act.same = among(act.entry.Body)
	act.decide = func(ctx context.Context, tail chat.Tail) (r ruling, err error) {
		if err := may(tail, chat.CanAdd); err != nil {
			return r, err
		}
		c := tail.Conversation
		if members, err = g.places(ctx, c, q.Users); err != nil {
			return r, err
		}
		asked := without(q.Users, members)
		if len(asked) == 0 {
			return r, errUnchanged
		}
		welcome, err := chat.MayAdd(ctx, g.People, g.Sessions, who.User, asked)
		switch {
		case err != nil:
			return r, err
		case len(welcome) == 0:
			return r, errUnchanged
		case c.Size+len(welcome) > chat.MaxMembers:
			return r, chat.Errorf(chat.TooLarge, "users: a group has at most %d members", chat.MaxMembers)
		}
		r = rule(c, chat.Body{Users: welcome})
		r.joins = welcome
		banned, err := g.Gate.Banned(ctx, c.ID, welcome)
		for user := range banned {
			r.changes = append(r.changes, chat.Change{Unban: user})
		}
		return r, err
	}
	e, err := g.govern(ctx, who, act)
	out, err := governed(e, err)
	if err != nil {
		return out, err
	}
	if members == nil { // a resend
		tail, _, err := g.Log.Tail(ctx, q.Conversation, chat.Strong)
		if err != nil {
			return out, err
		}
		if members, err = g.places(ctx, tail.Conversation, q.Users); err != nil {
			return out, err
		}
	}
	for _, user := range without(q.Users, members) {
		if out.Unchanged || !slices.Contains(e.Body.Users, user) {
			out.Declined = append(out.Declined, user)
		}
	}
	return out, nil
}

func without(users []chat.UserID, members map[chat.UserID]chat.Place) []chat.UserID {
	var rest []chat.UserID
	for _, user := range users {
		if _, is := members[user]; !is {
			rest = append(rest, user)
		}
	}
	return rest
}
