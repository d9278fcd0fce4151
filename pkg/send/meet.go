package send

import (
	"cmp"
	"context"

	"github.com/parley-im/parley/pkg/chat"
)

// meet decides whether the first message between two people is welcome, and what the header of the conversation that it makes
// says: that of somebody who is blocked goes nowhere, and that of a stranger waits if the other one wants it so. What is
// refused is refused in the same words whatever the reason. It costs two read units and a half.
func (s *Sender) meet(ctx context.Context, c *chat.Conversation, from, to chat.UserID) error {
	ours, err := s.People.Relation(ctx, from, to, chat.Strong)
	if err != nil {
		return err
	}
	if !ours.Blocked.IsZero() {
		return blocks()
	}
	theirs, err := s.People.Relation(ctx, to, from, chat.Strong)
	if err != nil {
		return err
	}
	sessions, err := s.Sessions.Sessions(ctx, []chat.UserID{to})
	if err != nil {
		return err
	}
	audience := sessions[0].Settings.Messages
	blocked := !theirs.Blocked.IsZero()
	switch {
	case audience == chat.Nobody:
		return &chat.Error{Code: chat.Forbidden}
	case blocked:
		c.Blocked = map[chat.UserID]bool{to: true}
	}
	if blocked || !audience.Admits(theirs.Contact) {
		c.Request = to
	}
	return nil
}

// pair makes a direct conversation. A block that was made at the same time is noted: whoever blocks writes that down before
// looking for a header to change, and here it is looked for behind the making of the header, so one of the two finds the other.
// It costs what Create does, and two read units.
func (s *Sender) pair(ctx context.Context, c chat.Conversation) (chat.Conversation, error) {
	c, _, err := s.Log.Create(ctx, c, c.Members)
	if err != nil {
		return c, err
	}
	for user := range c.Members {
		r, err := s.People.Relation(ctx, user, c.Peer(user), chat.Strong)
		if err != nil {
			return c, err
		}
		if r.Blocked.IsZero() || c.Blocked[user] {
			continue
		}
		if err := s.Directs.Part(ctx, c.ID, user, true); err != nil {
			return c, err
		}
		if c.Blocked == nil {
			c.Blocked = map[chat.UserID]bool{}
		}
		c.Blocked[user] = true
	}
	return c, nil
}

// answer accepts what a stranger wrote, if it is the user who writes now.
func (s *Sender) answer(ctx context.Context, c *chat.Conversation, user chat.UserID) error {
	if c.Request != user || user == "" {
		return nil
	}
	c.Request = ""
	return s.Directs.Accept(ctx, cmp.Or(c.Parent, c.ID), user) // who answers in a thread has answered
}

// blocks is what somebody is told who writes to whom they have blocked.
func blocks() error { return chat.Errorf(chat.Forbidden, "you have blocked them") }
