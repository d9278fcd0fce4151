package client

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// wholeEvery is after how long the whole list is asked for again, because what changes without an entry is not among what has
// changed since a time: whether somebody was blocked.
const wholeEvery = time.Hour

// list is what the client knows of the user's conversations. Only the follower uses it.
type list struct {
	lines map[chat.ConversationID]wire.Conversation
	// since asks for what has changed; "" if the whole list is needed.
	since string
	whole time.Time // when that was
}

// relist brings the list up to date and returns the lines that came. After a short absence they are few.
func (c *Client) relist(l *list) (came []wire.Conversation, err error) {
	if l.since != "" && time.Since(l.whole) < wholeEvery {
		page, err := c.listed(c.life, l.since)
		if err != nil {
			return nil, err
		}
		for _, line := range page.Conversations {
			l.lines[line.Conversation] = line
		}
		if page.Of != nil && *page.Of == len(l.lines) {
			l.since = page.Since
			return page.Conversations, nil
		}
	}
	page, err := c.listed(c.life, "")
	if err != nil {
		return nil, err
	}
	l.lines, l.since, l.whole = map[chat.ConversationID]wire.Conversation{}, page.Since, time.Now()
	for _, line := range page.Conversations {
		l.lines[line.Conversation] = line
	}
	return page.Conversations, nil
}

// all are the lines in the order of their ids.
func (l *list) all() []wire.Conversation {
	return slices.SortedFunc(maps.Values(l.lines), func(a, b wire.Conversation) int {
		return strings.Compare(string(a.Conversation), string(b.Conversation))
	})
}

// listed asks for all pages of the list, or of what has changed since a time. Since is that of the first page, and Of adds up.
func (c *Client) listed(ctx context.Context, since string) (all wire.Listed, err error) {
	limit, of := chat.MaxPage, 0
	for next := chat.ConversationID(""); ; next = all.Next {
		frame := wire.Conversations{Head: wire.Head{Action: "conversations", Ref: c.calls.ref()}, Since: since, Next: next, Limit: &limit}
		var page wire.Listed
		if err := c.ask(ctx, frame.Ref, frame, &page); err != nil {
			return all, err
		}
		if next == "" {
			all.Since = page.Since
		}
		if page.Of != nil {
			of += *page.Of
			all.Of = &of
		}
		all.Conversations, all.Next = append(all.Conversations, page.Conversations...), page.Next
		if page.Next == "" {
			return all, nil
		}
	}
}
