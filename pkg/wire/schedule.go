package wire

import (
	"regexp"

	"github.com/parley-im/parley/pkg/chat"
)

// EventScheduled is the name of the event that carries a Failed.
const EventScheduled = "scheduled"

// Schedule has a message sent later.
type Schedule struct {
	Head
	// ID is the message's once it is sent.
	ID   chat.MessageID `json:"id"`
	To   Target         `json:"to"`
	Body Content        `json:"body"`
	// At is when, in the shape of every time.
	At string `json:"at"`
	// Replace changes what is scheduled under ID, all of it. Without it, ID is new.
	Replace bool `json:"replace,omitzero"`
}

// Unschedule takes a scheduled message back, or dismisses one that failed.
type Unschedule struct {
	Head
	ID chat.MessageID `json:"id"`
}

// ListScheduled asks for a page of the caller's scheduled messages.
type ListScheduled struct {
	Head
	Next  chat.MessageID `json:"next,omitzero"`
	Limit *int           `json:"limit,omitzero"`
}

// Planned is the result of schedule and unschedule: the message that it is about.
type Planned struct {
	ID chat.MessageID `json:"id"`
}

// ScheduledList is the result of scheduled. Next asks for the page that follows.
type ScheduledList struct {
	Scheduled []Scheduled    `json:"scheduled"`
	Next      chat.MessageID `json:"next,omitzero"`
}

// Scheduled is one line of the list.
type Scheduled struct {
	ID   chat.MessageID `json:"id"`
	To   Target         `json:"to"`
	Body Content        `json:"body"`
	At   string         `json:"at"`
	// Code is why it was not sent and will not be; absent while it waits.
	Code chat.Code `json:"code,omitzero"`
}

// Failed tells the caller's devices that a scheduled message was not sent and will not be. That one was sent they learn from the
// message.
type Failed struct {
	Event string         `json:"event"`
	ID    chat.MessageID `json:"id"`
	State string         `json:"state"`
	Code  chat.Code      `json:"code"`
}

// NewFailed makes the event of a scheduled message that failed.
func NewFailed(id chat.MessageID, why chat.Code) Failed {
	return Failed{EventScheduled, id, "failed", why}
}

// FromScheduled renders a scheduled message.
func FromScheduled(s chat.Scheduled) Scheduled {
	to := Target{User: s.Peer}
	if s.Peer == "" {
		to = Target{Conversation: s.Conversation}
	}
	b := s.Body
	return Scheduled{
		ID: s.ID, To: to, At: Time(s.At), Code: s.Failed,
		Body: Content{
			Text: b.Text, Attachments: fromAttachments(b.Attachments), Reply: b.Reply,
			Regard: Regard{Mentions: b.Mentions, Everybody: b.Everybody},
		},
	}
}

// timeShape is that of a time. Whether there is such a day is for the use case to say, because no schema can.
var timeShape = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$`)

func (r *Schedule) check() error {
	if err := r.Head.check(); err != nil {
		return err
	}
	if !r.ID.Valid() {
		return invalid("id: a lower-case UUID")
	}
	if err := r.To.check(); err != nil {
		return err
	}
	if !timeShape.MatchString(r.At) {
		return invalid("at: RFC 3339 in UTC with three decimals")
	}
	return r.Body.check()
}

func (r *Unschedule) check() error {
	if err := r.Head.check(); err != nil {
		return err
	}
	if !r.ID.Valid() {
		return invalid("id: a lower-case UUID")
	}
	return nil
}

func (r *ListScheduled) check() error {
	if err := r.Head.check(); err != nil {
		return err
	}
	if r.Next != "" && !r.Next.Valid() {
		return invalid("next: not from an earlier page")
	}
	return checkLimit(r.Limit, chat.MaxPage)
}
