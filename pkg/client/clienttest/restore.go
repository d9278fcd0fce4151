package clienttest

import (
	"maps"
	"slices"

	"github.com/parley-im/parley/pkg/chat"
)

// Backup is a copy of all conversations.
type Backup map[chat.ConversationID]*log

// Backup copies all conversations as they are now.
func (s *Server) Backup() Backup {
	s.mu.Lock()
	defer s.mu.Unlock()
	return copied(s.logs)
}

// Restore puts all conversations back to how they were, in an epoch. What was said since is lost.
func (s *Server) Restore(b Backup, epoch chat.Epoch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.logs = copied(b)
	for _, l := range s.logs {
		l.conversation.Epoch = epoch
	}
}

func copied(logs map[chat.ConversationID]*log) map[chat.ConversationID]*log {
	all := maps.Clone(logs)
	for id, l := range all {
		c := *l
		c.members, c.entries, c.hidden, c.marks = slices.Clone(l.members), slices.Clone(l.entries), maps.Clone(l.hidden), maps.Clone(l.marks)
		for seq, marks := range c.marks {
			c.marks[seq] = maps.Clone(marks)
		}
		all[id] = &c
	}
	return all
}
