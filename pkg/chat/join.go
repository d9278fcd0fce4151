package chat

import "context"

// Join gives every entry that announces an edit what the message says now. So an edit shows the newest text, whichever it
// announced, and nothing of a message that was deleted since. Messages are looked up among the entries first.
func Join(ctx context.Context, log Log, id ConversationID, entries []Entry) error {
	at := map[Seq]Entry{}
	for _, e := range entries {
		at[e.Seq] = e
	}
	var missing []Seq
	for _, e := range entries {
		if _, ok := at[e.Body.Target]; e.Kind == Edited && !ok {
			missing = append(missing, e.Body.Target)
			at[e.Body.Target] = Entry{}
		}
	}
	if len(missing) > 0 {
		found, err := log.Entries(ctx, id, missing)
		if err != nil {
			return err
		}
		for _, e := range found {
			at[e.Seq] = e
		}
	}
	for i := range entries {
		if e := &entries[i]; e.Kind == Edited {
			target := at[e.Body.Target]
			if e.Hidden && e.State.Version > 0 && !target.State.Deleted {
				continue // it changed nothing, and says by itself what its sender sees
			}
			target.Body.Target = e.Body.Target
			e.Body, e.State, e.Hidden = target.Body, target.State, e.Hidden || target.Hidden
			e.State.Reactions = nil // they have entries of their own
		}
	}
	return nil
}
