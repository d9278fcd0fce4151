package send

import (
	"context"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Teller posts a frame to the connections of one user but one. It is best effort.
type Teller interface {
	Tell(ctx context.Context, user chat.UserID, frame []byte, except chat.ConnectionID)
}

// Hider takes messages out of the sight of one user, on all devices. Nobody else learns of it, so it is no entry: devices that
// are connected are told at once, and the others find it in their list of conversations.
type Hider struct {
	Log     chat.Log
	Deliver Teller
}

// Hide hides messages of a conversation from the caller. What is no message is left alone, unless there is nothing else. It
// costs a query, a write unit for each started KB of each message, one of the member, and a post to each other device.
func (h *Hider) Hide(ctx context.Context, who chat.Identity, q wire.Hide) (wire.Hid, error) {
	tail, err := chat.Enter(ctx, h.Log, q.Conversation, who.User, chat.Eventual)
	if err != nil {
		return wire.Hid{}, err
	}
	for _, seq := range q.Seqs {
		if seq < tail.Place.From {
			return wire.Hid{}, chat.Errorf(chat.NotFound, "seqs: there is no such message")
		}
	}
	hides, err := h.Log.Hide(ctx, q.Conversation, who.User, q.Seqs)
	if err == nil && len(hides.Seqs) == 0 {
		err = chat.Errorf(chat.NotFound, "seqs: there is no such message")
	}
	if err != nil {
		return wire.Hid{}, err
	}
	hid := wire.Hid{Conversation: q.Conversation, Hides: wire.Hides{Count: hides.Count, Seqs: hides.Seqs}}
	told := hid
	told.Event = wire.EventHides
	frame, err := wire.Encode(told)
	if err == nil {
		h.Deliver.Tell(ctx, who.User, frame, who.Connection)
	}
	return hid, err
}
