package client

import (
	"context"
	"io"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// The methods in this file wait for a connection and repeat the request until it has an answer, as those that read do. All of
// them may be repeated. Nobody but the user is told what they decide about others.

// SetProfile replaces what the user shows to others: a name, a line about them, and a picture, which is the media of an upload
// of theirs. What is empty is shown no more. The user's other devices get a ProfileChanged.
func (c *Client) SetProfile(ctx context.Context, name, about string, picture chat.MediaID) (wire.ProfileLine, error) {
	q := wire.Profile{Head: c.head("profile"), Name: name, About: about, Picture: picture}
	var line wire.ProfileLine
	err := c.ask(ctx, q.Ref, q, &line)
	return line, err
}

// Profiles returns what users show of themselves, in their order; each once.
func (c *Client) Profiles(ctx context.Context, users ...chat.UserID) ([]wire.ProfileLine, error) {
	var all []wire.ProfileLine
	for len(users) > 0 {
		q := wire.Profiles{Head: c.head("profiles"), Users: users[:min(len(users), chat.MaxProfiles)]}
		var list wire.ProfileList
		if err := c.ask(ctx, q.Ref, q, &list); err != nil {
			return all, err
		}
		if len(list.Profiles) == 0 || len(list.Profiles) > len(users) {
			return all, newError(chat.Internal, "the server answers %d profiles of %d", len(list.Profiles), len(users))
		}
		all = append(all, list.Profiles...)
		users = users[len(list.Profiles):] // those for whom the frame had no room are asked for again
	}
	return all, nil
}

// Picture opens the picture of a user's profile. The caller closes it.
func (c *Client) Picture(ctx context.Context, user chat.UserID, picture chat.MediaID) (io.ReadCloser, error) {
	return c.download(ctx, wire.Download{Head: c.head("download"), User: user, Media: picture})
}

// SetContact puts a user into the contacts under a name; "" is for no name of one's own.
func (c *Client) SetContact(ctx context.Context, user chat.UserID, name string) error {
	q := wire.Contact{Head: c.head("contact"), User: user, Name: name}
	return c.ask(ctx, q.Ref, q, new(wire.About))
}

// RemoveContact takes a user out of the contacts.
func (c *Client) RemoveContact(ctx context.Context, user chat.UserID) error {
	q := wire.Contact{Head: c.head("contact"), User: user, Remove: true}
	return c.ask(ctx, q.Ref, q, new(wire.About))
}

// Contacts lists all contacts in the order of their ids, with what they show of themselves.
func (c *Client) Contacts(ctx context.Context) ([]wire.ContactLine, error) {
	var all []wire.ContactLine
	for next := chat.UserID(""); ; {
		q := wire.Contacts{Relations: c.relations("contacts", next)}
		var page wire.ContactList
		err := c.ask(ctx, q.Ref, q, &page)
		all = append(all, page.Contacts...)
		if err != nil || page.Next == "" {
			return all, err
		}
		next = page.Next
	}
}

// Block stops everything direct between the user and another one, in both directions. What the other one writes from now on
// comes as entries of the kind chat.Hidden, which say nothing.
func (c *Client) Block(ctx context.Context, user chat.UserID) error {
	q := wire.Block{Head: c.head("block"), User: user}
	return c.decide(ctx, q.Ref, q, wire.Related{User: user, Blocked: new(true)})
}

// Unblock ends a block. What was hidden stays so.
func (c *Client) Unblock(ctx context.Context, user chat.UserID) error {
	q := wire.Unblock{Head: c.head("unblock"), User: user}
	return c.decide(ctx, q.Ref, q, wire.Related{User: user, Blocked: new(false)})
}

// decide asks for what the user's other devices will be told, and takes it once it is done.
func (c *Client) decide(ctx context.Context, ref string, q any, r wire.Related) error {
	err := c.ask(ctx, ref, q, new(wire.About))
	if err == nil {
		c.related(r)
	}
	return err
}

// Blocked lists all whom the user has blocked, in the order of their ids.
func (c *Client) Blocked(ctx context.Context) ([]wire.BlockedLine, error) {
	var all []wire.BlockedLine
	for next := chat.UserID(""); ; {
		q := wire.Blocked{Relations: c.relations("blocked", next)}
		var page wire.BlockedList
		err := c.ask(ctx, q.Ref, q, &page)
		all = append(all, page.Blocked...)
		if err != nil || page.Next == "" {
			return all, err
		}
		next = page.Next
	}
}

// Mute silences a user everywhere until a time; the zero time is for good.
func (c *Client) Mute(ctx context.Context, user chat.UserID, until time.Time) error {
	q := wire.Mute{Head: c.head("mute"), User: user, Until: deadline(until)}
	if until.IsZero() {
		until = chat.Forever
	}
	return c.decide(ctx, q.Ref, q, wire.Related{User: user, Muted: wire.Until(until)})
}

// Unmute ends a mute of a user.
func (c *Client) Unmute(ctx context.Context, user chat.UserID) error {
	q := wire.Mute{Head: c.head("mute"), User: user, Off: true}
	return c.decide(ctx, q.Ref, q, wire.Related{User: user, Muted: wire.Until(time.Time{})})
}

// MuteConversation silences a conversation until a time; the zero time is for good. With mentions, the user is still notified
// of what mentions them or everybody.
func (c *Client) MuteConversation(ctx context.Context, conversation chat.ConversationID, until time.Time, mentions bool) error {
	return c.mute(ctx, wire.Mute{Conversation: conversation, Until: deadline(until), Mentions: mentions})
}

// UnmuteConversation ends a mute of a conversation.
func (c *Client) UnmuteConversation(ctx context.Context, conversation chat.ConversationID) error {
	return c.mute(ctx, wire.Mute{Conversation: conversation, Off: true})
}

func (c *Client) mute(ctx context.Context, q wire.Mute) error {
	q.Head = c.head("mute")
	return c.ask(ctx, q.Ref, q, new(wire.About))
}

func deadline(until time.Time) string {
	if until.IsZero() {
		return ""
	}
	return wire.Time(until)
}

// Settings changes those settings of the user that are given and returns all. Its Head is filled in.
func (c *Client) Settings(ctx context.Context, change wire.Settings) (wire.Preferences, error) {
	change.Head = c.head("settings")
	var chosen wire.Preferences
	err := c.ask(ctx, change.Ref, change, &chosen)
	return chosen, err
}

// Accept lets in what a stranger wrote: a conversation that is listed as a Request. Answering does it, too.
func (c *Client) Accept(ctx context.Context, conversation chat.ConversationID) error {
	q := wire.Accept{Head: c.head("accept"), Conversation: conversation}
	return c.ask(ctx, q.Ref, q, new(wire.About))
}

func (c *Client) relations(action string, next chat.UserID) wire.Relations {
	limit := chat.MaxPage
	return wire.Relations{Head: c.head(action), Next: next, Limit: &limit}
}

// head begins a request.
func (c *Client) head(action string) wire.Head { return wire.Head{Action: action, Ref: c.calls.ref()} }
