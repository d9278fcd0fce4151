// Package draft keeps what people have begun to write, so that they can go on on another device. Each write replaces the
// one before, by the server's clock, and is posted to the user's other connections. Nobody else learns of it.
//
// A draft dies with what it was for: it is forgotten when it is sent (package send), when its author is no longer a member,
// which is found out when it is listed, and when nobody has touched it for chat.DraftRetention.
package draft

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Teller posts a frame to the connections of a user, except one, as well as it can.
type Teller interface {
	Tell(ctx context.Context, user chat.UserID, frame []byte, except chat.ConnectionID)
}

// Keeper keeps drafts.
type Keeper struct {
	Drafts chat.Drafts
	Log    chat.Log
	Others Teller
	Now    func() time.Time
}

const (
	// room is what an answer may hold, in bytes, so that with the reply around it, at most 460, it fits a frame. One draft
	// always finds room.
	room = chat.MaxFrame - 512
	// readers is how many conversations are read at once.
	readers = 16
)

// Draft stores or clears the caller's draft. Between people nothing is read for it: the id follows from the pair. Elsewhere
// the caller must be a member; whoever is not can still clear. Errors: forbidden, invalid, too_large.
func (k *Keeper) Draft(ctx context.Context, who chat.Identity, r wire.SetDraft) (wire.Drafted, error) {
	d, err := k.open(ctx, who.User, r)
	if err != nil {
		return wire.Drafted{}, err
	}
	frame, err := wire.Encode(rendered(d, r.Body))
	switch {
	case err != nil:
		return wire.Drafted{}, err
	case len(frame) > wire.MaxEntry:
		return wire.Drafted{}, &chat.Error{Code: chat.TooLarge}
	}
	wrote := true
	if r.Body == nil {
		err = k.Drafts.RemoveDraft(ctx, who.User, d.Conversation, d.At)
	} else {
		wrote, err = k.Drafts.PutDraft(ctx, who.User, d)
	}
	if err != nil {
		return wire.Drafted{}, err
	}
	if wrote {
		k.Others.Tell(ctx, who.User, frame, who.Connection)
	}
	return wire.Drafted{Conversation: d.Conversation, At: wire.Time(d.At)}, nil
}

// open makes the draft that a request is about.
func (k *Keeper) open(ctx context.Context, user chat.UserID, r wire.SetDraft) (chat.Draft, error) {
	d := chat.Draft{Conversation: r.To.Conversation, Peer: r.To.User, At: k.Now().UTC().Truncate(time.Millisecond)}
	if r.Body != nil {
		d.Text, d.Reply = r.Body.Text, r.Body.Reply
	}
	switch {
	case r.To.User == user:
		return d, chat.Errorf(chat.Invalid, "to.user: somebody else")
	case r.To.User != "":
		d.Conversation = chat.DirectID(user, r.To.User)
	case r.Body != nil:
		tail, err := chat.Enter(ctx, k.Log, r.To.Conversation, user, chat.Eventual)
		d.Peer = tail.Conversation.Peer(user)
		return d, err
	}
	return d, nil
}

func rendered(d chat.Draft, body *wire.Unfinished) wire.Draft {
	if body == nil {
		return wire.Cleared(d)
	}
	return wire.FromDraft(d)
}

// List returns a page of the caller's drafts, as many as fit a frame. It costs one Query, and the tail of each conversation
// that is not between two people. A draft in one that the caller has left is forgotten.
func (k *Keeper) List(ctx context.Context, who chat.Identity, r wire.Drafts) (wire.DraftList, error) {
	limit := chat.DefaultPage
	if r.Limit != nil {
		limit = *r.Limit
	}
	drafts, err := k.Drafts.Drafts(ctx, who.User, r.Next, limit)
	if err != nil {
		return wire.DraftList{}, err
	}
	shown, err := k.shown(ctx, who.User, drafts)
	if err != nil {
		return wire.DraftList{}, err
	}
	var there []chat.Draft
	for i, d := range drafts {
		if shown[i] {
			there = append(there, d)
		}
	}
	lines, cut, err := wire.Fit(there, room, wire.FromDraft)
	list := wire.DraftList{Drafts: lines}
	switch {
	case err != nil:
		return wire.DraftList{}, err
	case cut:
		list.Next = there[len(lines)-1].Conversation
	case len(drafts) == limit:
		list.Next = drafts[limit-1].Conversation
	}
	return list, nil
}

// shown tells which drafts are still the user's to see.
func (k *Keeper) shown(ctx context.Context, user chat.UserID, drafts []chat.Draft) ([]bool, error) {
	shown := make([]bool, len(drafts))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(readers)
	for i, d := range drafts {
		if k.Now().Sub(d.At) >= chat.DraftRetention {
			continue
		}
		if d.Peer != "" {
			shown[i] = true
			continue
		}
		group.Go(func() error {
			_, err := chat.Enter(ctx, k.Log, d.Conversation, user, chat.Eventual)
			if err != nil && chat.AsError(err).Code == chat.Forbidden {
				return k.Drafts.RemoveDraft(ctx, user, d.Conversation, d.At)
			}
			shown[i] = err == nil
			return err
		})
	}
	return shown, group.Wait()
}
