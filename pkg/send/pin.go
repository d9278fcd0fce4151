package send

import (
	"context"
	"errors"
	"slices"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Pin pins a message for everybody, or takes it off. Pinning it again makes it the latest one.
func (s *Sender) Pin(ctx context.Context, who chat.Identity, q wire.Pin) (chat.Entry, error) {
	a, err := s.write(ctx, chat.Eventual, q.After, func(read chat.Read) (attempt, error) {
		tail, err := chat.Enter(ctx, s.Log, q.Conversation, who.User, read)
		if err != nil {
			return attempt{}, err
		}
		e := chat.Entry{
			Conversation: q.Conversation, Kind: chat.Pinned, ID: q.ID, From: who.User, To: tail.Conversation.Peer(who.User),
			Body: chat.Body{Target: q.Seq, Off: q.Off}, Hidden: tail.Conversation.Shuns(who.User),
		}
		pins, err := s.pins(ctx, tail, who.User, q)
		if err != nil {
			return attempt{tail: tail, entry: e, put: s.refuse(err)}, nil
		}
		return attempt{tail: tail, entry: e, put: func(ctx context.Context, e chat.Entry) (chat.Entry, bool, error) {
			there, wrote, err := s.Log.Commit(ctx, e, chat.Change{Pins: &chat.Pins{Seqs: pins, Was: tail.Conversation.Rules}})
			if errors.Is(err, chat.ErrStale) {
				err = &overruled{e.Seq - 1}
			}
			return there, wrote, err
		}}, nil
	})
	if err != nil {
		return a.entry, err
	}
	if err := s.answer(ctx, &a.tail.Conversation, who.User); err != nil {
		return a.entry, err
	}
	return a.entry, s.Deliver.Deliver(ctx, a.tail.Conversation, a.entry, who.Connection)
}

// pins returns the pins as the request makes them.
func (s *Sender) pins(ctx context.Context, tail chat.Tail, user chat.UserID, q wire.Pin) ([]chat.Seq, error) {
	c := tail.Conversation
	if c.Blocked[user] {
		return nil, blocks()
	}
	if !c.Can(tail.Place.Role, chat.CanPin) {
		return nil, chat.Errorf(chat.Forbidden, "your role does not allow it")
	}
	others := slices.DeleteFunc(slices.Clone(c.Pins), func(seq chat.Seq) bool { return seq == q.Seq })
	if q.Off {
		if len(others) == len(c.Pins) {
			return nil, chat.Errorf(chat.NotFound, "it is not pinned")
		}
		return others, nil
	}
	found, err := chat.Messages(ctx, s.Log, c.ID, []chat.Seq{q.Seq}, user, tail.Place)
	if err != nil {
		return nil, err
	}
	if _, ok := found[q.Seq]; !ok {
		return nil, &chat.Error{Code: chat.NotFound}
	}
	if len(others) >= chat.MaxPins { // those that are gone make room
		gone, err := chat.Messages(ctx, s.Log, c.ID, others, "", chat.Place{})
		if err != nil {
			return nil, err
		}
		others = slices.DeleteFunc(others, func(seq chat.Seq) bool { _, there := gone[seq]; return !there })
	}
	if len(others) >= chat.MaxPins {
		return nil, chat.Errorf(chat.TooLarge, "at most %d messages are pinned; take one off", chat.MaxPins)
	}
	return append(others, q.Seq), nil
}
