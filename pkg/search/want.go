package search

import (
	"regexp"
	"slices"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/search/match"
	"github.com/parley-im/parley/pkg/wire"
)

// link is the beginning of the address of a web page.
var link = regexp.MustCompile(`(?i)\b(https?://|www\.)[^\s]`)

// visible decides whether somebody may find what they may see of an entry: messages that are neither deleted nor expired, nor hidden from them.
func visible(e chat.Entry) bool {
	return e.Kind == chat.Message && !e.State.Deleted && !e.State.Expired
}

// want is a query that was read.
type want struct {
	words         match.Words
	from          chat.UserID
	before, after time.Time
	media, link   bool
}

// read reads a query whose form was checked. Errors: invalid, if it has words of which none could be found anywhere.
func read(q wire.Query) (w want, err error) {
	w = want{from: q.From, media: slices.Contains(q.Has, wire.HasMedia), link: slices.Contains(q.Has, wire.HasLink)}
	if q.Words != "" {
		var ok bool
		if w.words, ok = match.Parse(q.Words); !ok {
			return w, chat.Errorf(chat.Invalid, "query: no word in it")
		}
	}
	if w.before, err = moment(q.Before); err == nil {
		w.after, err = moment(q.After)
	}
	return w, err
}

// moment reads a time; "" is none.
func moment(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	return wire.ParseTime(s)
}

// fits reports whether a message is what is looked for. It goes by what the message says now.
func (w want) fits(e chat.Entry) bool {
	switch {
	case w.from != "" && e.From != w.from,
		!w.before.IsZero() && !e.At.Before(w.before),
		e.At.Before(w.after),
		w.media && len(e.Body.Attachments) == 0,
		w.link && !link.MatchString(e.Body.Text):
		return false
	}
	texts := []string{e.Body.Text}
	for _, a := range e.Body.Attachments {
		texts = append(texts, a.Name)
	}
	return w.words.In(texts...)
}
