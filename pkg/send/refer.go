package send

import (
	"context"

	"github.com/parley-im/parley/pkg/chat"
)

// refers checks what a body refers to: the message that it answers, the members that it mentions.
func (s *Sender) refers(ctx context.Context, tail chat.Tail, b chat.Body) error {
	if b.Reply > 0 && b.Reply < tail.Place.From {
		return chat.Errorf(chat.NotFound, "body.reply: there is no such message")
	}
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
		if _, err := chat.Authorize(ctx, s.Log, c, mentioned); err != nil {
			if chat.AsError(err).Code == chat.Forbidden {
				return chat.Errorf(chat.Invalid, "body.mentions: only members")
			}
			return err
		}
	}
	if b.Everybody && !c.Can(tail.Place.Role, chat.CanEverybody) {
		return chat.Errorf(chat.Forbidden, "body.everybody: your role does not allow it")
	}
	return nil
}
