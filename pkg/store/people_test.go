package store_test

import (
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
)

// done fails the test unless something was.
func done(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// newConversations is the log with what it keeps besides entries.
func newConversations(t *testing.T) *store.Conversations {
	t.Helper()
	db := dynamo.NewFromIface(dynamodbtest.Start(t))
	return store.NewConversations(db, topology.Conversations.Name, topology.ConversationsByUser.Name)
}

func TestRelations(t *testing.T) {
	people := store.NewPeople(dynamo.NewFromIface(dynamodbtest.Start(t)), topology.People.Name)
	at := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	relation := func(owner, other chat.UserID) chat.Relation {
		t.Helper()
		r, err := people.Relation(t.Context(), owner, other, chat.Strong)
		done(t, err)
		return r
	}
	done(t, people.Befriend(t.Context(), "ann", "bob", true, "Bobby"))
	done(t, people.Block(t.Context(), "ann", "cyd", at))
	done(t, people.Mute(t.Context(), "ann", "cyd2", chat.Forever))
	if r := relation("ann", "bob"); r != (chat.Relation{User: "bob", Contact: true, Name: "Bobby"}) {
		t.Errorf("ann about bob: %+v", r)
	}
	if r := relation("bob", "ann"); r != (chat.Relation{User: "ann"}) {
		t.Errorf("bob about ann: %+v", r)
	}
	page, err := people.Relations(t.Context(), "ann", "bob", 10)
	if err != nil || len(page) != 2 || page[0].User != "cyd" || !page[0].Blocked.Equal(at) || !page[1].Muted.Equal(chat.Forever) {
		t.Errorf("behind bob: %+v, %v", page, err)
	}
	toward, err := people.Toward(t.Context(), []chat.UserID{"bob", "ann"}, "cyd")
	if err != nil || len(toward) != 2 || toward[0] != (chat.Relation{User: "cyd"}) || !toward[1].Blocked.Equal(at) {
		t.Errorf("toward cyd: %+v, %v", toward, err)
	}
	about, err := people.About(t.Context(), "ann", []chat.UserID{"eve", "cyd", "bob"})
	if err != nil || len(about) != 3 || about[0] != (chat.Relation{User: "eve"}) || !about[1].Blocked.Equal(at) || about[2].Name != "Bobby" {
		t.Errorf("about three: %+v, %v", about, err)
	}
	done(t, people.Block(t.Context(), "ann", "cyd", time.Time{}))
	if page, err := people.Relations(t.Context(), "ann", "", 10); err != nil || len(page) != 2 {
		t.Errorf("what was taken back is listed: %+v, %v", page, err)
	}
}

func TestDecisionsAboutTheSamePersonDoNotUndoEachOther(t *testing.T) {
	people := store.NewPeople(dynamo.NewFromIface(dynamodbtest.Start(t)), topology.People.Name)
	at := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	done(t, people.Befriend(t.Context(), "ann", "bob", true, "Bobby"))
	done(t, people.Block(t.Context(), "ann", "bob", at))
	done(t, people.Mute(t.Context(), "ann", "bob", at))
	done(t, people.Befriend(t.Context(), "ann", "bob", true, ""))
	want := chat.Relation{User: "bob", Contact: true, Blocked: at, Muted: at}
	if r, err := people.Relation(t.Context(), "ann", "bob", chat.Strong); err != nil || r != want {
		t.Errorf("%+v, %v; want %+v", r, err, want)
	}
	done(t, people.Befriend(t.Context(), "ann", "bob", false, ""))
	done(t, people.Block(t.Context(), "ann", "bob", time.Time{}))
	want = chat.Relation{User: "bob", Muted: at}
	if r, err := people.Relation(t.Context(), "ann", "bob", chat.Strong); err != nil || r != want {
		t.Errorf("%+v, %v; want %+v", r, err, want)
	}
}

func TestProfiles(t *testing.T) {
	people := store.NewPeople(dynamo.NewFromIface(dynamodbtest.Start(t)), topology.People.Name)
	ann := chat.Profile{User: "ann", Name: "Ann", About: "at sea", Picture: "m_1", Type: "image/png"}
	put, _, err := people.PutProfile(t.Context(), ann)
	if ann.Version = 1; err != nil || put != ann {
		t.Errorf("%+v, %v; want %+v", put, err, ann)
	}
	ann = chat.Profile{User: "ann", Name: "Anna", Version: 2}
	put, was, err := people.PutProfile(t.Context(), chat.Profile{User: "ann", Name: "Anna"})
	if err != nil || put != ann || was.Picture == "" {
		t.Errorf("%+v, %v; want %+v", put, err, ann)
	}
	got, err := people.Profiles(t.Context(), []chat.UserID{"bob", "ann"})
	if err != nil || !slices.Equal(got, []chat.Profile{{User: "bob"}, ann}) {
		t.Errorf("%+v, %v", got, err)
	}
	if page, err := people.Relations(t.Context(), "ann", "", 10); err != nil || len(page) != 0 {
		t.Errorf("a profile is listed as a relation: %+v, %v", page, err)
	}
}

func TestStances(t *testing.T) {
	log := newConversations(t)
	c := chat.Conversation{ID: chat.DirectID("ann", "bob"), Kind: chat.Direct, Size: 2, Members: map[chat.UserID]chat.Place{"ann": {Role: chat.Member}, "bob": {Role: chat.Member}}}
	if _, _, err := log.Create(t.Context(), c, c.Members); err != nil {
		t.Fatal(err)
	}
	muted := chat.Stance{User: "bob", Muted: chat.Forever, Mentions: true}
	done(t, log.Quieten(t.Context(), c.ID, muted, epoch))
	if err := log.Quieten(t.Context(), c.ID, chat.Stance{User: "eve", Muted: chat.Forever}, epoch); chat.AsError(err).Code != chat.Forbidden {
		t.Errorf("eve: %v", err)
	}
	got, err := log.Stances(t.Context(), c.ID, []chat.UserID{"ann", "bob", "eve"})
	if err != nil || !slices.Equal(got, []chat.Stance{{User: "ann"}, muted, {User: "eve"}}) {
		t.Errorf("%+v, %v", got, err)
	}
	done(t, log.Quieten(t.Context(), c.ID, chat.Stance{User: "bob"}, epoch))
	if got, err := log.Stances(t.Context(), c.ID, []chat.UserID{"bob"}); err != nil || got[0] != (chat.Stance{User: "bob"}) {
		t.Errorf("%+v, %v", got, err)
	}
	if place, ok, err := log.Member(t.Context(), c.ID, "bob"); err != nil || !ok || place.Role != chat.Member {
		t.Errorf("bob is %+v, %v, %v", place, ok, err)
	}
}

func TestWhatTwoPeopleDecideAboutEachOtherIsInTheHeader(t *testing.T) {
	log := newConversations(t)
	id := chat.DirectID("ann", "bob")
	done(t, log.Part(t.Context(), id, "bob", true))
	if _, ok, err := log.Tail(t.Context(), id, chat.Strong); err != nil || ok {
		t.Fatalf("a block makes the conversation: %v", err)
	}
	c := chat.Conversation{ID: id, Kind: chat.Direct, Size: 2, Request: "bob", Blocked: map[chat.UserID]bool{"ann": true},
		Members: map[chat.UserID]chat.Place{"ann": {Role: chat.Member}, "bob": {Role: chat.Member}}}
	if _, _, err := log.Create(t.Context(), c, c.Members); err != nil {
		t.Fatal(err)
	}
	header := func(request chat.UserID, blocked ...chat.UserID) {
		t.Helper()
		tail, ok, err := log.Tail(t.Context(), id, chat.Strong)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		if got := tail.Conversation; got.Request != request || len(got.Blocked) != len(blocked) || slices.ContainsFunc(blocked, func(u chat.UserID) bool { return !got.Blocked[u] }) {
			t.Errorf("request to %q, blocked by %v; want %q, %v", got.Request, got.Blocked, request, blocked)
		}
	}
	header("bob", "ann")
	for range 2 {
		done(t, log.Part(t.Context(), id, "bob", true))
	}
	header("bob", "ann", "bob")
	done(t, log.Accept(t.Context(), id, "ann"))
	header("bob", "ann", "bob")
	for range 2 {
		done(t, log.Accept(t.Context(), id, "bob"))
		done(t, log.Part(t.Context(), id, "ann", false))
		done(t, log.Part(t.Context(), id, "bob", false))
	}
	header("")
}

func TestANewHeaderDoesNotUndoABlockThatItsWriterDidNotSee(t *testing.T) {
	log := newConversations(t)
	old := chat.Conversation{ID: chat.DirectID("ann", "bob"), Kind: chat.Direct, Size: 2, Request: "bob",
		Members: map[chat.UserID]chat.Place{"ann": {Role: chat.Member}, "bob": {Role: chat.Member}}}
	if _, _, err := log.Create(t.Context(), old, old.Members); err != nil {
		t.Fatal(err)
	}
	seq, rules := chat.Seq(0), chat.Seq(0)
	change := func(c chat.Conversation) error {
		seq++
		e := chat.Entry{Conversation: c.ID, Seq: seq, Kind: chat.Changed, ID: "1", From: "ann", At: epoch}
		_, wrote, err := log.Commit(t.Context(), e, chat.Change{Header: &chat.Header{Conversation: c, Was: rules}})
		if wrote {
			rules = seq
		} else {
			seq--
		}
		return err
	}
	now := func() chat.Conversation {
		t.Helper()
		tail, _, err := log.Tail(t.Context(), old.ID, chat.Strong)
		if err != nil {
			t.Fatal(err)
		}
		return tail.Conversation
	}
	done(t, change(now()))
	for _, decide := range []func() error{
		func() error { return log.Part(t.Context(), old.ID, "bob", true) },
		func() error { return log.Part(t.Context(), old.ID, "ann", true) },
		func() error { return log.Accept(t.Context(), old.ID, "bob") },
		func() error { return log.Part(t.Context(), old.ID, "ann", false) },
		func() error { return log.Part(t.Context(), old.ID, "bob", false) },
	} {
		before := now()
		done(t, decide())
		after := now()
		if err := change(before); !errors.Is(err, chat.ErrStale) {
			t.Errorf("a header from before is written: %v", err)
		}
		done(t, change(after))
		if got := now(); !maps.Equal(got.Blocked, after.Blocked) || got.Request != after.Request {
			t.Errorf("%+v became %+v", after, got)
		}
	}
}
