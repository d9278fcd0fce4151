package send

import (
	"context"
	"slices"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Remove puts members out whose role is below the caller's. They get the entry that says so and nothing that follows it. With
// a ban no link brings them back; users who are not members are banned without an entry.
func (g *Groups) Remove(ctx context.Context, who chat.Identity, q wire.Remove) (wire.Governed, error) {
	if slices.Contains(q.Users, who.User) {
		return wire.Governed{}, chat.Errorf(chat.Invalid, "users: not yourself, you can leave")
	}
	act := g.governing(who, q.Govern, chat.Removed, chat.Body{Users: q.Users})
	act.same = among(act.entry.Body)
	act.decide = func(ctx context.Context, tail chat.Tail) (r ruling, err error) {
		if err := may(tail, chat.CanRemove); err != nil {
			return r, err
		}
		members, err := g.places(ctx, tail.Conversation, q.Users)
		if err != nil {
			return r, err
		}
		for _, place := range members {
			if !tail.Place.Role.Above(place.Role) {
				return r, chat.Errorf(chat.Forbidden, "users: only members below your role")
			}
		}
		out := without(q.Users, set(without(q.Users, members)))
		if len(out) == 0 {
			return r, errUnchanged
		}
		r = rule(tail.Conversation, chat.Body{Users: out})
		r.leave(out...)
		for _, user := range out {
			if q.Ban {
				r.changes = append(r.changes, chat.Change{Ban: user})
			}
		}
		return r, nil
	}
	e, err := g.govern(ctx, who, act)
	out, err := governed(e, err)
	if err == nil && q.Ban {
		strangers := q.Users
		if !out.Unchanged {
			strangers = without(q.Users, set(e.Body.Users))
		}
		err = g.Gate.Ban(ctx, q.Conversation, strangers)
	}
	return out, err
}

func set(users []chat.UserID) map[chat.UserID]chat.Place {
	in := map[chat.UserID]chat.Place{}
	for _, user := range users {
		in[user] = chat.Place{}
	}
	return in
}
