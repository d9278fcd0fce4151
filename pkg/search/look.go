package search

import (
	"context"
	"slices"
	"time"

	"github.com/parley-im/parley/pkg/chat"
)

// skew is by how much the times of entries may differ from their order: they were given by different machines.
const skew = time.Minute

// looker reads conversations for one user.
type looker struct {
	log  chat.Log
	user chat.UserID
	want want
}

// stretch is what was read of a conversation; its place is where reading goes on, with 1 for nowhere.
type stretch struct {
	place
	hits           []chat.Entry // newest first
	entries, bytes int          // that were looked at
}

// enter returns where reading begins. The tail is read strongly and nothing above it is looked at: whoever was removed finds
// nothing that was said since, not even while the removal spreads. Errors: forbidden.
func (l *looker) enter(ctx context.Context, at place) (place, error) {
	tail, err := chat.Enter(ctx, l.log, at.conversation, l.user, chat.Strong)
	if err != nil {
		return at, err
	}
	top := tail.Head + 1
	switch c := tail.Conversation; {
	case c.Kind == chat.Direct && l.want.from != "" && c.Members[l.want.from] == "":
		top = 1 // said by somebody who is not here
	case at.before > 0:
		top = min(top, at.before)
	case !l.want.before.IsZero():
		top, err = l.until(ctx, at.conversation, top)
	}
	return place{at.conversation, top}, err
}

// until steps over what was said later than is looked for, if that is much: entries are ordered by time but for the skew. It
// costs one read for each halving.
func (l *looker) until(ctx context.Context, id chat.ConversationID, top chat.Seq) (chat.Seq, error) {
	late := l.want.before.Add(skew)
	for low := chat.Seq(1); top-low > batch; {
		middle := low + (top-low)/2
		e, ok, err := l.log.Entry(ctx, id, middle)
		switch {
		case err != nil:
			return top, err
		case ok && !e.At.Before(late):
			top = middle
		default:
			low = middle
		}
	}
	return top, nil
}

// look reads up to limit entries below a place. It reads strongly: what was deleted must not show.
func (l *looker) look(ctx context.Context, at place, limit int) (stretch, error) {
	s := stretch{place: place{at.conversation, 1}}
	if at.before == 1 {
		return s, nil
	}
	entries, err := l.log.Before(ctx, at.conversation, at.before, limit)
	if err != nil {
		return s, err
	}
	early := l.want.after.Add(-skew)
	for _, e := range slices.Backward(entries) {
		s.entries++
		s.bytes += weight(e)
		if visible(e) && l.want.fits(e) {
			s.hits = append(s.hits, e)
		}
	}
	if len(entries) > 0 && !entries[0].At.Before(early) {
		s.before = entries[0].Seq
	}
	return s, nil
}

// weight is about how many bytes an entry has in the table.
func weight(e chat.Entry) int {
	n := 256 + len(e.Body.Text)
	for _, a := range e.Body.Attachments {
		n += 64 + len(a.Name)
	}
	for user, marks := range e.State.Reactions {
		n += len(user) + 8*len(marks)
	}
	return n
}
