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

// deed is what /hide, /pins, /timer and /unfollow do. It tells how that went.
type deed func(ctx context.Context) (told string, err error)

// plan reads what such a command asks.
func plan(c command, r *room, to *client.Client) (deed, error) {
	switch c.name {
	case "hide":
		seq, _ := c.numbered()
		m, err := r.pick(seq, "")
		return func(ctx context.Context) (string, error) {
			return fmt.Sprintf("%d is hidden from you", m.Seq), to.Hide(ctx, r.id, m.Seq)
		}, err
	case "pins":
		return func(ctx context.Context) (string, error) {
			pinned, err := to.Pins(ctx, r.id)
			if err != nil || len(pinned.Pins) == 0 {
				return "nothing is pinned", err
			}
			var lines []string
			for _, e := range pinned.Entries {
				lines = append(lines, fmt.Sprintf("📌 %d %s: %s", e.Seq, e.From, quote(e)))
			}
			return strings.Join(lines, "\n"), nil
		}, nil
	case "timer":
		timer := wire.Timer{}
		if c.args[0] != "off" {
			after, err := time.ParseDuration(c.args[0])
			if err != nil {
				return nil, fmt.Errorf("it is %s", usage[c.name].form)
			}
			timer = wire.Timer{After: int(after.Seconds()), From: chat.SinceSent}
			if c.rest == "read" {
				timer.From = chat.SinceRead
			}
		}
		return func(ctx context.Context) (string, error) {
			_, err := to.Change(ctx, r.id, wire.Amendment{Timer: &timer})
			return "the timer is set", err
		}, nil
	default:
		if r.parent == "" {
			return nil, errNoThread
		}
		return func(ctx context.Context) (string, error) {
			return "you hear no more of this thread", to.Follow(ctx, r.id, false)
		}, nil
	}
}

// forwarded reads /forward: the room with a user, and the message to repeat there.
func (rs rooms) forwarded(c command, from *room) (*room, wire.Content, error) {
	seq, rest := c.numbered()
	if seq == 0 || rest == "" {
		return nil, wire.Content{}, fmt.Errorf("it is %s", usage[c.name].form)
	}
	m, err := from.pick(seq, "")
	if err != nil {
		return nil, wire.Content{}, err
	}
	user, err := command{args: strings.Fields(rest)}.peer(rs.me)
	if err != nil {
		return nil, wire.Content{}, err
	}
	return rs.direct(user), client.Forward(from.id, m.Seq), nil
}

// threaded reads /thread: the room of the thread about a message, in which nothing need have been said yet, and what to say.
func (rs rooms) threaded(c command, in *room) (*room, string, error) {
	seq, rest := c.numbered()
	switch {
	case seq == 0:
		return nil, "", fmt.Errorf("it is %s", usage[c.name].form)
	case in.parent != "":
		return nil, "", fmt.Errorf("a thread has no threads")
	}
	m, err := in.pick(seq, "")
	if err != nil {
		return nil, "", err
	}
	r := rs.get(chat.ThreadID(in.id, m.Seq))
	rs.branch(r, wire.Place{Conversation: in.id, Seq: m.Seq})
	return r, rest, nil
}

// errNoThread is why something cannot be done that is about the open thread.
var errNoThread = errors.New("this is no thread")

// brief reads /brief: after how many seconds a text disappears.
func brief(c command) (seconds int, text string, err error) {
	seconds, err = strconv.Atoi(c.args[0])
	if err != nil || c.rest == "" {
		return 0, "", fmt.Errorf("it is %s", usage[c.name].form)
	}
	return seconds, c.rest, nil
}

// hidden takes messages away that the user has hidden.
func (rs rooms) hidden(h client.Hides) {
	r := rs.get(h.Conversation)
	r.now.Hide(h.Seqs...)
	r.drawn = transcript{}
}

// clear takes up to where the user has cleared a conversation.
func (rs rooms) clear(c client.Cleared) {
	r := rs.get(c.Conversation)
	r.now.Clear(c.Seq)
	r.entries = slices.DeleteFunc(r.entries, func(e wire.Entry) bool { return e.Seq <= c.Seq })
	r.full, r.drawn = true, transcript{}
}

// started takes when messages disappear that somebody has read.
func (rs rooms) started(t client.Timers) {
	if r, ok := rs.byID[t.Conversation]; ok {
		r.now.Start(t)
	}
}

// restated are messages of a room as they are now.
type restated struct {
	room    *room
	entries []wire.Entry
}

// refresh asks whether the timers of messages have started while nobody could tell, in every room that shows such messages. What
// cannot be asked is asked after the next connect.
func (s *screen) refresh() tea.Cmd {
	var all []tea.Cmd
	for _, r := range s.rooms.byID {
		if waiting := r.now.Waiting(); len(waiting) > 0 {
			all = append(all, func() tea.Msg {
				entries, _ := s.client.Refresh(s.ctx, r.id, waiting...)
				return restated{r, entries}
			})
		}
	}
	return tea.Batch(all...)
}

// renew takes them. A room that began anew meanwhile has them already, or gets them.
func (m restated) renew() {
	for _, e := range m.entries {
		if _, ok := m.room.now.Message(e.Seq); ok {
			m.room.drawn.redraw(m.room.now.Apply(e), &m.room.now)
		}
	}
}

