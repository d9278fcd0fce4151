package main

import (
	"errors"
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/wire"
)

// Update takes one message.
func (s *screen) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		s.width, s.height = msg.Width, msg.Height
		return s, nil
	case tea.KeyMsg:
		before := s.input.Value()
		cmd := tea.Batch(s.touch(), s.key(msg))
		s.types(before)
		return s, cmd
	case arrived:
		return s, s.event(msg.event)
	case tick:
		s.rooms.expire(s.now())
		return s, tea.Batch(everySecond(), s.watch(), s.rest())
	case seen:
		s.rooms.learn(msg)
	case paged:
		s.loading = false
		if msg.err == nil {
			msg.room.prepend(msg.page)
			s.read(msg.room)
		}
	case present:
		if msg.err == nil {
			msg.room.members = msg.members
		}
	case joined:
		if msg.err == nil {
			s.rooms.list(msg.conversations)
		}
	case decided:
		s.decide(msg.room, msg.out)
	case uploaded:
		s.uploads--
		if msg.err != nil {
			s.notice = "not sent: " + explain(msg.err)
			return s, nil
		}
		s.notice = ""
		return s, s.say(msg.room, wire.Content{Text: msg.text, Attachments: []wire.Attachment{msg.attachment}})
	case restated:
		msg.renew()
	case recalled:
		s.relearn(msg)
	case listed:
		s.notice = strings.Join(s.rooms.plans(msg), "\n")
	case found:
		s.notice = strings.Join(s.rooms.hitLines(msg.hits, msg.more, s.now().Location()), "\n")
		if msg.err != nil {
			s.notice = "not found: " + explain(msg.err)
		}
	case noted:
		s.notice = string(msg)
	case managed:
		return s, s.managed(msg)
	case named:
		s.met(msg)
	}
	var cmd tea.Cmd
	s.input, cmd = s.input.Update(msg)
	return s, cmd
}

// event takes an event of the client.
func (s *screen) event(e client.Event) tea.Cmd {
	switch e := e.(type) {
	case client.State:
		s.state = e
	case client.Entry:
		return s.entry(e.Entry)
	case client.Receipt, client.Preferred, client.Unread, client.Silenced:
		s.rooms.stood(e, s.client)
	case client.Hides:
		s.rooms.hidden(e)
	case client.Cleared:
		s.rooms.clear(e)
	case client.Timers:
		s.rooms.started(e)
	case client.Slowed:
		s.slowed = e.Until
	case client.Gone:
		if r := s.rooms.gone(e.Conversation); r != nil {
			s.notice = fmt.Sprintf("you are not in %s any more", r.title())
			if s.open == r {
				s.open, s.scroll = nil, 0
			}
		}
		s.mark(e.Conversation, 0)
	case client.Typing:
		s.rooms.get(e.Conversation).now.Typing(e, s.now())
	case client.Presence:
		s.rooms.learn(seen{e.PresenceLine})
	case client.Restarted:
		s.rooms.restart(e.Conversation)
		s.mark(e.Conversation, 0)
	case client.CaughtUp:
		s.caughtUp = true
		s.rooms.list(e.Conversations)
		s.rooms.stood(e, s.client)
		return tea.Batch(s.whoAll(), s.recall(), s.meetAll(), s.refresh())
	case client.Draft:
		s.learn(e.Draft)
	case client.NotSent:
		s.notice = unsent(e)
	case client.ProfileChanged:
		return s.meetAll()
	}
	return nil
}

// decide notes the outcome of a message. A group whose making was refused is no room.
func (s *screen) decide(r *room, o *outgoing) {
	_, o.failed = o.pending.Result()
	o.after = r.head
	if o.failed == nil || !o.creates {
		return
	}
	s.rooms.drop(r)
	if s.open == r {
		s.open, s.scroll = nil, 0
	}
	s.notice = fmt.Sprintf("%s was not made: %s", r.title(), explain(o.failed))
}

// refreshed is of how many rooms presence is asked for: about as many as a list shows.
const refreshed = 20

