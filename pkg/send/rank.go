package send

import (
	"context"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Rank gives members a role. Nobody changes who is not below them, nor gives away what is not below their own role. Only the
// owner can name another owner, and is an admin from that entry on.
func (g *Groups) Rank(ctx context.Context, who chat.Identity, q wire.Rank) (wire.Governed, error) {
	act := g.governing(who, q.Govern, chat.Ranked, chat.Body{Users: q.Users, Role: q.Role})
	act.same = among(act.entry.Body)
	act.decide = func(ctx context.Context, tail chat.Tail) (r ruling, err error) {
		handOver := q.Role == chat.Owner
		capability := chat.CanRank
		if handOver {
			capability = chat.CanHandOver
		}
		if err := may(tail, capability); err != nil {
			return r, err
		}
		own := tail.Place.Role
		if !handOver && !own.Above(q.Role) {
			return r, chat.Errorf(chat.Forbidden, "role: only roles below your own")
		}
		members, err := g.places(ctx, tail.Conversation, q.Users)
		if err != nil {
			return r, err
		}
		r = rule(tail.Conversation, chat.Body{Role: q.Role})
		for _, user := range q.Users {
			place, is := members[user]
			switch {
			case !is:
				return r, chat.Errorf(chat.Invalid, "users: only members")
			case place.Role == q.Role:
				continue
			case !own.Above(place.Role):
				return r, chat.Errorf(chat.Forbidden, "users: only members below your role")
			}
			r.body.Users = append(r.body.Users, user)
			r.rank(user, place, q.Role)
		}
		if len(r.body.Users) == 0 {
			return r, errUnchanged
		}
		if handOver {
			r.rank(who.User, tail.Place, chat.Admin)
		}
		return r, nil
	}
	return governed(g.govern(ctx, who, act))
}
