package people

import (
	"context"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Contact puts a user into the caller's contacts, gives them another name there, or takes them out. It costs one write, and a
// second one when nothing is left of what the caller has decided about the user.
func (k *Keeper) Contact(ctx context.Context, who chat.Identity, q wire.Contact) (wire.About, error) {
	if err := other(who, q.User); err != nil {
		return wire.About{}, err
	}
	return wire.About{User: q.User}, k.People.Befriend(ctx, who.User, q.User, !q.Remove, q.Name)
}

// Contacts lists a page of the caller's contacts with what they show. It costs a Query, and half a read unit for each.
func (k *Keeper) Contacts(ctx context.Context, who chat.Identity, q wire.Contacts) (wire.ContactList, error) {
	list := wire.ContactList{Contacts: []wire.ContactLine{}}
	relations, next, err := k.page(ctx, who, q.Relations, func(r chat.Relation) bool { return r.Contact })
	if err != nil {
		return list, err
	}
	users := make([]chat.UserID, len(relations))
	for i, r := range relations {
		users[i] = r.User
	}
	profiles, err := k.Profiles.Profiles(ctx, users)
	if err != nil {
		return list, err
	}
	list.Next = next
	left := room
	for i, r := range relations {
		line := wire.ContactLine{User: r.User, Name: r.Name}
		if profiles[i].Version > 0 {
			profile := wire.FromProfile(profiles[i])
			line.Profile = &profile
		}
		frame, err := wire.Encode(line)
		if err != nil {
			return list, err
		}
		if left -= len(frame) + 1; left < 0 {
			list.Next = users[i-1] // a line fits a frame many times
			break
		}
		list.Contacts = append(list.Contacts, line)
	}
	return list, nil
}

// page reads as many relations as asked for and keeps some; next is "" after the last page.
func (k *Keeper) page(ctx context.Context, who chat.Identity, q wire.Relations, keep func(chat.Relation) bool) (kept []chat.Relation, next chat.UserID, err error) {
	limit := chat.DefaultPage
	if q.Limit != nil {
		limit = *q.Limit
	}
	all, err := k.People.Relations(ctx, who.User, q.Next, limit)
	for _, r := range all {
		if keep(r) {
			kept = append(kept, r)
		}
	}
	if len(all) == limit {
		next = all[limit-1].User
	}
	return kept, next, err
}
