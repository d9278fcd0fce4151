package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/wire"
)

// standing is how far oneself and the peer are in a room, and what one has chosen for it.
type standing struct {
	unread           wire.Unread
	pinned, archived bool
	// read and delivered are up to where the peer of a direct conversation has it.
	read, delivered chat.Seq
}

// rank is where a room stands in the list.
func (s standing) rank() int {
	switch {
	case s.archived:
		return -1
	case s.pinned:
		return 1
	default:
		return 0
	}
}

// stands are the commands of this file.
var stands = map[string]bool{"seen": true, "unread": true, "top": true, "archive": true, "clear": true, "explain": true}

// stand does one of them and says what came of it.
func stand(ctx context.Context, to *client.Client, r *room, c command) (string, error) {
	seq, _ := c.numbered()
	if c.name == "seen" || c.name == "unread" {
		m, err := r.pick(seq, "")
		if err != nil {
			return "", err
		}
		seq = m.Seq
	}
	switch c.name {
	case "seen":
		by, err := to.SeenBy(ctx, r.id, seq)
		return seenLine(seq, by), err
	case "unread":
		return fmt.Sprintf("unread from %d on", seq), to.MarkUnread(ctx, r.id, seq)
	case "top":
		return choice(!r.stands.pinned, "pinned", "not pinned any more"), to.PinConversation(ctx, r.id, !r.stands.pinned)
	case "archive":
		return choice(!r.stands.archived, "put away until something happens", "back in the list"), to.Archive(ctx, r.id, !r.stands.archived)
	case "clear":
		return "cleared, for you only", to.Clear(ctx, r.id, r.head)
	default:
		x, err := to.Explain(ctx, r.id)
		return explainLine(x), err
	}
}

func choice(yes bool, then, otherwise string) string {
	if yes {
		return then
	}
	return otherwise
}

// seenLine tells who has a message.
func seenLine(seq chat.Seq, by wire.SeenBy) string {
	var read, has []string
	for _, line := range by.Users {
		if line.Read {
			read = append(read, string(line.User))
		} else {
			has = append(has, string(line.User))
		}
	}
	line := fmt.Sprintf("%d: read by %d of %d", seq, by.Read, by.Of)
	if len(read) > 0 {
		line += ": " + strings.Join(read, ", ")
	}
	if len(has) > 0 {
		line += "; delivered to " + strings.Join(has, ", ")
	}
	return line
}

// explainLine tells why as much is unread as is.
func explainLine(x wire.Explained) string {
	line := fmt.Sprintf("%s unread behind %d; read %d, newest %d", number99(x.Unread), x.Since, x.Read, x.Head)
	if x.Marked > 0 {
		line += fmt.Sprintf(", marked from %d on", x.Marked)
	}
	for _, reason := range slices.Sorted(maps.Keys(x.Skipped)) {
		line += fmt.Sprintf(", %d %s", x.Skipped[reason], reason)
	}
	return line
}

// number99 is a count as it is shown.
func number99(u wire.Unread) string {
	if u.More {
		return fmt.Sprintf("%d+", u.Count)
	}
	return fmt.Sprint(u.Count)
}

// reaches takes how far the peer is.
func (r *room) reaches(user chat.UserID, c wire.Receipt) {
	if user != r.peer {
		return
	}
	r.stands.read = max(r.stands.read, c.Read)
	r.stands.delivered = max(r.stands.delivered, c.Delivered, c.Read)
	r.drawn = transcript{} // the ticks look different now
}

// tickSize is what a tick takes at the end of a message.
const tickSize = 3

// tick shows how far one's own message is in a direct conversation: stored, delivered or read.
func (r *room) tick(e wire.Entry, me chat.UserID) string {
	switch {
	case r.peer == "" || e.From != me || e.Event != chat.Message || e.Deleted:
		return ""
	case e.Seq <= r.stands.read:
		return good.Render(" ✓✓")
	case e.Seq <= r.stands.delivered:
		return dim.Render(" ✓✓")
	default:
		return dim.Render(" ✓")
	}
}

// stood takes from the list what it says of the user's own and of the peer.
func (r *room) stood(own wire.Own) {
	r.stands.pinned, r.stands.archived = own.Pinned, own.Archived
	r.reaches(r.peer, wire.Receipt{Read: own.PeerRead, Delivered: own.PeerDelivered})
}

// prefers takes what was chosen, here or on another device.
func (r *room) prefers(p wire.Preferred) {
	if p.Pinned != nil {
		r.stands.pinned = *p.Pinned
	}
	if p.Archived != nil {
		r.stands.archived = *p.Archived
	}
}

// count takes how much is unread in a room from the client.
func (r *room) count(c *client.Client) {
	if u, ok := c.Unread(r.id); ok {
		r.stands.unread = u
	}
}

// stand does what a command of this file says in the open room. A room that is marked as unread is left: to look at it is to read.
func (s *screen) stand(r *room, c command) func() (string, error) {
	seq, _ := c.numbered()
	if c.name == "unread" {
		if _, err := r.pick(seq, ""); err == nil {
			s.open, s.scroll = nil, 0
		}
	}
	return func() (string, error) { return stand(s.ctx, s.client, r, c) }
}

// stood takes an event that tells how far somebody is, or what was chosen.
func (rs rooms) stood(e client.Event, c *client.Client) {
	switch e := e.(type) {
	case client.Receipt:
		r := rs.get(e.Conversation)
		r.reaches(e.User, e.Receipt)
		r.count(c)
	case client.Preferred:
		r := rs.get(e.Conversation)
		r.prefers(e.Preferred)
		r.count(c)
	case client.Silenced:
		for _, r := range rs.byID {
			r.count(c)
		}
	case client.Unread:
		rs.get(e.Conversation).stands.unread = e.Unread
	case client.CaughtUp:
		for _, l := range e.Conversations {
			r := rs.get(l.Conversation)
			r.stood(l.Own)
			r.count(c)
		}
	}
}
