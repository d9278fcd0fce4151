package search_test

import (
	"context"
	"slices"
	"sync"

	"github.com/parley-im/parley/pkg/chat"
)

// port lets memory stand for all of chat.Log and chat.Standings; what a search is not made of panics.
type port interface {
	chat.Log
	chat.Standings
}

// memory is the part of a log that searches are made of. Properties and budgets are checked on it, with many thousands of
// messages; everything else is on real tables.
type memory struct {
	port
	mu            sync.Mutex
	conversations map[chat.ConversationID]chat.Conversation
	entries       map[chat.ConversationID][]chat.Entry
}

func newMemory() *rig {
	m := &memory{conversations: map[chat.ConversationID]chat.Conversation{}, entries: map[chat.ConversationID][]chat.Entry{}}
	return over(m, m)
}

func (m *memory) Create(_ context.Context, c chat.Conversation, _ map[chat.UserID]chat.Place) (chat.Conversation, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.conversations[c.ID] = c
	return c, true, nil
}

func (m *memory) Put(_ context.Context, e chat.Entry) (chat.Entry, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.entries[e.Conversation] = append(m.entries[e.Conversation], e)
	return e, true, nil
}

func (m *memory) Tail(_ context.Context, id chat.ConversationID, _ chat.Read) (chat.Tail, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, ok := m.conversations[id]
	return chat.Tail{Conversation: c, Head: chat.Seq(len(m.entries[id]))}, ok, nil
}

func (m *memory) Before(_ context.Context, id chat.ConversationID, before chat.Seq, limit int) ([]chat.Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	end := int(before) - 1
	return slices.Clone(m.entries[id][max(0, end-limit):end]), nil
}

func (m *memory) Entry(_ context.Context, id chat.ConversationID, seq chat.Seq) (chat.Entry, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.entries[id][seq-1], true, nil
}

func (m *memory) Conversations(_ context.Context, user chat.UserID, after chat.ConversationID, limit int) ([]chat.ConversationID, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var ids []chat.ConversationID
	for id, c := range m.conversations {
		if _, ok := c.Members[user]; ok && id > after {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids[:min(limit, len(ids))], nil
}

// Standings says that nobody has chosen anything.
func (m *memory) Standings(context.Context, []chat.Membership) ([]chat.Standing, error) {
	return nil, nil
}
