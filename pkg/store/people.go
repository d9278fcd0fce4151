package store

import (
	"context"
	"strings"
	"time"

	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/pkg/chat"
)

// The sort keys of the people table. A user's items share a partition:
//
//	C#new             how many conversations the user began lately: begin.go
//	D#<conversation>  a draft: draft.go
//	R#<user>          what the user has decided about another one
//	S#<id>            a scheduled message: schedule.go
const relationPrefix = "R#"

// People implements chat.People and chat.Drafts. It is safe for concurrent use.
type People struct{ table dynamo.Table }

// NewPeople returns what users keep for themselves in a table.
func NewPeople(db *dynamo.DB, table string) *People { return &People{db.Table(table)} }

type relationItem struct {
	User    string `dynamo:"user,hash"`
	Item    string `dynamo:"item,range"`
	Contact bool   `dynamo:"contact,omitempty"`
	Name    string `dynamo:"name,omitempty"`
	Blocked int64  `dynamo:"blocked,omitempty"`
	Muted   int64  `dynamo:"muted,omitempty"`
}

func (i relationItem) relation() chat.Relation {
	return chat.Relation{
		User: chat.UserID(strings.TrimPrefix(i.Item, relationPrefix)), Contact: i.Contact, Name: i.Name,
		Blocked: millis(i.Blocked), Muted: millis(i.Muted),
	}
}

// Relation implements chat.People with one GetItem.
func (p *People) Relation(ctx context.Context, owner, other chat.UserID, read chat.Read) (r chat.Relation, err error) {
	defer wrap(&err, "relation")
	var item relationItem
	err = p.table.Get("user", string(owner)).Range("item", dynamo.Equal, relationPrefix+string(other)).
		Consistent(bool(read)).One(ctx, &item)
	if err != nil {
		return chat.Relation{User: other}, ignoreNotFound(err)
	}
	return item.relation(), nil
}

// Relations implements chat.People with one Query.
func (p *People) Relations(ctx context.Context, owner, after chat.UserID, limit int) (all []chat.Relation, err error) {
	defer wrap(&err, "relations")
	query := p.table.Get("user", string(owner)).Limit(limit)
	if after == "" {
		query = query.Range("item", dynamo.BeginsWith, relationPrefix)
	} else {
		query = query.Range("item", dynamo.Between, relationPrefix+string(after)+"\x00", "R$") // '$' follows '#'
	}
	var items []relationItem
	if err := query.All(ctx, &items); err != nil {
		return nil, ignoreNotFound(err)
	}
	for _, item := range items {
		all = append(all, item.relation())
	}
	return all, nil
}

// Relate implements chat.People with one PutItem or DeleteItem.
func (p *People) Relate(ctx context.Context, owner chat.UserID, r chat.Relation) (err error) {
	defer wrap(&err, "relate")
	key := relationPrefix + string(r.User)
	if r == (chat.Relation{User: r.User}) {
		return p.table.Delete("user", string(owner)).Range("item", key).Run(ctx)
	}
	return p.table.Put(relationItem{
		User: string(owner), Item: key, Contact: r.Contact, Name: r.Name, Blocked: toMillis(r.Blocked), Muted: toMillis(r.Muted),
	}).Run(ctx)
}

// millis reads a stored time, which 0 stands for the lack of.
func millis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func toMillis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}
