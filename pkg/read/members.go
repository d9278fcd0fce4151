package read

import (
	"context"
	"slices"
	"strings"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Members lists the members of a conversation that the caller is one of, and of their presence what the caller may see. It
// costs the query of the tail, half a read unit for each session, and one for what each and the caller have decided about
// each other.
func (r *Reader) Members(ctx context.Context, who chat.Identity, q wire.Members) (wire.MemberList, error) {
	tail, err := chat.Enter(ctx, r.Log, q.Conversation, who.User, chat.Eventual)
	if err != nil {
		return wire.MemberList{}, err
	}
	limit := orDefault(q.Limit, chat.DefaultPage)
	seats, err := r.page(ctx, tail.Conversation, q.Next, limit)
	if err != nil {
		return wire.MemberList{}, err
	}
	users := make([]chat.UserID, len(seats))
	for i, seat := range seats {
		users[i] = seat.User
	}
	sessions, err := r.Sessions.Sessions(ctx, users)
	if err != nil {
		return wire.MemberList{}, err
	}
	pairs, err := r.Pairs.Between(ctx, who.User, users)
	if err != nil {
		return wire.MemberList{}, err
	}
	list := wire.MemberList{Members: []wire.MemberLine{}}
	now := r.Now()
	for i, s := range sessions {
		shown := s.Settled().To(pairs[i], now) // how it is now: nobody is told when that changes
		if s.User != who.User && tail.Conversation.Quiet() {
			shown = chat.Concealed(s.User)
		}
		line := wire.FromShown(shown, now)
		list.Members = append(list.Members, wire.MemberLine{User: s.User, Role: seats[i].Role, Presence: line.Status, Seen: line.Seen})
	}
	if len(users) == limit {
		list.Next = users[limit-1]
	}
	return list, nil
}

// page takes members from the header, or reads them if they are too many to be there.
func (r *Reader) page(ctx context.Context, c chat.Conversation, after chat.UserID, limit int) ([]chat.Seat, error) {
	if c.Large() {
		return r.Log.Members(ctx, c.ID, after, limit, chat.Eventual)
	}
	var seats []chat.Seat
	for user, place := range c.Members {
		if user > after {
			seats = append(seats, chat.Seat{User: user, Place: place})
		}
	}
	slices.SortFunc(seats, func(a, b chat.Seat) int { return strings.Compare(string(a.User), string(b.User)) })
	return seats[:min(limit, len(seats))], nil
}
