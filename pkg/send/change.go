package send

import (
	"context"
	"errors"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Edit replaces the text of the caller's own message. The text is kept in the message alone; what is appended announces it.
func (s *Sender) Edit(ctx context.Context, who chat.Identity, q wire.Edit) (chat.Entry, error) {
	body := chat.Body{Text: q.Body.Text, Mentions: q.Body.Mentions, Everybody: q.Body.Everybody}
	return s.change(ctx, who, q.Change, chat.Edited, nil, func(tail chat.Tail, target chat.Entry) (chat.Change, error) {
		now := s.Now()
		switch {
		case target.Body.Of.Seq > 0:
			return chat.Change{}, chat.Errorf(chat.Forbidden, "it is edited in its thread")
		case target.From != who.User:
			return chat.Change{}, chat.Errorf(chat.Forbidden, "only its author can edit a message")
		case !tail.Conversation.Can(tail.Place.Role, chat.CanSend):
			return chat.Change{}, chat.Errorf(chat.Forbidden, "you cannot write here")
		case now.Sub(target.At) > chat.EditWindow:
			return chat.Change{}, chat.Errorf(chat.Forbidden, "the time to edit it is over")
		case target.State.Version >= chat.MaxEdits:
			return chat.Change{}, chat.Errorf(chat.Forbidden, "it was edited as often as is allowed")
		case target.Body.Forwarded:
			return chat.Change{}, chat.Errorf(chat.Forbidden, "what others wrote cannot be edited")
		case body.Text == "" && len(target.Body.Attachments) == 0:
			return chat.Change{}, chat.Errorf(chat.Invalid, "body.text: a message says something")
		}
		if err := s.refers(ctx, tail, body); err != nil {
			return chat.Change{}, err
		}
		edited := target
		edited.Body.Text, edited.Body.Mentions, edited.Body.Everybody = body.Text, body.Mentions, body.Everybody
		return chat.Change{Rewrite: &chat.Rewrite{
			Of: target, Version: target.State.Version, Text: body.Text, Mentions: body.Mentions, Everybody: body.Everybody,
			At: now.UTC().Truncate(time.Millisecond),
		}}, fits(edited)
	})
}

// Delete removes a message for everybody: its author within the window, moderators of a group always.
func (s *Sender) Delete(ctx context.Context, who chat.Identity, q wire.Delete) (chat.Entry, error) {
	return s.change(ctx, who, q.Change, chat.Deleted, nil, func(tail chat.Tail, target chat.Entry) (chat.Change, error) {
		switch {
		case tail.Conversation.Can(tail.Place.Role, chat.CanErase):
		case target.Body.Of.Seq > 0:
			return chat.Change{}, chat.Errorf(chat.Forbidden, "it is deleted in its thread")
		case target.From != who.User:
			return chat.Change{}, chat.Errorf(chat.Forbidden, "only its author can delete a message")
		case s.Now().Sub(target.At) > chat.DeleteWindow:
			return chat.Change{}, chat.Errorf(chat.Forbidden, "the time to delete it is over")
		}
		return chat.Change{Erase: &target}, nil
	})
}

// maxReactions is what the reactions to one message may take of its item, in bytes. An item has at most 400 KB (DynamoDB
// guide, quotas), and a thousand members who hide it need a third of that; with one emoji each they need a sixth of this.
const maxReactions = 200 << 10

// React sets what the caller has on a message. It is a set: sending it twice changes nothing.
func (s *Sender) React(ctx context.Context, who chat.Identity, q wire.React) (chat.Entry, error) {
	return s.change(ctx, who, q.Change, chat.Reacted, q.Reactions, func(_ chat.Tail, target chat.Entry) (chat.Change, error) {
		kinds, bytes := map[string]bool{}, 0
		for user, marks := range target.State.Reactions {
			bytes += len(user)
			for _, mark := range marks {
				bytes += len(mark) + 3
				if user != who.User {
					kinds[mark] = true
				}
			}
		}
		for _, mark := range q.Reactions {
			kinds[mark] = true
		}
		switch {
		case len(kinds) > chat.MaxKinds:
			return chat.Change{}, chat.Errorf(chat.TooLarge, "a message has at most %d different reactions", chat.MaxKinds)
		case bytes > maxReactions && len(q.Reactions) > 0:
			return chat.Change{}, chat.Errorf(chat.TooLarge, "a message cannot hold more reactions")
		}
		return chat.Change{React: &chat.Reaction{User: who.User, Marks: q.Reactions}}, nil
	})
}

// change appends an entry that announces a change of an earlier message, together with the change. decide says what to change
// in the message as it is; it is asked again if somebody else changed it meanwhile.
func (s *Sender) change(ctx context.Context, who chat.Identity, q wire.Change, kind chat.EntryKind, marks []string,
	decide func(chat.Tail, chat.Entry) (chat.Change, error),
) (chat.Entry, error) {
	a, err := s.write(ctx, chat.Eventual, q.After, func(read chat.Read) (attempt, error) {
		tail, err := chat.Enter(ctx, s.Log, q.Conversation, who.User, read)
		e := chat.Entry{
			Conversation: q.Conversation, Kind: kind, ID: q.ID, From: who.User, To: tail.Conversation.Peer(who.User),
			Body: chat.Body{Target: q.Seq, Reactions: marks},
		}
		return attempt{tail: tail, entry: e, put: func(ctx context.Context, e chat.Entry) (chat.Entry, bool, error) {
			return s.commit(ctx, e, tail, decide)
		}}, err
	})
	if err != nil {
		return a.entry, err
	}
	if err := s.answer(ctx, &a.tail.Conversation, who.User); err != nil {
		return a.entry, err
	}
	if err := s.mirror(ctx, who, a); err != nil {
		return a.entry, err
	}
	shown, err := s.joined(ctx, a.entry)
	if err != nil {
		return a.entry, err
	}
	return a.entry, s.Deliver.Deliver(ctx, a.tail.Conversation, shown, who.Connection)
}

// joined is an entry as readers get it.
func (s *Sender) joined(ctx context.Context, e chat.Entry) (chat.Entry, error) {
	entries := []chat.Entry{e}
	err := chat.Join(ctx, s.Log, e.Conversation, entries)
	return entries[0], err
}

// commit writes an entry together with what is decided for its target. What is about something hidden is hidden with it. What
// is taken back is so for both, block or not.
func (s *Sender) commit(ctx context.Context, e chat.Entry, tail chat.Tail, decide func(chat.Tail, chat.Entry) (chat.Change, error)) (chat.Entry, bool, error) {
	for round := 1; ; round++ {
		target, ok, err := s.Log.Entry(ctx, e.Conversation, e.Body.Target)
		if err == nil {
			target, err = s.joined(ctx, target)
		}
		switch {
		case err != nil:
			return e, false, err
		case ok && e.Seq == target.Seq: // the tail was read from a replica that does not have the target yet
			return target, false, nil
		case !ok || target.For(e.From, tail.Place).Kind != chat.Message || target.State.Deleted || target.State.Expired:
			return s.unless(ctx, e, &chat.Error{Code: chat.NotFound})
		case tail.Conversation.Blocked[e.From] && e.Kind != chat.Deleted:
			return s.unless(ctx, e, blocks())
		}
		c, err := decide(tail, target)
		if err != nil {
			return s.unless(ctx, e, err)
		}
		if e.Hidden = target.Hidden; !e.Hidden && tail.Conversation.Shuns(e.From) && e.Kind != chat.Deleted {
			e, c = shadow(e, target, c)
		}
		if c == (chat.Change{}) {
			return s.Log.Put(ctx, e)
		}
		c.Seq = target.Seq
		there, wrote, err := s.Log.Commit(ctx, e, c)
		if !errors.Is(err, chat.ErrStale) {
			return there, wrote, err
		}
		if err := pause(ctx, round); err != nil {
			return e, false, err
		}
	}
}

// shadow is what somebody who is blocked does to a message that both have seen. Its entry has all that the message would say, and
// the message gets it as what they alone see: so they see what they did on all their devices, and for the other one the message stays as
// it is. Of a message that disappears there is the entry only.
func shadow(e, target chat.Entry, c chat.Change) (chat.Entry, chat.Change) {
	e.Hidden = true
	var aside chat.Change
	switch r := c.Rewrite; {
	case target.Timer.Set():
	case r != nil:
		aside.Aside = &chat.Aside{User: e.From, Edited: true, Text: r.Text, Mentions: r.Mentions, Everybody: r.Everybody}
	case c.React != nil:
		aside.Aside = &chat.Aside{User: e.From, Reacted: true, Marks: c.React.Marks}
	}
	if r := c.Rewrite; r != nil {
		e.Body = target.Body
		e.Body.Text, e.Body.Mentions, e.Body.Everybody, e.Body.Target = r.Text, r.Mentions, r.Everybody, target.Seq
		e.State = chat.State{Version: r.Version + 1, Edited: r.At}
	}
	return e, aside
}

// unless refuses a change, unless its seq is taken: then what is there decides, because it may be this very change, made
// before, and the reason for refusing it may be what it did.
func (s *Sender) unless(ctx context.Context, e chat.Entry, refusal error) (chat.Entry, bool, error) {
	there, ok, err := s.Log.Entry(ctx, e.Conversation, e.Seq)
	switch {
	case err != nil:
		return e, false, err
	case ok:
		return there, false, nil
	default:
		return e, false, refusal
	}
}
