package people_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/people"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
)

// bucket has objects of these types by key, and knows which are kept.
type bucket struct {
	chat.Objects
	types map[string]string
	kept  []string
}

func (b *bucket) Stat(_ context.Context, key string) (string, int64, bool, error) {
	contentType, ok := b.types[key]
	return contentType, 5, ok, nil
}

func (b *bucket) KeepAs(_ context.Context, key, use string) error {
	b.kept = append(b.kept, key+" as "+use)
	return nil
}

func (b *bucket) Release(_ context.Context, key, use string) error {
	b.kept = slices.DeleteFunc(b.kept, func(kept string) bool { return kept == key+" as "+use })
	return nil
}

// posts are the frames that connections got.
type posts map[chat.ConnectionID][]string

func (p posts) Post(_ context.Context, id chat.ConnectionID, frame []byte) error {
	p[id] = append(p[id], string(frame))
	return chat.ErrGone // nothing depends on it
}

func (posts) Close(context.Context, chat.ConnectionID) error { panic("nothing is closed") }

// apart are the pairs who watch each other no more.
type apart [][2]chat.UserID

func (a *apart) Part(_ context.Context, one, other chat.UserID) {
	*a = append(*a, [2]chat.UserID{one, other})
}

// rig is a keeper over real tables.
type rig struct {
	*people.Keeper
	sessions *store.Sessions
	log      *store.Conversations
	bucket   *bucket
	posts    posts
	apart    apart
	now      time.Time
}

func newRig(t *testing.T) *rig {
	t.Helper()
	db := dynamo.NewFromIface(dynamodbtest.Start(t))
	keep, log := store.NewPeople(db, topology.People.Name), store.NewConversations(db, topology.Conversations.Name, topology.ConversationsByUser.Name)
	r := &rig{
		sessions: store.NewSessions(db, topology.Sessions.Name), log: log, bucket: &bucket{types: map[string]string{}}, posts: posts{},
		now: time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC),
	}
	r.Keeper = &people.Keeper{
		People: keep, Profiles: keep, Sessions: r.sessions, Directs: log, Stances: log, Log: log, Objects: r.bucket, Poster: r.posts,
		Board: &r.apart, Now: func() time.Time { return r.now },
	}
	return r
}

func as(user chat.UserID) chat.Identity {
	return chat.Identity{User: user, Connection: chat.ConnectionID(user) + "-phone"}
}

// upload puts an object into the bucket.
func (r *rig) upload(user chat.UserID, name, contentType string) chat.MediaID {
	id := chat.NewMediaID([]byte(name))
	r.bucket.types[chat.MediaKey(user, id)] = contentType
	return id
}

// talk makes the conversation of two.
func (r *rig) talk(t *testing.T, c chat.Conversation, a, b chat.UserID) chat.ConversationID {
	t.Helper()
	c.ID, c.Kind, c.Size = chat.DirectID(a, b), chat.Direct, 2
	c.Members = map[chat.UserID]chat.Place{a: {Role: chat.Member}, b: {Role: chat.Member}}
	if _, _, err := r.log.Create(t.Context(), c, c.Members); err != nil {
		t.Fatal(err)
	}
	return c.ID
}

func wantCode(t *testing.T, err error, code chat.Code) {
	t.Helper()
	if err == nil || chat.AsError(err).Code != code {
		t.Errorf("error %v, want %s", err, code)
	}
}
