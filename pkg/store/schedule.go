package store

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/pkg/chat"
)

const scheduledPrefix = "S#"

// Schedule implements chat.Schedule in the table of People. It is safe for concurrent use.
type Schedule struct {
	table dynamo.Table
	byDue string
}

// NewSchedule returns the scheduled messages in a table whose index lists them by when they are due.
func NewSchedule(db *dynamo.DB, table, byDue string) *Schedule {
	return &Schedule{db.Table(table), byDue}
}

// scheduledItem is a scheduled message: S#<id> in the partition of its sender. It is in the index by-due as long as it
// waits, which is as long as it has the attribute timer. No other item may have the attributes timer and fires with another
// type: the keys of an index are strings.
type scheduledItem struct {
	User         string           `dynamo:"user,hash"`
	Item         string           `dynamo:"item,range"`
	Timer        string           `dynamo:"timer,omitempty"`
	Due          string           `dynamo:"fires"`
	Conversation string           `dynamo:"conversation"`
	Peer         string           `dynamo:"peer,omitempty"`
	Text         string           `dynamo:"text,omitempty"`
	Files        []attachmentItem `dynamo:"files,omitempty"`
	Reply        chat.Seq         `dynamo:"reply,omitempty"`
	Mentions     []string         `dynamo:"mentions,omitempty"`
	Everybody    bool             `dynamo:"everybody,omitempty"`
	After        *chat.Seq        `dynamo:"after"`
	Failed       chat.Code        `dynamo:"failed,omitempty"`
	Expires      int64            `dynamo:"expires,omitempty"`
}

const (
	// waits is the timer of what waits; all share one partition of the index.
	waits = "1"
	// untried is the condition that a message can still be changed, and dismissible that it can be forgotten.
	untried     = "attribute_exists('item') AND attribute_not_exists('after') AND attribute_not_exists('failed')"
	dismissible = "attribute_exists('item') AND (attribute_not_exists('after') OR attribute_exists('failed'))"
	// duePage is how many keys one page of the index holds: of at most 700 bytes, so that a page is one request.
	duePage = 100
)

// dueKey pads milliseconds, so that keys sort as times do.
func dueKey(t time.Time) string { return fmt.Sprintf("%015d", t.UnixMilli()) }

func newScheduled(s chat.Scheduled) scheduledItem {
	return scheduledItem{
		User: string(s.User), Item: scheduledPrefix + string(s.ID), Timer: waits, Due: dueKey(s.At),
		Conversation: string(s.Conversation), Peer: string(s.Peer), Text: s.Body.Text, Reply: s.Body.Reply,
		Mentions: names(s.Body.Mentions), Everybody: s.Body.Everybody, Files: newFiles(s.Body.Attachments),
	}
}

func (i scheduledItem) scheduled() (chat.Scheduled, error) {
	var ms int64
	if _, err := fmt.Sscanf(i.Due, "%d", &ms); err != nil {
		return chat.Scheduled{}, fmt.Errorf("due %q: %w", i.Due, err)
	}
	return chat.Scheduled{
		User: chat.UserID(i.User), ID: chat.MessageID(strings.TrimPrefix(i.Item, scheduledPrefix)),
		Conversation: chat.ConversationID(i.Conversation), Peer: chat.UserID(i.Peer),
		Body: chat.Body{Text: i.Text, Attachments: filesOf(i.Files), Reply: i.Reply, Mentions: users(i.Mentions), Everybody: i.Everybody},
		At:   time.UnixMilli(ms).UTC(), After: i.After, Failed: i.Failed,
	}, nil
}

// AddScheduled implements chat.Schedule with one conditional PutItem.
func (s *Schedule) AddScheduled(ctx context.Context, m chat.Scheduled) (there chat.Scheduled, wrote bool, err error) {
	defer wrap(&err, "add scheduled %s", m.ID)
	var item scheduledItem
	wrote, err = s.table.Put(newScheduled(m)).If(free).CurrentValue(ctx, &item)
	if err != nil || wrote {
		return m, wrote, err
	}
	there, err = item.scheduled()
	return there, false, err
}

// ReplaceScheduled implements chat.Schedule with one conditional PutItem.
func (s *Schedule) ReplaceScheduled(ctx context.Context, m chat.Scheduled) (ok bool, err error) {
	defer wrap(&err, "replace scheduled %s", m.ID)
	err = s.table.Put(newScheduled(m)).If(untried).Run(ctx)
	if dynamo.IsCondCheckFailed(err) {
		return false, nil
	}
	return err == nil, err
}

