package chat

import "context"

// Enter reads the tail of a conversation for one of its members. An eventual read is repeated strongly if it would refuse
// the user, because a conversation that was just made must not be denied to who was just added to it; and if its header is
// older than its last entry, because then it may admit somebody who was removed. Errors: forbidden.
func Enter(ctx context.Context, log Log, id ConversationID, user UserID, read Read) (Tail, error) {
	tail, ok, err := log.Tail(ctx, id, read)
	if err != nil {
		return tail, err
	}
	if ok && tail.Conversation.Kind == Thread {
		if ok, err = enclose(ctx, log, &tail.Conversation); err != nil {
			return tail, err
		}
	}
	err = &Error{Code: Forbidden}
	if ok {
		tail.Place, err = Authorize(ctx, log, tail.Conversation, user)
	}
	if read == Eventual && (err != nil && AsError(err).Code == Forbidden || tail.Outdated()) {
		return Enter(ctx, log, id, user, Strong)
	}
	return tail, err
}

// Outdated reports whether the header is older than the last entry, as an eventual read may show them.
func (t Tail) Outdated() bool { return t.Last.Rules > t.Conversation.Rules }
