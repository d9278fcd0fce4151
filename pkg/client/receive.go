package client

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// incoming has the members that tell what a frame is. An entry is what has a place in a log and an id, unless it is hidden.
type incoming struct {
	Event        string              `json:"event"`
	Ref          string              `json:"ref"`
	Result       jsontext.Value      `json:"result"`
	Conversation chat.ConversationID `json:"conversation"`
	Seq          chat.Seq            `json:"seq"`
	ID           chat.MessageID      `json:"id"`
	// ConnectionID is only in what the gateway says by itself: an error frame without ref (aws.md §1.5).
	ConnectionID string `json:"connectionId"`
}

// receive takes one frame from s. Frames of a kind that it does not know are stepped over: a newer server may send them.
func (c *Client) receive(s *socket, frame []byte) {
	var in incoming
	if err := json.Unmarshal(frame, &in); err != nil {
		c.log.Warn("frame not understood", "error", err)
		return
	}
	switch {
	case in.Event == wire.EventReply:
		c.calls.resolve(in.Ref, answer{result: in.Result})
	case in.Event == wire.EventError:
		var e wire.Error
		if json.Unmarshal(frame, &e) == nil {
			c.refused(s, fromWire(e), e.Ref)
		}
	case in.Event == wire.EventDraft:
		c.heard(frame)
	case in.Event == wire.EventScheduled:
		c.failed(frame)
	case in.Event == wire.EventProfile:
		var e wire.ProfileChanged
		if json.Unmarshal(frame, &e) == nil {
			c.queue.push(ProfileChanged{e.ProfileLine})
		}
	case in.Event == wire.EventRelation:
		var r wire.Related
		if json.Unmarshal(frame, &r) == nil {
			c.related(r)
		}
	case in.Event == "" && in.ConnectionID != "":
		c.calls.doubt(s, newError(chat.Unavailable, "the gateway could not handle the frame"))
	case in.Event == wire.EventTyping:
		var t wire.Composing
		if json.Unmarshal(frame, &t) == nil {
			c.typed(t)
		}
	case in.Event == wire.EventReceipt:
		var r wire.Received
		if json.Unmarshal(frame, &r) == nil {
			c.received(r)
		}
	case in.Event == wire.EventPrefs:
		var p wire.Preferred
		if json.Unmarshal(frame, &p) == nil {
			c.tally.prefer(p)
			c.inbox.clear(p.Conversation, p.Cleared)
			c.queue.push(Preferred{p})
		}
	case in.Event == wire.EventPresence:
		var p wire.Changed
		if json.Unmarshal(frame, &p) == nil {
			c.presences([]wire.PresenceLine{p.PresenceLine})
		}
	case in.Event == wire.EventHides:
		var hid wire.Hid
		if json.Unmarshal(frame, &hid) == nil {
			c.inbox.hide(hid.Conversation, hid.Hides)
		}
	case in.Event == wire.EventTimers:
		var t wire.Timers
		if json.Unmarshal(frame, &t) == nil {
			c.queue.push(Timers{t})
		}
	case in.Conversation != "" && in.Seq > 0 && (in.ID != "" || in.Event == string(chat.Hidden)):
		var e wire.Entry
		if json.Unmarshal(frame, &e) != nil {
			return
		}
		if c.inbox.offer(e) {
			signal(c.missing)
		}
		c.spent(e)
	}
}

// refused deals with an error frame. One without ref concerns the connection.
func (c *Client) refused(s *socket, e *Error, ref string) {
	switch {
	case ref != "":
		c.calls.resolve(ref, answer{err: e})
	case e.Code == chat.Replaced:
		s.cut(e)
	case e.Code == chat.Unauthenticated:
		s.cut(errExpired)
	default:
		c.log.Warn("frame refused", "code", e.Code)
		c.calls.doubt(s, newError(chat.Unavailable, "%s", e.Message))
	}
}
