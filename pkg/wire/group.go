package wire

import "github.com/parley-im/parley/pkg/chat"

// Govern is what all changes of a group have in common.
type Govern struct {
	Head
	ID           chat.MessageID      `json:"id"`
	Conversation chat.ConversationID `json:"conversation"`
	// After marks a resend, as in Send.
	After *chat.Seq `json:"after,omitzero"`
}

// Add makes users members of a group.
type Add struct {
	Govern
	Users []chat.UserID `json:"users"`
}

// Remove puts members out of a group. With Ban nobody of them comes back by a link, nor those of them who are no members.
type Remove struct {
	Govern
	Users []chat.UserID `json:"users"`
	Ban   bool          `json:"ban,omitzero"`
}

// Leave takes the caller out of a group.
type Leave struct {
	Govern
}

// Rank gives members a role. Who gives away the role of the owner becomes an admin.
type Rank struct {
	Govern
	Users []chat.UserID `json:"users"`
	Role  chat.Role     `json:"role"`
}

// Amend changes the setup of a group, or the timer of a direct conversation.
type Amend struct {
	Govern
	Setup *Amendment `json:"setup"`
}

// Amendment is what is to be different: what is absent stays.
type Amendment struct {
	Name     *string          `json:"name,omitzero"`
	Picture  *Picture         `json:"picture,omitzero"`
	Announce *bool            `json:"announce,omitzero"`
	Slow     *int             `json:"slow,omitzero"`
	History  *chat.Visibility `json:"history,omitzero"`
	Timer    *Timer           `json:"timer,omitzero"`
}

// Picture is an image that the caller has uploaded, or takes away the one there is: exactly one of the two.
type Picture struct {
	Media  chat.MediaID `json:"media,omitzero"`
	Remove bool         `json:"remove,omitzero"`
}

// Invite makes a link into a group.
type Invite struct {
	Head
	// ID makes a repetition find the link that the first try made. It must be random: the code is made from it.
	ID           chat.MessageID      `json:"id,omitzero"`
	Conversation chat.ConversationID `json:"conversation"`
	// ExpiresIn is in seconds, and MaxUses how many may join by it; absent for as many as the group holds.
	ExpiresIn *int `json:"expires_in,omitzero"`
	MaxUses   *int `json:"max_uses,omitzero"`
}

// Invites asks for the links into a group that work.
type Invites struct {
	Head
	Conversation chat.ConversationID `json:"conversation"`
}

// Revoke ends a link.
type Revoke struct {
	Head
	Conversation chat.ConversationID `json:"conversation"`
	Invite       chat.InviteID       `json:"invite"`
}

// Preview asks where a link leads.
type Preview struct {
	Head
	Code chat.InviteCode `json:"code"`
}

// Join makes the caller a member of the group that a link leads into.
type Join struct {
	Head
	ID   chat.MessageID  `json:"id"`
	Code chat.InviteCode `json:"code"`
}

// Governed is the result of what changes a group: where the entry is, or Unchanged if everything was so already.
type Governed struct {
	Conversation chat.ConversationID `json:"conversation"`
	Seq          chat.Seq            `json:"seq,omitzero"`
	ID           chat.MessageID      `json:"id,omitzero"`
	At           string              `json:"at,omitzero"`
	Unchanged    bool                `json:"unchanged,omitzero"`
	// Declined were not added, because they do not want to be: they can be sent a link.
	Declined []chat.UserID `json:"declined,omitzero"`
}

// Invited is the result of invite. Only now is the code told.
type Invited struct {
	Code chat.InviteCode `json:"code"`
	InviteLine
}

// InviteLine is one link into a group.
type InviteLine struct {
	Invite  chat.InviteID `json:"invite"`
	By      chat.UserID   `json:"by"`
	Created string        `json:"created"`
	Expires string        `json:"expires"`
	Uses    int           `json:"uses"`
	MaxUses int           `json:"max_uses,omitzero"`
}

// FromInvite renders an invitation.
func FromInvite(i chat.Invite) InviteLine {
	return InviteLine{Invite: i.ID, By: i.By, Created: Time(i.Created), Expires: Time(i.Expires), Uses: i.Uses, MaxUses: i.Max}
}

// InviteList is the result of invites.
type InviteList struct {
	Invites []InviteLine `json:"invites"`
}

// Revoked is the result of revoke: what does not work any more.
type Revoked struct {
	Invite chat.InviteID `json:"invite"`
}

