package client

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// drafts are what the user has begun to write, by conversation: what this device wants to be stored and what is.
type drafts struct {
	mu    sync.Mutex
	rooms map[chat.ConversationID]*drafting
}

// drafting is the draft of one conversation.
type drafting struct {
	to     wire.Target
	wanted wire.Unfinished // zero: none
	stored wire.Unfinished // as far as this device knows
	kept   bool            // the server may have one: clearing it is worth a request
	due    time.Time       // when wanted is to be stored, unless it changes before
	// sending counts the messages on their way that clear the draft. Until they are there, nothing is stored.
	sending int
	// idle is closed when nobody works on it; nil while that is so.
	idle    chan struct{}
	changed chan struct{} // capacity 1
}

// settled reports whether the server has what is wanted.
func (d *drafting) settled() bool {
	if d.wanted == (wire.Unfinished{}) {
		return !d.kept
	}
	return d.kept && d.wanted == d.stored
}

func (ds *drafts) of(id chat.ConversationID) *drafting {
	d, ok := ds.rooms[id]
	if !ok {
		d = &drafting{to: To(id), changed: make(chan struct{}, 1)}
		ds.rooms[id] = d
	}
	return d
}

// SetDraft tells what the user has written so far to a person or in a conversation; without a text the draft is cleared. Call
// it at every key: it returns at once, and stores the draft when nothing has changed for chat.DraftPause. The user's other
// devices get a Draft then.
//
// Whatever is sent to the conversation clears the draft: a program that keeps a text nevertheless sets it again.
func (c *Client) SetDraft(to wire.Target, body wire.Unfinished) {
	id := c.conversation(to)
	c.drafts.mu.Lock()
	defer c.drafts.mu.Unlock()
	d := c.drafts.of(id)
	if body.Text == "" {
		body = wire.Unfinished{}
	}
	if d.wanted == body {
		return
	}
	d.to, d.wanted, d.due = to, body, time.Now().Add(chat.DraftPause)
	c.tend(d)
}

// StoreDraft stores the draft of a conversation at once, because the user leaves it, and waits until that is done or ctx
// ends. Without a change it does nothing.
func (c *Client) StoreDraft(ctx context.Context, conversation chat.ConversationID) error {
	c.drafts.mu.Lock()
	d := c.drafts.of(conversation)
	d.due = time.Now()
	signal(d.changed)
	idle := d.idle
	c.drafts.mu.Unlock()
	if idle == nil {
		return nil
	}
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Drafts lists all that the user has begun to write, on this device and the others, in the order of the conversations' ids.
// Ask for it when CaughtUp comes: what is not listed was sent or cleared meanwhile. What follows comes as Draft.
func (c *Client) Drafts(ctx context.Context) ([]wire.Draft, error) {
	var all []wire.Draft
	limit := chat.MaxPage
	for next := chat.ConversationID(""); ; {
		ref := c.calls.ref()
		var page wire.DraftList
		err := c.ask(ctx, ref, wire.Drafts{Head: wire.Head{Action: "drafts", Ref: ref}, Next: next, Limit: &limit}, &page)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Drafts...)
		if next = page.Next; next == "" {
			return c.drafts.merge(all), nil
		}
	}
}

// merge takes a complete list from the server and returns it with what is being written here, which is later.
func (ds *drafts) merge(list []wire.Draft) []wire.Draft {
	all := map[chat.ConversationID]wire.Draft{}
	for _, e := range list {
		ds.learn(e)
		all[e.Conversation] = e
	}
	ds.mu.Lock()
	defer ds.mu.Unlock()
	for id, d := range ds.rooms {
		_, listed := all[id]
		switch {
		case d.idle != nil && d.wanted != (wire.Unfinished{}):
			body := d.wanted
			all[id] = wire.Draft{Event: wire.EventDraft, Conversation: id, User: d.to.User, Body: &body, At: wire.Time(time.Now())}
		case d.idle != nil || d.sending > 0:
			delete(all, id)
		case !listed:
			d.wanted, d.stored, d.kept = wire.Unfinished{}, wire.Unfinished{}, false
		}
	}
	return slices.SortedFunc(maps.Values(all), func(a, b wire.Draft) int { return cmp.Compare(a.Conversation, b.Conversation) })
}

// conversation is where something for to goes.
func (c *Client) conversation(to wire.Target) chat.ConversationID {
	if to.User != "" {
		return chat.DirectID(c.options.User, to.User)
	}
	if to.Thread != nil {
		return chat.ThreadID(to.Thread.Conversation, to.Thread.Seq)
	}
	return to.Conversation
}

