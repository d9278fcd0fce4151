// Package signal passes on what is only of the moment: who is typing. It is never stored, never notified and never sent again,
// and its requests have no reply.
package signal

import (
	"context"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Teller posts a frame of the moment to every connection of users.
type Teller interface {
	Hint(ctx context.Context, frame []byte, users []chat.UserID) error
}

// Signaller passes on. Its fields are ports.
type Signaller struct {
	Log    chat.Log
	Teller Teller
}

// Typing tells the other members what the caller is doing. Above chat.MaxTyping members it tells nobody, and neither in a
// direct conversation that is quiet; the caller cannot tell. It costs the query of the tail and the session of each of the
// others, all eventual, and a post to each connection.
// Errors: forbidden, also for those who may only read.
func (s *Signaller) Typing(ctx context.Context, who chat.Identity, q wire.Typing) (struct{}, error) {
	tail, err := chat.Enter(ctx, s.Log, q.Conversation, who.User, chat.Eventual)
	if err != nil {
		return struct{}{}, err
	}
	c := tail.Conversation
	if !c.Can(tail.Place.Role, chat.CanSend) {
		return struct{}{}, &chat.Error{Code: chat.Forbidden}
	}
	if c.Size > chat.MaxTyping || c.Large() || c.Quiet() {
		return struct{}{}, nil
	}
	var others []chat.UserID
	for user := range c.Members {
		if user != who.User {
			others = append(others, user)
		}
	}
	frame, err := wire.Encode(wire.NewComposing(c.ID, who.User, q.Kind))
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, s.Teller.Hint(ctx, frame, others)
}
