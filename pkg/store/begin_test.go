package store_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
)

func TestAUserBeginsSoManyConversationsAnHour(t *testing.T) {
	people := store.NewPeople(dynamo.NewFromIface(dynamodbtest.Start(t)), topology.People.Name)
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	begin := func(user chat.UserID) error { return people.Begin(t.Context(), user, now) }
	for i := range chat.BeginBurst {
		if err := begin("ann"); err != nil {
			t.Fatal(i, err)
		}
	}
	for range 3 { // to try does not make it worse
		if err := begin("ann"); chat.AsError(err).Code != chat.Limited || chat.AsError(err).RetryAfter != time.Hour/chat.BeginRate {
			t.Fatalf("%v after %v", err, chat.AsError(err).RetryAfter)
		}
	}
	if err := begin("bob"); err != nil {
		t.Error(err)
	}
	now = now.Add(time.Hour / chat.BeginRate)
	if err := begin("ann"); err != nil {
		t.Error(err)
	}
	if err := begin("ann"); chat.AsError(err).Code != chat.Limited {
		t.Error(err)
	}
	now = now.Add(24 * time.Hour)
	for i := range chat.BeginBurst {
		if err := begin("ann"); err != nil {
			t.Fatal(i, err)
		}
	}
	if err := begin("ann"); chat.AsError(err).Code != chat.Limited {
		t.Error(err)
	}
}

func TestBeginningAtOnceIsCountedExactly(t *testing.T) {
	people := store.NewPeople(dynamo.NewFromIface(dynamodbtest.Start(t)), topology.People.Name)
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	var begun atomic.Int32
	var all sync.WaitGroup
	for range 2 * chat.BeginBurst {
		all.Go(func() {
			switch err := people.Begin(t.Context(), "ann", now); {
			case err == nil:
				begun.Add(1)
			case chat.AsError(err).Code != chat.Limited:
				t.Error(err)
			}
		})
	}
	all.Wait()
	if begun.Load() != chat.BeginBurst {
		t.Errorf("%d were begun, want %d", begun.Load(), chat.BeginBurst)
	}
}

func TestThePaceOfAnEntryIsKeptAndASlowOneTakesNoRoom(t *testing.T) {
	log := store.NewConversations(dynamo.NewFromIface(dynamodbtest.Start(t)), topology.Conversations.Name, topology.ConversationsByUser.Name)
	id := chat.DirectID("ann", "bob")
	put := func(seq chat.Seq, p chat.Pace) chat.Pace {
		t.Helper()
		e := chat.Entry{Conversation: id, Seq: seq, Kind: chat.Message, ID: "018f0000-0000-7000-8000-000000000001", From: "ann", At: time.Now(), Pace: p}
		if _, wrote, err := log.Put(t.Context(), e); !wrote || err != nil {
			t.Fatal(wrote, err)
		}
		there, _, err := log.Entry(t.Context(), id, seq)
		if err != nil {
			t.Fatal(err)
		}
		return there.Pace
	}
	if want := (chat.Pace{Heat: 21_005, Flow: 3050, Own: 7000}); put(1, want) != want {
		t.Error("a fast one is not kept")
	}
	if slow := (chat.Pace{}).Next(0); put(2, slow) != slow {
		t.Error("a slow one is not kept")
	}
	// Entries of before paces were kept count as slow.
	if put(3, chat.Pace{}) != (chat.Pace{}).Next(0) {
		t.Error("none is not slow")
	}
}
