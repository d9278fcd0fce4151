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
		c.members, c.entries, c.pins = slices.Clone(l.members), slices.Clone(l.entries), slices.Clone(l.pins)
		c.places, c.banned, c.hidden = maps.Clone(l.places), maps.Clone(l.banned), maps.Clone(l.hidden)
		c.marks, c.hides, c.invites, c.standings = maps.Clone(l.marks), maps.Clone(l.hides), maps.Clone(l.invites), maps.Clone(l.standings)
		for seq, marks := range c.marks {
			c.marks[seq] = maps.Clone(marks)
		}
		for user, seqs := range c.hides {
			c.hides[user] = slices.Clone(seqs)
		}
		for user, standing := range c.standings {
			was := *standing
			c.standings[user] = &was
		}
		for id, invite := range c.invites {
			was := *invite
			c.invites[id] = &was
		}
		all[id] = &c
	}
	for _, c := range all {
		if c.parent != nil {
			c.parent = all[c.parent.conversation.Conversation]
		}
	}
	return all
}
