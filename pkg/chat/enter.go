package chat

import "context"

// Enter reads the tail of a conversation for one of its members. An eventual read that would refuse the user is repeated
// strongly: a conversation that was just made must not be denied to who was just added to it. Errors: forbidden.
func Enter(ctx context.Context, log Log, id ConversationID, user UserID, read Read) (Tail, error) {
	tail, ok, err := log.Tail(ctx, id, read)
	if err != nil {
		return tail, err
	}
	err = &Error{Code: Forbidden}
	if ok {
		err = Authorize(ctx, log, tail.Conversation, user)
	}
	if read == Eventual && err != nil && AsError(err).Code == Forbidden {
		return Enter(ctx, log, id, user, Strong)
	}
	return tail, err
}
