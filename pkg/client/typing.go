package client

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// typingEvery is how often others are told that the user is still typing: often enough that one lost frame is not noticed
// within chat.TypingTime.
const typingEvery = 5 * time.Second

// Typing tells what somebody else is doing in a conversation. It is only of the moment: it comes while there is a connection,
// and For after it has come it holds no more. A Room keeps account of it.
type Typing struct {
	Conversation chat.ConversationID
	User         chat.UserID
	Kind         wire.Doing
	For          time.Duration
}

func (Typing) event() {}

// Typing tells the others in a conversation what the user is doing. Call it with wire.Text at every key, with wire.Audio while
// recording, and with wire.None when that is given up: it sends what others need to know and no more. A message that is
// sent ends it by itself. It never waits and never fails: without a connection nobody is told.
func (c *Client) Typing(conversation chat.ConversationID, kind wire.Doing) {
	if !c.typing.due(conversation, kind, time.Now()) {
		return
	}
	frame, err := wire.Encode(wire.Typing{
		Head: wire.Head{Action: "typing", Ref: c.calls.ref()}, Conversation: conversation, Kind: kind,
	})
	c.link.mu.Lock()
	s := c.link.socket
	c.link.mu.Unlock()
	if err == nil && s != nil && wire.Decode(frame, new(wire.Typing)) == nil {
		c.spawn(func() { _ = s.write(frame) })
	}
}

// typing is what others were told of the user.
type typing struct {
	mu    sync.Mutex
	shown map[chat.ConversationID]shown
}

type shown struct {
	kind wire.Doing
	at   time.Time
}

// due reports whether others are to be told, and notes that they were.
func (t *typing) due(id chat.ConversationID, kind wire.Doing, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	last, ok := t.shown[id]
	ok = ok && now.Sub(last.at) < chat.TypingTime
	if kind == wire.None {
		delete(t.shown, id)
		return ok
	}
	if ok && last.kind == kind && now.Sub(last.at) < typingEvery {
		return false
	}
	if t.shown == nil {
		t.shown = map[chat.ConversationID]shown{}
	}
	t.shown[id] = shown{kind, now}
	return true
}

// said notes that a message ends it.
func (t *typing) said(id chat.ConversationID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.shown, id)
}

// Typist is somebody who is doing something in a room.
type Typist struct {
	User chat.UserID
	Kind wire.Doing
}

// typist is what was told of somebody, and until when it holds.
type typist struct {
	kind  wire.Doing
	until time.Time
}

// Typing takes what somebody is doing, which was told at the time now.
func (r *Room) Typing(t Typing, now time.Time) {
	if t.Kind == wire.None {
		delete(r.typists, t.User)
		return
	}
	if r.typists == nil {
		r.typists = map[chat.UserID]typist{}
	}
	r.typists[t.User] = typist{t.Kind, now.Add(t.For)}
}

// Typists are those who are doing something at the time now, in the order of their names. Nobody stays for longer than they
// were said to, and nobody who has said something since.
func (r *Room) Typists(now time.Time) (all []Typist) {
	for user, t := range r.typists {
		if now.Before(t.until) {
			all = append(all, Typist{user, t.kind})
		}
	}
	slices.SortFunc(all, func(a, b Typist) int { return cmp.Compare(a.User, b.User) })
	return all
}
