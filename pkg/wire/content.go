package wire

import (
	"time"

	"github.com/parley-im/parley/pkg/chat"
)

// Hide hides messages from the caller, on all devices, and from nobody else.
type Hide struct {
	Head
	Conversation chat.ConversationID `json:"conversation"`
	Seqs         []chat.Seq          `json:"seqs"`
}

// Pin pins a message for everybody, or takes it off.
type Pin struct {
	Change
	Off bool `json:"off,omitzero"`
}

// Pins asks for the messages that are pinned.
type Pins struct {
	Head
	Conversation chat.ConversationID `json:"conversation"`
}

// Follow makes the caller a follower of a thread, or takes that back.
type Follow struct {
	Head
	Conversation chat.ConversationID `json:"conversation"`
	Off          bool                `json:"off,omitzero"`
}

// Threads asks what became of the threads about some messages.
type Threads struct {
	Head
	Conversation chat.ConversationID `json:"conversation"`
	Roots        []chat.Seq          `json:"roots"`
}

// Sent is the result of send: where the message is, and when it disappears, in the way of Entry.
type Sent struct {
	Accepted
	Until string `json:"until,omitzero"`
	Timer *Timer `json:"timer,omitzero"`
}

// NewSent acknowledges a message.
func NewSent(e chat.Entry) Sent {
	sent := Sent{Accepted: Accepted{Conversation: e.Conversation, Seq: e.Seq, ID: e.ID, At: Time(e.At)}}
	switch {
	case !e.Until.IsZero():
		sent.Until = Time(e.Until)
	case e.Timer.Set():
		sent.Timer = FromTimer(e.Timer)
	}
	return sent
}

// EventHides is the event that tells a user's other devices what one of them has hidden.
const EventHides = "hides"

// Hides are messages that the caller has hidden: the latest of them, and how many that made. A device that knew of fewer than
// Count less len(Seqs) asks history for what it shows.
type Hides struct {
	Count int        `json:"count"`
	Seqs  []chat.Seq `json:"seqs"`
}

// FromHides renders what was hidden; nil if that is nothing.
func FromHides(h chat.Hides) *Hides {
	if len(h.Seqs) == 0 {
		return nil
	}
	return &Hides{h.Count, h.Seqs}
}

// Hid tells a device of messages that the user has hidden with another one. It is also the result of hide.
type Hid struct {
	Event        string              `json:"event,omitzero"`
	Conversation chat.ConversationID `json:"conversation"`
	Hides        Hides               `json:"hides"`
}

// Pinned is the result of pins. Pins are all, the one that was pinned last at the end; what is deleted, expired or not for the
// caller is not among them. Entries are as many of the messages, from the last pinned on, as the frame holds.
type Pinned struct {
	Pins    []chat.Seq `json:"pins"`
	Entries []Entry    `json:"entries"`
}

// Followed is the result of follow: whether the caller follows the thread now.
type Followed struct {
	Conversation chat.ConversationID `json:"conversation"`
	Following    bool                `json:"following"`
}

// ThreadList is the result of threads: those that there are.
type ThreadList struct {
	Threads []ThreadLine `json:"threads"`
}

// ThreadLine is one thread: how far its log goes, when and by whom the last entry was written, how many follow it, and
// whether the caller does.
type ThreadLine struct {
	Root         chat.Seq            `json:"root"`
	Conversation chat.ConversationID `json:"conversation"`
	Head         chat.Seq            `json:"head"`
	At           string              `json:"at"`
	From         chat.UserID         `json:"from,omitzero"`
	Size         int                 `json:"size"`
	Following    bool                `json:"following,omitzero"`
}

// Timer makes messages disappear, After seconds since they were sent or since somebody else first read them. 0 is never.
type Timer struct {
	After int        `json:"after"`
	From  chat.Start `json:"from,omitzero"`
}

// FromTimer renders a timer.
func FromTimer(t chat.Timer) *Timer {
	return &Timer{int(t.After.Seconds()), t.From}
}

// Domain is the timer as the domain knows it.
func (t Timer) Domain() chat.Timer {
	return chat.Timer{After: time.Duration(t.After) * time.Second, From: t.From}
}

// Own is the timer that a message asks for itself; zero if it asks for none.
func (r Send) Own() chat.Timer {
	if r.Expires == nil {
		return chat.Timer{}
	}
	return chat.Timer{After: time.Duration(*r.Expires) * time.Second, From: chat.SinceSent}
}

// checkSend is check for what may also begin a thread.
func (t Target) checkSend() error {
	switch {
	case t.Thread == nil && (t.User == "") == (t.Conversation == ""), t.Thread != nil && (t.User != "" || t.Conversation != ""):
		return invalid("to: exactly one of user, conversation and thread")
	case t.Thread == nil:
		return t.check()
	case !t.Thread.valid():
		return invalid("to.thread: the conversation and the seq of a message")
	}
	return nil
}

func (p Place) valid() bool { return p.Conversation.Valid() && p.Seq >= 1 && p.Seq <= chat.MaxSeq }

// checkForward refuses what cannot be said beside a repeated message.
func (c Content) checkForward() error {
	switch {
	case c.Text != "", c.Attachments != nil:
		return invalid("body.forward: no text or attachments beside it")
	case !c.Forward.valid():
		return invalid("body.forward: the conversation and the seq of a message")
	case c.Reply > chat.MaxSeq:
		return invalid("body.reply: a seq of at least 1")
	}
	return c.Regard.check()
}

func (t Timer) check() error {
	switch {
	case t.After == 0 && t.From == "":
		return nil
	case t.From != chat.SinceSent && t.From != chat.SinceRead:
		return invalid("timer.from: sent or read, and none without after")
	case t.After == 0:
		return invalid("timer.after: with from, at least 5")
	}
	return checkTimer("timer.after", t.After)
}

func checkTimer(what string, seconds int) error {
	least, most := int(chat.MinTimer.Seconds()), int(chat.MaxTimer.Seconds())
	if seconds < least || seconds > most {
		return chat.Errorf(chat.Invalid, "%s: %d to %d seconds", what, least, most)
	}
	return nil
}

func (r *Hide) check() error {
	if err := r.Head.check(); err != nil {
		return err
	}
	return checkSeqs(r.Conversation, "seqs", r.Seqs, chat.MaxHides)
}

func (r *Pin) check() error { return r.Change.check() }

func (r *Pins) check() error {
	return r.checkIn(r.Conversation)
}

func (r *Follow) check() error {
	if err := r.Head.check(); err != nil {
		return err
	}
	if !r.Conversation.IsThread() {
		return invalid("conversation: a thread")
	}
	return nil
}

func (r *Threads) check() error {
	if err := r.Head.check(); err != nil {
		return err
	}
	return checkSeqs(r.Conversation, "roots", r.Roots, chat.MaxRoots)
}

func checkSeqs(id chat.ConversationID, what string, seqs []chat.Seq, most int) error {
	switch {
	case !id.Valid():
		return invalid("conversation: not a conversation id")
	case len(seqs) < 1 || len(seqs) > most:
		return chat.Errorf(chat.Invalid, "%s: 1 to %d", what, most)
	}
	seen := map[chat.Seq]bool{}
	for _, seq := range seqs {
		if seq < 1 || seq > chat.MaxSeq || seen[seq] {
			return chat.Errorf(chat.Invalid, "%s: seqs of at least 1, each once", what)
		}
		seen[seq] = true
	}
	return nil
}
