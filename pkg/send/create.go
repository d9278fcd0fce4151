package send

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Create makes a group of the caller, who owns it, and the members, and announces it to them as the group's first entry.
// The group's id follows from (creator, id), so a resend finds the group that the first try made; with another name or
// size it is a conflict.
func (s *Sender) Create(ctx context.Context, who chat.Identity, r wire.Create) (chat.Entry, error) {
	members := map[chat.UserID]chat.Place{who.User: {Role: chat.Owner}}
	for _, user := range r.Members {
		if user != who.User {
			members[user] = chat.Place{Role: chat.Member}
		}
	}
	e := chat.Entry{
		Conversation: chat.GroupID(who.User, r.ID), Kind: chat.Created, ID: r.ID, From: who.User,
		Body: chat.Body{Name: r.Name, Size: len(members)},
	}
	switch {
	case len(members) > chat.MaxMembers:
		return e, chat.Errorf(chat.TooLarge, "members: at most %d, you included", chat.MaxMembers)
	case len(members) < 2:
		return e, chat.Errorf(chat.Invalid, "members: somebody besides you")
	}
	c := chat.Conversation{
		ID: e.Conversation, Kind: chat.Group, Creator: who.User, Created: s.Now(), Size: len(members),
		Setup: chat.Setup{Name: r.Name, Announce: r.Announce}.Amend(begins(r), who.User),
	}
	if len(members) <= chat.InlineMembers {
		c.Members = members
	}
	tail, known, err := s.Log.Tail(ctx, c.ID, chat.Strong)
	switch {
	case err != nil:
		return e, err
	case !known:
		if err := s.consent(ctx, who.User, r.Members); err != nil {
			return e, err
		}
		// Another try may have made it meanwhile, with other members.
		if tail.Conversation, _, err = s.Log.Create(ctx, c, members); err != nil {
			return e, err
		}
	case tail.Head > 0:
		// What announces a group is its first entry, however much was said since.
		if tail.Last, _, err = s.Log.Entry(ctx, c.ID, 1); err != nil {
			return e, err
		}
	}
	if tail.Conversation.Rules == 0 && !sameGroup(tail.Conversation, c) { // once it was changed, only the entry is compared
		return e, &chat.Error{Code: chat.Conflict}
	}
	zero := chat.Seq(0)
	e, err = s.append(ctx, attempt{tail: tail, entry: e, put: s.Log.Put}, &zero)
	if err != nil {
		return e, err
	}
	return e, s.Deliver.Deliver(ctx, tail.Conversation, e, who.Connection)
}

// begins is what else a group begins with.
func begins(r wire.Create) chat.Amendment {
	a := chat.Amendment{History: r.History}
	if r.Slow != nil {
		a.Slow = new(time.Duration(*r.Slow) * time.Second)
	}
	if r.Timer != nil {
		a.Timer = new(r.Timer.Domain())
	}
	return a
}

// sameGroup compares what was created with what is asked for. Above InlineMembers only the number of members is compared.
func sameGroup(there, c chat.Conversation) bool {
	return there.Setup == c.Setup && there.Size == c.Size && maps.Equal(there.Members, c.Members)
}

// consent refuses to make members of people who do not let the caller add them, or of whom one has blocked the other.
func (s *Sender) consent(ctx context.Context, by chat.UserID, users []chat.UserID) error {
	users = slices.DeleteFunc(slices.Clone(users), func(user chat.UserID) bool { return user == by })
	welcome, err := chat.MayAdd(ctx, s.People, s.Sessions, by, users)
	if err != nil || len(welcome) == len(users) {
		return err
	}
	for i, user := range users {
		if i == len(welcome) || welcome[i] != user {
			return chat.Errorf(chat.Forbidden, "members: you cannot add %s; a link may do", user)
		}
	}
	return nil
}
