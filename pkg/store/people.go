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
//	P#                what the user shows to others
//	R#<user>          what the user has decided about another one
//	S#<id>            a scheduled message: schedule.go
const (
	profileKey     = "P#"
	relationPrefix = "R#"
)

// People implements chat.People, chat.Profiles, chat.Drafts and chat.Silences. It is safe for concurrent use.
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

// Toward implements chat.People with one BatchGetItem per hundred.
func (p *People) Toward(ctx context.Context, owners []chat.UserID, user chat.UserID) (all []chat.Relation, err error) {
	defer wrap(&err, "relations of %d users", len(owners))
	found, err := p.relations(ctx, owners, func(owner chat.UserID) dynamo.Keys { return dynamo.Keys{string(owner), relationPrefix + string(user)} })
	for i := range found {
		found[i].User = user
	}
	return found, err
}

// About implements chat.People with one BatchGetItem per hundred.
func (p *People) About(ctx context.Context, owner chat.UserID, users []chat.UserID) (all []chat.Relation, err error) {
	defer wrap(&err, "relations with %d users", len(users))
	found, err := p.relations(ctx, users, func(user chat.UserID) dynamo.Keys { return dynamo.Keys{string(owner), relationPrefix + string(user)} })
	for i := range found {
		found[i].User = users[i]
	}
	return found, err
}

// relations reads one relation for each of some users.
func (p *People) relations(ctx context.Context, users []chat.UserID, key func(chat.UserID) dynamo.Keys) ([]chat.Relation, error) {
	keys := make([]dynamo.Keyed, len(users))
	for i, user := range users {
		keys[i] = key(user)
	}
	var items []relationItem
	if err := p.batch(ctx, keys, &items); err != nil {
		return nil, err
	}
	found := make(map[dynamo.Keys]chat.Relation, len(items))
	for _, item := range items {
		found[dynamo.Keys{item.User, item.Item}] = item.relation()
	}
	all := make([]chat.Relation, len(users))
	for i, user := range users {
		all[i] = found[key(user)]
	}
	return all, nil
}

// batch reads items by their keys.
func (p *People) batch(ctx context.Context, keys []dynamo.Keyed, items any) error {
	if len(keys) == 0 {
		return nil // the library refuses a batch without keys
	}
	return ignoreNotFound(p.table.Batch("user", "item").Get(keys...).All(ctx, items))
}

// Befriend implements chat.People.
func (p *People) Befriend(ctx context.Context, owner, other chat.UserID, contact bool, name string) (err error) {
	defer wrap(&err, "befriend")
	update := p.relation(owner, other)
	switch {
	case !contact:
		return p.relate(ctx, owner, other, update.Remove("contact", "name"))
	case name == "":
		return p.relate(ctx, owner, other, update.Set("contact", true).Remove("name"))
	default:
		return p.relate(ctx, owner, other, update.Set("contact", true).Set("name", name))
	}
}

// Block implements chat.People.
func (p *People) Block(ctx context.Context, owner, other chat.UserID, since time.Time) (err error) {
	defer wrap(&err, "block")
	return p.relate(ctx, owner, other, setTime(p.relation(owner, other), "blocked", since))
}

// Mute implements chat.People.
func (p *People) Mute(ctx context.Context, owner, other chat.UserID, until time.Time) (err error) {
	defer wrap(&err, "mute")
	return p.relate(ctx, owner, other, setTime(p.relation(owner, other), "muted", until))
}

func (p *People) relation(owner, other chat.UserID) *dynamo.Update {
	return p.table.Update("user", string(owner)).Range("item", relationPrefix+string(other))
}

// relate makes a change with one UpdateItem. An item that has become empty is deleted, unless somebody else has put something
// into it meanwhile.
func (p *People) relate(ctx context.Context, owner, other chat.UserID, change *dynamo.Update) error {
	var item relationItem
	if err := change.Value(ctx, &item); err != nil {
		return err
	}
	if r := item.relation(); r != (chat.Relation{User: other}) {
		return nil
	}
	return unlessUnmet(p.table.Delete("user", string(owner)).Range("item", relationPrefix+string(other)).
		If("attribute_not_exists('contact') AND attribute_not_exists('blocked') AND attribute_not_exists('muted')").Run(ctx))
}

// setTime stores a time, or removes the attribute if it is zero.
func setTime(update *dynamo.Update, attribute string, t time.Time) *dynamo.Update {
	if t.IsZero() {
		return update.Remove(attribute)
	}
	return update.Set(attribute, t.UnixMilli())
}

// millis reads a stored time, which 0 stands for the lack of.
func millis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// toMillis is what millis reads.
func toMillis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}
