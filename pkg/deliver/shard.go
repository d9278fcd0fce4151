package deliver

import (
	"context"
	"fmt"

	"github.com/parley-im/parley/pkg/chat"
)

// Serve delivers one shard of a large conversation's fan-out. The share names the entry and does not carry it, so that
// what is delivered is what is stored now.
func (d *Deliverer) Serve(ctx context.Context, s chat.Share) error {
	tail, ok, err := d.Log.Tail(ctx, s.Conversation, chat.Strong)
	if err != nil {
		return err
	}
	e := tail.Last
	if ok && 0 < s.Seq && s.Seq < tail.Head {
		entries, err := d.Log.After(ctx, s.Conversation, s.Seq-1, 1, chat.Strong)
		if err != nil {
			return err
		}
		if len(entries) > 0 {
			e = entries[0]
		}
	}
	if !ok || s.Seq < 1 || e.Seq != s.Seq {
		return fmt.Errorf("deliver: share of %s %d: no such entry", s.Conversation, s.Seq)
	}
	joined := []chat.Entry{e}
	if err := chat.Join(ctx, d.Log, s.Conversation, joined); err != nil {
		return err
	}
	return d.DeliverTo(ctx, tail.Conversation, joined[0], s.Users, s.Blind, s.Except)
}
