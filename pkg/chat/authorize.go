package chat

import "context"

// Authorize returns the place of a member and forbidden for everybody else, the same as for a conversation that does not
// exist: nobody learns from it who talks to whom. It reads only if the members are not in the header, and then strongly,
// because a refusal is final.
func Authorize(ctx context.Context, log Log, c Conversation, user UserID) (Place, error) {
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