// learn notes what the server has. What is being written here is later and stays.
func (ds *drafts) learn(of wire.Draft) {
	ds.mu.Lock()
	defer ds.mu.Unlock()
	d := ds.of(of.Conversation)
	if d.sending > 0 {
		return // what is on its way clears it
	}
	d.kept, d.stored = of.Body != nil, wire.Unfinished{}
	if of.Body != nil {
		d.stored = *of.Body
	}
	if d.idle == nil {
		d.wanted = d.stored
	}
}

// heard takes the event of a draft.
func (c *Client) heard(frame []byte) {
	var e wire.Draft
	if json.Unmarshal(frame, &e) == nil {
		c.drafts.learn(e)
		c.queue.push(Draft{e})
	}
}

// spent deals with a message of the user's own that came from another device, which clears the draft. Whether it did so on
// the server, too, only that device knows.
func (c *Client) spent(e wire.Entry) {
	if e.From != c.options.User || e.Event != chat.Message {
		return
	}
	c.drafts.mu.Lock()
	d, ok := c.drafts.rooms[e.Conversation]
	ok = ok && d.idle == nil && d.sending == 0 && d.wanted != (wire.Unfinished{})
	if ok {
		d.wanted, d.stored = wire.Unfinished{}, wire.Unfinished{}
	}
	c.drafts.mu.Unlock()
	if ok {
		c.queue.push(Draft{wire.Draft{Event: wire.EventDraft, Conversation: e.Conversation, User: e.To, At: e.At}})
	}
}

// send notes that a message clears the draft. It returns nil if nothing is known of one, and whether there may be one to
// clear.
func (ds *drafts) send(id chat.ConversationID) (d *drafting, kept bool) {
	ds.mu.Lock()
	defer ds.mu.Unlock()
	d, ok := ds.rooms[id]
	if !ok {
		return nil, false
	}
	d.wanted = wire.Unfinished{}
	d.sending++
	signal(d.changed)
	return d, d.kept
}

// sent notes the outcome of a message that cleared the draft if it was stored. A request for the draft that was under way
// then may have come behind it: so what the server has is in doubt while somebody works on it.
func (c *Client) sent(d *drafting, cleared bool) {
	c.drafts.mu.Lock()
	defer c.drafts.mu.Unlock()
	d.sending--
	if cleared && d.idle == nil {
		d.kept = false
	}
	c.tend(d)
}

// tend has somebody work on a draft that is not settled. It is called under the lock.
func (c *Client) tend(d *drafting) {
	signal(d.changed)
	if d.idle != nil || d.settled() || d.sending > 0 {
		return
	}
	d.idle = make(chan struct{})
	if !c.spawn(func() { c.storeDrafts(d) }) {
		close(d.idle)
		d.idle = nil
	}
}

// storeDrafts works on a draft until it is settled.
func (c *Client) storeDrafts(d *drafting) {
	for {
		c.drafts.mu.Lock()
		if d.settled() || d.sending > 0 || c.life.Err() != nil {
			close(d.idle)
			d.idle = nil
			c.drafts.mu.Unlock()
			return
		}
		wait, to, wanted := time.Until(d.due), d.to, d.wanted
		c.drafts.mu.Unlock()
		if wait > 0 {
			c.await(d.changed, wait)
			continue
		}
		c.storeDraft(d, to, wanted)
	}
}

// await returns after a time, or when something has changed, or when the client ends.
func (c *Client) await(changed <-chan struct{}, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-changed:
	case <-c.life.Done():
	}
}

func (c *Client) storeDraft(d *drafting, to wire.Target, body wire.Unfinished) {
	c.drafts.mu.Lock()
	d.kept = true // from now on it may be there, whatever comes back
	c.drafts.mu.Unlock()
	ref := c.calls.ref()
	frame := wire.SetDraft{Head: wire.Head{Action: "draft", Ref: ref}, To: to}
	if body != (wire.Unfinished{}) {
		frame.Body = &body
	}
	err := c.ask(c.life, ref, frame, new(wire.Drafted))
	c.drafts.mu.Lock()
	defer c.drafts.mu.Unlock()
	d.kept, d.stored = body != (wire.Unfinished{}), body
	if err != nil && c.life.Err() == nil {
		c.log.Warn("draft not stored", "error", err) // and it will not be: a longer or later one may
	}
}
