package pace

import (
	"sync"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Typing is what others were told of what the user is doing. The zero value is ready.
type Typing struct {
	mu    sync.Mutex
	shown map[chat.ConversationID]shown
}

type shown struct {
	kind wire.Doing
	at   time.Time
}

// Due reports whether others are to be told, and notes that they were.
func (t *Typing) Due(id chat.ConversationID, kind wire.Doing, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	last, ok := t.shown[id]
	ok = ok && now.Sub(last.at) < chat.TypingTime
	if kind == wire.None {
		delete(t.shown, id)
		return ok
	}
	if ok && last.kind == kind && now.Sub(last.at) < TypingEvery {
		return false
	}
	if t.shown == nil {
		t.shown = map[chat.ConversationID]shown{}
	}
	t.shown[id] = shown{kind, now}
	return true
}

// Said notes that a message ends it.
func (t *Typing) Said(id chat.ConversationID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.shown, id)
}
