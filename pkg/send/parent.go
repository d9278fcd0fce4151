package send

import (
	"context"
	"errors"

	"github.com/parley-im/parley/pkg/chat"
)

// tellParent tells those in the parent of a thread what they are to know of a message in it: that there is a thread, if it is the
// first one, and what it says, if that is to be shown there, too. begun means that the former was done just now. All of it is
// done again when the message is sent again, because nobody knows how far the try before got.
func (s *Sender) tellParent(ctx context.Context, who chat.Identity, a attempt, begun bool) error {
	c := a.tail.Conversation
	if a.entry.Seq == 1 && !begun {
		root, _, err := s.Log.Entry(ctx, c.Parent, c.Root)
		if err == nil {
			err = s.tellAgain(ctx, *c.Within, root.State.Announced)
		}
		if err != nil {
			return err
		}
	}
	if !a.entry.Body.InParent {
		return nil
	}
	return s.show(ctx, who, c, a.entry)
}

// tellAgain hands an entry of a thread's parent over that was stored before, to the connection that sent it, too: what that gets as
// an acknowledgement is about the thread.
func (s *Sender) tellAgain(ctx context.Context, parent chat.Conversation, seq chat.Seq) error {
	e, ok, err := s.Log.Entry(ctx, parent.ID, seq)
	if err != nil || !ok {
		return err
	}
	if e, err = s.joined(ctx, e); err != nil {
		return err
	}
	return s.Deliver.Deliver(ctx, parent, e, "")
}

// show puts a message into the parent of a thread that stands for one in the thread, once, and tells of it.
func (s *Sender) show(ctx context.Context, who chat.Identity, thread chat.Conversation, e chat.Entry) error {
	of := chat.Reference{Conversation: e.Conversation, Seq: e.Seq}
	there, _, err := s.Log.Entry(ctx, of.Conversation, of.Seq)
	switch {
	case err != nil || there.State.Deleted:
		return err
	case there.State.Shown > 0:
		return s.tellAgain(ctx, *thread.Within, there.State.Shown)
	}
	body := chat.Body{Reply: thread.Root, Of: of}
	return s.tell(ctx, who, thread.Parent, chat.Entry{Kind: chat.Message, ID: e.ID.FollowUp(), Unattended: true, Body: body}, func(ctx context.Context) (chat.Change, error) {
		there, _, err := s.Log.Entry(ctx, of.Conversation, of.Seq)
		if err == nil && (there.State.Shown > 0 || there.State.Deleted) {
			err = errTold
		}
		return chat.Change{Show: of}, err
	})
}

// mirror tells the parent of a thread that a message has changed which is shown there. What the message says now is read from the
// thread, as everywhere.
func (s *Sender) mirror(ctx context.Context, who chat.Identity, a attempt) error {
	c, e := a.tail.Conversation, a.entry
	if c.Kind != chat.Thread || e.Kind != chat.Edited && e.Kind != chat.Deleted {
		return nil
	}
	now, _, err := s.Log.Entry(ctx, c.ID, e.Body.Target)
	if err != nil || now.State.Shown == 0 {
		return err
	}
	body := chat.Body{Target: now.State.Shown}
	return s.tell(ctx, who, c.Parent, chat.Entry{Kind: e.Kind, ID: e.ID.FollowUp(), Body: body}, func(ctx context.Context) (chat.Change, error) {
		shown, ok, err := s.Log.Entry(ctx, c.Parent, now.State.Shown)
		told := !ok || shown.State.Deleted || e.Kind == chat.Edited && !shown.State.Edited.Before(now.State.Edited)
		switch {
		case err != nil:
			return chat.Change{}, err
		case told:
			return chat.Change{}, errTold
		case e.Kind == chat.Deleted:
			return chat.Change{Seq: shown.Seq, Erase: &shown}, nil
		}
		return chat.Change{Seq: shown.Seq, Rewrite: &chat.Rewrite{Of: shown, Version: shown.State.Version, At: now.State.Edited}}, nil
	})
}

// tell appends an entry to the parent of a thread together with a change that can be made once, and hands it over. change returns
// errTold if it was made.
func (s *Sender) tell(ctx context.Context, who chat.Identity, parent chat.ConversationID, e chat.Entry,
	change func(context.Context) (chat.Change, error),
) error {
	a, err := s.write(ctx, chat.Eventual, nil, func(read chat.Read) (attempt, error) {
		tail, err := chat.Enter(ctx, s.Log, parent, who.User, read)
		e.Conversation, e.From, e.To = parent, who.User, tail.Conversation.Peer(who.User)
		same := func(there chat.Body) bool { return there.Of == e.Body.Of && there.Target == e.Body.Target }
		return attempt{tail: tail, entry: e, same: same, put: func(ctx context.Context, e chat.Entry) (chat.Entry, bool, error) {
			for round := 1; ; round++ {
				c, err := change(ctx)
				if err != nil {
					return e, false, err
				}
				there, wrote, err := s.Log.Commit(ctx, e, c)
				if !errors.Is(err, chat.ErrStale) {
					return there, wrote, err
				}
				if err := pause(ctx, round); err != nil {
					return e, false, err
				}
			}
		}}, err
	})
	return s.told(ctx, a, err)
}

// told hands over what was written to the parent of a thread, unless it was there already. It goes to the connection that wrote, too: what
// that gets as an acknowledgement is the place of its message in the thread.
func (s *Sender) told(ctx context.Context, a attempt, err error) error {
	switch {
	case errors.Is(err, errTold):
		return nil
	case err != nil:
		return err
	}
	shown, err := s.joined(ctx, a.entry)
	if err != nil {
		return err
	}
	return s.Deliver.Deliver(ctx, a.tail.Conversation, shown, "")
}
