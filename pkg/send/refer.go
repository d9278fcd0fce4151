package send

import (
	"context"

	"github.com/parley-im/parley/pkg/chat"
)

// refers checks what a body refers to: the message that it answers, the members that it mentions.
func (s *Sender) refers(ctx context.Context, tail chat.Tail, user chat.UserID, b chat.Body) error {
	if b.Reply > tail.Head {
		fresh, _, err := s.Log.Tail(ctx, tail.Conversation.ID, chat.Strong)
		if err != nil {
			return err
		}
		if b.Reply > fresh.Head {
			return chat.Errorf(chat.NotFound, "body.reply: there is no such message")
		}
	}
	c := tail.Conversation
	for _, mentioned := range b.Mentions {
		if err := chat.Authorize(ctx, s.Log, c, mentioned); err != nil {
			if chat.AsError(err).Code == chat.Forbidden {
				return chat.Errorf(chat.Invalid, "body.mentions: only members")
			}
			return err
		}
	}
	if b.Everybody {
		role, err := s.role(ctx, c, user)
		if err != nil {
			return err
		}
		if role != chat.Owner {
			return chat.Errorf(chat.Forbidden, "body.everybody: only owners of a group")
		}
	}
	return nil
}

// role of a member.
func (s *Sender) role(ctx context.Context, c chat.Conversation, user chat.UserID) (chat.Role, error) {
	if !c.Large() {
		return c.Members[user], nil
	}
	role, _, err := s.Log.Member(ctx, c.ID, user)
	return role, err
}
