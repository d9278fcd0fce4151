package chat

import "context"

// Authorize returns the place of a member and forbidden for everybody else, the same as for a conversation that does not
// exist: nobody learns from it who talks to whom. It reads only if the members are not in the header, and then strongly,
// because a refusal is final. In a thread it is the place in the parent that counts, and who may not see the root may not see
// the thread.
func Authorize(ctx context.Context, log Log, c Conversation, user UserID) (Place, error) {
	if c.Kind == Thread {
		return authorizeWithin(ctx, log, c, user)
	}
	if !c.Large() {
		place, ok := c.Members[user]
		if !ok {
			return place, &Error{Code: Forbidden}
		}
		return place, nil
	}
	place, ok, err := log.Member(ctx, c.ID, user)
	if err == nil && !ok {
		err = &Error{Code: Forbidden}
	}
	return place, err
}

// authorizeWithin fails for a thread that was not read with its parent.
func authorizeWithin(ctx context.Context, log Log, c Conversation, user UserID) (Place, error) {
	if c.Within == nil {
		return Place{}, &Error{Code: Forbidden}
	}
	place, err := Authorize(ctx, log, *c.Within, user)
	if err == nil && c.Root < place.From {
		err = &Error{Code: Forbidden}
	}
	return Place{Role: place.Role}, err
}
