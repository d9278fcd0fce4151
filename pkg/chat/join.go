package chat

import "context"

// Join gives every message that disappears what it says, as long as it does, and every entry that announces an edit what the
// message says now. So an edit shows the newest text, whichever it announced, and nothing of a message that is gone since.
// Messages are looked up among the entries first. Whoever shows entries joins them before.
func Join(ctx context.Context, log Log, id ConversationID, entries []Entry) error {
	if err := Fill(ctx, log, entries); err != nil {
		return err
	}
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
		if err := Fill(ctx, log, found); err != nil {
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
			e.State.Reactions, e.State.Thread = nil, "" // they have entries of their own
		}
	}
	return nil
}

// Fill reads what messages say that disappear, if there are any, as Join does before it.
func Fill(ctx context.Context, log Log, entries []Entry) error {
	for _, e := range entries {
		if e.Timer.Set() {
			return log.Fill(ctx, entries)
		}
	}
	return nil
}