// RemoveScheduled implements chat.Schedule with one conditional DeleteItem.
func (s *Schedule) RemoveScheduled(ctx context.Context, user chat.UserID, id chat.MessageID) (ok bool, err error) {
	defer wrap(&err, "remove scheduled %s", id)
	err = s.table.Delete("user", string(user)).Range("item", scheduledPrefix+string(id)).If(dismissible).Run(ctx)
	if dynamo.IsCondCheckFailed(err) {
		return false, nil
	}
	return err == nil, err
}

// CountScheduled implements chat.Schedule with one Query.
func (s *Schedule) CountScheduled(ctx context.Context, user chat.UserID) (n int, err error) {
	defer wrap(&err, "count scheduled")
	return page(s.table, user, scheduledPrefix, "").Count(ctx)
}

// AllScheduled implements chat.Schedule with one Query.
func (s *Schedule) AllScheduled(ctx context.Context, user chat.UserID, after chat.MessageID, limit int) (all []chat.Scheduled, err error) {
	defer wrap(&err, "all scheduled")
	var items []scheduledItem
	if err := page(s.table, user, scheduledPrefix, string(after)).Limit(limit).All(ctx, &items); err != nil {
		return nil, ignoreNotFound(err)
	}
	for _, item := range items {
		m, err := item.scheduled()
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

// Scheduled implements chat.Schedule with one GetItem.
func (s *Schedule) Scheduled(ctx context.Context, user chat.UserID, id chat.MessageID) (m chat.Scheduled, ok bool, err error) {
	defer wrap(&err, "scheduled %s", id)
	var item scheduledItem
	err = s.table.Get("user", string(user)).Range("item", dynamo.Equal, scheduledPrefix+string(id)).Consistent(true).One(ctx, &item)
	if err != nil {
		return m, false, ignoreNotFound(err)
	}
	m, err = item.scheduled()
	return m, err == nil, err
}

// Due implements chat.Schedule with one Query of the index for each page.
func (s *Schedule) Due(ctx context.Context, now time.Time) iter.Seq2[chat.Due, error] {
	return func(yield func(chat.Due, error) bool) {
		pages := s.table.Get("timer", waits).Range("fires", dynamo.LessOrEqual, dueKey(now)).Index(s.byDue).SearchLimit(duePage)
		for {
			var items []scheduledItem
			next, err := pages.AllWithLastEvaluatedKey(ctx, &items)
			if err = ignoreNotFound(err); err != nil {
				wrap(&err, "due")
				yield(chat.Due{}, err)
				return
			}
			for _, i := range items {
				if !yield(chat.Due{User: chat.UserID(i.User), ID: chat.MessageID(strings.TrimPrefix(i.Item, scheduledPrefix))}, nil) {
					return
				}
			}
			if next == nil {
				return
			}
			pages = pages.StartFrom(next)
		}
	}
}

// Claim implements chat.Schedule with one conditional UpdateItem. It costs a write unit per started KB; the index is not
// written.
func (s *Schedule) Claim(ctx context.Context, m chat.Scheduled, head chat.Seq) (claimed chat.Scheduled, ok bool, err error) {
	defer wrap(&err, "claim %s", m.ID)
	var item scheduledItem
	err = s.update(m.User, m.ID).SetIfNotExists("after", head).
		If("'timer' = ? AND 'fires' = ? AND 'conversation' = ?", waits, dueKey(m.At), string(m.Conversation)).
		Value(ctx, &item)
	if dynamo.IsCondCheckFailed(err) {
		return m, false, nil
	}
	if err != nil {
		return m, false, err
	}
	claimed, err = item.scheduled()
	return claimed, err == nil, err
}

// Settle implements chat.Schedule with one DeleteItem.
func (s *Schedule) Settle(ctx context.Context, user chat.UserID, id chat.MessageID) (err error) {
	defer wrap(&err, "settle %s", id)
	return s.table.Delete("user", string(user)).Range("item", scheduledPrefix+string(id)).Run(ctx)
}

// Fail implements chat.Schedule with one UpdateItem, which takes the message out of the index.
func (s *Schedule) Fail(ctx context.Context, user chat.UserID, id chat.MessageID, why chat.Code, until time.Time) (err error) {
	defer wrap(&err, "fail %s", id)
	err = s.update(user, id).Set("failed", string(why)).Set("expires", until.Unix()).Remove("timer").
		If("attribute_exists('item')").Run(ctx)
	if dynamo.IsCondCheckFailed(err) {
		return nil
	}
	return err
}

func (s *Schedule) update(user chat.UserID, id chat.MessageID) *dynamo.Update {
	return s.table.Update("user", string(user)).Range("item", scheduledPrefix+string(id))
}
