package store

import (
	"context"

	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/pkg/chat"
)

// Between implements chat.Pairs with one BatchGetItem per fifty people.
func (p *People) Between(ctx context.Context, user chat.UserID, others []chat.UserID) (pairs []chat.Pair, err error) {
	defer wrap(&err, "relations with %d users", len(others))
	var keys []dynamo.Keyed
	asked := map[chat.UserID]bool{user: true} // one is apart from oneself never, and a batch must name nothing twice
	for _, other := range others {
		if !asked[other] {
			asked[other] = true
			keys = append(keys, dynamo.Keys{string(user), relationPrefix + string(other)}, dynamo.Keys{string(other), relationPrefix + string(user)})
		}
	}
	pairs = make([]chat.Pair, len(others))
	if len(keys) == 0 {
		return pairs, nil // the library refuses a batch without keys
	}
	var items []relationItem
	if err := p.table.Batch("user", "item").Get(keys...).All(ctx, &items); ignoreNotFound(err) != nil {
		return nil, err
	}
	type key struct{ owner, other chat.UserID }
	found := map[key]chat.Relation{}
	for _, item := range items {
		r := item.relation()
		found[key{chat.UserID(item.User), r.User}] = r
	}
	for i, other := range others {
		pairs[i] = chat.Pair{Ours: found[key{user, other}], Theirs: found[key{other, user}]}
	}
	return pairs, nil
}
