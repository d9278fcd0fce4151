// Package people is what users show of themselves and what they have decided about each other: profiles, contacts, settings,
// blocks, mutes, and the requests of strangers.
//
// None of it is told to those whom it concerns; the user's other devices hear whom they have blocked and muted. What a decision does is done elsewhere, where somebody is reached: send hides
// what a blocked person writes and lets that of a stranger wait, deliver and read leave out what is hidden, push keeps silent
// about what is muted.
package people

import (
	"context"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Keeper keeps it. Its fields are ports; it is safe for concurrent use.
type Keeper struct {
	People   chat.People
	Profiles chat.Profiles
	Sessions chat.Sessions
	Directs  chat.Directs
	Stances  chat.Stances
	Log      chat.Log
	Objects  chat.Objects
	Poster   chat.Poster
	Board    Board
	Now      func() time.Time
}

// Board shows who is there.
type Board interface {
	// Part ends that two people watch each other, who are told that the other one is not there. It is best effort.
	Part(ctx context.Context, one, other chat.UserID)
}

// deadline ends the posts to the other devices.
const deadline = 3 * time.Second

// tell posts a frame to the user's other devices. It is best effort: who misses it reads what is stored.
func (k *Keeper) tell(ctx context.Context, who chat.Identity, event any) error {
	frame, err := wire.Encode(event)
	if err != nil {
		return err
	}
	sessions, err := k.Sessions.Sessions(ctx, []chat.UserID{who.User})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	connections, _ := sessions[0].Reachable(k.Now(), who.Connection)
	for _, id := range connections {
		_ = k.Poster.Post(ctx, id, frame)
	}
	return nil
}

// other refuses what one can only do to somebody else.
func other(who chat.Identity, user chat.UserID) error {
	if user == who.User {
		return chat.Errorf(chat.Invalid, "user: somebody else")
	}
	return nil
}
