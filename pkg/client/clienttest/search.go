package clienttest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/search/match"
	"github.com/parley-im/parley/pkg/wire"
)

// search looks through all that the user may see and answers one page of it, which begins as many hits on as next says.
func (s *Server) search(user chat.UserID, r wire.Search) (wire.Found, error) {
	words, ok := match.Parse(r.Words)
	if r.Words != "" && !ok {
		return wire.Found{}, &chat.Error{Code: chat.Invalid}
	}
	if l := s.logs[r.In]; r.In != "" && (l == nil || !l.admits(user)) {
		return wire.Found{}, &chat.Error{Code: chat.Forbidden}
	}
	out := wire.Found{Hits: []wire.Hit{}}
	for _, id := range slices.Sorted(maps.Keys(s.logs)) {
		l := s.logs[id]
		if !l.admits(user) || r.In != "" && r.In != id {
			continue
		}
		for _, e := range slices.Backward(l.to(user, l.entries)) {
			out.Scanned++
			if fits(r.Query, words, e) {
				out.Hits = append(out.Hits, wire.Hit{Conversation: id, Entry: e})
			}
		}
	}
	skip, limit := 0, chat.DefaultHits
	_, _ = fmt.Sscan(r.Next, &skip) // "" is 0
	if r.Limit != nil {
		limit = *r.Limit
	}
	out.Hits = out.Hits[min(skip, len(out.Hits)):]
	if len(out.Hits) > limit {
		out.Hits, out.Next = out.Hits[:limit], fmt.Sprint(skip+limit)
	}
	return out, nil
}

func fits(q wire.Query, words match.Words, e wire.Entry) bool {
	switch {
	case e.Event != chat.Message || e.Deleted || e.Expired,
		q.From != "" && e.From != q.From,
		q.Before != "" && e.At >= q.Before, // rendered times sort as times do
		e.At < q.After,
		slices.Contains(q.Has, wire.HasMedia) && e.Body.Attachments == nil,
		slices.Contains(q.Has, wire.HasLink) && !strings.Contains(e.Body.Text, "://"):
		return false
	}
	texts := []string{e.Body.Text}
	for _, a := range e.Body.Attachments {
		texts = append(texts, a.Name)
	}
	return words.In(texts...)
}
