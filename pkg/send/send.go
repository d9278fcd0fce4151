// Package send is how something gets into a conversation: the caller is checked against its header, the entry is appended
// under the next number, and only then handed to its members. What it returns is the acknowledgement, so an acknowledged
// entry is stored, posted to everybody who is connected and queued for everybody who is not.
//
// Start at [Sender.Send]; append.go holds the append.
package send

import (
	"context"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Deliverer hands an entry to the members of its conversation, except the connection that sent it.
type Deliverer interface {
	Deliver(ctx context.Context, c chat.Conversation, e chat.Entry, except chat.ConnectionID) error
}

// Attachments checks what a message attaches.
type Attachments interface {
	// Check returns media_missing unless each of the owner's uploads is there with the size and type that is said, and
	// marks them as kept.
	Check(ctx context.Context, owner chat.UserID, attachments []chat.Attachment) error
}

// skew is by how much the clocks of two functions may differ, so that a draft from just before is not taken for a later one.
const skew = time.Second

// Beginnings bounds how many people a user can write to who never talked to them.
type Beginnings interface {
	// Begin counts one more conversation that a user begins, or refuses it as limited.
	Begin(ctx context.Context, user chat.UserID, at time.Time) error
}

// Sender appends to conversations.
type Sender struct {
	Log         chat.Log
	Deliver     Deliverer
	Attachments Attachments
	Begin       Beginnings
	// Drafts is where a message is forgotten that was a draft.
	Drafts chat.Drafts
	// Directs, People and Sessions say what the two of a direct conversation have decided about each other.
	Directs  chat.Directs
	People   chat.People
	Sessions chat.Sessions
	// Now is the clock that entries are stamped with.
	Now func() time.Time
}

// Send appends a message and delivers it. The same (sender, id) gives the same answer however often it is sent, provided
// that every attempt carries after; the same id with another body is a conflict.
//
// If it was a draft, that is forgotten last, and only as it was when the message was stored: a repetition that comes late
// leaves what was begun since.
func (s *Sender) Send(ctx context.Context, who chat.Identity, r wire.Send) (chat.Entry, error) {
	checked := false // what does not depend on the conversation is checked once
	a, err := s.write(ctx, chat.Eventual, r.After, func(read chat.Read) (attempt, error) {
		a, exists, err := s.judge(ctx, who, r, read, checked)
		if err != nil {
			return attempt{}, err
		}
		checked = true
		if !exists {
			if err := s.begin(ctx, a.tail.Conversation.ID, who.User); err != nil {
				return attempt{}, err
			}
			if a.tail.Conversation, err = s.pair(ctx, a.tail.Conversation); err != nil {
				return a, err
			}
		}
		a.entry.Hidden = a.tail.Conversation.Blocked[a.entry.To]
		if a.tail.Conversation.Blocked[who.User] {
			a.put = s.refuse(blocks())
		}
		return a, err
	})
	if err != nil {
		return a.entry, err
	}
	if err := s.answer(ctx, &a.tail.Conversation, who.User); err != nil {
		return a.entry, err
	}
	err = s.Deliver.Deliver(ctx, a.tail.Conversation, a.entry, who.Connection)
	if err == nil && r.Draft {
		err = s.Drafts.RemoveDraft(ctx, who.User, a.entry.Conversation, a.entry.At.Add(skew))
	}
	return a.entry, err
}

// Check makes the checks of Send and marks what is attached as kept. It writes nothing.
func (s *Sender) Check(ctx context.Context, who chat.Identity, r wire.Send) error {
	_, _, err := s.judge(ctx, who, r, chat.Eventual, false)
	if refuses(err) {
		_, _, err = s.judge(ctx, who, r, chat.Strong, false)
	}
	return err
}

// judge checks all that must be right before the first write of a message: what is said of its content, unless that was
// checked before, and whether its sender may say it there.
func (s *Sender) judge(ctx context.Context, who chat.Identity, r wire.Send, read chat.Read, checked bool) (a attempt, exists bool, err error) {
	e := chat.Entry{Kind: chat.Message, ID: r.ID, From: who.User, Body: r.Body.Domain()}
	tail, exists, err := s.open(ctx, who.User, r.To, read)
	if err != nil {
		return a, exists, err
	}
	e.Conversation, e.To = tail.Conversation.ID, tail.Conversation.Peer(who.User)
	if !tail.Conversation.Can(tail.Place.Role, chat.CanSend) {
		return a, exists, chat.Errorf(chat.Forbidden, "you cannot write here")
	}
	if err := s.refers(ctx, tail, e.Body); err != nil {
		return a, exists, err
	}
	if !checked {
		if err := fits(e); err != nil {
			return a, exists, err
		}
		if err := s.Attachments.Check(ctx, who.User, e.Body.Attachments); err != nil {
			return a, exists, err
		}
	}
	return attempt{tail: tail, entry: e, put: s.slowly(tail)}, exists, nil
}

// open finds the conversation and checks that the user is in it. A direct one is made by its first message: until that is
// checked, exists is false and the tail is what will be.
func (s *Sender) open(ctx context.Context, user chat.UserID, to wire.Target, read chat.Read) (tail chat.Tail, exists bool, err error) {
	if to.User == "" {
		tail, err = chat.Enter(ctx, s.Log, to.Conversation, user, read)
		return tail, true, err
	}
	if to.User == user {
		return tail, false, chat.Errorf(chat.Invalid, "to.user: somebody else")
	}
	id, place := chat.DirectID(user, to.User), chat.Place{Role: chat.Member}
	tail, exists, err = s.Log.Tail(ctx, id, read)
	if err == nil && !exists && read == chat.Eventual {
		tail, exists, err = s.Log.Tail(ctx, id, chat.Strong) // nobody is taken for a stranger because of a read that lags
	}
	if err != nil {
		return tail, exists, err
	}
	tail.Place = place // who derives the id is one of the two
	if !exists {
		members := map[chat.UserID]chat.Place{user: place, to.User: place}
		tail.Conversation = chat.Conversation{ID: id, Kind: chat.Direct, Creator: user, Created: s.Now(), Size: 2, Members: members}
		err = s.meet(ctx, &tail.Conversation, user, to.User)
	}
	return tail, exists, err
}

// begin counts a conversation that is about to be made. Who is refused may have been so because an eventual read did not
// show that it exists; that is looked up only then.
func (s *Sender) begin(ctx context.Context, id chat.ConversationID, user chat.UserID) error {
	refusal := s.Begin.Begin(ctx, user, s.Now())
	if refusal == nil || chat.AsError(refusal).Code != chat.Limited {
		return refusal
	}
	_, exists, err := s.Log.Tail(ctx, id, chat.Strong)
	if err == nil && !exists {
		return refusal
	}
	return err
}

// fits refuses what could be stored but not be delivered: the frame that announces an entry carries more than the one
// that asked for it.
func fits(e chat.Entry) error {
	e.Seq, e.State = chat.MaxSeq, chat.State{}
	frame, err := wire.Encode(wire.FromEntry(e))
	if err == nil && len(frame) > wire.MaxContent {
		err = &chat.Error{Code: chat.TooLarge}
	}
	return err
}
