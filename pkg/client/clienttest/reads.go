package clienttest

import (
	"slices"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

func (s *Server) sync(user chat.UserID, r wire.Sync) wire.Synced {
	out := wire.Synced{Conversations: []wire.Missed{}}
	left := 100 // entries in one frame
	for _, c := range r.Cursors {
		l, ok := s.logs[c.Conversation]
		if !ok || !l.admits(user) {
			out.Conversations = append(out.Conversations, wire.Missed{Conversation: c.Conversation, Gone: true})
			continue
		}
		from := l.first(user)
		rest := l.entries[min(max(int(c.After), int(from)-1), len(l.entries)):]
		n := min(left, len(rest))
		left -= n
		out.More = out.More || n < len(rest)
		if n > 0 {
			out.Conversations = append(out.Conversations, wire.Missed{
				Conversation: c.Conversation, Head: chat.Seq(len(l.entries)), Epoch: l.conversation.Epoch, From: from, Entries: l.to(user, rest[:n]),
			})
		}
	}
	return out
}

func (s *Server) history(user chat.UserID, r wire.History) (wire.Page, error) {
	l, ok := s.logs[r.Conversation]
	if !ok || !l.admits(user) {
		return wire.Page{}, &chat.Error{Code: chat.Forbidden}
	}
	end := len(l.entries)
	if r.Before != nil {
		end = min(end, int(*r.Before)-1)
	}
	limit := chat.DefaultHistory
	if r.Limit != nil {
		limit = *r.Limit
	}
	first := max(0, int(l.first(user))-1)
	from := max(first, end-limit)
	return wire.Page{Entries: append([]wire.Entry{}, l.to(user, l.entries[from:max(from, end)])...), Head: chat.Seq(len(l.entries)), More: from > first}, nil
}

func (s *Server) list(user chat.UserID, r wire.Conversations) wire.Listed {
	out := wire.Listed{Conversations: []wire.Conversation{}}
	var ids []chat.ConversationID
	for id, l := range s.logs {
		if id > r.Next && slices.Contains(l.members, user) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	now := time.Now().Add(-time.Second)
	if r.Next == "" {
		out.Since = wire.Time(now)
	}
	limit := min(len(ids), 10)
	if r.Since != "" {
		out.Of = &limit
	}
	for _, id := range ids[:limit] {
		l := s.logs[id]
		if r.Since != "" && l.conversation.Epoch == 0 && !l.changed(user, r.Since) && s.later.drafts[kept{user, id}].At < r.Since {
			continue
		}
		line := l.conversation
		line.Head, line.From, line.Size = chat.Seq(len(l.entries)), l.first(user), len(l.members)
		line.Can = l.header().Capabilities(l.place(user).Role)
		if seqs := l.hides[user]; len(seqs) > 0 {
			line.Hides = &wire.Hides{Count: len(seqs), Seqs: seqs[max(0, len(seqs)-chat.ShownHides):]}
		}
		for _, seq := range l.pins {
			if seq >= line.From {
				line.Pins++
			}
		}
		line.Last = &l.to(user, l.entries[len(l.entries)-1:])[0]
		line.Request = l.request == user
		if line.Role = l.place(user).Role; line.Kind == chat.Direct {
			line.Peer = l.other(user)
		}
		line.Own = s.own(l, user)
		if d := s.later.drafts[kept{user, id}]; d.Body != nil {
			text := []rune(d.Body.Text)
			line.Draft = &wire.Begun{Text: string(text[:min(len(text), chat.ShownDraft)]), At: d.At}
		}
		out.Conversations = append(out.Conversations, line)
	}
	if limit < len(ids) {
		out.Next = ids[limit-1]
	}
	return out
}

func (s *Server) members(user chat.UserID, r wire.Members) (wire.MemberList, error) {
	l, ok := s.logs[r.Conversation]
	if !ok || !l.admits(user) {
		return wire.MemberList{}, &chat.Error{Code: chat.Forbidden}
	}
	out := wire.MemberList{Members: []wire.MemberLine{}}
	sorted := slices.Sorted(slices.Values(l.members))
	for _, m := range sorted {
		shown := wire.FromShown(s.presence(m), time.Now())
		out.Members = append(out.Members, wire.MemberLine{User: m, Role: l.place(m).Role, Presence: shown.Status, Seen: shown.Seen})
	}
	return out, nil
}
