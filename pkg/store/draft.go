package store

import (
	"context"
	"strings"
	"time"

	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/pkg/chat"
)

const draftPrefix = "D#"

// draftItem is a draft: D#<conversation> in the partition of its author.
type draftItem struct {
	User    string   `dynamo:"user,hash"`
	Item    string   `dynamo:"item,range"`
	Peer    string   `dynamo:"peer,omitempty"`
	Text    string   `dynamo:"text"`
	Reply   chat.Seq `dynamo:"reply,omitempty"`
	Written int64    `dynamo:"written"`
	Expires int64    `dynamo:"expires"`
}

// notLater is the condition that no draft is there that was written after a time.
const notLater = "attribute_not_exists('written') OR 'written' <= ?"

// PutDraft implements chat.Drafts with one conditional PutItem.
func (p *People) PutDraft(ctx context.Context, user chat.UserID, d chat.Draft) (wrote bool, err error) {
	defer wrap(&err, "put draft in %s", d.Conversation)
	err = p.table.Put(draftItem{
		User: string(user), Item: draftPrefix + string(d.Conversation), Peer: string(d.Peer), Text: d.Text, Reply: d.Reply,
		Written: d.At.UnixMilli(), Expires: d.At.Add(chat.DraftRetention).Unix(),
	}).If(notLater, d.At.UnixMilli()).Run(ctx)
	if dynamo.IsCondCheckFailed(err) {
		return false, nil
	}
	return err == nil, err
}

// RemoveDraft implements chat.Drafts with one conditional DeleteItem.
func (p *People) RemoveDraft(ctx context.Context, user chat.UserID, id chat.ConversationID, at time.Time) (err error) {
	defer wrap(&err, "remove draft in %s", id)
	err = p.table.Delete("user", string(user)).Range("item", draftPrefix+string(id)).If(notLater, at.UnixMilli()).Run(ctx)
	if dynamo.IsCondCheckFailed(err) {
		return nil
	}
	return err
}

// Drafts implements chat.Drafts with one Query.
func (p *People) Drafts(ctx context.Context, user chat.UserID, after chat.ConversationID, limit int) (all []chat.Draft, err error) {
	defer wrap(&err, "drafts")
	var items []draftItem
	if err := page(p.table, user, draftPrefix, string(after)).Limit(limit).All(ctx, &items); err != nil {
		return nil, ignoreNotFound(err)
	}
	for _, i := range items {
		all = append(all, i.draft())
	}
	return all, nil
}

// DraftsUpTo implements chat.Drafts with one Query.
func (p *People) DraftsUpTo(ctx context.Context, user chat.UserID, after, last chat.ConversationID) (all map[chat.ConversationID]chat.Draft, err error) {
	defer wrap(&err, "drafts")
	var items []draftItem
	err = p.table.Get("user", string(user)).
		Range("item", dynamo.Between, draftPrefix+string(after)+"\x00", draftPrefix+string(last)).RequestLimit(1).All(ctx, &items)
	if err != nil {
		return nil, ignoreNotFound(err)
	}
	all = make(map[chat.ConversationID]chat.Draft, len(items))
	for _, i := range items {
		d := i.draft()
		all[d.Conversation] = d
	}
	return all, nil
}

func (i draftItem) draft() chat.Draft {
	return chat.Draft{
		Conversation: chat.ConversationID(strings.TrimPrefix(i.Item, draftPrefix)), Peer: chat.UserID(i.Peer),
		Text: i.Text, Reply: i.Reply, At: millis(i.Written),
	}
}

// page queries a user's items of one kind, beginning behind one of them. Prefixes end in '#', which '$' follows.
func page(table dynamo.Table, user chat.UserID, prefix, after string) *dynamo.Query {
	query := table.Get("user", string(user))
	if after == "" {
		return query.Range("item", dynamo.BeginsWith, prefix)
	}
	return query.Range("item", dynamo.Between, prefix+after+"\x00", strings.TrimSuffix(prefix, "#")+"$")
}
