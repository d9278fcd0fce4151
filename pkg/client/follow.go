package client

import (
	"context"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// gapTime is how long a missing entry may take to arrive by itself before it is fetched: frames that are posted at the
// same time overtake each other.
const gapTime = 150 * time.Millisecond

// settleTime is when, after it has caught up, the client looks at the heads once more. The server reads who is connected
// eventually, so a message that was sent while this client connected may have been posted to everybody but it.
const settleTime = 5 * time.Second

// fruitless is after how many syncs that brought nothing a conversation is left alone until something new arrives.
const fruitless = 5

// follow keeps the inbox complete: it catches up after each connect, looks again when that has settled, and fetches what is
// missing in between.
func (c *Client) follow() {
	var known list
	settled := time.NewTimer(settleTime)
	settled.Stop()
	defer settled.Stop()
	for {
		select {
		case <-c.life.Done():
			return
		case <-c.opened:
			if all, ok := c.catchUp(&known); ok {
				c.queue.push(CaughtUp{all})
				signal(c.listing)
			}
			settled.Reset(settleTime)
		case <-settled.C:
			c.catchUp(&known)
		case <-c.missing:
			if c.pause(c.life, gapTime) != nil {
				return
			}
			c.fetch()
		}
	}
}

// catchUp learns what there is and fetches what is lacking. What arrives live in the meantime goes to the inbox as well. It
// returns the list it went by, and whether it is complete and no newer connection asks for another.
func (c *Client) catchUp(known *list) (all []wire.Conversation, ok bool) {
	var wait backoff
	came, err := c.relist(known)
	for ; err != nil; came, err = c.relist(known) {
		c.log.Warn("conversations not listed", "error", err)
		if c.nap(wait.next(0)) {
			wait = backoff{}
		}
		if c.life.Err() != nil {
			return nil, false
		}
	}
	lines := map[chat.ConversationID]wire.Conversation{}
	for id := range known.lines {
		lines[id] = wire.Conversation{Head: c.inbox.newest(id)} // of what has not changed nothing is doubtful
	}
	for _, l := range came {
		lines[l.Conversation] = l
	}
	c.audit(lines)
	for id, l := range known.lines {
		c.receipts.Again(id, l.Read, time.Now())
	}
	for _, l := range came {
		c.lined(l)
		c.inbox.clear(l.Conversation, l.Cleared)
		c.inbox.announce(l.Conversation, l.Epoch, l.From, l.Head, l.Peer)
		if l.Hides != nil {
			c.inbox.hide(l.Conversation, *l.Hides)
		}
	}
	signal(c.pacing)
	c.fetch()
	return known.all(), c.life.Err() == nil && len(c.opened) == 0
}

// audit finds the conversations that the user is not in any more, and those that begin again: those of which the server no
// longer has the entry that is known last.
// The list of heads may be late, so it only raises the suspicion; sync reads consistently and proves it.
func (c *Client) audit(lines map[chat.ConversationID]wire.Conversation) {
	doubts := c.inbox.doubtful(lines)
	for id, known := range doubts {
		result, err := c.sync(c.life, wire.Cursor{Conversation: id, After: known - 1})
		switch {
		case err != nil:
		case len(result) > 0 && result[0].Gone:
			c.inbox.leave(id)
		case len(result) == 0:
			c.log.Warn("conversation begins again", "conversation", id)
			c.inbox.restart(id, known, lines[id].Head)
		}
	}
}

// fetch asks for missing entries until there are none.
func (c *Client) fetch() {
	var wait backoff
	for tries := 0; c.life.Err() == nil; {
		cursors := c.inbox.behind(chat.MaxCursors)
		if len(cursors) == 0 {
			return
		}
		progress, err := c.advance(cursors)
		if progress {
			wait, tries = backoff{}, 0
			continue
		}
		if err == nil {
			if tries++; tries == fruitless {
				c.abandon(cursors)
				return
			}
		}
		if c.nap(wait.next(0)) {
			signal(c.opened) // what is missing is asked for again, after the heads
			return
		}
	}
}

// nap waits, but not through the opening of a new connection: that is the time to try again. It reports whether there was
// one.
func (c *Client) nap(d time.Duration) (opened bool) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-c.opened:
		return true
	case <-timer.C:
	case <-c.life.Done():
	}
	return false
}

// advance fetches once for all cursors and reports whether that brought something.
func (c *Client) advance(cursors []wire.Cursor) (progress bool, err error) {
	missed, err := c.sync(c.life, cursors...)
	switch {
	case definite(err) && len(cursors) > 1:
		for _, cursor := range cursors { // one of them spoils it for all
			one, err := c.advance([]wire.Cursor{cursor})
			if err != nil {
				return progress, err
			}
			progress = progress || one
		}
		return progress, nil
	case definite(err):
		c.abandon(cursors)
		return true, nil
	case err != nil:
		return false, err
	}
	for _, m := range missed {
		if m.Gone {
			c.inbox.leave(m.Conversation)
			progress = true
			continue
		}
		c.inbox.announce(m.Conversation, m.Epoch, m.From, m.Head, "")
		for _, e := range m.Entries {
			c.inbox.offer(e)
		}
	}
	for _, cursor := range cursors {
		progress = progress || c.inbox.known(cursor.Conversation) > cursor.After
	}
	return progress, nil
}

// abandon stops asking for what the server does not give.
func (c *Client) abandon(cursors []wire.Cursor) {
	for _, cursor := range cursors {
		c.log.Warn("gap not filled", "conversation", cursor.Conversation, "after", cursor.After)
		c.inbox.giveUp(cursor.Conversation)
	}
}

func (c *Client) sync(ctx context.Context, cursors ...wire.Cursor) ([]wire.Missed, error) {
	ref := c.calls.ref()
	var result wire.Synced
	err := c.ask(ctx, ref, wire.Sync{Head: wire.Head{Action: "sync", Ref: ref}, Cursors: cursors}, &result)
	return result.Conversations, err
}