func (s *screen) entry(e wire.Entry) tea.Cmd {
	r := s.rooms.get(e.Conversation)
	before := 0
	if r == s.open && s.scroll > 0 {
		before = len(s.lines(r))
	}
	s.rooms.add(e).count(s.client)
	if before > 0 {
		s.scroll += len(s.lines(r)) - before // what is being read stays where it is
	}
	s.read(r)
	var cmds []tea.Cmd
	if s.caughtUp {
		cmds = append(cmds, s.meet(e.From))
		if e.From != s.rooms.me || e.Seq == 1 || chat.Governs[e.Event] { // whoever begins a conversation wants to know, too
			cmds = append(cmds, s.who(r))
		}
	}
	if arrives(e, s.rooms.me) && r.name == "" { // its beginning is not shown
		cmds = append(cmds, func() tea.Msg {
			conversations, err := s.client.Conversations(s.ctx)
			return joined{conversations, err}
		})
	}
	return tea.Batch(cmds...)
}

// read notes that a room was shown, if it is.
func (s *screen) read(r *room) {
	if r != s.open || len(r.entries) == 0 {
		return
	}
	last := r.entries[len(r.entries)-1].Seq
	s.client.MarkRead(r.id, last)
	r.count(s.client)
	s.mark(r.id, last)
}

func (s *screen) mark(id chat.ConversationID, seq chat.Seq) {
	if err := s.marks.show(id, seq); err != nil {
		s.notice = explain(err)
	}
}

// key takes a key.
func (s *screen) key(k tea.KeyMsg) tea.Cmd {
	switch k.String() {
	case "ctrl+c", "ctrl+d":
		return s.leave()
	case "tab", "down":
		return s.enter(s.rooms.beside(s.openID(), 1))
	case "shift+tab", "up":
		return s.enter(s.rooms.beside(s.openID(), -1))
	case "pgup":
		s.scroll += s.page()
		return s.older()
	case "pgdown":
		s.scroll = max(0, s.scroll-s.page())
		return nil
	case "esc":
		if s.open != nil && s.input.Value() == "" && s.notice == "" {
			s.open.dismiss()
		}
		s.input.Reset()
		s.begin()
		s.notice = ""
		return nil
	case "enter":
		line := s.input.Value()
		s.input.Reset()
		if strings.TrimSpace(line) == "" {
			return nil
		}
		return s.typed(line)
	}
	var cmd tea.Cmd
	s.input, cmd = s.input.Update(k)
	s.begin()
	return cmd
}

func (s *screen) openID() chat.ConversationID {
	if s.open == nil {
		return ""
	}
	return s.open.id
}

// enter opens a room.
func (s *screen) enter(r *room) tea.Cmd {
	if r == nil {
		return nil
	}
	left := s.open
	s.open, s.scroll, s.notice = r, 0, ""
	s.read(r)
	return tea.Batch(s.swap(left), s.older(), s.who(r))
}

// older fetches history if less is there than is looked at.
func (s *screen) older() tea.Cmd {
	r := s.open
	if r == nil {
		return nil
	}
	have := len(s.lines(r))
	s.scroll = max(0, min(s.scroll, have-s.page()))
	if r.full || s.loading || r.head == 0 || have > s.scroll+2*s.page() {
		return nil
	}
	s.loading = true
	first := r.first()
	return func() tea.Msg {
		page, err := s.client.History(s.ctx, r.id, first, chat.DefaultHistory)
		return paged{r, page, err}
	}
}

// who asks who is in a room, if the server knows it yet. The peer of a direct conversation is watched.
func (s *screen) who(r *room) tea.Cmd {
	if r.peer != "" {
		return s.watchPeers(r)
	}
	if r.head == 0 {
		return nil
	}
	return func() tea.Msg {
		members, err := s.client.Members(s.ctx, r.id)
		return present{r, members, err}
	}
}

// watch asks again who is there when that was some time ago. After a disconnect it is asked anyway.
func (s *screen) watch() tea.Cmd {
	if s.state.Phase != client.Connected || !s.caughtUp || s.now().Sub(s.since) < refresh {
		return nil
	}
	return s.whoAll()
}

// whoAll asks who is in the open room and in those that a list shows.
func (s *screen) whoAll() tea.Cmd {
	s.since = s.now()
	var cmds []tea.Cmd
	var direct []*room
	for i, r := range s.rooms.sorted() {
		switch {
		case i >= refreshed && r != s.open:
		case r.peer != "":
			direct = append(direct, r)
		default:
			cmds = append(cmds, s.who(r))
		}
	}
	return tea.Batch(append(cmds, s.watchPeers(direct...))...)
}

// explain is an error for a person.
func explain(err error) string {
	if e, ok := errors.AsType[*client.Error](err); ok {
		return clean(e.Message)
	}
	return clean(err.Error())
}
