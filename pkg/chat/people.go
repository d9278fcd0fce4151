package chat

import (
	"context"
	"time"
)

// Audience is who is shown something of a user, or may do something to them.
type Audience string

// The audiences. Everyone is what a user has who never chose.
const (
	Everyone Audience = "everyone"
	Contacts Audience = "contacts"
	Nobody   Audience = "nobody"
)

// Settings are what a user has chosen for all conversations. The zero value is what somebody has who never did.
type Settings struct {
	// Seen is who is told when the user was last active; "" is Everyone.
	Seen Audience
	// Messages is whose first message reaches the conversations of the user: that of anybody else waits among the requests,
	// silently, and with Nobody it is refused. "" is Everyone.
	Messages Audience
	// Groups is who may add the user to a group; everybody else may send a link. "" is Everyone.
	Groups Audience
	// Private readers tell nobody what they have read, and are not told it of others.
	Private bool
}

// SettingsChange is what is to change of Settings: what is "" or nil stays.
type SettingsChange struct {
	Seen, Messages, Groups Audience
	Private                *bool
}

// Valid reports whether the audience is one that a user can choose.
func (a Audience) Valid() bool { return a == Everyone || a == Contacts || a == Nobody }

// Admits reports whether an audience that a user chose includes somebody who is, or is not, among the user's contacts.
func (a Audience) Admits(contact bool) bool {
	return a == "" || a == Everyone || a == Contacts && contact
}

// Relation is what a user has decided about another one. The zero value is a stranger.
type Relation struct {
	User UserID
	// Contact means that the other one is in the user's list, under Name if that is not empty.
	Contact bool
	Name    string
	// Blocked means that neither reaches the other directly, since a time; zero if not.
	Blocked time.Time
	// Muted is until when what the other one says makes no noise and counts nowhere; zero if not.
	Muted time.Time
}

// Forever is until when something is muted that has no end.
var Forever = time.Date(9999, time.December, 31, 0, 0, 0, 0, time.UTC)

// People stores what users keep for themselves. A user's items share a partition, so that all of a kind are one query.
type People interface {
	// Relation returns what owner has decided about another user. It costs half a read unit, eventually, or one.
	Relation(ctx context.Context, owner, other UserID, read Read) (Relation, error)
	// Relations returns up to limit of an owner's relations in the order of the users' ids, beginning behind after.
	Relations(ctx context.Context, owner, after UserID, limit int) ([]Relation, error)
	// Toward returns what each of some owners has decided about one user, in their order, eventually, in one request per
	// hundred. It costs half a read unit for each.
	Toward(ctx context.Context, owners []UserID, user UserID) ([]Relation, error)
	// About returns what an owner has decided about each of some users, in their order, like Toward.
	About(ctx context.Context, owner UserID, users []UserID) ([]Relation, error)
	// Befriend puts another user into the owner's contacts under a name, or without one, or takes them out. Like Block and
	// Mute it is one atomic write of one unit that touches nothing else, and a second one if nothing is left.
	Befriend(ctx context.Context, owner, other UserID, contact bool, name string) error
	// Block notes since when another user is blocked; the zero time takes it back.
	Block(ctx context.Context, owner, other UserID, since time.Time) error
	// Mute notes until when another user is muted; the zero time takes it back.
	Mute(ctx context.Context, owner, other UserID, until time.Time) error
}

// MayAdd returns those users whom somebody may put into a group without asking: neither has blocked the other, and the user's
// settings admit the adder. All is read eventually, for one read unit and a half for each user.
func MayAdd(ctx context.Context, people People, sessions Sessions, adder UserID, users []UserID) ([]UserID, error) {
	found, err := sessions.Sessions(ctx, users)
	if err != nil {
		return nil, err
	}
	theirs, err := people.Toward(ctx, users, adder)
	if err != nil {
		return nil, err
	}
	ours, err := people.About(ctx, adder, users)
	if err != nil {
		return nil, err
	}
	var welcome []UserID
	for i, user := range users {
		if theirs[i].Blocked.IsZero() && ours[i].Blocked.IsZero() && found[i].Settings.Groups.Admits(theirs[i].Contact) {
			welcome = append(welcome, user)
		}
	}
	return welcome, nil
}
