package read

import (
	"context"
	"slices"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Pins lists the messages that are pinned, as they are now. What is deleted, expired or not for the caller is left out; the
// header keeps it until a pin needs its place.
func (r *Reader) Pins(ctx context.Context, who chat.Identity, q wire.Pins) (wire.Pinned, error) {
	tail, err := chat.Enter(ctx, r.Log, q.Conversation, who.User, chat.Strong)
	if err != nil {
		return wire.Pinned{}, err
	}
	if err := chat.StepOverCleared(ctx, r.Standings, who.User, &tail); err != nil {
		return wire.Pinned{}, err
	}
	there, err := chat.Messages(ctx, r.Log, q.Conversation, tail.Conversation.Pins, who.User, tail.Place)
	if err != nil {
		return wire.Pinned{}, err
	}
	out := wire.Pinned{Pins: []chat.Seq{}, Entries: []wire.Entry{}}
	left := room - chat.MaxPins*len("9007199254740991,")
	for _, seq := range slices.Backward(tail.Conversation.Pins) {
		e, ok := there[seq]
		if !ok {
			continue
		}
		out.Pins = append(out.Pins, seq)
		line := wire.FromEntry(e)
		bytes, err := size(line)
		if err != nil {
			return out, err
		}
		if bytes <= left {
			out.Entries = append(out.Entries, line)
			left -= bytes
		}
	}
	slices.Reverse(out.Pins)
	return out, nil
}
