package client

import (
	"context"
	"iter"

	"github.com/parley-im/parley/pkg/wire"
)

// Search looks for messages in the user's conversations and yields page after page, each of up to limit hits; 0 is
// chat.DefaultHits. A page may be empty though others follow: then nothing was found so far. Hits come conversation by
// conversation, within each the newest first; History with a before above a hit's seq shows what was said around it.
//
// Nothing is asked of the server before the page is wanted, so a program that has seen enough stops ranging and pays for
// no more. The last pair has an error if the search could not go on: an *Error, ErrClosed, or the cause of ctx.
func (c *Client) Search(ctx context.Context, q wire.Query, limit int) iter.Seq2[wire.Found, error] {
	return func(yield func(wire.Found, error) bool) {
		for next := ""; ; {
			ref := c.calls.ref()
			frame := wire.Search{Head: wire.Head{Action: "search", Ref: ref}, Query: q, Next: next}
			if limit > 0 {
				frame.Limit = &limit
			}
			var page wire.Found
			err := c.ask(ctx, ref, frame, &page)
			if !yield(page, err) || err != nil || page.Next == "" {
				return
			}
			next = page.Next
		}
	}
}
