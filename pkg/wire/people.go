package wire

import (
	"time"
	"unicode/utf8"

	"github.com/parley-im/parley/pkg/chat"
)

// Events that tell the user's other devices that the profile has changed, and what was decided about somebody.
const (
	EventProfile  = "profile"
	EventRelation = "relation"
)

// Profile replaces what the caller shows to others. What is left out is shown no more.
type Profile struct {
	Head
	Name  string `json:"name,omitzero"`
	About string `json:"about,omitzero"`
	// Picture is an upload of the caller's own, an image.
	Picture chat.MediaID `json:"picture,omitzero"`
}

// Profiles asks what users show of themselves.
type Profiles struct {
	Head
	Users []chat.UserID `json:"users"`
}

// Contact puts a user into the caller's contacts, under a name or without one, or takes them out.
type Contact struct {
	Head
	User   chat.UserID `json:"user"`
	Name   string      `json:"name,omitzero"`
	Remove bool        `json:"remove,omitzero"`
}

// Relations is what contacts, blocked and muted have in common: a page of users.
type Relations struct {
	Head
	Next  chat.UserID `json:"next,omitzero"`
	Limit *int        `json:"limit,omitzero"`
}

// Contacts asks for a page of the caller's contacts.
type Contacts struct{ Relations }

// Blocked asks for a page of those whom the caller has blocked.
type Blocked struct{ Relations }

// Muted asks for a page of those whom the caller has muted.
type Muted struct{ Relations }

// Block stops everything direct between the caller and a user.
type Block struct {
	Head
	User chat.UserID `json:"user"`
}

// Unblock ends a block.
type Unblock struct {
	Head
	User chat.UserID `json:"user"`
}

// Mute silences a user or a conversation: without a time for good.
type Mute struct {
	Head
	User         chat.UserID         `json:"user,omitzero"`
	Conversation chat.ConversationID `json:"conversation,omitzero"`
	Until        string              `json:"until,omitzero"`
	// Mentions lets through what mentions the caller; only for a conversation.
	Mentions bool `json:"mentions,omitzero"`
	// Off takes it back.
	Off bool `json:"off,omitzero"`
}

// Settings changes the caller's settings that it names.
type Settings struct {
	Head
	Seen     chat.Audience `json:"seen,omitzero"`
	Messages chat.Audience `json:"messages,omitzero"`
	Groups   chat.Audience `json:"groups,omitzero"`
	Private  *bool         `json:"private,omitzero"`
}

// Accept lets a stranger's conversation in.
type Accept struct {
	Head
	Conversation chat.ConversationID `json:"conversation"`
}

func (r *Profile) check() error {
	if err := r.Head.check(); err != nil {
		return err
	}
	switch {
	case r.Name != "" && !isLine(r.Name, chat.MaxDisplayName):
		return invalid("name: 1 to 64 characters, no control characters")
	case r.About != "" && !isLine(r.About, chat.MaxAbout):
		return invalid("about: 1 to 140 characters, no control characters")
	case r.Picture != "" && !r.Picture.Valid():
		return invalid("picture: not a media id")
	}
	return nil
}

func isLine(s string, most int) bool { return utf8.RuneCountInString(s) <= most && !hasControl(s) }

func (r *Profiles) check() error {
	if err := r.Head.check(); err != nil {
		return err
	}
	if len(r.Users) < 1 || len(r.Users) > chat.MaxProfiles {
		return invalid("users: 1 to 50")
	}
	seen := map[chat.UserID]bool{}
	for _, user := range r.Users {
		if !user.Valid() || seen[user] {
			return invalid("users: user ids, each once")
		}
		seen[user] = true
	}
	return nil
}

func (r *Contact) check() error {
	if err := checkUser(r.Head, r.User); err != nil {
		return err
	}
	switch {
	case r.Name != "" && !isLine(r.Name, chat.MaxDisplayName):
		return invalid("name: 1 to 64 characters, no control characters")
	case r.Name != "" && r.Remove:
		return invalid("name: leave it out to remove")
	}
	return nil
}

func (r *Relations) check() error {
	if err := r.Head.check(); err != nil {
		return err
	}
	if r.Next != "" && !r.Next.Valid() {
		return invalid("next: not from an earlier page")
	}
	return checkLimit(r.Limit, chat.MaxPage)
}

func (r *Block) check() error   { return checkUser(r.Head, r.User) }
func (r *Unblock) check() error { return checkUser(r.Head, r.User) }

func checkUser(h Head, user chat.UserID) error {
	if err := h.check(); err != nil {
		return err
	}
	if !user.Valid() {
		return invalid("user: not a user id")
	}
	return nil
}

