package wire

import (
	"regexp"
	"slices"
	"unicode/utf8"

	"github.com/parley-im/parley/pkg/chat"
)

// Query is what a search looks for: at least one of Words, From and Has. What is found fits all of it.
type Query struct {
	// Words that the text or the name of an attachment has, in the notation of pkg/search/match.
	Words string `json:"query,omitzero"`
	// From is who said it.
	From chat.UserID `json:"from,omitzero"`
	// In is the only conversation to look into; without it, all of the caller's.
	In chat.ConversationID `json:"in,omitzero"`
	// Before and After are rendered times: it was said before the one and not before the other.
	Before string `json:"before,omitzero"`
	After  string `json:"after,omitzero"`
	// Has lists what else is in it: HasMedia, HasLink.
	Has []string `json:"has,omitzero"`
}

// What a message can have, for Query.
const (
	// HasMedia means an attachment.
	HasMedia = "media"
	// HasLink means the address of a web page in the text.
	HasLink = "link"
)

// Search asks for a page of the messages that fit a query.
type Search struct {
	Head
	Query
	// Limit is how many hits the page holds at most.
	Limit *int `json:"limit,omitzero"`
	// Next is that of the page before, for the same query of the same user.
	Next string `json:"next,omitzero"`
}

// Found is the result of search. Next asks for what follows; without it, all was looked at. A page may be empty and have a
// Next: then nothing was found so far.
type Found struct {
	// Hits come conversation by conversation in the order of their ids, within each the newest first.
	Hits []Hit `json:"hits"`
	// Scanned counts the entries that were looked at for this page.
	Scanned int    `json:"scanned"`
	Next    string `json:"next,omitzero"`
}

// Hit is a message that fits. Its context is the history before a seq above its own.
type Hit struct {
	Conversation chat.ConversationID `json:"conversation"`
	Entry        Entry               `json:"entry"`
}

// nextShape is what every next looks like; only the search itself knows whether it is one.
var nextShape = regexp.MustCompile(`^[a-z0-9_.]{1,100}$`)

func (r *Search) check() error {
	if err := r.Head.check(); err != nil {
		return err
	}
	if err := r.Query.check(); err != nil {
		return err
	}
	if r.Next != "" && !nextShape.MatchString(r.Next) {
		return invalid("next: not from an earlier page")
	}
	return checkLimit(r.Limit, chat.MaxHits)
}

func (q Query) check() error {
	switch {
	case q.Words == "" && q.From == "" && q.Has == nil:
		return invalid("at least one of query, from and has")
	case utf8.RuneCountInString(q.Words) > chat.MaxQuery || hasControl(q.Words):
		return invalid("query: 1 to 200 characters, no control characters")
	case q.From != "" && !q.From.Valid():
		return invalid("from: not a user id")
	case q.In != "" && !q.In.Valid():
		return invalid("in: not a conversation id")
	case !isTime(q.Before):
		return invalid("before: a time in UTC with three decimals")
	case !isTime(q.After):
		return invalid("after: a time in UTC with three decimals")
	case q.Has != nil && len(q.Has) == 0:
		return invalid("has: at least one, or leave it out")
	}
	for i, has := range q.Has {
		if has != HasMedia && has != HasLink || slices.Contains(q.Has[:i], has) {
			return invalid("has: media and link, each once")
		}
	}
	return nil
}

// isTime reports whether a time that may be absent is one exactly as it would be rendered.
func isTime(s string) bool {
	if s == "" {
		return true
	}
	t, err := ParseTime(s)
	return err == nil && Time(t) == s
}
