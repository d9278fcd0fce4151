// Package search finds messages in the conversations of whoever asks, by reading them. There is no index to keep: what was
// edited or deleted, and who may see what, is as it is at that moment, and nobody pays for it but who searches.
//
// A request looks at a bounded part and returns what it found there with the position where the next one goes on (cursor.go).
// Conversations come in the order of their ids, and in each the newest messages first. Start at Search; look.go reads a
// conversation, want.go decides what fits.
package search

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// The budget of one request. It ends with the first of these, or with chat.MaxScanned entries.
const (
	// bytes is about how much text is read, which is what DynamoDB bills: 4 KB a unit.
	bytes = 4 << 20
	// span is after how long no further read begins. A client repeats what has no answer after ten seconds.
	span = 4 * time.Second
	// room is what the hits may take of a frame, in bytes. One message of wire.MaxEntry always finds room.
	room = chat.MaxFrame - 640
	// listed is how many conversations are looked into.
	listed = 100
)

const (
	// batch is how many entries of a conversation are read at a time.
	batch = 100
	// widest is how many conversations are read at once. A search begins with one and doubles that, so that one that finds
	// enough at once pays for little else.
	widest = 4
)

// Searcher searches.
type Searcher struct {
	Log       chat.Log
	Standings chat.Standings
	Now       func() time.Time
}

// Search returns a page of what fits. It costs the tail of each conversation that is looked into (1 read unit), the caller's standing there (0.5) and what it
// reads of them, strongly (1 for each 4 KB), and half a unit for each page of the list of conversations. That list is read
// eventually: a conversation that the caller was added to in this instant may be left out, and one that they have left finds
// nothing. Errors: invalid, and forbidden if the only conversation to look into is not the caller's.
func (s *Searcher) Search(ctx context.Context, who chat.Identity, q wire.Search) (wire.Found, error) {
	w, err := read(q.Query)
	if err != nil {
		return wire.Found{}, err
	}
	at, err := resume(q.Next, who.User, q.Query)
	if err != nil {
		return wire.Found{}, err
	}
	p := &page{
		looker: looker{log: s.Log, standings: s.Standings, user: who.User, want: w}, now: s.Now, ends: s.Now().Add(span),
		limit: orDefault(q.Limit), scan: chat.MaxScanned, bytes: bytes, room: room, found: wire.Found{Hits: []wire.Hit{}},
	}
	if q.In != "" {
		err = p.one(ctx, position{q.In, at.before})
	} else {
		err = p.all(ctx, at)
	}
	if p.next != nil {
		p.found.Next = p.next.seal(who.User, q.Query)
	}
	p.found.Scanned = chat.MaxScanned - p.scan
	return p.found, err
}

func orDefault(limit *int) int {
	if limit == nil {
		return chat.DefaultHits
	}
	return *limit
}

// page is one request: what it has found and what is left of its budget.
type page struct {
	looker
	now                      func() time.Time
	ends                     time.Time
	limit, scan, bytes, room int
	found                    wire.Found
	next                     *position // nil if nothing is left to look at
}

// spent reports whether no further read may begin.
func (p *page) spent() bool { return p.scan < batch || p.bytes <= 0 || !p.now().Before(p.ends) }

// one looks into a conversation.
func (p *page) one(ctx context.Context, at position) error {
	top, err := p.enter(ctx, at)
	if err != nil {
		return err
	}
	_, err = p.finish(ctx, top)
	if p.next != nil && p.next.before == 1 {
		p.next = nil
	}
	return err
}

// all looks into the caller's conversations from a position on.
func (p *page) all(ctx context.Context, at position) error {
	ids, err := p.log.Conversations(ctx, p.user, at.conversation, listed)
	if err != nil {
		return err
	}
	var todo []position
	if at.before > 1 {
		todo = append(todo, at)
	}
	for _, id := range ids {
		todo = append(todo, position{conversation: id})
	}
	for wide := 1; len(todo) > 0; wide = min(2*wide, widest) {
		wave := todo[:min(wide, len(todo))]
		todo = todo[len(wave):]
		begun, err := p.begin(ctx, wave)
		if err != nil {
			return err
		}
		for _, s := range begun {
			if more, err := p.finish(ctx, s); err != nil || !more {
				return err
			}
		}
		if p.spent() && len(todo) > 0 {
			p.next = &position{wave[len(wave)-1].conversation, 1}
			return nil
		}
	}
	if len(ids) == listed {
		p.next = &position{ids[listed-1], 1}
	}
	return nil
}

// begin reads the newest stretch of several conversations at once. One that the caller has left meanwhile has nothing.
func (p *page) begin(ctx context.Context, wave []position) ([]stretch, error) {
	begun := make([]stretch, len(wave))
	share := min(batch, p.scan/len(wave))
	group, ctx := errgroup.WithContext(ctx)
	for i, at := range wave {
		group.Go(func() error {
			top, err := p.enter(ctx, at)
			switch {
			case err != nil && chat.AsError(err).Code == chat.Forbidden:
				begun[i] = stretch{position: position{at.conversation, 1}}
				return nil
			case err != nil:
				return err
			}
			begun[i], err = p.look(ctx, top, share)
			return err
		})
	}
	err := group.Wait()
	for _, s := range begun {
		p.scan -= s.entries
		p.bytes -= s.bytes
	}
	return begun, err
}

// finish takes what a stretch found and reads on to the first message of its conversation. It returns false, with next set,
// if the page ends before that.
func (p *page) finish(ctx context.Context, s stretch) (more bool, err error) {
	for {
		for _, e := range s.hits {
			if more, err := p.take(e); err != nil || !more {
				return false, err
			}
		}
		if s.before == 1 {
			return true, nil
		}
		if p.spent() {
			p.next = &s.position
			return false, nil
		}
		if s, err = p.look(ctx, s, batch); err != nil {
			return false, err
		}
		p.scan -= s.entries
		p.bytes -= s.bytes
	}
}

// take adds a hit to the page. It returns false, with next set, if that was the last one, or did not fit.
func (p *page) take(e chat.Entry) (more bool, err error) {
	hit := wire.Hit{Conversation: e.Conversation, Entry: wire.FromEntry(e)}
	b, err := wire.Encode(hit)
	if err != nil {
		return false, err
	}
	size := len(b) + 1 // and a comma
	if size > p.room {
		p.next = &position{e.Conversation, e.Seq + 1}
		return false, nil
	}
	p.found.Hits = append(p.found.Hits, hit)
	p.room -= size
	if len(p.found.Hits) == p.limit {
		p.next = &position{e.Conversation, e.Seq}
		return false, nil
	}
	return true, nil
}
