package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/wire"
)

// manages are the commands about oneself and other people.
var manages = map[string]func(context.Context, *client.Client, command, *room, time.Time) (string, error){
	"name": name, "picture": picture, "contact": contact, "contacts": contacts, "block": blockUser, "unblock": unblockUser,
	"blocked": blocked, "mute": mute, "unmute": unmute, "muted": muted, "settings": choose, "accept": accept,
}

// name sets the display name and keeps the rest of the profile.
func name(ctx context.Context, to *client.Client, c command, _ *room, _ time.Time) (string, error) {
	p, err := to.Profiles(ctx, to.User())
	if err != nil {
		return "", err
	}
	_, err = to.SetProfile(ctx, c.all, p[0].About, p[0].Picture)
	return "you are " + clean(c.all), err
}

// picture sets the picture and keeps the rest of the profile.
func picture(ctx context.Context, to *client.Client, c command, _ *room, _ time.Time) (string, error) {
	a, err := upload(ctx, to, c.all, nil)
	if err != nil {
		return "", err
	}
	p, err := to.Profiles(ctx, to.User())
	if err != nil {
		return "", err
	}
	_, err = to.SetProfile(ctx, p[0].Name, p[0].About, a.Media)
	return "others see you as in " + clean(a.Name), err
}

func contact(ctx context.Context, to *client.Client, c command, _ *room, _ time.Time) (string, error) {
	ids, err := users(c.args[:1])
	if err != nil {
		return "", err
	}
	if c.rest == "-" {
		return string(ids[0]) + " is not among your contacts", to.RemoveContact(ctx, ids[0])
	}
	return string(ids[0]) + " is among your contacts", to.SetContact(ctx, ids[0], c.rest)
}