// expire takes away what messages said whose time is over. It returns where they were, and when to call it again; zero if nothing is
// known to be due.
func (rs rooms) expire(now time.Time) (gone []wire.Place, next time.Time) {
	for _, r := range rs.byID {
		seqs, due := r.now.Expire(now)
		for _, seq := range seqs {
			r.drawn.redraw(seq, &r.now)
			gone = append(gone, wire.Place{Conversation: r.id, Seq: seq})
		}
		if !due.IsZero() && (next.IsZero() || due.Before(next)) {
			next = due
		}
	}
	return gone, next
}

// beside are what stands below a message besides what people have on it.
func beside(r *room, e wire.Entry) string {
	var all []string
	if reactions := reactions(e); reactions != "" {
		all = append(all, reactions)
	}
	for _, seq := range r.now.Pins() {
		if seq == e.Seq {
			all = append(all, "📌")
		}
	}
	if e.Thread != "" {
		all = append(all, fmt.Sprintf("💬 /thread %d", e.Seq))
	}
	if e.Until != "" || e.Timer != nil {
		all = append(all, "⏱")
	}
	return strings.Join(all, "  ")
}

// content does what the commands in this file ask of the screen.
func (s *screen) content(r *room, c command) tea.Cmd {
	var cmd tea.Cmd
	var err error
	switch c.name {
	case "forward":
		var to *room
		var content wire.Content
		if to, content, err = s.rooms.forwarded(c, r); err == nil {
			cmd = s.say(to, content)
		}
	case "thread":
		var thread *room
		var text string
		if thread, text, err = s.rooms.threaded(c, r); err == nil {
			cmd = s.enter(thread)
			if text != "" {
				cmd = tea.Batch(cmd, s.say(thread, client.Text(text)))
			}
		}
	case "brief":
		var seconds int
		var text string
		if seconds, text, err = brief(c); err == nil {
			content := client.Text(text)
			content.Regard = r.regard(s.rooms.me, text)
			cmd = s.sent(r, &outgoing{pending: s.client.QueueBrief(r.target(), content, seconds), text: text})
		}
	case "also":
		if err = errNoThread; r.parent != "" {
			content := client.Text(c.all)
			content.Regard = r.regard(s.rooms.me, c.all)
			cmd, err = s.sent(r, &outgoing{pending: s.client.QueueInParent(r.target(), content), text: c.all}), nil
		}
	default:
		var do deed
		if do, err = plan(c, r, s.client); err == nil {
			cmd = func() tea.Msg {
				told, err := do(s.ctx)
				if err != nil {
					told = explain(err)
				}
				return noted(told)
			}
		}
	}
	if err != nil {
		s.notice = err.Error()
	}
	return cmd
}

// expire takes away what messages said whose time is over, and says so; and again when the next one is due. It is called with the
// lock. What is printed already stays where it is printed.
func (l *lines) expire() {
	gone, next := l.rooms.expire(time.Now())
	for _, at := range gone {
		l.write(fmt.Sprintf("* [%s] %d has disappeared", l.rooms.get(at.Conversation).title(), at.Seq))
	}
	if l.expiry != nil {
		l.expiry.Stop()
	}
	if next.IsZero() || l.ended {
		return
	}
	l.expiry = time.AfterFunc(time.Until(next), func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if !l.ended {
			l.expire()
		}
	})
}

// refresh asks whether timers have started while nobody could tell.
func (l *lines) refresh() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	l.mu.Lock()
	waiting := map[*room][]chat.Seq{}
	for _, r := range l.rooms.byID {
		if seqs := r.now.Waiting(); len(seqs) > 0 {
			waiting[r] = seqs
		}
	}
	l.mu.Unlock()
	for r, seqs := range waiting {
		entries, _ := l.client.Refresh(ctx, r.id, seqs...)
		l.mu.Lock()
		restated{r, entries}.renew()
		l.expire()
		l.mu.Unlock()
	}
}

// content does what the commands in this file ask, in lines.
func (l *lines) content(ctx context.Context, r *room, c command) error {
	l.settle(ctx)
	l.mu.Lock()
	defer l.mu.Unlock()
	switch c.name {
	case "forward":
		to, content, err := l.rooms.forwarded(c, r)
		if err == nil {
			l.report(l.client.Queue(to.target(), content))
		}
		return err
	case "thread":
		thread, text, err := l.rooms.threaded(c, r)
		if err != nil {
			return err
		}
		l.open = thread
		if text != "" {
			l.report(l.client.Queue(thread.target(), client.Text(text)))
		}
		return nil
	case "brief":
		seconds, text, err := brief(c)
		if err == nil {
			l.report(l.client.QueueBrief(r.target(), client.Text(text), seconds))
		}
		return err
	}
	if c.name == "also" {
		if r.parent == "" {
			return errNoThread
		}
		l.report(l.client.QueueInParent(r.target(), client.Text(c.all)))
		return nil
	}
	do, err := plan(c, r, l.client)
	if err != nil {
		return err
	}
	l.mu.Unlock() // what it does may be told while it is waited for
	told, err := do(ctx)
	l.mu.Lock()
	if err == nil {
		l.write("* " + strings.ReplaceAll(told, "\n", "\n* "))
	}
	return err
}
