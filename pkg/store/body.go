package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/pkg/chat"
)

// bodyItem is what a message says that disappears. It is an item of its own, which the table's TTL removes some time after it
// is due, because an entry must stay for ever: were it swept, its seq would be free. It is written before the entry; one
// whose entry was never written is swept too. Its key names the message and not only the seq, because two who try the same
// seq each write theirs.
type bodyItem struct {
	Conversation string           `dynamo:"conversation,hash"`
	Item         string           `dynamo:"item,range"`
	Text         string           `dynamo:"text,omitempty"`
	Files        []attachmentItem `dynamo:"files,omitempty"`
	Reply        chat.Seq         `dynamo:"reply,omitempty"`
	Mentions     []string         `dynamo:"mentions,omitempty"`
	Everybody    bool             `dynamo:"everybody,omitempty"`
	Forwarded    bool             `dynamo:"forwarded,omitempty"`
	// Until is when it disappears, in milliseconds; 0 if its timer has not started.
	Until int64 `dynamo:"until,omitempty"`
	// Expires is from when on it may be swept, in seconds: the TTL attribute.
	Expires int64 `dynamo:"expires"`
}

// dies reports whether what an entry says is in an item of its own.
func dies(e chat.Entry) bool { return e.Kind == chat.Message && e.Timer.Set() && !e.State.Deleted }

func bodyKey(e chat.Entry) string {
	return fmt.Sprintf("%s%016d#%s#%s", bodyPrefix, e.Seq, e.ID, e.From)
}

func newBody(e chat.Entry) bodyItem {
	b := e.Body
	item := bodyItem{
		Conversation: string(e.Conversation), Item: bodyKey(e), Text: b.Text, Files: newFiles(b.Attachments), Reply: b.Reply,
		Mentions: names(b.Mentions), Everybody: b.Everybody, Forwarded: b.Forwarded,
		Expires: sweep(e.At.Add(chat.UnreadLife)),
	}
	if until := e.Timer.Until(e.At); !until.IsZero() {
		item.Until, item.Expires = until.UnixMilli(), sweep(until)
	}
	return item
}

func (i bodyItem) body() chat.Body {
	return chat.Body{
		Text: i.Text, Attachments: filesOf(i.Files), Reply: i.Reply, Mentions: users(i.Mentions), Everybody: i.Everybody,
		Forwarded: i.Forwarded,
	}
}

// sweep is the first whole second in which nothing is lost by sweeping.
func sweep(until time.Time) int64 { return until.Unix() + 1 }

// putBody writes what a message says that disappears. If it is there, an earlier try of the message wrote it, whose entry was
// not: its time begins anew, with this one. The key names the message, so it is nobody else's.
func (s *Conversations) putBody(ctx context.Context, e chat.Entry) error {
	if !dies(e) {
		return nil
	}
	var there bodyItem
	body := newBody(e)
	wrote, err := s.table.Put(body).If(free).CurrentValue(ctx, &there)
	switch {
	case err != nil || wrote:
		return err
	case !there.body().Same(e.Body):
		return &chat.Error{Code: chat.Conflict}
	default:
		return s.table.Put(body).Run(ctx)
	}
}

// near is up to how many seqs apart messages are read by one Query instead of one by one.
const near = chat.MaxHistory

// Fill implements chat.Log with one Query if the messages are near each other, otherwise with one BatchGetItem per hundred.
func (s *Conversations) Fill(ctx context.Context, entries []chat.Entry) (err error) {
	var wanted []chat.Entry
	now := s.now()
	for i := range entries {
		e := &entries[i]
		switch {
		case !dies(*e):
		case !e.Until.IsZero() && !now.Before(e.Until), !now.Before(e.At.Add(e.Timer.Life())):
			expire(e)
		default:
			wanted = append(wanted, *e)
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	defer wrap(&err, "bodies of %s", wanted[0].Conversation)
	bodies, err := s.bodies(ctx, wanted)
	if err != nil {
		return err
	}
	for i := range entries {
		e := &entries[i]
		if !dies(*e) || e.State.Expired {
			continue
		}
		b, ok := bodies[bodyKey(*e)]
		if !ok || b.Until > 0 && now.UnixMilli() >= b.Until || now.Unix() >= b.Expires {
			expire(e)
			continue
		}
		e.Body, e.Until = b.body(), millis(b.Until)
	}
	return nil
}

// expire leaves of a message what a deletion would.
func expire(e *chat.Entry) {
	e.Body, e.Until, e.Timer = chat.Body{}, time.Time{}, chat.Timer{}
	e.State = chat.State{Expired: true, Thread: e.State.Thread, Hides: e.State.Hides}
}

// bodies reads strongly what messages of one conversation say, by key.
func (s *Conversations) bodies(ctx context.Context, messages []chat.Entry) (map[string]bodyItem, error) {
	first, last := messages[0].Seq, messages[0].Seq
	keys := make([]dynamo.Keyed, len(messages))
	for i, e := range messages {
		first, last = min(first, e.Seq), max(last, e.Seq)
		keys[i] = dynamo.Keys{string(e.Conversation), bodyKey(e)}
	}
	var items []bodyItem
	var err error
	if len(messages) > 1 && last-first < near {
		err = s.table.Get("conversation", string(messages[0].Conversation)).
			Range("item", dynamo.Between, fmt.Sprintf("%s%016d#", bodyPrefix, first), fmt.Sprintf("%s%016d$", bodyPrefix, last)).
			Consistent(true).All(ctx, &items)
	} else {
		err = s.table.Batch("conversation", "item").Get(keys...).Consistent(true).All(ctx, &items)
	}
	if err != nil && !errors.Is(err, dynamo.ErrNotFound) {
		return nil, err
	}
	found := make(map[string]bodyItem, len(items))
	for _, item := range items {
		found[item.Item] = item
	}
	return found, nil
}

// Start implements chat.Log with one UpdateItem.
func (s *Conversations) Start(ctx context.Context, e chat.Entry, until time.Time) (started bool, err error) {
	defer wrap(&err, "start the timer of %s %d", e.Conversation, e.Seq)
	var there bodyItem // nothing if it is gone; also there if it was started before, perhaps by a try whose answer was lost
	_, err = s.table.Update("conversation", string(e.Conversation)).Range("item", bodyKey(e)).
		Set("until", until.UnixMilli()).Set("expires", sweep(until)).
		If("attribute_exists('item') AND attribute_not_exists('until')").CurrentValue(ctx, &there)
	if dynamo.IsCondCheckFailed(err) {
		return false, nil
	}
	return err == nil && there.Until == until.UnixMilli(), err
}