func (r *Mute) check() error {
	if err := r.Head.check(); err != nil {
		return err
	}
	switch {
	case (r.User == "") == (r.Conversation == ""):
		return invalid("user, conversation: exactly one of them")
	case r.User != "" && !r.User.Valid():
		return invalid("user: not a user id")
	case r.Conversation != "" && !r.Conversation.Valid():
		return invalid("conversation: not a conversation id")
	case r.Off && (r.Until != "" || r.Mentions):
		return invalid("off: nothing beside it")
	case r.User != "" && r.Mentions:
		return invalid("mentions: only of a conversation")
	case !isTime(r.Until):
		return invalid("until: a time like 2026-11-21T22:23:00.123Z")
	}
	return nil
}

// Deadline is until when something is to be muted; zero if it is not any more.
func (r *Mute) Deadline() time.Time {
	switch {
	case r.Off:
		return time.Time{}
	case r.Until == "":
		return chat.Forever
	}
	until, _ := ParseTime(r.Until) // it was checked
	return until
}

func (r *Settings) check() error {
	if err := r.Head.check(); err != nil {
		return err
	}
	for _, audience := range []chat.Audience{r.Seen, r.Messages, r.Groups} {
		if audience != "" && !audience.Valid() {
			return invalid("seen, messages, groups: everyone, contacts or nobody")
		}
	}
	return nil
}

func (r *Accept) check() error {
	return r.checkIn(r.Conversation)
}

// ProfileLine is what one user shows. Version grows with every change; a user who never had a profile has none.
type ProfileLine struct {
	User    chat.UserID  `json:"user"`
	Name    string       `json:"name,omitzero"`
	About   string       `json:"about,omitzero"`
	Picture chat.MediaID `json:"picture,omitzero"`
	Version int          `json:"version,omitzero"`
}

// FromProfile renders a profile.
func FromProfile(p chat.Profile) ProfileLine {
	return ProfileLine{User: p.User, Name: p.Name, About: p.About, Picture: p.Picture, Version: p.Version}
}

// ProfileChanged is the event of a profile.
type ProfileChanged struct {
	Event string `json:"event"`
	ProfileLine
}

// ProfileList is the result of profiles, in the order asked for. Those who did not fit into the frame are missing at the end.
type ProfileList struct {
	Profiles []ProfileLine `json:"profiles"`
}

// ContactLine is one contact. Profile is absent if the user has none.
type ContactLine struct {
	User    chat.UserID  `json:"user"`
	Name    string       `json:"name,omitzero"`
	Profile *ProfileLine `json:"profile,omitzero"`
}

// ContactList is the result of contacts. Next asks for the page that follows; a page may be short although there is one.
type ContactList struct {
	Contacts []ContactLine `json:"contacts"`
	Next     chat.UserID   `json:"next,omitzero"`
}

// BlockedLine is one user who is blocked since a time.
type BlockedLine struct {
	User  chat.UserID `json:"user"`
	Since string      `json:"since"`
}

// BlockedList is the result of blocked. Next asks for the page that follows; a page may be short although there is one.
type BlockedList struct {
	Blocked []BlockedLine `json:"blocked"`
	Next    chat.UserID   `json:"next,omitzero"`
}

// MutedLine is one user who is muted until a time.
type MutedLine struct {
	User  chat.UserID `json:"user"`
	Until string      `json:"until"`
}

// MutedList is the result of muted, without mutes whose time is over. Next asks for the page that follows; a page may be short
// although there is one.
type MutedList struct {
	Muted []MutedLine `json:"muted"`
	Next  chat.UserID `json:"next,omitzero"`
}

// Related is the event relation: what was decided about a user on another device. What was not changed is left out.
type Related struct {
	Event   string      `json:"event"`
	User    chat.UserID `json:"user"`
	Blocked *bool       `json:"blocked,omitzero"`
	// Muted is until when the user is muted: see Until.
	Muted string `json:"muted,omitzero"`
}

// Until renders until when something is muted. What is not muted any more was muted until 1970: every clock agrees that this
// is over.
func Until(muted time.Time) string {
	if muted.IsZero() {
		return Time(time.Unix(0, 0))
	}
	return Time(muted)
}

// About is the result of what concerns a user or a conversation: whom or which.
type About struct {
	User         chat.UserID         `json:"user,omitzero"`
	Conversation chat.ConversationID `json:"conversation,omitzero"`
}

// Preferences is the result of settings: all of them.
type Preferences struct {
	Seen     chat.Audience `json:"seen"`
	Messages chat.Audience `json:"messages"`
	Groups   chat.Audience `json:"groups"`
	Private  bool          `json:"private"`
}

// FromSettings renders settings; what was never chosen is everyone.
func FromSettings(s chat.Settings) Preferences {
	or := func(a chat.Audience) chat.Audience {
		if a == "" {
			return chat.Everyone
		}
		return a
	}
	return Preferences{or(s.Seen), or(s.Messages), or(s.Groups), s.Private}
}
