package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/wire"
)

// shownHits is how many hits of a search are shown.
const shownHits = 10

// query reads what /search looks for: words, and where they are narrowed down, from:bob in:here has:media before:2026-11-01.
// A day is one of the zone.
func (rs rooms) query(text string, open *room, zone *time.Location) (q wire.Query, err error) {
	var words []string
	for _, term := range terms(text) {
		name, value, _ := strings.Cut(term, ":")
		value = strings.Trim(value, `"`)
		switch name {
		case "from":
			var ids []chat.UserID
			if ids, err = users([]string{value}); err == nil {
				q.From = ids[0]
			}
		case "in":
			q.In, err = rs.place(value, open)
		case "has":
			q.Has = append(q.Has, value)
			if value != wire.HasMedia && value != wire.HasLink {
				err = errors.New("it is has:media or has:link")
			}
		case "before":
			q.Before, err = day(value, zone)
		case "after":
			q.After, err = day(value, zone)
		default:
			words = append(words, term)
		}
		if err != nil {
			return q, err
		}
	}
	q.Words = strings.Join(words, " ")
	if q.Words == "" && q.From == "" && q.Has == nil {
		return q, errors.New("say what to look for: words, from:user, has:media or has:link")
	}
	return q, nil
}

// terms splits at spaces that are not in double quotes.
func terms(text string) []string {
	quoted := false
	return strings.FieldsFunc(text, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return !quoted && unicode.IsSpace(r)
	})
}

// place is the conversation that is open, that has this title, or that is with this user.
func (rs rooms) place(name string, open *room) (chat.ConversationID, error) {
	if name == "here" {
		if open == nil {
			return "", errors.New("no conversation is open")
		}
		return open.id, nil
	}
	for _, r := range rs.sorted() {
		if strings.EqualFold(r.title(), strings.TrimPrefix(name, "@")) {
			return r.id, nil
		}
	}
	return "", fmt.Errorf("there is no conversation %q", clean(name))
}

// day is when one begins.
func day(s string, zone *time.Location) (string, error) {
	t, err := time.ParseInLocation(time.DateOnly, s, zone)
	if err != nil {
		return "", fmt.Errorf("%q is no day like 2026-11-01", clean(s))
	}
	return wire.Time(t), nil
}

// find asks for the first hits and whether there may be more.
func find(ctx context.Context, c *client.Client, q wire.Query) (hits []wire.Hit, more bool, err error) {
	for page, err := range c.Search(ctx, q, shownHits) {
		hits, more = append(hits, page.Hits...), page.Next != ""
		if err != nil || len(hits) >= shownHits {
			return hits[:min(shownHits, len(hits))], more, err
		}
	}
	return hits, false, nil
}

// hitLines tells of each hit where, when and by whom it was said; /reply and the like take its number.
func (rs rooms) hitLines(hits []wire.Hit, more bool, zone *time.Location) []string {
	var lines []string
	for _, h := range hits {
		title := "(unknown)"
		if r := rs.byID[h.Conversation]; r != nil {
			title = r.title()
		}
		at, _ := wire.ParseTime(h.Entry.At)
		lines = append(lines, fmt.Sprintf("[%s] %d %s %s: %s", title, h.Entry.Seq, at.In(zone).Format("2006-01-02 15:04"), h.Entry.From, tells(h.Entry)))
	}
	switch {
	case len(lines) == 0:
		return []string{"nothing found"}
	case more:
		lines = append(lines, "there may be more: say more exactly what to look for")
	}
	return lines
}

// search shows what is found anywhere.
func (s *screen) search(c command) tea.Cmd {
	zone := s.now().Location()
	q, err := s.rooms.query(c.all, s.open, zone)
	if err != nil {
		s.notice = err.Error()
		return nil
	}
	s.notice = "searching…"
	return func() tea.Msg {
		hits, more, err := find(s.ctx, s.client, q)
		return found{hits, more, err}
	}
}

// search prints what is found, also of what is only just on its way.
func (l *lines) search(ctx context.Context, c command) error {
	await(ctx, l.caught) // until then there are no titles
	l.settle(ctx)
	l.mu.Lock()
	q, err := l.rooms.query(c.all, l.open, time.Local)
	l.mu.Unlock()
	if err != nil {
		return err
	}
	hits, more, err := find(ctx, l.client, q)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, line := range l.rooms.hitLines(hits, more, time.Local) {
		l.write("* " + line)
	}
	return nil
}
