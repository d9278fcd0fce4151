package send

import (
	"cmp"
	"context"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Leave takes the caller out. If that is the owner, the longest member of the highest rank becomes it in the same entry, so
// that no group is without one; whoever wants another one hands it over before. What the last one leaves is empty for good.
// Leaving where one is not changes nothing.
//
// An owner's leave reads all members: one read unit for some 40 of them.
func (g *Groups) Leave(ctx context.Context, who chat.Identity, q wire.Leave) (wire.Governed, error) {
	act := g.governing(who, q.Govern, chat.Left, chat.Body{})
	act.same = func(chat.Body) bool { return true }
	enter := act.enter
	act.enter = func(ctx context.Context) (chat.Tail, error) {
		tail, err := enter(ctx)
		if err != nil && chat.AsError(err).Code == chat.Forbidden {
			err = errUnchanged
		}
		return tail, err
	}
	act.decide = func(ctx context.Context, tail chat.Tail) (ruling, error) {
		r := rule(tail.Conversation, chat.Body{})
		if tail.Place.Role == chat.Owner {
			heir, err := g.heir(ctx, tail.Conversation, who.User)
			if err != nil {
				return r, err
			}
			if heir.User != "" {
				r.body = chat.Body{Users: []chat.UserID{heir.User}, Role: chat.Owner}
				r.rank(heir.User, heir.Place, chat.Owner)
			}
		}
		r.leave(who.User)
		return r, nil
	}
	return governed(g.govern(ctx, who, act))
}

// heir is who becomes the owner when the owner leaves; nobody if there is nobody else.
func (g *Groups) heir(ctx context.Context, c chat.Conversation, owner chat.UserID) (heir chat.Seat, err error) {
	for after := chat.UserID(""); ; {
		seats, err := g.Log.Members(ctx, c.ID, after, chat.Shard, chat.Strong)
		if err != nil {
			return heir, err
		}
		for _, seat := range seats {
			after = seat.User
			if !c.Large() {
				place, is := c.Members[seat.User]
				if !is { // a creation that lost against another one has left members behind
					continue
				}
				seat.Place = place
			}
			if seat.User != owner && (heir.User == "" || precedes(seat, heir)) {
				heir = seat
			}
		}
		if len(seats) < chat.Shard {
			return heir, nil
		}
	}
}

func precedes(a, b chat.Seat) bool {
	if a.Role != b.Role {
		return a.Role.Above(b.Role)
	}
	return cmp.Or(cmp.Compare(a.Since, b.Since), cmp.Compare(a.User, b.User)) < 0
}
