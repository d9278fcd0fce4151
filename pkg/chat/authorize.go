package chat

import "context"

// Authorize returns nil if the user is a member of the conversation and forbidden if not, the same as for a conversation
// that does not exist: nobody learns from it who talks to whom. It reads only if the members are not in the header, and then
// strongly, because a refusal is final.
func Authorize(ctx context.Context, log Log, c Conversation, user UserID) error {
	if !c.Large() {
		if _, ok := c.Members[user]; !ok {
			return &Error{Code: Forbidden}
		}
		return nil
	}
	_, ok, err := log.Member(ctx, c.ID, user)
	if err != nil {
		return err
	}
	if !ok {
		return &Error{Code: Forbidden}
	}
	return nil
}
