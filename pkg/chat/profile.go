package chat

import "context"

// Profile is what a user shows of themselves to others. The zero value is that of somebody who never set any.
type Profile struct {
	User UserID
	// Name is shown instead of the id; it is not unique. About is a line about the user.
	Name  string
	About string
	// Picture is an upload of the user's own, an image of Type; "" if there is none.
	Picture MediaID
	Type    string
	// Version grows with every change, so that what is cached is known to be old; 0 if there never was a profile.
	Version int
}

// Profiles stores the profiles of users.
type Profiles interface {
	// PutProfile replaces the profile of p.User with one of the next version, and returns it and the one before. Atomic; one
	// write unit.
	PutProfile(ctx context.Context, p Profile) (now, was Profile, err error)
	// Profiles returns the profiles of users in their order, eventually, in one request per hundred; the zero one for who has
	// none. It costs half a read unit for each.
	Profiles(ctx context.Context, users []UserID) ([]Profile, error)
}
