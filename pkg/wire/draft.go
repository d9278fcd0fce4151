package wire

import (
	"unicode/utf8"

	"github.com/parley-im/parley/pkg/chat"
)

// EventDraft is the name of the event that carries a Draft.
const EventDraft = "draft"

// SetDraft stores what the caller has begun to write, or clears it.
type SetDraft struct {
	Head
	To Target `json:"to"`
	// Body is what is written so far; without it the draft is cleared.
	Body *Unfinished `json:"body,omitzero"`
}

// Unfinished is what a draft says.
type Unfinished struct {
	Text string `json:"text"`
	// Reply is the seq of the message that it is to answer.
	Reply chat.Seq `json:"reply,omitzero"`
}

// Drafts asks for a page of the caller's drafts.
type Drafts struct {
	Head
	Next  chat.ConversationID `json:"next,omitzero"`
	Limit *int                `json:"limit,omitzero"`
}

// Draft tells the caller's devices of what was begun on one of them, in the same shape when it happens and in lists. Without
// Body it was cleared. The latest At counts.
type Draft struct {
	Event        string              `json:"event"`
	Conversation chat.ConversationID `json:"conversation"`
	// User is the other one of a direct conversation, in which nothing need have been said yet.
	User chat.UserID `json:"user,omitzero"`
	Body *Unfinished `json:"body,omitzero"`
	At   string      `json:"at"`
}

// Drafted is the result of draft.
type Drafted struct {
	Conversation chat.ConversationID `json:"conversation"`
	At           string              `json:"at"`
}

// DraftList is the result of drafts. Next asks for the page that follows.
type DraftList struct {
	Drafts []Draft             `json:"drafts"`
	Next   chat.ConversationID `json:"next,omitzero"`
}

// FromDraft renders a draft.
func FromDraft(d chat.Draft) Draft {
	return Draft{EventDraft, d.Conversation, d.Peer, &Unfinished{d.Text, d.Reply}, Time(d.At)}
}

// Cleared says that there is no draft any more.
func Cleared(d chat.Draft) Draft {
	return Draft{Event: EventDraft, Conversation: d.Conversation, User: d.Peer, At: Time(d.At)}
}

func (r *SetDraft) check() error {
	if err := r.Head.check(); err != nil {
		return err
	}
	if err := r.To.check(); err != nil {
		return err
	}
	switch {
	case r.Body == nil:
		return nil
	case r.Body.Text == "":
		return invalid("body.text: at least one character, or leave the body out")
	case utf8.RuneCountInString(r.Body.Text) > chat.MaxText:
		return chat.Errorf(chat.TooLarge, "body.text: at most %d characters", chat.MaxText)
	case r.Body.Reply > chat.MaxSeq:
		return invalid("body.reply: a seq of at least 1")
	}
	return nil
}

func (r *Drafts) check() error {
	if err := r.Head.check(); err != nil {
		return err
	}
	if r.Next != "" && !r.Next.Valid() {
		return invalid("next: not from an earlier page")
	}
	return checkLimit(r.Limit, chat.MaxPage)
}

// check is of whom something is for.
func (t Target) check() error {
	switch {
	case (t.User == "") == (t.Conversation == ""), t.Thread != nil:
		return invalid("to: exactly one of user and conversation")
	case t.User != "" && !t.User.Valid():
		return invalid("to.user: not a user id")
	case t.Conversation != "" && !t.Conversation.Valid():
		return invalid("to.conversation: not a conversation id")
	}
	return nil
}
