package chat

import "context"

// Join gives every message that disappears what it says, as long as it does, and every entry that announces an edit what the
// message says now. A message that shows one of a thread gets what that says. So an edit shows the newest text, whichever it announced, and nothing of a message that is gone since.
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
			if e.Hidden && e.State.Version > 0 && !target.State.Deleted && !target.State.Expired {
				continue // it changed nothing, and says by itself what its sender sees
			}
			target.Body.Target, target.Body.InParent, target.Body.Of = e.Body.Target, false, Reference{}
			e.Body, e.State, e.Hidden = target.Body, target.State, e.Hidden || target.Hidden
			e.State.Reactions, e.State.Thread = nil, "" // they have entries of their own
		}
	}
	return nil
}

// Fill reads what messages say that do not say it themselves, because they disappear or show a message of a thread, as Join does
// before it. It costs nothing if there are none; otherwise see Log.Fill, and a read unit for each message of a thread.
func Fill(ctx context.Context, log Log, entries []Entry) error {
	shown := map[ConversationID][]Seq{}
	timed := false
	for _, e := range entries {
		timed = timed || e.Timer.Set()
		if e.shows() {
			shown[e.Body.Of.Conversation] = append(shown[e.Body.Of.Conversation], e.Body.Of.Seq)
		}
	}
	if timed {
		if err := log.Fill(ctx, entries); err != nil {
			return err
		}
	}
	at := map[Reference]Entry{}
	for thread, seqs := range shown {
		found, err := log.Entries(ctx, thread, seqs)
		if err != nil {
			return err
		}
		for _, e := range found {
			at[Reference{thread, e.Seq}] = e
		}
	}
	for i := range entries {
		if e := &entries[i]; e.shows() {
			e.show(at[e.Body.Of])
		}
	}
	return nil
}

// shows reports whether a message stands for one of a thread.
func (e Entry) shows() bool { return e.Kind == Message && e.Body.Of.Seq > 0 && !e.State.Deleted }

// show makes a message say what one of a thread says now. What others put on it, and what it answers, are its own; what
// somebody sees of it alone is of both.
func (e *Entry) show(of Entry) {
	if of.Seq == 0 || of.State.Deleted {
		e.Body, e.State = Body{}, State{Deleted: true, Thread: e.State.Thread, Hides: e.State.Hides}
		return
	}
	b := of.Body
	b.Reply, b.Of, b.InParent = e.Body.Reply, e.Body.Of, false
	e.Body, e.State.Version, e.State.Edited = b, of.State.Version, of.State.Edited
	e.State.takeEdits(of.State.Asides)
}
