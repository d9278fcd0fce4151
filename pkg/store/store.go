// Package store keeps conversations and sessions in DynamoDB.
//
// Table conversations, partition key = conversation:
//
//	A#<user>              a member: role
//	B#<seq>#<id>#<user>   what a message says that disappears, see body.go
//	D#<user>              somebody who is kept out
//	I#<invitation>        a link into the group
//	M#<seq, zero padded>  an entry
//	Z#head                the header: kind, name, members inline up to 200, what two people have decided about each other
//
// The header sorts last on purpose: one Query from the end with a limit of 2 returns it and the newest entry, which is all
// that an append needs to know, for half a read unit. The append is then one Put on the condition that the next number is
// free. The log is its own sequencer: no counter, no transaction, no gap.
//
// Table sessions, partition key = user: one item per user, see session.go; who watches whom, see watchers.go; and the
// subscriptions of browsers, see subscription.go.
//
// Two versions of this package run at once while a deployment moves from one to the next, and what one stores the other reads
// (infra/UPGRADING.md). So attributes are only added, and their absence means what it meant before; a reader steps over those
// that it does not know, and an update leaves them, except that a deletion leaves nothing; what an attribute means never
// changes. Only if an older reader must not guess would an item carry "v", the version that it needs, and none does yet.
package store

import (
	"time"

	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/pkg/chat"
)

// Conversations implements chat.Log. It is safe for concurrent use.
type Conversations struct {
	db    *dynamo.DB
	table dynamo.Table
	index string
	now   func() time.Time
	// epoch is that of conversations which are created.
	epoch chat.Epoch
}

// NewConversations returns the log in a table whose index lists conversations by user.
func NewConversations(db *dynamo.DB, table, index string) *Conversations {
	return &Conversations{db: db, table: db.Table(table), index: index, now: time.Now}
}

// At returns the same log on another clock, by which messages disappear.
func (s *Conversations) At(now func() time.Time) *Conversations {
	there := *s
	there.now = now
	return &there
}

// Since returns the log in a table that was restored from a backup. What it creates is of that epoch: a direct conversation
// that the backup lacked is made anew under the id by which devices know the lost one.
func (s *Conversations) Since(epoch chat.Epoch) *Conversations {
	restored := *s
	restored.epoch = epoch
	return &restored
}

// Sessions implements chat.Sessions. It is safe for concurrent use.
type Sessions struct{ table dynamo.Table }

// NewSessions returns the sessions in a table.
func NewSessions(db *dynamo.DB, table string) *Sessions {
	return &Sessions{db.Table(table)}
}
