package send

import (
	"context"
	"crypto/rand"
	"slices"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Invite makes a link into a group. Its code is told once and not stored. The link is the group's: it works until it expires,
// is used up or is revoked, whatever becomes of who made it. Asking twice makes two, unless it is under the same id: until it expires
// that is the same link, not_found if it was revoked, and a conflict if something else is asked for.
func (g *Groups) Invite(ctx context.Context, who chat.Identity, q wire.Invite) (wire.Invited, error) {
	all, err := g.invites(ctx, who, q.Conversation)
	if err != nil {
		return wire.Invited{}, err
	}
	now := g.Now().UTC().Truncate(time.Millisecond)
	code := newCode(who.User, q)
	made := chat.Invite{ID: code.ID(), Conversation: q.Conversation, By: who.User, Created: now, Expires: now.Add(chat.InviteLife)}
	if q.ExpiresIn != nil {
		made.Expires = now.Add(time.Duration(*q.ExpiresIn) * time.Second)
	}
	if q.MaxUses != nil {
		made.Max = *q.MaxUses
	}
	if n := slices.IndexFunc(all, func(i chat.Invite) bool { return i.ID == made.ID && now.Before(i.Expires) }); n >= 0 {
		return invited(code, all[n], made)
	}
	if err := g.makeRoom(ctx, all, now); err != nil {
		return wire.Invited{}, err
	}
	there, _, err := g.Gate.PutInvite(ctx, made)
	if err != nil {
		return wire.Invited{}, err
	}
	return invited(code, there, made)
}

// makeRoom forgets the links that have expired, and those that are used up once there is no room for another: those and the revoked
// ones keep their requests from making them again. It returns too_large if as many work, or were revoked, as may be.
func (g *Groups) makeRoom(ctx context.Context, all []chat.Invite, now time.Time) error {
	open, revoked := 0, 0
	for _, i := range all {
		switch {
		case i.Open(now):
			open++
		case i.Revoked && now.Before(i.Expires):
			revoked++
		case !now.Before(i.Expires) || len(all) >= 2*chat.MaxInvites:
			if err := g.Gate.Forget(ctx, i.Conversation, i.ID); err != nil {
				return err
			}
		}
	}
	switch {
	case open >= chat.MaxInvites:
		return chat.Errorf(chat.TooLarge, "at most %d links at a time: revoke one", chat.MaxInvites)
	case revoked >= chat.MaxInvites:
		return chat.Errorf(chat.TooLarge, "%d links were revoked that have not expired: use those that work", revoked)
	}
	return nil
}

// newCode makes the code of a link: from the id of the request, which is as secret as the code, or at random.
func newCode(by chat.UserID, q wire.Invite) chat.InviteCode {
	random := []byte(string(q.Conversation) + "\x00" + string(by) + "\x00" + string(q.ID))
	if q.ID == "" {
		random = make([]byte, 16)
		rand.Read(random)
	}
	return chat.NewInviteCode(q.Conversation, random)
}

// invited answers with the link that is there, if it is what is asked for and was not revoked.
func invited(code chat.InviteCode, there, asked chat.Invite) (wire.Invited, error) {
	if there.Revoked {
		return wire.Invited{}, chat.Errorf(chat.NotFound, "the link was revoked")
	}
	if there.Max != asked.Max || there.Expires.Sub(there.Created) != asked.Expires.Sub(asked.Created) {
		return wire.Invited{}, &chat.Error{Code: chat.Conflict}
	}
	return wire.Invited{Code: code, InviteLine: wire.FromInvite(there)}, nil
}

// Invites lists the links that work, the newest first.
func (g *Groups) Invites(ctx context.Context, who chat.Identity, q wire.Invites) (wire.InviteList, error) {
	all, err := g.invites(ctx, who, q.Conversation)
	slices.SortFunc(all, func(a, b chat.Invite) int { return b.Created.Compare(a.Created) })
	list := wire.InviteList{Invites: []wire.InviteLine{}}
	now := g.Now()
	for _, i := range all {
		if i.Open(now) && len(list.Invites) < chat.MaxInvites {
			list.Invites = append(list.Invites, wire.FromInvite(i))
		}
	}
	return list, err
}

// Revoke ends a link. Who has joined by it stays.
func (g *Groups) Revoke(ctx context.Context, who chat.Identity, q wire.Revoke) (wire.Revoked, error) {
	tail, err := chat.Enter(ctx, g.Log, q.Conversation, who.User, chat.Strong)
	if err == nil {
		err = may(tail, chat.CanInvite)
	}
	if err == nil {
		err = g.Gate.Revoke(ctx, q.Conversation, q.Invite)
	}
	return wire.Revoked{Invite: q.Invite}, err
}

// invites reads what there is for somebody who may invite. It has room for some that have ended.
func (g *Groups) invites(ctx context.Context, who chat.Identity, id chat.ConversationID) ([]chat.Invite, error) {
	tail, err := chat.Enter(ctx, g.Log, id, who.User, chat.Strong)
	if err != nil {
		return nil, err
	}
	if err := may(tail, chat.CanInvite); err != nil {
		return nil, err
	}
	return g.Gate.Invites(ctx, id, 2*chat.MaxInvites)
}
