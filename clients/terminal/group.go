package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/wire"
)

// governing are the commands about groups; all but join are about the open one.
var governing = []string{
	"add", "remove", "ban", "leave", "role", "rename", "icon", "announce", "slow", "history", "invite", "links", "revoke", "join",
}

// govern does what a command about a group asks, and returns what there is to say, and the seq of the entry that tells the rest;
// 0 if there is none.
func govern(ctx context.Context, c command, id chat.ConversationID, to *client.Client) (said string, seq chat.Seq, err error) {
	switch c.name {
	case "add", "remove", "ban":
		who, err := users(c.args)
		if err != nil {
			return "", 0, err
		}
		act := map[string]func(context.Context, chat.ConversationID, ...chat.UserID) (wire.Governed, error){
			"add": to.Add, "remove": to.Remove, "ban": to.Ban,
		}[c.name]
		return outcome(act(ctx, id, who...))
	case "leave":
		return outcome(to.Leave(ctx, id))
	case "role":
		who, err := users(c.args[1:])
		if err != nil {
			return "", 0, err
		}
		return outcome(to.SetRole(ctx, id, chat.Role(c.args[0]), who...))
	case "invite":
		i, err := to.Invite(ctx, id, 0, atoi(c.all))
		if err != nil {
			return "", 0, err
		}
		return "/join " + string(i.Code), 0, nil
	case "links":
		links, err := to.Invites(ctx, id)
		if err != nil {
			return "", 0, err
		}
		lines := []string{fmt.Sprintf("%d links", len(links))}
		for _, i := range links {
			lines = append(lines, fmt.Sprintf("%s by %s, used %d times, until %s", i.Invite, i.By, i.Uses, i.Expires))
		}
		return strings.Join(lines, "\n"), 0, nil
	case "revoke":
		return "", 0, to.Revoke(ctx, id, chat.InviteID(c.args[0]))
	case "join":
		return outcome(to.Join(ctx, chat.InviteCode(c.args[0])))
	default:
		a, err := amendment(ctx, c, to)
		if err != nil {
			return "", 0, err
		}
		return outcome(to.Change(ctx, id, a))
	}
}

// amendment is what a command wants to be different in a group.
func amendment(ctx context.Context, c command, to *client.Client) (a wire.Amendment, err error) {
	switch value := c.all; c.name {
	case "rename":
		a.Name = &c.all
	case "icon":
		if value == "none" {
			a.Picture = &wire.Picture{Remove: true}
			break
		}
		file, err := upload(ctx, to, c.args[0], nil)
		if err != nil {
			return a, err
		}
		a.Picture = &wire.Picture{Media: file.Media}
	case "announce":
		if value != "on" && value != "off" {
			return a, errors.New("it is " + usage[c.name].form)
		}
		a.Announce = new(value == "on")
	case "slow":
		seconds, err := strconv.Atoi(value)
		if err != nil && value != "off" {
			return a, errors.New("it is " + usage[c.name].form)
		}
		a.Slow = &seconds
	default:
		a.History = new(chat.Visibility(value))
	}
	return a, nil
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// outcome is what there is to say of a change of a group, besides its entry.
func outcome(g wire.Governed, err error) (said string, seq chat.Seq, _ error) {
	switch {
	case err != nil:
		return "", 0, err
	case len(g.Declined) > 0:
		var names []string
		for _, user := range g.Declined {
			names = append(names, string(user))
		}
		return "not added: " + strings.Join(names, ", ") + "; send them a link: /invite", g.Seq, nil
	case g.Unchanged:
		return "that is so already", 0, nil
	default:
		return "", g.Seq, nil
	}
}

// governed is what an entry says about its group.
func governed(e wire.Entry) string {
	var names []string
	for _, user := range e.Body.Users {
		names = append(names, string(user))
	}
	who := strings.Join(names, ", ")
	switch e.Event {
	case chat.Added:
		return "added " + who
	case chat.Joined:
		return "joined by a link"
	case chat.Removed:
		return "removed " + who
	case chat.Left:
		if who != "" {
			return "left; " + who + " is the owner now"
		}
		return "left"
	case chat.Ranked:
		if e.Body.Role == chat.Owner {
			return "handed the group over to " + who
		}
		return fmt.Sprintf("made %s %s", who, e.Body.Role)
	default:
		return setup(e.Body.Setup)
	}
}

// setup is what was changed of a group.
func setup(s *wire.Setup) string {
	if s == nil {
		return "changed the group"
	}
	either := func(yes bool, one, other string) string {
		if yes {
			return one
		}
		return other
	}
	var all []string
	if s.Name != nil {
		all = append(all, "renamed the group to “"+clean(*s.Name)+"”")
	}
	if s.Picture != nil {
		all = append(all, either(*s.Picture == "", "took the picture away", "changed the picture"))
	}
	if s.Announce != nil {
		all = append(all, either(*s.Announce, "lets only moderators write", "lets everybody write"))
	}
	if s.Slow != nil {
		all = append(all, either(*s.Slow == 0, "ended slow mode", fmt.Sprintf("set slow mode to %v", time.Duration(*s.Slow)*time.Second)))
	}
	if s.History != nil {
		all = append(all, either(*s.History == chat.FromStart, "shows everything to who joins", "shows what follows to who joins"))
	}
	return strings.Join(all, ", ")
}

// arrives reports whether an entry makes a user a member.
func arrives(e wire.Entry, user chat.UserID) bool {
	return e.Event == chat.Joined && e.From == user || e.Event == chat.Added && slices.Contains(e.Body.Users, user)
}
