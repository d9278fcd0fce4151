package wire

import "github.com/parley-im/parley/pkg/chat"

// EventTimers tells that somebody has read messages whose timers count from then.
const EventTimers = "timers"

// Timers is the frame that tells when messages disappear that have now been read. It is in no log: later, the messages say so
// themselves.
type Timers struct {
	Event        string              `json:"event"`
	Conversation chat.ConversationID `json:"conversation"`
	// Messages are at most chat.MaxTimers.
	Messages []Due `json:"messages"`
}

// Due is when a message disappears.
type Due struct {
	Seq   chat.Seq `json:"seq"`
	Until string   `json:"until"`
}

// NewTimers makes the frame.
func NewTimers(conversation chat.ConversationID, started []chat.Started) Timers {
	t := Timers{EventTimers, conversation, make([]Due, len(started))}
	for i, d := range started {
		t.Messages[i] = Due{d.Seq, Time(d.Until)}
	}
	return t
}
