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
	log       chat.Log
	standings chat.Standings
	user      chat.UserID
	want      want
}

// stretch is what was read of a conversation; its position is where reading goes on, with 1 for nowhere.
type stretch struct {
	position
	place          chat.Place   // of the user
	hits           []chat.Entry // newest first
	entries, bytes int          // that were looked at
}

// enter returns where reading begins. The tail is read strongly and nothing above it is looked at: whoever was removed finds
// nothing that was said since, not even while the removal spreads. Errors: forbidden.
func (l *looker) enter(ctx context.Context, at position) (stretch, error) {
	tail, err := chat.Enter(ctx, l.log, at.conversation, l.user, chat.Strong)
	if err == nil {
		err = chat.StepOverCleared(ctx, l.standings, l.user, &tail)
	}
	s := stretch{position: position{at.conversation, tail.Head + 1}, place: tail.Place}
	if err != nil {
		return s, err
	}
	_, here := tail.Conversation.Members[l.want.from]
	switch {
	case tail.Conversation.Kind == chat.Direct && l.want.from != "" && !here:
		s.before = 1
	case at.before > 0:
		s.before = min(s.before, at.before)
	case !l.want.before.IsZero():
		s.before, err = l.until(ctx, s)
	}
	return s, err
}

// until steps over what was said later than is looked for, if that is much: entries are ordered by time but for the skew. It
// costs one read for each halving.
func (l *looker) until(ctx context.Context, s stretch) (chat.Seq, error) {
	late, top := l.want.before.Add(skew), s.before
	for low := s.first(); top > low+batch; {
		middle := low + (top-low)/2
		e, ok, err := l.log.Entry(ctx, s.conversation, middle)
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

// first is the first seq that the user may see.
func (s stretch) first() chat.Seq { return max(s.place.From, 1) }

// look reads up to limit entries below a stretch. It reads strongly: what was deleted must not show.
func (l *looker) look(ctx context.Context, above stretch, limit int) (stretch, error) {
	s := stretch{position: position{above.conversation, 1}, place: above.place}
	if above.before <= s.first() {
		return s, nil
	}
	entries, err := l.log.Before(ctx, s.conversation, above.before, min(limit, int(above.before-s.first())))
	if err != nil {
		return s, err
	}
	if err := chat.Fill(ctx, l.log, entries); err != nil {
		return s, err
	}
	for _, e := range slices.Backward(entries) {
		s.entries++
		s.bytes += weight(e)
		if shown := e.For(l.user, s.place); visible(shown) && l.want.fits(shown) {
			s.hits = append(s.hits, shown)
		}
	}
	if len(entries) > 0 && entries[0].Seq > s.first() && !entries[0].At.Before(l.want.after.Add(-skew)) {
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
