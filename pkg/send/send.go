// Package send is how something gets into a conversation: the caller is checked against its header, the entry is appended
// under the next number, and only then handed to its members. What it returns is the acknowledgement, so an acknowledged
// entry is stored, posted to everybody who is connected and queued for everybody who is not.
//
// Start at [Sender.Send]; append.go holds the append.
package send

import (
	"cmp"
	"context"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Deliverer hands an entry to the members of its conversation, except the connection that sent it.
type Deliverer interface {
	Deliver(ctx context.Context, c chat.Conversation, e chat.Entry, except chat.ConnectionID) error
}

// Timers tells all members which timers have started, best effort.
type Timers interface {
	Timers(ctx context.Context, c chat.Conversation, started []chat.Started)
}

// Attachments checks what a message attaches.
type Attachments interface {
	// Check returns media_missing unless each of the owner's uploads is there with the size and type that is said, and
	// marks them as kept.
	Check(ctx context.Context, owner chat.UserID, attachments []chat.Attachment) error
	// CheckFor does the same for a message that disappears: what was not kept before is kept for as long as it lasts.
	CheckFor(ctx context.Context, owner chat.UserID, attachments []chat.Attachment, life time.Duration) error
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
	// Standings are moved by who writes where messages disappear once they are read, and Timers says so.
	Standings chat.Standings
	Timers    Timers
	// Now is the clock that entries are stamped with.
	Now func() time.Time
}

// Send appends a message and delivers it. The same (sender, id) gives the same answer however often it is sent, provided
// that every attempt carries after; the same id with another body is a conflict.
//
// If it was a draft, that is forgotten last, and only as it was when the message was stored: a repetition that comes late
// leaves what was begun since.
func (s *Sender) Send(ctx context.Context, who chat.Identity, r wire.Send) (chat.Entry, error) {
	var met bool     // whether the conversation was made, and who is in it asked, just now
	check := s.check // what does not depend on the conversation is checked once
	a, err := s.write(ctx, chat.Eventual, r.After, func(read chat.Read) (attempt, error) {
		d, a, err := s.judge(ctx, who, r, read, check)
		if err != nil {
			return attempt{}, err
		}
		check = nil
		if !d.exists {
			met = true
			if err := s.make(ctx, who, &d, a.entry); err != nil {
				return attempt{}, err
			}
			a.tail = d.tail
		}
		a.entry.Hidden = a.tail.Conversation.Shuns(who.User)
		a.entry.Unattended = who.Connection == "" // scheduled: its author may be asleep
		if a.tail.Conversation.Blocked[who.User] && d.refusal == nil {
			d.refusal = blocks()
			a.put = s.refuse(d.refusal)
		}
		if a.tail.Conversation.Kind == chat.Thread && d.refusal == nil {
			a.put = s.enlisting(a)
		}
		return a, nil
	})
	if err != nil {
		return a.entry, err
	}
	if err := s.answer(ctx, &a.tail.Conversation, who.User); err != nil {
		return a.entry, err
	}
	if !met && !a.entry.Hidden { // also when it is sent again after a block
		if err := s.welcome(ctx, &a.tail.Conversation, who.User); err != nil {
			return a.entry, err
		}
	}
	if !a.entry.Unattended {
		if err := s.reads(ctx, a, who.User); err != nil {
			return a.entry, err
		}
	}
	if a.tail.Conversation.Kind == chat.Thread && !a.entry.Hidden {
		if err := s.tellParent(ctx, who, a, met); err != nil {
			return a.entry, err
		}
	}
	err = s.Deliver.Deliver(ctx, a.tail.Conversation, a.entry, who.Connection)
	if err == nil && r.Draft {
		err = s.Drafts.RemoveDraft(ctx, who.User, a.entry.Conversation, a.entry.At.Add(skew))
	}
	return a.entry, err
}

// reads starts the timers of what a message answers, where there are any that count from reading: whoever writes has read what
// stands before. Elsewhere that costs nothing, because everybody sees it in the log; there, it is a receipt of its own.
func (s *Sender) reads(ctx context.Context, a attempt, user chat.UserID) error {
	if !a.tail.Conversation.Timed() || a.tail.Conversation.Quiet() {
		return nil
	}
	c, now := a.tail.Conversation, s.Now()
	started, err := chat.ReadTimers(ctx, s.Log, s.Standings, c, chat.Seat{User: user, Place: a.tail.Place}, a.entry.Seq, now)
	s.Timers.Timers(ctx, c, started) // also if not all could be started
	if err != nil {
		return err
	}
	_, err = s.Standings.Advance(ctx, user, chat.Receipt{Conversation: c.ID, Read: a.entry.Seq}, true, now)
	if err != nil && chat.AsError(err).Code == chat.Forbidden {
		return nil // who writes in a thread need not follow it, and may have been removed since
	}
	return err
}

// scheduledLife is how long what is attached to a scheduled message is kept, until it is sent: as long as one can wait, and be
// there after that because it could not be sent.
const scheduledLife = chat.MaxSchedule + chat.ScheduleRetention

// Check makes the checks of Send for a message that will be sent later, and has what is attached kept until then. If it is taken
// back, that is collected. It writes nothing.
func (s *Sender) Check(ctx context.Context, who chat.Identity, r wire.Send) error {
	check := func(ctx context.Context, e chat.Entry, repeats bool) error {
		err := fits(e)
		if err == nil && !repeats {
			err = s.Attachments.CheckFor(ctx, e.From, e.Body.Attachments, scheduledLife)
		}
		return err
	}
	d, _, err := s.judge(ctx, who, r, chat.Eventual, check)
	if err = cmp.Or(err, d.refusal); refuses(err) {
		d, _, err = s.judge(ctx, who, r, chat.Strong, check)
		err = cmp.Or(err, d.refusal)
	}
	return err
}

// judge checks all that must be right before the first write of a message: what is said of its content with check, which is nil
// if that was done before, and whether its sender may say it there. What is refused in a conversation that exists is only
// refused when it is about to be written: a resend of what is stored already finds it, whatever has changed since.
func (s *Sender) judge(ctx context.Context, who chat.Identity, r wire.Send, read chat.Read,
	check func(ctx context.Context, e chat.Entry, repeats bool) error,
) (d destination, a attempt, err error) {
	e := chat.Entry{Kind: chat.Message, ID: r.ID, From: who.User, Body: r.Body.Domain()}
	if d, err = s.open(ctx, who.User, r.To, read); err != nil {
		return d, a, err
	}
	c := d.tail.Conversation
	e.Conversation, e.To, e.Timer = c.ID, c.Peer(who.User), c.Clock(r.Own())
	e.Body.InParent = r.InParent
	err = s.content(ctx, d.tail, &e, r.Body.Forward)
	if err == nil && check != nil {
		err = check(ctx, e, r.Body.Forward != nil)
	}
	if d.exists && (refuses(err) || err != nil && chat.AsError(err).Code == chat.MediaMissing) {
		d.refusal = err
		return d, attempt{tail: d.tail, entry: e, put: s.refuse(err)}, nil
	}
	return d, attempt{tail: d.tail, entry: e, put: s.slowly(d.tail)}, err
}

// content checks whether a sender may say something, and completes it with what it forwards.
func (s *Sender) content(ctx context.Context, tail chat.Tail, e *chat.Entry, forward *wire.Place) error {
	if !tail.Conversation.Can(tail.Place.Role, chat.CanSend) {
		return chat.Errorf(chat.Forbidden, "you cannot write here")
	}
	switch {
	case e.Body.InParent && tail.Conversation.Kind != chat.Thread:
		return chat.Errorf(chat.Invalid, "in_parent: only in a thread")
	case e.Body.InParent && e.Timer.Set():
		return chat.Errorf(chat.Invalid, "in_parent: not what disappears")
	}
	if err := s.refers(ctx, tail, e.Body); err != nil || forward == nil {
		return err
	}
	return s.repeat(ctx, e.From, *forward, e)
}

// check refuses what could be stored but not be delivered, and what attaches files that are not there.
func (s *Sender) check(ctx context.Context, e chat.Entry, repeats bool) error {
	switch err := fits(e); {
	case err != nil, repeats: // the files of a message that was repeated are there
		return err
	case e.Timer.Set():
		return s.Attachments.CheckFor(ctx, e.From, e.Body.Attachments, e.Timer.Life())
	default:
		return s.Attachments.Check(ctx, e.From, e.Body.Attachments)
	}
}

// destination is where a message goes: the tail of a conversation as it is or, unless it exists, will be. A thread that is
// not announced in its parent yet has the message that it is about.
type destination struct {
	tail   chat.Tail
	exists bool
	root   *chat.Entry
	// refusal is why nothing will be written, unless this is a resend; nil if there is no reason.
	refusal error
}

// make makes a direct conversation or a thread by its first message.
func (s *Sender) make(ctx context.Context, who chat.Identity, d *destination, e chat.Entry) (err error) {
	if d.root != nil {
		return s.beginThread(ctx, who, d, e)
	}
	if err := s.begin(ctx, d.tail.Conversation.ID, who.User); err != nil {
		return err
	}
	d.tail.Conversation, err = s.pair(ctx, d.tail.Conversation)
	return err
}

// open finds the conversation and checks that the user is in it. A direct one is made by its first message, as is a thread:
// until that is checked, it need not exist.
func (s *Sender) open(ctx context.Context, user chat.UserID, to wire.Target, read chat.Read) (d destination, err error) {
	switch {
	case to.Thread != nil:
		return s.openThread(ctx, user, *to.Thread, read)
	case to.User == "":
		if to.Conversation.IsThread() {
			read = chat.Strong // who follows it changes without an entry, so nothing would tell that what was read is old
		}
		d.tail, err = chat.Enter(ctx, s.Log, to.Conversation, user, read)
		d.exists = true
		return d, err
	case to.User == user:
		return d, chat.Errorf(chat.Invalid, "to.user: somebody else")
	}
	id, place := chat.DirectID(user, to.User), chat.Place{Role: chat.Member}
	d.tail, d.exists, err = s.Log.Tail(ctx, id, read)
	if err == nil && !d.exists && read == chat.Eventual {
		d.tail, d.exists, err = s.Log.Tail(ctx, id, chat.Strong) // nobody is taken for a stranger because of a read that lags
	}
	if err != nil {
		return d, err
	}
	d.tail.Place = place // who derives the id is one of the two
	if !d.exists {
		members := map[chat.UserID]chat.Place{user: place, to.User: place}
		d.tail.Conversation = chat.Conversation{ID: id, Kind: chat.Direct, Creator: user, Created: s.Now(), Size: 2, Members: members}
		err = s.meet(ctx, &d.tail.Conversation, user, to.User)
	}
	return d, err
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
	if e.Body.InParent {
		e.Body.Of, e.Body.Reply = chat.Reference{Conversation: e.Conversation, Seq: chat.MaxSeq}, chat.MaxSeq
	}
	frame, err := wire.Encode(wire.FromEntry(e))
	if err == nil && len(frame) > wire.MaxContent {
		err = &chat.Error{Code: chat.TooLarge}
	}
	return err
}
