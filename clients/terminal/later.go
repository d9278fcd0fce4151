package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/wire"
)

// later reads /later: how long to wait, and what to say then.
func (c command) later() (in time.Duration, text string, err error) {
	in, err = time.ParseDuration(c.args[0])
	if err != nil || c.rest == "" {
		return 0, "", fmt.Errorf("it is %s", usage[c.name].form)
	}
	return in, c.rest, nil
}

// schedule has a text sent to a room later, and tells when.
func schedule(ctx context.Context, to *client.Client, target wire.Target, content wire.Content, at time.Time) (string, error) {
	if _, err := to.Schedule(ctx, target, content, at); err != nil {
		return "", err
	}
	return "will be sent at " + at.Local().Format("Mon 15:04:05") + "; /scheduled lists it", nil
}

// scheduled lists what waits, the next first.
func scheduled(ctx context.Context, from *client.Client) ([]wire.Scheduled, error) {
	all, err := from.Scheduled(ctx)
	slices.SortFunc(all, func(a, b wire.Scheduled) int { return cmp.Or(strings.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID)) })
	return all, err
}

// unschedule takes the n-th of the list back.
func unschedule(ctx context.Context, from *client.Client, n string) (string, error) {
	all, err := scheduled(ctx, from)
	if err != nil {
		return "", err
	}
	i, err := strconv.Atoi(n)
	if err != nil || i < 1 || i > len(all) {
		return "", fmt.Errorf("there is no %s in /scheduled", clean(n))
	}
	return "taken back: " + clean(all[i-1].Body.Text), from.Unschedule(ctx, all[i-1].ID)
}

// plans are the lines of a list.
func (rs rooms) plans(all []wire.Scheduled) []string {
	if len(all) == 0 {
		return []string{"nothing is scheduled"}
	}
	var lines []string
	for i, m := range all {
		to := string(m.To.User)
		if r, ok := rs.byID[m.To.Conversation]; ok {
			to = r.title()
		}
		when := m.At
		if at, err := wire.ParseTime(m.At); err == nil {
			when = at.Local().Format("Mon 2 Jan 15:04")
		}
		if m.Code != "" {
			when = "not sent (" + string(m.Code) + ")"
		}
		lines = append(lines, fmt.Sprintf("%d  %s  to %s: %s", i+1, when, cmp.Or(to, "(group)"), clean(m.Body.Text)))
	}
	return lines
}

// begin notes the text that is being written in the open room. What begins with a slash is a command and no draft.
func (s *screen) begin() {
	text := s.input.Value()
	if s.open == nil || strings.HasPrefix(text, "/") && !strings.HasPrefix(text, "//") {
		return
	}
	s.open.draft = text
	s.client.SetDraft(s.open.target(), wire.Unfinished{Text: text})
}

// swap stores the draft of the room that is left and shows that of the one that is entered.
func (s *screen) swap(left *room) tea.Cmd {
	if s.open.draft != "" || !strings.HasPrefix(s.input.Value(), "/") {
		s.input.SetValue(s.open.draft)
		s.input.CursorEnd()
	}
	if left == nil || left == s.open {
		return nil
	}
	return func() tea.Msg {
		_ = s.client.StoreDraft(s.ctx, left.id) // the client has logged why not
		return nil
	}
}

// learn takes what was begun, or sent or cleared, on another device. What is being typed here stays.
func (s *screen) learn(d wire.Draft) {
	r := s.rooms.get(d.Conversation)
	r.peer = cmp.Or(r.peer, d.User)
	before := r.draft
	r.draft = ""
	if d.Body != nil {
		r.draft = d.Body.Text
	}
	if r == s.open && s.input.Value() == before {
		s.input.SetValue(r.draft)
		s.input.CursorEnd()
	}
}

// relearn takes the list of all that is begun.
func (s *screen) relearn(all []wire.Draft) {
	begun := map[chat.ConversationID]bool{}
	for _, d := range all {
		begun[d.Conversation] = true
		s.learn(d)
	}
	for id, r := range s.rooms.byID {
		if r.draft != "" && !begun[id] {
			s.learn(wire.Draft{Conversation: id})
		}
	}
}

// recall asks what was begun on other devices.
func (s *screen) recall() tea.Cmd {
	return func() tea.Msg {
		all, err := s.client.Drafts(s.ctx)
		if err != nil {
			return nil // the next connection asks again
		}
		return recalled(all)
	}
}

// later has something sent later.
func (s *screen) later(r *room, c command) tea.Cmd {
	in, text, err := c.later()
	if err != nil {
		s.notice = err.Error()
		return nil
	}
	content := client.Text(text)
	content.Regard = r.regard(s.rooms.me, text)
	target, at := r.target(), s.now().Add(in)
	return s.answer(func() (string, error) { return schedule(s.ctx, s.client, target, content, at) })
}

func (s *screen) scheduled() tea.Cmd {
	return func() tea.Msg {
		all, err := scheduled(s.ctx, s.client)
		if err != nil {
			return noted(explain(err))
		}
		return listed(all)
	}
}

// answer shows what something answers that takes a while.
func (s *screen) answer(f func() (string, error)) tea.Cmd {
	return func() tea.Msg {
		text, err := f()
		if err != nil {
			return noted(explain(err))
		}
		return noted(text)
	}
}

// later does what /later, /scheduled and /unschedule ask.
func (l *lines) later(ctx context.Context, r *room, c command) error {
	var text string
	var err error
	switch c.name {
	case "later":
		in, words, wrong := c.later()
		if wrong != nil {
			return wrong
		}
		l.mu.Lock()
		target, content := r.target(), client.Text(words)
		content.Regard = r.regard(l.rooms.me, words)
		l.mu.Unlock()
		text, err = schedule(ctx, l.client, target, content, time.Now().Add(in))
	case "unschedule":
		text, err = unschedule(ctx, l.client, c.args[0])
	default:
		var all []wire.Scheduled
		all, err = scheduled(ctx, l.client)
		l.mu.Lock()
		text = strings.Join(l.rooms.plans(all), "\n* ")
		l.mu.Unlock()
	}
	if err == nil {
		l.print("* %s", text)
	}
	return err
}

// unsent tells of a scheduled message that failed.
func unsent(e client.NotSent) string {
	return "a scheduled message was not sent: " + chat.PolicyOf(e.Code).Text
}
