package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/wire"
)

// change does what /edit, /delete, /react, /pin and /unpin ask. What it returns is on its way.
func change(c command, r *room, me chat.UserID, to *client.Client) (*outgoing, error) {
	seq, rest := c.numbered()
	wrong := fmt.Errorf("it is %s", usage[c.name].form)
	switch c.name {
	case "edit":
		m, err := r.pick(seq, me)
		switch {
		case rest == "":
			return nil, wrong
		case err != nil:
			return nil, err
		}
		at := r.origin(m)
		p := to.QueueEdit(at.Conversation, at.Seq, wire.Revision{Text: rest, Regard: r.regard(me, rest)})
		return &outgoing{pending: p, target: m.Seq, text: fmt.Sprintf("edited %d: %s", m.Seq, rest)}, nil
	case "delete":
		m, err := r.pick(seq, me)
		switch {
		case rest != "":
			return nil, wrong
		case err != nil:
			return nil, err
		}
		at := r.origin(m)
		return &outgoing{pending: to.QueueDelete(at.Conversation, at.Seq), target: m.Seq, text: fmt.Sprintf("deleted %d", m.Seq)}, nil
	case "pin", "unpin":
		m, err := r.pick(seq, "")
		switch {
		case rest != "":
			return nil, wrong
		case err != nil:
			return nil, err
		}
		p := to.QueuePin(r.id, m.Seq, c.name == "unpin")
		return &outgoing{pending: p, target: m.Seq, text: fmt.Sprintf("%sned %d", c.name, m.Seq)}, nil
	default:
		m, err := r.pick(seq, "")
		switch {
		case rest == "":
			return nil, wrong
		case err != nil:
			return nil, err
		}
		marks := r.toggle(m.Seq, me, strings.Fields(rest))
		p := to.QueueReact(r.id, m.Seq, marks...)
		return &outgoing{pending: p, target: m.Seq, reacts: true, marks: marks, text: reaction(m.Seq, marks)}, nil
	}
}

// origin is where a message is edited and deleted: what shows one of a thread has it from there.
func (r *room) origin(m wire.Entry) wire.Place {
	if m.Body.Of != nil {
		return *m.Body.Of
	}
	return wire.Place{Conversation: r.id, Seq: m.Seq}
}

// answer is the content of /reply.
func answer(c command, r *room) (wire.Content, error) {
	seq, rest := c.numbered()
	if seq == 0 || rest == "" {
		return wire.Content{}, fmt.Errorf("it is %s", usage[c.name].form)
	}
	m, err := r.pick(seq, "")
	content := client.Text(rest)
	content.Reply = m.Seq
	return content, err
}

// numbered cuts a leading number off what follows a command's name; seq is 0 if there is none.
func (c command) numbered() (seq chat.Seq, rest string) {
	word, rest, _ := strings.Cut(c.all, " ")
	n, err := strconv.ParseUint(strings.TrimPrefix(word, "#"), 10, 53)
	if err != nil || n == 0 {
		return 0, c.all
	}
	return chat.Seq(n), strings.TrimSpace(rest)
}

// pick returns the message seq, or if that is 0 the newest one: of author, if one is named.
func (r *room) pick(seq chat.Seq, author chat.UserID) (wire.Entry, error) {
	if seq > 0 {
		if m, ok := r.now.Message(seq); ok && m.Event == chat.Message && !m.Deleted && !m.Expired {
			return m, nil
		}
		return wire.Entry{}, fmt.Errorf("there is no message %d here", seq)
	}
	for _, o := range r.outgoing {
		if o.failed == nil && o.target == 0 {
			return wire.Entry{}, errors.New("the last message is still on its way")
		}
	}
	for _, m := range slices.Backward(r.now.Messages()) {
		if m.Event == chat.Message && !m.Deleted && !m.Expired && (author == "" || m.From == author) {
			return m, nil
		}
	}
	return wire.Entry{}, errors.New("there is no message yet")
}

// toggle returns what somebody has on a message once marks are added, or taken back where they are already.
func (r *room) toggle(seq chat.Seq, user chat.UserID, marks []string) []string {
	has := r.now.Marks(seq, user)
	for _, o := range r.outgoing {
		if o.reacts && o.failed == nil && o.target == seq {
			has = slices.Clone(o.marks)
		}
	}
	for _, mark := range marks {
		if i := slices.Index(has, mark); i >= 0 {
			has = slices.Delete(has, i, i+1)
		} else {
			has = append(has, mark)
		}
	}
	return has
}

// naming finds what may be a name after an @ that does not belong to the word before it.
var naming = regexp.MustCompile(`(?:^|[^A-Za-z0-9._@:|+-])@([A-Za-z0-9][A-Za-z0-9._@:|+-]{0,127})`)

// regard finds the members whom a text names: "@bob", also before a full stop; "@everybody" is for all of a group.
func (r *room) regard(me chat.UserID, text string) wire.Regard {
	members := map[chat.UserID]bool{}
	if r.peer != "" {
		members[r.peer] = true
	}
	for _, m := range r.members {
		members[m.User] = true
	}
	delete(members, me)
	var out wire.Regard
	for _, found := range naming.FindAllStringSubmatch(text, -1) {
		name := found[1]
		for shorter := strings.TrimRight(name, "._@:|+-"); !members[chat.UserID(name)] && len(name) > len(shorter); {
			name = name[:len(name)-1]
		}
		switch {
		case members[chat.UserID(name)] && len(out.Mentions) < chat.MaxMentions:
			out.Mentions = append(out.Mentions, chat.UserID(name))
			delete(members, chat.UserID(name)) // once is enough
		case name == "everybody" && r.peer == "":
			out.Everybody = true
		}
	}
	return out
}

// regards reports whether somebody is to notice a message.
func regards(e wire.Entry, user chat.UserID) bool {
	return e.From != user && (e.Body.Everybody || slices.Contains(e.Body.Mentions, user))
}