// Previewed is the result of preview: as much as people see of a group before they join.
type Previewed struct {
	Conversation chat.ConversationID `json:"conversation"`
	Name         string              `json:"name"`
	Size         int                 `json:"size"`
	Picture      *Location           `json:"picture,omitzero"`
}

func (r Govern) check() error {
	if err := r.Head.check(); err != nil {
		return err
	}
	switch {
	case !r.ID.Valid():
		return invalid("id: a lower-case UUID")
	case !r.Conversation.Valid():
		return invalid("conversation: not a conversation id")
	case r.After != nil && *r.After > chat.MaxSeq:
		return invalid("after: not a seq")
	}
	return nil
}

func (r Govern) checkWith(users []chat.UserID) error {
	if err := r.check(); err != nil {
		return err
	}
	switch {
	case len(users) < 1:
		return invalid("users: at least one")
	case len(users) > chat.MaxUsers:
		return chat.Errorf(chat.TooLarge, "users: at most %d", chat.MaxUsers)
	}
	if !eachOnce(users) {
		return invalid("users: user ids, each once")
	}
	return nil
}

func (r *Add) check() error    { return r.checkWith(r.Users) }
func (r *Remove) check() error { return r.checkWith(r.Users) }
func (r *Leave) check() error  { return r.Govern.check() }

func (r *Rank) check() error {
	if err := r.checkWith(r.Users); err != nil {
		return err
	}
	switch {
	case !r.Role.Valid():
		return invalid("role: owner, admin, moderator, member or guest")
	case r.Role == chat.Owner && len(r.Users) > 1:
		return invalid("users: a group has one owner")
	}
	return nil
}

func (r *Amend) check() error {
	if err := r.Govern.check(); err != nil {
		return err
	}
	s := r.Setup
	switch {
	case s == nil || *s == Amendment{}:
		return invalid("setup: at least one of name, picture, announce, slow, history and timer")
	case s.Name != nil && !validName(*s.Name):
		return invalid("setup.name: 1 to 100 characters, no control characters")
	case s.Picture != nil && (s.Picture.Media == "") != s.Picture.Remove:
		return invalid("setup.picture: exactly one of media and remove")
	case s.Picture != nil && !s.Picture.Remove && !s.Picture.Media.Valid():
		return invalid("setup.picture.media: not a media id")
	case !validSlow(s.Slow):
		return invalid("setup.slow: 0 to 3600 seconds")
	}
	if s.Timer != nil {
		if err := s.Timer.check(); err != nil {
			return err
		}
	}
	return checkHistory(s.History)
}

func validSlow(seconds *int) bool {
	return seconds == nil || *seconds >= 0 && *seconds <= int(chat.MaxSlow.Seconds())
}

func checkHistory(v *chat.Visibility) error {
	if v != nil && *v != chat.SinceJoin && *v != chat.FromStart {
		return invalid("history: joined or start")
	}
	return nil
}

func (r *Invite) check() error {
	if err := r.Head.check(); err != nil {
		return err
	}
	switch {
	case r.ID != "" && !r.ID.Valid():
		return invalid("id: a lower-case UUID")
	case !r.Conversation.Valid():
		return invalid("conversation: not a conversation id")
	case r.ExpiresIn != nil && (*r.ExpiresIn < 60 || *r.ExpiresIn > int(chat.MaxInviteLife.Seconds())):
		return invalid("expires_in: 60 to 2592000 seconds")
	case r.MaxUses != nil && (*r.MaxUses < 1 || *r.MaxUses > chat.MaxMembers):
		return invalid("max_uses: 1 to 1000")
	}
	return nil
}

func (r *Invites) check() error {
	return r.checkIn(r.Conversation)
}

func (r *Revoke) check() error {
	if err := r.checkIn(r.Conversation); err != nil {
		return err
	}
	switch {
	case !r.Invite.Valid():
		return invalid("invite: not an invitation id")
	}
	return nil
}

func (r *Preview) check() error {
	if err := r.Head.check(); err != nil {
		return err
	}
	if !r.Code.Valid() {
		return invalid("code: not the code of a link")
	}
	return nil
}

func (r *Join) check() error {
	if err := r.Head.check(); err != nil {
		return err
	}
	switch {
	case !r.ID.Valid():
		return invalid("id: a lower-case UUID")
	case !r.Code.Valid():
		return invalid("code: not the code of a link")
	}
	return nil
}