func contacts(ctx context.Context, to *client.Client, _ command, _ *room, _ time.Time) (string, error) {
	all, err := to.Contacts(ctx)
	lines := []string{fmt.Sprintf("%d contacts", len(all))}
	for _, l := range all {
		line := string(l.User)
		if l.Name != "" {
			line += " is " + clean(l.Name)
		}
		if l.Profile != nil && l.Profile.Name != "" {
			line += " (" + clean(l.Profile.Name) + ")"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n"), err
}

// whom names somebody: the argument, or the other one of an open direct conversation.
func whom(c command, open *room) (chat.UserID, error) {
	if len(c.args) > 0 {
		ids, err := users(c.args[:1])
		if err != nil {
			return "", err
		}
		return ids[0], nil
	}
	if open == nil || open.peer == "" {
		return "", fmt.Errorf("it is /%s user", c.name)
	}
	return open.peer, nil
}

func blockUser(ctx context.Context, to *client.Client, c command, open *room, _ time.Time) (string, error) {
	user, err := whom(c, open)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s is blocked and does not know", user), to.Block(ctx, user)
}

func unblockUser(ctx context.Context, to *client.Client, c command, open *room, _ time.Time) (string, error) {
	user, err := whom(c, open)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s is not blocked", user), to.Unblock(ctx, user)
}

func blocked(ctx context.Context, to *client.Client, _ command, _ *room, now time.Time) (string, error) {
	all, err := to.Blocked(ctx)
	lines := []string{fmt.Sprintf("%d blocked", len(all))}
	for _, l := range all {
		lines = append(lines, fmt.Sprintf("%s, %s", l.User, ago(l.Since, now)))
	}
	return strings.Join(lines, "\n"), err
}

func muted(ctx context.Context, to *client.Client, _ command, _ *room, _ time.Time) (string, error) {
	all, err := to.Muted(ctx)
	lines := []string{fmt.Sprintf("%d muted", len(all))}
	for _, l := range all {
		line := string(l.User)
		if until, err := wire.ParseTime(l.Until); err == nil && until.Before(chat.Forever) {
			line += " until " + until.Local().Format("Mon 2 Jan 15:04")
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n"), err
}

// mute reads a user, a time and "mentions" in any order. Without a user it is the open conversation.
func mute(ctx context.Context, to *client.Client, c command, open *room, now time.Time) (string, error) {
	var user chat.UserID
	var until time.Time
	mentions, said := false, ""
	for _, arg := range c.args {
		d, err := time.ParseDuration(arg)
		switch {
		case arg == "mentions":
			mentions, said = true, said+", but for mentions"
		case err == nil && d > 0:
			until, said = now.Add(d), said+" for "+arg
		default:
			ids, err := users([]string{arg})
			if err != nil {
				return "", err
			}
			user = ids[0]
		}
	}
	switch {
	case user != "" && mentions:
		return "", errors.New("mentions are of a conversation: leave the user out")
	case user != "":
		return fmt.Sprintf("%s is muted%s", user, said), to.Mute(ctx, user, until)
	case open == nil:
		return "", fmt.Errorf("it is %s", usage["mute"].form)
	default:
		return fmt.Sprintf("%s is muted%s", open.title(), said), to.MuteConversation(ctx, open.id, until, mentions)
	}
}

func unmute(ctx context.Context, to *client.Client, c command, open *room, _ time.Time) (string, error) {
	if len(c.args) > 0 {
		ids, err := users(c.args[:1])
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("%s is not muted", ids[0]), to.Unmute(ctx, ids[0])
	}
	if open == nil {
		return "", fmt.Errorf("it is %s", usage["unmute"].form)
	}
	return open.title() + " is not muted", to.UnmuteConversation(ctx, open.id)
}

// choose reads settings like messages=contacts and shows all.
func choose(ctx context.Context, to *client.Client, c command, _ *room, _ time.Time) (string, error) {
	var change wire.Settings
	for _, arg := range c.args {
		name, value, _ := strings.Cut(arg, "=")
		audience := chat.Audience(value)
		yes := value == "yes"
		ok := audience.Valid()
		switch name {
		case "seen":
			change.Seen = audience
		case "messages":
			change.Messages = audience
		case "groups":
			change.Groups = audience
		case "private":
			change.Private, ok = &yes, yes || value == "no"
		default:
			ok = false
		}
		if !ok {
			return "", fmt.Errorf("it is %s", usage["settings"].form)
		}
	}
	all, err := to.Settings(ctx, change)
	private := "no"
	if all.Private {
		private = "yes"
	}
	return fmt.Sprintf("seen=%s messages=%s groups=%s private=%s", all.Seen, all.Messages, all.Groups, private), err
}

func accept(ctx context.Context, to *client.Client, _ command, open *room, _ time.Time) (string, error) {
	if open == nil || !open.request {
		return "", errors.New("this is no request")
	}
	return open.title() + " can write to you", to.Accept(ctx, open.id)
}

// managed is the outcome of such a command.
type managed struct {
	room *room // that was open, or nil
	name string
	said string
	err  error
}

// manage does what a command about people says.
func (s *screen) manage(c command) tea.Cmd {
	r, now := s.open, s.now()
	return func() tea.Msg {
		said, err := manages[c.name](s.ctx, s.client, c, r, now)
		return managed{r, c.name, said, err}
	}
}

func (s *screen) managed(m managed) tea.Cmd {
	if s.notice = m.said; m.err != nil {
		s.notice = explain(m.err)
		return nil
	}
	switch m.name {
	case "accept":
		m.room.request = false
	case "name", "contact":
		return s.meetAll()
	}
	return nil
}

// manage is what the screen does, at once.
func (l *lines) manage(ctx context.Context, c command) error {
	l.settle(ctx)
	l.mu.Lock()
	open := l.open
	l.mu.Unlock()
	said, err := manages[c.name](ctx, l.client, c, open, time.Now())
	if err == nil {
		l.print("* %s", strings.ReplaceAll(said, "\n", "\n* "))
	}
	return err
}

// called is what people are called by themselves and in the contacts of the user, who comes first.
type called struct{ contacts, profiles map[chat.UserID]string }

// named is what was learned of that; contacts are nil if they were not asked for.
type named struct {
	contacts map[chat.UserID]string
	profiles []wire.ProfileLine
}

// name of a user, or else the id.
func (c called) name(user chat.UserID) string {
	for _, names := range []map[chat.UserID]string{c.contacts, c.profiles} {
		if name := clean(names[user]); name != "" {
			return name
		}
	}
	return string(user)
}

// meetAll asks what everybody is called who is in a list or has said something.
func (s *screen) meetAll() tea.Cmd {
	known := map[chat.UserID]bool{s.rooms.me: true}
	for _, r := range s.rooms.byID {
		known[r.peer] = true
		for _, e := range r.entries {
			known[e.From] = true
		}
	}
	delete(known, "")
	who := slices.Collect(maps.Keys(known))
	return func() tea.Msg {
		contacts, err := s.client.Contacts(s.ctx)
		if err != nil {
			return nil // then they are called by their ids
		}
		n := named{contacts: map[chat.UserID]string{}}
		for _, l := range contacts {
			n.contacts[l.User] = l.Name
		}
		n.profiles, _ = s.client.Profiles(s.ctx, who...)
		return n
	}
}

// meet asks what somebody is called who has not been seen before.
func (s *screen) meet(user chat.UserID) tea.Cmd {
	if _, asked := s.called.profiles[user]; asked || user == "" {
		return nil
	}
	s.called.profiles[user] = ""
	return func() tea.Msg {
		profiles, _ := s.client.Profiles(s.ctx, user)
		return named{profiles: profiles}
	}
}

// met shows people under their names.
func (s *screen) met(n named) {
	if n.contacts != nil {
		s.called.contacts = n.contacts
	}
	for _, p := range n.profiles {
		s.called.profiles[p.User] = p.Name
	}
	for _, r := range s.rooms.byID {
		r.drawn = transcript{}
		if r.peer != "" {
			r.called = s.called.name(r.peer)
		}
	}
}
