package send

import (
	"context"
	"errors"
	"maps"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// readers is how many items are read at once about the users that a request names.
const readers = 16

// Pictures knows the pictures of groups.
type Pictures interface {
	// CheckPicture returns media_missing unless the owner's upload is there and an image, and keeps it for a group.
	CheckPicture(ctx context.Context, group chat.ConversationID, owner chat.UserID, picture chat.MediaID) error
	// ReleasePicture lets go of a picture that the setup of a group named.
	ReleasePicture(ctx context.Context, group chat.ConversationID, s chat.Setup) error
	// Picture signs a download of the picture that a setup names.
	Picture(ctx context.Context, s chat.Setup) (wire.Location, error)
}

// Groups changes who is in a group and what it is like. Each change is one entry and one transaction with the header and
// the members that it changes: what stands before it in the log was written by the old rules, what follows by the new ones.
//
// Every action reads the tail strongly, for one read unit and one more for each 4 KB of header. A transaction costs two
// write units for each started KB of every item: the entry and each member have one, and a header of 200 members has 2 to
// 30, as their ids are long.
type Groups struct {
	*Sender
	Gate     chat.Gate
	Pictures Pictures
}

// ruling is what is decided: the header and the body of the entry, who joins, and what else changes with them.
type ruling struct {
	header  chat.Conversation
	body    chat.Body
	joins   []chat.UserID
	changes []chat.Change
}

// errUnchanged is a decision that there is nothing to change.
var errUnchanged = errors.New("send: unchanged")

// act is a change of a group that is asked for.
type act struct {
	// entry that announces it; its body is what is asked for until it is decided.
	entry chat.Entry
	after *chat.Seq
	same  func(there chat.Body) bool
	enter func(context.Context) (chat.Tail, error)
	// decide judges it by the tail. It may be asked again if the tail has changed.
	decide func(context.Context, chat.Tail) (ruling, error)
}

// governing is an act of a member.
func (g *Groups) governing(who chat.Identity, q wire.Govern, kind chat.EntryKind, body chat.Body) act {
	return act{
		entry: chat.Entry{Conversation: q.Conversation, Kind: kind, ID: q.ID, From: who.User, Body: body}, after: q.After,
		enter: func(ctx context.Context) (chat.Tail, error) {
			tail, err := chat.Enter(ctx, g.Log, q.Conversation, who.User, chat.Strong)
			if err == nil && tail.Conversation.Kind != chat.Group {
				err = chat.Errorf(chat.Invalid, "conversation: not a group")
			}
			return tail, err
		},
	}
}

// govern appends the entry of an act together with what is decided, and delivers it. A resend finds its entry and is not
// decided again. It returns errUnchanged if there was nothing to change.
func (g *Groups) govern(ctx context.Context, who chat.Identity, act act) (chat.Entry, error) {
	var header *chat.Conversation
	a, err := g.write(ctx, chat.Strong, act.after, func(chat.Read) (attempt, error) {
		tail, err := act.enter(ctx)
		e := act.entry
		e.To, e.Hidden = tail.Conversation.Peer(who.User), tail.Conversation.Shuns(who.User)
		return attempt{tail: tail, entry: e, same: act.same, put: func(ctx context.Context, e chat.Entry) (chat.Entry, bool, error) {
			r, err := act.decide(ctx, tail)
			if err != nil {
				return g.unless(ctx, e, err)
			}
			if e.Hidden {
				return g.Log.Put(ctx, e) // whoever has blocked its sender sees nothing of it, and nothing is different
			}
			r.seat(e.Seq)
			e.Body = r.body
			changes := append(r.changes, chat.Change{Header: &chat.Header{Conversation: r.header, Was: tail.Conversation.Rules}})
			if len(changes) > chat.MaxChanges {
				return e, false, chat.Errorf(chat.TooLarge, "users: too many changes at once")
			}
			there, wrote, err := g.Log.Commit(ctx, e, changes...)
			switch {
			case wrote:
				header = &r.header
			case errors.Is(err, chat.ErrStale):
				if err = pause(ctx, 1); err == nil {
					err = &overruled{e.Seq - 1}
				}
			}
			return there, wrote, err
		}}, err
	})
	if err != nil {
		return a.entry, err
	}
	c := a.tail.Conversation
	if header != nil {
		c = *header
	}
	return a.entry, g.Deliver.Deliver(ctx, c, a.entry, who.Connection)
}

// seat gives those who join their place, by an entry at seq. Above InlineMembers the members leave the header for good.
func (r *ruling) seat(seq chat.Seq) {
	place := chat.Place{Role: chat.Member, From: seq}
	if r.header.Setup.History == chat.FromStart {
		place.From = 0
	}
	for _, user := range r.joins {
		r.changes = append(r.changes, chat.Change{Join: &chat.Seat{User: user, Place: place}})
		if !r.header.Large() {
			r.header.Members[user] = place
		}
	}
	if r.header.Size += len(r.joins); r.header.Size > chat.InlineMembers {
		r.header.Members = nil
	}
	r.joins = nil
}

// rule begins a ruling on a conversation, whose members can then be changed.
func rule(c chat.Conversation, b chat.Body) ruling {
	c.Members = maps.Clone(c.Members)
	return ruling{header: c, body: b}
}

// leave takes members out.
func (r *ruling) leave(users ...chat.UserID) {
	for _, user := range users {
		r.changes = append(r.changes, chat.Change{Leave: user})
		delete(r.header.Members, user)
	}
	r.header.Size -= len(users)
}

// rank gives a member with a place another role.
func (r *ruling) rank(user chat.UserID, place chat.Place, role chat.Role) {
	place.Role = role
	r.changes = append(r.changes, chat.Change{Rank: &chat.Seat{User: user, Place: place}})
	if !r.header.Large() {
		r.header.Members[user] = place
	}
}

// may refuses what a role does not allow.
func may(tail chat.Tail, capability chat.Capability) error {
	if !tail.Conversation.Can(tail.Place.Role, capability) {
		return chat.Errorf(chat.Forbidden, "your role does not allow it")
	}
	return nil
}

// places returns the places of those users who are members, from the header or by one read each.
func (g *Groups) places(ctx context.Context, c chat.Conversation, users []chat.UserID) (map[chat.UserID]chat.Place, error) {
	found := make([]*chat.Place, len(users))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(readers)
	for i, user := range users {
		group.Go(func() error {
			place, err := chat.Authorize(ctx, g.Log, c, user)
			switch {
			case err == nil:
				found[i] = &place
			case chat.AsError(err).Code == chat.Forbidden:
				err = nil
			}
			return err
		})
	}
	err := group.Wait()
	places := map[chat.UserID]chat.Place{}
	for i, user := range users {
		if found[i] != nil {
			places[user] = *found[i]
		}
	}
	return places, err
}

// governed is the answer for an entry, or that nothing was to be changed.
func governed(e chat.Entry, err error) (wire.Governed, error) {
	switch {
	case errors.Is(err, errUnchanged):
		return wire.Governed{Conversation: e.Conversation, Unchanged: true}, nil
	case err != nil:
		return wire.Governed{}, err
	default:
		return wire.Governed{Conversation: e.Conversation, Seq: e.Seq, ID: e.ID, At: wire.Time(e.At)}, nil
	}
}

// among makes the comparison of a resend that names users: what was done may have left some out.
func among(b chat.Body) func(chat.Body) bool {
	return func(there chat.Body) bool {
		return there.Role == b.Role && !slices.ContainsFunc(there.Users, func(user chat.UserID) bool {
			return !slices.Contains(b.Users, user)
		})
	}
}
