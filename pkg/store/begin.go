package store

import (
	"context"
	"time"

	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/pkg/chat"
)

// beginKey is the item of the people table that says how many conversations a user began lately.
const beginKey = "C#new"

// beginEvery is how long one conversation begun takes to be forgotten.
const beginEvery = time.Hour / chat.BeginRate

// beginItem is a bucket that leaks: due is when it will be empty, in milliseconds.
type beginItem struct {
	Due int64 `dynamo:"due"`
}

// Begin counts one more conversation that a user begins, or refuses it as limited, with the time after which it would not
// be. The count is one number, changed by atomic updates: one write unit, or two for who began another in the last minutes.
// A refusal costs two and changes nothing.
func (p *People) Begin(ctx context.Context, user chat.UserID, at time.Time) (err error) {
	defer wrap(&err, "begin")
	now := at.UnixMilli()
	most := now + (chat.BeginBurst-1)*beginEvery.Milliseconds()
	expires := at.Add((chat.BeginBurst + 1) * beginEvery).Unix()
	update := func() *dynamo.Update {
		return p.table.Update("user", string(user)).Range("item", beginKey).Set("expires", expires)
	}
	var there beginItem
	wrote, err := update().Set("due", now+beginEvery.Milliseconds()).
		If("attribute_not_exists('due') OR 'due' < ?", now).CurrentValue(ctx, &there)
	if err != nil || wrote {
		return err
	}
	wrote, err = update().Add("due", beginEvery.Milliseconds()).If("'due' <= ?", most).CurrentValue(ctx, &there)
	if err != nil || wrote {
		return err
	}
	return &chat.Error{
		Code: chat.Limited, Detail: "too many new conversations", RetryAfter: time.Duration(there.Due-most) * time.Millisecond,
	}
}
