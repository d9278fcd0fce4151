package send

import (
	"context"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Amend changes the setup of a group, or the timer between two people. A picture must be an upload of the caller's own. The former
// one is let go last; a try that dies before that leaves it kept, because a repetition finds only the new setup.
func (g *Groups) Amend(ctx context.Context, who chat.Identity, q wire.Amend) (wire.Governed, error) {
	amendment := chat.Amendment{Name: q.Setup.Name, Announce: q.Setup.Announce, History: q.Setup.History}
	picture := q.Setup.Picture
	if picture != nil {
		amendment.Picture = &picture.Media
	}
	if q.Setup.Slow != nil {
		amendment.Slow = new(time.Duration(*q.Setup.Slow) * time.Second)
	}
	if q.Setup.Timer != nil {
		amendment.Timer = new(q.Setup.Timer.Domain())
	}
	checked := false
	var was chat.Setup
	act := g.governing(who, q.Govern, chat.Changed, chat.Body{Setup: &amendment})
	act.enter = func(ctx context.Context) (chat.Tail, error) {
		tail, err := chat.Enter(ctx, g.Log, q.Conversation, who.User, chat.Strong)
		kind, timer := tail.Conversation.Kind, amendment == chat.Amendment{Timer: amendment.Timer}
		switch {
		case err != nil:
		case tail.Conversation.Blocked[who.User]:
			err = blocks()
		case kind != chat.Group && (kind != chat.Direct || !timer):
			err = chat.Errorf(chat.Invalid, "conversation: not a group")
		}
		return tail, err
	}
	act.decide = func(ctx context.Context, tail chat.Tail) (r ruling, err error) {
		if err := may(tail, chat.CanChange); err != nil {
			return r, err
		}
		r = rule(tail.Conversation, act.entry.Body)
		r.header.Setup = r.header.Setup.Amend(amendment, who.User)
		if r.header.Setup == tail.Conversation.Setup {
			return r, errUnchanged
		}
		was = tail.Conversation.Setup
		if picture != nil && !picture.Remove && !checked {
			if err := g.Pictures.CheckPicture(ctx, q.Conversation, who.User, picture.Media); err != nil {
				return r, err
			}
			checked = true
		}
		return r, nil
	}
	result, err := governed(g.govern(ctx, who, act))
	if err == nil && picture != nil && was.Picture != "" {
		err = g.releasePicture(ctx, q.Conversation, was)
	}
	return result, err
}

// releasePicture lets go of a picture that a group had, unless it has it still, because this was done before. It costs a strong query of
// the tail and two tagging requests of S3.
func (g *Groups) releasePicture(ctx context.Context, group chat.ConversationID, was chat.Setup) error {
	tail, _, err := g.Log.Tail(ctx, group, chat.Strong)
	if err != nil || tail.Conversation.Setup.Picture == was.Picture {
		return err
	}
	return g.Pictures.ReleasePicture(ctx, group, was)
}
