package chat

import "context"

// Messages returns those of some messages that are there for a user with a place, joined: neither deleted nor expired, nor
// hidden from the user. Nothing is hidden from "".
func Messages(ctx context.Context, log Log, id ConversationID, seqs []Seq, user UserID, place Place) (map[Seq]Entry, error) {
	entries, err := log.Entries(ctx, id, seqs)
	if err != nil {
		return nil, err
	}
	if err := Join(ctx, log, id, entries); err != nil {
		return nil, err
	}
	there := map[Seq]Entry{}
	for _, e := range entries {
		if shown := e.For(user, place); shown.Kind == Message && !e.State.Deleted && !e.State.Expired {
			there[e.Seq] = shown
		}
	}
	return there, nil
}
