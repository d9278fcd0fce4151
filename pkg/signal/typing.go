// Package signal passes on what is only of the moment: who is typing. It is never stored, never notified and never sent again,
// and its requests have no reply. A read cursor may travel with it, which is kept.
package signal

import (
	"context"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Teller posts a frame of the moment to every connection of users.
type Teller interface {
	Hint(ctx context.Context, frame []byte, users []chat.UserID) error
	// Post posts a frame to connections, best effort.
	Post(ctx context.Context, frame []byte, connections []chat.ConnectionID) (gone []chat.ConnectionID)
}

// Cursors moves read cursors.
type Cursors interface {
	// Reached moves the caller's read cursor in the conversation whose tail is given, tells the caller's other devices, and
	// returns who else is to hear of it, without telling them. Errors: invalid beyond the last entry.
	Reached(ctx context.Context, who chat.Identity, tail chat.Tail, read chat.Seq) (chat.Heard, error)
}

// Signaller passes on. Its fields are ports.
type Signaller struct {
	Log    chat.Log
	Teller Teller
	// Cursors takes the receipts that travel with it.
	Cursors Cursors
}

// Typing tells the other members what the caller is doing. Above chat.MaxTyping members it tells nobody, and neither in a
// direct conversation that is quiet; the caller cannot tell. It costs the query of the tail and the session of each of the
// others, all eventual, and a post to each connection. A receipt that travels with it costs a write unit and the caller's session
// more, and no frame to whom it is for. Errors: forbidden, also for those who may only read; invalid if the receipt is.
func (s *Signaller) Typing(ctx context.Context, who chat.Identity, q wire.Typing) (struct{}, error) {
	tail, err := chat.Enter(ctx, s.Log, q.Conversation, who.User, chat.Eventual)
	if err != nil {
		return struct{}{}, err
	}
	var heard chat.Heard
	if q.Read != nil {
		if heard, err = s.Cursors.Reached(ctx, who, tail, *q.Read); err != nil {
			return struct{}{}, err
		}
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
		if user != who.User && (user != heard.User || len(heard.Connections) == 0) {
			others = append(others, user)
		}
	}
	composing := wire.NewComposing(c.ID, who.User, q.Kind)
	frame, err := wire.Encode(composing)
	if err != nil {
		return struct{}{}, err
	}
	if len(heard.Connections) > 0 {
		composing.Read, composing.Delivered = heard.Read, heard.Delivered
		told, err := wire.Encode(composing)
		if err != nil {
			return struct{}{}, err
		}
		s.Teller.Post(ctx, told, heard.Connections)
	}
	if len(others) == 0 {
		return struct{}{}, nil
	}
	return struct{}{}, s.Teller.Hint(ctx, frame, others)
}
