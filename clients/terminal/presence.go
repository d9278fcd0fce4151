package main

import (
	"context"
	"errors"
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

// idle is after how long without a key nobody is taken to be at the screen.
const idle = 5 * time.Minute

// seen is the presence of people who are watched.
type seen []wire.PresenceLine

// chooses does what /status says and returns what is to be shown of it.
func chooses(ctx context.Context, c command, cl *client.Client) (string, error) {
	status, last, err := status(c)
	if err != nil {
		return "", err
	}
	if status == chat.Away {
		err = cl.SetAway(ctx, true)
	} else {
		_, err = cl.SetStatus(ctx, status, last)
	}
	if err != nil {
		return "", err
	}
	line := "you are " + string(status)
	if last > 0 {
		line += " for " + c.args[1] + " min"
	}
	return line, nil
}

// status reads /status.
func status(c command) (status chat.Presence, last time.Duration, err error) {
	status = chat.Presence(c.args[0])
	if !slices.Contains([]chat.Presence{chat.Online, chat.Away, chat.Busy, chat.Invisible}, status) {
		return "", 0, errors.New("it is /status online, away, busy or invisible")
	}
	if len(c.args) == 1 {
		return status, 0, nil
	}
	minutes, err := strconv.Atoi(c.args[1])
	last = time.Duration(minutes) * time.Minute
	switch {
	case err != nil || minutes < 1 || minutes > int(chat.MaxStatus/time.Minute):
		return "", 0, fmt.Errorf("for how many minutes? %s is no number of them", clean(c.args[1]))
	case status != chat.Busy && status != chat.Invisible:
		return "", 0, fmt.Errorf("%s ends when you choose something else", status)
	}
	return status, last, nil
}

// typing tells who is doing something in a room; "" if nobody is.
func typing(typists []client.Typist) string {
	var names []string
	what := "typing…"
	for _, t := range typists {
		names = append(names, string(t.User))
		if t.Kind == wire.Audio && len(typists) == 1 {
			what = "recording…"
		}
	}
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0] + " is " + what
	case 2, 3:
		last := len(names) - 1
		return strings.Join(names[:last], ", ") + " and " + names[last] + " are " + what
	default:
		return fmt.Sprintf("%d people are %s", len(names), what)
	}
}

// learn takes what is known of people who are watched.
func (rs rooms) learn(lines seen) {
	for _, line := range lines {
		if r, ok := rs.byID[chat.DirectID(rs.me, line.User)]; ok {
			r.line = line
		}
		for _, r := range rs.byID {
			for i, m := range r.members {
				if m.User == line.User {
					r.members[i].Presence, r.members[i].Seen = line.Status, line.Seen
				}
			}
		}
	}
}

// watchPeers watches the peers of rooms that are not watched yet.
func (s *screen) watchPeers(rooms ...*room) tea.Cmd {
	var peers []chat.UserID
	for _, r := range rooms {
		if r.peer != "" && !r.watched {
			r.watched = true
			peers = append(peers, r.peer)
		}
	}
	if len(peers) == 0 {
		return nil
	}
	return func() tea.Msg {
		lines, err := s.client.Watch(s.ctx, peers...)
		if err != nil {
			return noted("nobody can be seen: " + explain(err))
		}
		return seen(lines)
	}
}

// types tells others that something is being written, or is no longer. Commands are nobody's business.
func (s *screen) types(before string) {
	now := s.input.Value()
	if s.open == nil || s.open.head == 0 || now == before {
		return
	}
	switch c, err := read(now); {
	case now == "":
		s.client.Typing(s.open.id, wire.None)
	case err == nil && c.name == "say":
		s.client.Typing(s.open.id, wire.Text)
	}
}

// touch notes that somebody is at the screen, and tells so if that is news.
func (s *screen) touch() tea.Cmd {
	s.touched = s.now()
	if !s.away {
		return nil
	}
	s.away = false
	return s.setAway(false)
}

// rest tells that nobody is at the screen once that seems to be so.
func (s *screen) rest() tea.Cmd {
	if s.away || s.touched.IsZero() || s.now().Sub(s.touched) < idle {
		return nil
	}
	s.away = true
	return s.setAway(true)
}

func (s *screen) setAway(away bool) tea.Cmd {
	return func() tea.Msg {
		if err := s.client.SetAway(s.ctx, away); err != nil {
			return noted("others do not see whether you are here: " + explain(err))
		}
		return nil
	}
}

// choose does what /status says.
func (s *screen) choose(c command) tea.Cmd {
	s.away = c.args[0] == string(chat.Away) // until the next key
	return func() tea.Msg {
		line, err := chooses(s.ctx, c, s.client)
		if err != nil {
			return noted(explain(err))
		}
		return noted(line)
	}
}

// logout ends this device and the program.
func (s *screen) logout() tea.Cmd {
	return func() tea.Msg {
		if err := s.client.Logout(s.ctx); err != nil {
			return noted("not logged out: " + explain(err))
		}
		return tea.Quit()
	}
}

// watch has changes of people's presence printed.
func (l *lines) watch(ctx context.Context, members []wire.MemberLine) error {
	var users []chat.UserID
	for _, m := range members[:min(len(members), chat.MaxWatch)] {
		if m.User != l.rooms.me {
			users = append(users, m.User)
		}
	}
	if len(users) == 0 {
		return nil
	}
	_, err := l.client.Watch(ctx, users...)
	return err
}

// typing prints who begins to type.
func (l *lines) typing(t client.Typing, now time.Time) {
	r := l.rooms.get(t.Conversation)
	before := typing(r.now.Typists(now))
	r.now.Typing(t, now)
	if after := typing(r.now.Typists(now)); after != "" && after != before {
		l.write("* [" + r.title() + "] " + after)
	}
}

// logout ends this device when everything that was written has an outcome.
func (l *lines) logout(ctx context.Context) (quit bool, err error) {
	await(ctx, l.caught)
	l.settle(ctx)
	if err := l.client.Logout(ctx); err != nil {
		return false, err
	}
	return true, nil
}
