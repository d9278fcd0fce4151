package send

import (
	"context"
	"errors"
	"slices"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// openThread finds the thread about a message. Who may write in it is decided by its parent.
func (s *Sender) openThread(ctx context.Context, user chat.UserID, at wire.Place, read chat.Read) (d destination, err error) {
	parent, err := chat.Enter(ctx, s.Log, at.Conversation, user, read)
	if err != nil {
		return d, err
	}
	if parent.Conversation.Blocked[user] {
		return d, blocks()
	}
	root, ok, err := s.Log.Entry(ctx, at.Conversation, at.Seq)
	if err != nil {
		return d, err
	}
	if ok && root.State.Thread != "" && root.For(user, parent.Place).Kind == chat.Message {
		d.exists = true
		d.tail, err = chat.Enter(ctx, s.Log, root.State.Thread, user, chat.Strong)
		return d, err
	}
	found := []chat.Entry{root}
	if err := chat.Join(ctx, s.Log, at.Conversation, found); err != nil {
		return d, err
	}
	root = found[0]
	switch {
	case parent.Conversation.Kind == chat.Thread:
		return d, chat.Errorf(chat.Invalid, "to.thread: a thread has no threads")
	case !ok || root.For(user, parent.Place).Kind != chat.Message || root.State.Deleted || root.State.Expired:
		return d, chat.Errorf(chat.NotFound, "to.thread: there is no such message")
	}
	followers := []chat.UserID{user}
	switch _, err := chat.Authorize(ctx, s.Log, parent.Conversation, root.From); {
	case err == nil && !parent.Conversation.Shuns(user):
		followers = append(followers, root.From)
	case err != nil && chat.AsError(err).Code != chat.Forbidden:
		return d, err
	}
	c := parent.Conversation.About(root.Seq, followers...)
	c.Creator, c.Created = user, s.Now()
	d.tail, d.root = chat.Tail{Conversation: c, Place: chat.Place{Role: parent.Place.Role}}, &root
	return d, nil
}

// beginThread makes a thread and announces it in its parent, once, whoever else begins it: first the thread, then the entry that
// names it together with the message that it is about. A try that was cut short in between is taken up by the next one.
func (s *Sender) beginThread(ctx context.Context, who chat.Identity, d *destination, e chat.Entry) error {
	made := d.tail.Conversation
	if _, _, err := s.Log.Create(ctx, made, made.Members); err != nil {
		return err
	}
	if !made.Shuns(who.User) { // otherwise it is for its author only
		if err := s.announce(ctx, who, made, d.root.Seq, e.ID); err != nil {
			return err
		}
	}
	// Somebody else may have made it, and others may follow.
	tail, err := chat.Enter(ctx, s.Log, made.ID, who.User, chat.Strong)
	d.tail = tail
	return err
}

// errTold is why something is not told in the parent of a thread: it is already.
var errTold = errors.New("send: it was told already")

func (s *Sender) announce(ctx context.Context, who chat.Identity, thread chat.Conversation, root chat.Seq, id chat.MessageID) error {
	a, err := s.write(ctx, chat.Eventual, nil, func(read chat.Read) (attempt, error) {
		tail, err := chat.Enter(ctx, s.Log, thread.Parent, who.User, read)
		e := chat.Entry{
			Conversation: thread.Parent, Kind: chat.Threaded, ID: id, From: who.User, To: tail.Conversation.Peer(who.User),
			Body: chat.Body{Target: root, Thread: thread.ID},
		}
		return attempt{tail: tail, entry: e, put: func(ctx context.Context, e chat.Entry) (chat.Entry, bool, error) {
			return s.commit(ctx, e, tail, func(_ chat.Tail, target chat.Entry) (chat.Change, error) {
				if target.State.Thread != "" {
					return chat.Change{}, errTold
				}
				return chat.Change{Thread: thread.ID}, nil
			})
		}}, err
	})
	return s.told(ctx, a, err)
}

// enlisting writes an entry of a thread after its sender follows the thread, and those whom it mentions: so they are handed it.
// A thread that enough follow goes on without them.
func (s *Sender) enlisting(a attempt) put {
	tail := a.tail
	return func(ctx context.Context, e chat.Entry) (chat.Entry, bool, error) {
		users := append(slices.Clone(e.Body.Mentions), e.From)
		if e.Hidden || tail.Conversation.Quiet() {
			users = users[len(users)-1:] // nobody else hears of it
		}
		for _, user := range users {
			if _, ok := tail.Conversation.Members[user]; ok {
				continue
			}
			ok, err := s.follows(ctx, e.Conversation, user, e.Seq-1) // what was said before is not unread
			if err != nil {
				return e, false, err
			}
			if ok {
				tail.Conversation.Members[user] = chat.Place{Role: chat.Member}
			}
		}
		return a.put(ctx, e)
	}
}

// follows makes a user a follower of a thread. If it is full, those make room who are not in its parent any more. It returns false
// if there are none.
func (s *Sender) follows(ctx context.Context, thread chat.ConversationID, user chat.UserID, read chat.Seq) (bool, error) {
	ok, err := s.Log.Follow(ctx, thread, user, read)
	if err != nil || ok {
		return ok, err
	}
	all, _, err := s.Log.Tail(ctx, thread, chat.Strong)
	if err != nil {
		return false, err
	}
	now, err := chat.Enter(ctx, s.Log, thread, user, chat.Strong)
	if err != nil {
		return false, err
	}
	for gone := range all.Conversation.Members {
		if _, there := now.Conversation.Members[gone]; !there {
			if err := s.Log.Unfollow(ctx, thread, gone); err != nil {
				return false, err
			}
			ok = true
		}
	}
	if !ok {
		return false, nil
	}
	return s.Log.Follow(ctx, thread, user, read)
}

// Follow makes the caller a follower of a thread, or ends that, which they can also when they are not in its parent any more. It can be
// repeated.
func (s *Sender) Follow(ctx context.Context, who chat.Identity, q wire.Follow) (wire.Followed, error) {
	if q.Off {
		return wire.Followed{Conversation: q.Conversation}, s.Log.Unfollow(ctx, q.Conversation, who.User)
	}
	tail, err := chat.Enter(ctx, s.Log, q.Conversation, who.User, chat.Eventual)
	if err != nil {
		return wire.Followed{}, err
	}
	ok, err := s.follows(ctx, q.Conversation, who.User, tail.Head)
	if err == nil && !ok {
		err = chat.Errorf(chat.TooLarge, "at most %d follow a thread", chat.MaxFollowers)
	}
	return wire.Followed{Conversation: q.Conversation, Following: ok}, err
}
