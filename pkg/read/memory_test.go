package read_test

import (
	"context"
	"sync"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/read"
)

// port lets memory stand for all of chat.Log and chat.Standings; what a page is not made of panics.
type port interface {
	chat.Log
	chat.Standings
}

// memory is the part of a log that pages are made of. Properties are checked on it, with megabytes of texts; everything else is on
// real tables.
type memory struct {
	port
	mu            sync.Mutex
	conversations map[chat.ConversationID]chat.Conversation
	entries       map[chat.ConversationID]map[chat.Seq]chat.Entry
}

func newMemory() *rig {
	m := &memory{conversations: map[chat.ConversationID]chat.Conversation{}, entries: map[chat.ConversationID]map[chat.Seq]chat.Entry{}}
	return &rig{Reader: &read.Reader{Log: m, Standings: m, Now: func() time.Time { return epoch }}}
}

func (m *memory) Create(_ context.Context, c chat.Conversation, _ map[chat.UserID]chat.Place) (chat.Conversation, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.conversations[c.ID], m.entries[c.ID] = c, map[chat.Seq]chat.Entry{}
	return c, true, nil
}

func (m *memory) Put(_ context.Context, e chat.Entry) (chat.Entry, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.entries[e.Conversation][e.Seq] = e
	return e, true, nil
}

func (m *memory) Tail(_ context.Context, id chat.ConversationID, _ chat.Read) (chat.Tail, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, ok := m.conversations[id]
	head := chat.Seq(len(m.entries[id]))
	return chat.Tail{Conversation: c, Head: head, Last: m.entries[id][head]}, ok, nil
}

func (m *memory) After(_ context.Context, id chat.ConversationID, after chat.Seq, limit int, _ chat.Read) ([]chat.Entry, error) {
	return m.between(id, after+1, after+chat.Seq(limit)), nil
}

func (m *memory) Before(_ context.Context, id chat.ConversationID, before chat.Seq, limit int) ([]chat.Entry, error) {
	return m.between(id, before-min(before-1, chat.Seq(limit)), before-1), nil
}

func (m *memory) between(id chat.ConversationID, first, last chat.Seq) (found []chat.Entry) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for seq := first; seq <= last; seq++ {
		if e, ok := m.entries[id][seq]; ok {
			found = append(found, e)
		}
	}
	return found
}

// Standings says that nobody has chosen anything.
func (m *memory) Standings(context.Context, []chat.Membership) ([]chat.Standing, error) {
	return nil, nil
}
