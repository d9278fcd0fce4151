package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/wire"
)

// typed does what a line says.
func (s *screen) typed(line string) tea.Cmd {
	c, err := read(line)
	if err != nil {
		s.notice = err.Error()
		return nil
	}
	if n := utf8.RuneCountInString(c.text()); n > chat.MaxText {
		s.input.SetValue(line) // to be shortened
		s.notice = fmt.Sprintf("not sent: %d characters, and %d are the most", n, chat.MaxText)
		return nil
	}
	s.notice = ""
	s.leaving = s.leaving && c.name == "quit"
	switch c.name {
	case "quit":
		return s.leave()
	case "help":
		s.notice = help
		return nil
	case "limits":
		s.notice = table(s.client.Limits())
		return nil
	case "to":
		return s.to(c)
	case "group":
		return s.group(c)
	case "search":
		return s.search(c)
	case "numbers":
		s.numbers = !s.numbers
		return nil
	case "join":
		return s.govern("", c)
	case "scheduled":
		return s.scheduled()
	case "unschedule":
		return s.answer(func() (string, error) { return unschedule(s.ctx, s.client, c.args[0]) })
	case "status":
		return s.choose(c)
	case "logout":
		return s.logout()
	}
	if manages[c.name] != nil {
		return s.manage(c)
	}
	if s.open == nil {
		s.notice = "open a conversation first: Tab, or /to user"
		return nil
	}
	if stands[c.name] {
		return s.answer(s.stand(s.open, c))
	}
	if slices.Contains(governing, c.name) {
		return s.govern(s.open.id, c)
	}
	switch c.name {
	case "edit", "delete", "react", "pin", "unpin":
		return s.change(s.open, c)
	case "forward", "thread", "also", "unfollow", "pins", "hide", "brief", "timer":
		return s.content(s.open, c)
	case "reply":
		return s.reply(s.open, c)
	case "later":
		return s.later(s.open, c)
	case "file":
		return s.file(s.open, c)
	case "save":
		return s.save(s.open, c)
	case "who":
		return s.names(s.open)
	default:
		return s.say(s.open, client.Text(c.rest))
	}
}

// leave quits, at the second attempt if something would be lost.
func (s *screen) leave() tea.Cmd {
	waiting := s.uploads
	for _, r := range s.rooms.byID {
		for _, o := range r.outgoing {
			if o.failed == nil {
				waiting++
			}
		}
	}
	if waiting == 0 || s.leaving {
		return s.quit
	}
	s.leaving = true
	s.notice = fmt.Sprintf("%d not sent yet; once more leaves without", waiting)
	return nil
}

// quit leaves when the draft of the open room is stored, if that can be done quickly.
func (s *screen) quit() tea.Msg {
	if s.open != nil {
		ctx, cancel := context.WithTimeout(s.ctx, time.Second)
		defer cancel()
		_ = s.client.StoreDraft(ctx, s.open.id)
	}
	return tea.QuitMsg{}
}

func (s *screen) to(c command) tea.Cmd {
	user, err := c.peer(s.rooms.me)
	if err != nil {
		s.notice = err.Error()
		return nil
	}
	r := s.rooms.direct(user)
	open := s.enter(r)
	if c.rest == "" {
		return open
	}
	return tea.Batch(open, s.say(r, client.Text(c.rest)))
}

func (s *screen) group(c command) tea.Cmd {
	ids, err := users(c.args[1:])
	if err != nil {
		s.notice = err.Error()
		return nil
	}
	p := s.client.QueueGroup(c.args[0], ids...)
	r := s.rooms.get(p.Conversation)
	r.name, r.last = c.args[0], s.now()
	for _, id := range ids {
		r.members = append(r.members, wire.MemberLine{User: id, Presence: wire.Unknown})
	}
	return tea.Batch(s.enter(r), s.sent(r, &outgoing{pending: p, text: "made the group", creates: true}))
}

// say sends something and shows it as being on its way.
func (s *screen) say(r *room, content wire.Content) tea.Cmd {
	text := content.Text
	if content.Forward != nil {
		text = "forwarded"
	}
	for _, a := range content.Attachments {
		text = strings.TrimSpace(fmt.Sprintf("%s 📎 %s", text, a.Name))
	}
	s.scroll = 0
	r.draft = ""
	if s.state.Phase == client.Disconnected {
		s.client.Wake()
	}
	content.Regard = r.regard(s.rooms.me, content.Text)
	return s.sent(r, &outgoing{pending: s.client.Queue(r.target(), content), text: text})
}

func (s *screen) reply(r *room, c command) tea.Cmd {
	content, err := answer(c, r)
	if err != nil {
		s.notice = err.Error()
		return nil
	}
	return s.say(r, content)
}

// change changes a message and shows that as being on its way.
func (s *screen) change(r *room, c command) tea.Cmd {
	o, err := change(c, r, s.rooms.me, s.client)
	if err != nil {
		s.notice = err.Error()
		return nil
	}
	return s.sent(r, o)
}

// govern changes a group. What came of it, its entry shows.
func (s *screen) govern(id chat.ConversationID, c command) tea.Cmd {
	return func() tea.Msg {
		said, _, err := govern(s.ctx, c, id, s.client)
		if err != nil {
			said = "not done: " + explain(err)
		}
		return noted(said)
	}
}

// sent shows something as being on its way and waits for its outcome.
func (s *screen) sent(r *room, o *outgoing) tea.Cmd {
	r.outgoing = append(r.outgoing, o)
	return func() tea.Msg {
		<-o.pending.Done()
		return decided{r, o}
	}
}

func (s *screen) file(r *room, c command) tea.Cmd {
	s.notice = "uploading…"
	s.uploads++
	return func() tea.Msg {
		shown := int64(-1)
		a, err := upload(s.ctx, s.client, c.args[0], func(sent, total int64) {
			if percent := sent * 100 / total; percent/10 != shown {
				shown = percent / 10
				s.tell(noted(fmt.Sprintf("uploading: %d %%", percent)))
			}
		})
		return uploaded{r, a, c.rest, err}
	}
}

func (s *screen) save(r *room, c command) tea.Cmd {
	seq, a, err := attachment(r, c.args[0])
	if err != nil {
		s.notice = err.Error()
		return nil
	}
	s.notice = "saving…"
	return func() tea.Msg {
		path, err := save(s.ctx, s.client, r.id, seq, a, c.rest)
		if err != nil {
			return noted("not saved: " + explain(err))
		}
		return noted("saved " + clean(path))
	}
}

// names shows who is in a room.
func (s *screen) names(r *room) tea.Cmd {
	return func() tea.Msg {
		members, err := s.client.Members(s.ctx, r.id)
		if err != nil {
			return noted(explain(err))
		}
		s.tell(present{room: r, members: members})
		return noted(strings.Join(whoLines(members, s.now()), "\n"))
	}
}
