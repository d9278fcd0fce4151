package read

import (
	"context"
	"slices"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Members lists the members of a conversation that the caller is one of, and whether each is online.
func (r *Reader) Members(ctx context.Context, who chat.Identity, q wire.Members) (wire.MemberList, error) {
	tail, err := chat.Enter(ctx, r.Log, q.Conversation, who.User, chat.Eventual)
	if err != nil {
		return wire.MemberList{}, err
	}
	limit := orDefault(q.Limit, chat.DefaultPage)
	users, err := r.page(ctx, tail.Conversation, q.Next, limit)
	if err != nil {
		return wire.MemberList{}, err
	}
	sessions, err := r.Sessions.Sessions(ctx, users)
	if err != nil {
		return wire.MemberList{}, err
	}
	list := wire.MemberList{Members: []wire.MemberLine{}}
	now := r.Now()
	for _, s := range sessions {
		list.Members = append(list.Members, wire.MemberLine{User: s.User, Presence: presence(s, now), Seen: seen(s)})
	}
	if len(users) == limit {
		list.Next = users[limit-1]
	}
	return list, nil
}

// page takes members from the header, or reads them if they are too many to be there.
func (r *Reader) page(ctx context.Context, c chat.Conversation, after chat.UserID, limit int) ([]chat.UserID, error) {
	if c.Large() {
		return r.Log.Members(ctx, c.ID, after, limit)
	}
	var users []chat.UserID
	for user := range c.Members {
		if user > after {
			users = append(users, user)
		}
	}
	slices.Sort(users)
	return users[:min(limit, len(users))], nil
}

func presence(s chat.Session, now time.Time) wire.Presence {
	switch {
	case s.Online(now):
		return wire.Online
	case s.LastSeen.IsZero():
		return wire.Unknown
	default:
		return wire.Offline
	}
}

func seen(s chat.Session) string {
	if s.LastSeen.IsZero() {
		return ""
	}
	return wire.Time(s.LastSeen)
}
