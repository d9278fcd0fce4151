package chat

import (
	"context"
	"regexp"
	"time"
)

type (
	// InviteCode is what a link into a group carries: the group's id, "_" and 26 characters of 128 bits, which are
	// random or follow from the id of the request that made it. Whoever has it may join. It is not stored.
	InviteCode string
	// InviteID names an invitation to those who manage it. It is derived from the code and does not tell it.
	InviteID string
)

// The shapes of both, as published in events/schema.
const (
	InviteCodePattern = `^g_[a-z2-7]{26}_[a-z2-7]{26}$`
	InvitePattern     = `^i_[a-z2-7]{26}$`
)

var (
	codeShape   = regexp.MustCompile(InviteCodePattern)
	inviteShape = regexp.MustCompile(InvitePattern)
)

// Valid reports whether the code has the published shape.
func (c InviteCode) Valid() bool { return codeShape.MatchString(string(c)) }

// Valid reports whether the id has the published shape.
func (id InviteID) Valid() bool { return inviteShape.MatchString(string(id)) }

// NewInviteCode makes a code of a group from 16 random bytes or more. Whoever knows them knows it.
func NewInviteCode(id ConversationID, random []byte) InviteCode {
	return InviteCode(string(id) + "_" + digest("code", string(random)))
}

// Conversation is the group that a valid code leads into.
func (c InviteCode) Conversation() ConversationID { return ConversationID(c[:len("g_")+26]) }

// ID is what the invitation is stored under.
func (c InviteCode) ID() InviteID { return InviteID("i_" + digest("invite", string(c))) }

// Invite is a link into a group.
type Invite struct {
	ID           InviteID
	Conversation ConversationID
	By           UserID
	Created      time.Time
	Expires      time.Time
	// Uses counts who has joined by it, and Max is how many may; 0 for as many as the group holds.
	Uses, Max int
	// Revoked is a link that was ended. It stays until it would have expired, so that its request does not make it again.
	Revoked bool
}

// Open reports whether somebody can join by it.
func (i Invite) Open(now time.Time) bool {
	return !i.Revoked && now.Before(i.Expires) && (i.Max == 0 || i.Uses < i.Max)
}

// Gate stores who may come into a group by a link, and who may not come in.
type Gate interface {
	// PutInvite stores an invitation, unless one has its id: then it returns that and wrote=false. Atomic.
	PutInvite(ctx context.Context, i Invite) (there Invite, wrote bool, err error)
	// Invite returns an invitation, strongly read; ok=false if there is none.
	Invite(ctx context.Context, id ConversationID, invite InviteID) (i Invite, ok bool, err error)
	// Invites returns up to limit invitations in the order of their ids, those included that have ended.
	Invites(ctx context.Context, id ConversationID, limit int) ([]Invite, error)
	// Revoke ends an invitation, which stays as a revoked one. Revoking what is not there is no error.
	Revoke(ctx context.Context, id ConversationID, invite InviteID) error
	// Forget removes an invitation. Removing what is not there is no error.
	Forget(ctx context.Context, id ConversationID, invite InviteID) error
	// Ban keeps users out who are not members. Members are banned by the change that removes them.
	Ban(ctx context.Context, id ConversationID, users []UserID) error
	// Banned returns which of the users are banned, strongly read.
	Banned(ctx context.Context, id ConversationID, users []UserID) (map[UserID]bool, error)
}
