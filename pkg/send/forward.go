package send

import (
	"context"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// repeat puts what another message says, its text and its attachments, into e. The files stay where they are: who gets e
// may download them by it. It reads the source with the right of the user to read it, and what they may not read is
// not_found, the same as what is not there, and so is what they have cleared. A message that disappears is not repeated, because its copy would outlive it.
func (s *Sender) repeat(ctx context.Context, user chat.UserID, source wire.Place, e *chat.Entry) error {
	e.Body.Forwarded = true
	missing := chat.Errorf(chat.NotFound, "body.forward: there is no such message")
	tail, err := chat.Enter(ctx, s.Log, source.Conversation, user, chat.Eventual)
	if err != nil {
		if chat.AsError(err).Code == chat.Forbidden {
			return missing
		}
		return err
	}
	if err := chat.StepOverCleared(ctx, s.Standings, user, &tail); err != nil {
		return err
	}
	there, ok, err := s.Log.Entry(ctx, source.Conversation, source.Seq)
	if err == nil && ok && !there.Timer.Set() {
		there, err = s.joined(ctx, there)
	}
	there = there.For(user, tail.Place)
	switch {
	case err != nil:
		return err
	case !ok || there.Kind != chat.Message || there.State.Deleted:
		return missing
	case there.Timer.Set():
		return chat.Errorf(chat.Forbidden, "a message that disappears cannot be forwarded")
	}
	e.Body.Text = there.Body.Text
	for _, a := range there.Body.Attachments {
		if a.Owner == "" {
			a.Owner = there.From
		}
		e.Body.Attachments = append(e.Body.Attachments, a)
	}
	return nil
}
