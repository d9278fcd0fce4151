package send

import (
	"context"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Add makes users members. Who is one already is passed over, and who does not want to be added by the caller is declined.
// Adding somebody who is banned ends that: whoever may add may also remove.
//
// Besides the transaction it costs, for each user, a ban and two relations, strongly read, and a session.
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
		welcome, err := g.welcome(ctx, who.User, without(q.Users, members))
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

// welcome returns those users who let the caller add them: their settings say whom they let, and nobody adds across a block.
func (g *Groups) welcome(ctx context.Context, by chat.UserID, users []chat.UserID) ([]chat.UserID, error) {
	sessions, err := g.Sessions.Sessions(ctx, users)
	if err != nil {
		return nil, err
	}
	consents := make([]bool, len(users))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(readers)
	for i, user := range users {
		group.Go(func() error {
			theirs, err := g.People.Relation(ctx, user, by, chat.Strong)
			if err != nil || !theirs.Blocked.IsZero() || !sessions[i].Settings.Groups.Admits(theirs.Contact) {
				return err
			}
			ours, err := g.People.Relation(ctx, by, user, chat.Strong)
			consents[i] = ours.Blocked.IsZero()
			return err
		})
	}
	err = group.Wait()
	var welcome []chat.UserID
	for i, user := range users {
		if consents[i] {
			welcome = append(welcome, user)
		}
	}
	return welcome, err
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
