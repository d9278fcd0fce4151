package wire

import "github.com/parley-im/parley/pkg/chat"

// EventTyping tells what somebody is doing in a conversation.
const EventTyping = "typing"

// Doing is what somebody does in a conversation before there is a message.
type Doing string

// What can be done. None means that it was given up.
const (
	Text  Doing = "text"
	Audio Doing = "audio"
	None  Doing = "none"
)

// Typing tells the others what the caller is doing. It has no reply.
type Typing struct {
	Head
	Conversation chat.ConversationID `json:"conversation"`
	Kind         Doing               `json:"kind"`
	// Read is a receipt that travels with it: who answers has just read, and one frame costs half of two.
	Read *chat.Seq `json:"read,omitzero"`
}

// Composing is the frame that the others get: somebody is typing, for so many seconds unless it comes again, a message of
// theirs comes, or it comes with the kind None.
type Composing struct {
	Event        string              `json:"event"`
	Conversation chat.ConversationID `json:"conversation"`
	User         chat.UserID         `json:"user"`
	Kind         Doing               `json:"kind"`
	For          int                 `json:"for"`
	// Read and Delivered are the receipt that came with it, for whom it is for.
	Read      chat.Seq `json:"read,omitzero"`
	Delivered chat.Seq `json:"delivered,omitzero"`
}

// NewComposing makes the frame.
func NewComposing(c chat.ConversationID, user chat.UserID, kind Doing) Composing {
	return Composing{Event: EventTyping, Conversation: c, User: user, Kind: kind, For: int(chat.TypingTime.Seconds())}
}

func (r *Typing) check() error {
	if err := r.checkIn(r.Conversation); err != nil {
		return err
	}
	switch {
	case r.Kind != Text && r.Kind != Audio && r.Kind != None:
		return invalid("kind: text, audio or none")
	case !isSeq(r.Read):
		return invalid("read: a seq of at least 1, or leave it out")
	}
	return nil
}
