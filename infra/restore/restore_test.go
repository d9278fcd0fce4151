package main

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
)

// table is one of conversations between ann and others.
type table struct {
	*store.Conversations
	db  *dynamodb.Client
	ids []chat.ConversationID
}

func newTable(t *testing.T, conversations int) *table {
	t.Helper()
	db := dynamodbtest.Start(t)
	s := &table{db: db, Conversations: store.NewConversations(dynamo.NewFromIface(db), topology.Conversations.Name, topology.ConversationsByUser.Name)}
	for n := range conversations {
		other := chat.UserID(fmt.Sprint("u", n))
		places := map[chat.UserID]chat.Place{"ann": {Role: chat.Member}, other: {Role: chat.Member}}
		c := chat.Conversation{ID: chat.DirectID("ann", other), Kind: chat.Direct, Creator: "ann", Created: time.Now(), Size: 2, Members: places}
		if _, _, err := s.Create(t.Context(), c, places); err != nil {
			t.Fatal(err)
		}
		s.ids = append(s.ids, c.ID)
	}
	return s
}

func (s *table) raiser(epoch chat.Epoch, done func(int64, string)) raiser {
	return raiser{db: s.db, table: topology.Conversations.Name, epoch: epoch, page: 7, workers: 4, done: done}
}

// epochs counts the conversations of each epoch.
func (s *table) epochs(t *testing.T) map[chat.Epoch]int {
	t.Helper()
	found := map[chat.Epoch]int{}
	for _, id := range s.ids {
		tail, ok, err := s.Tail(t.Context(), id, chat.Strong)
		if err != nil || !ok || tail.Conversation.Members["ann"].Role != chat.Member {
			t.Fatalf("%s: %+v, %v", id, tail, err)
		}
		found[tail.Conversation.Epoch]++
	}
	return found
}

func TestEveryConversationIsRaisedAndNoneIsLowered(t *testing.T) {
	s := newTable(t, 20)
	for _, c := range []struct {
		epoch, want chat.Epoch
		raised      int64
	}{{100, 100, 20}, {100, 100, 0}, {90, 100, 0}, {110, 110, 20}} {
		var raised int64
		if err := s.raiser(c.epoch, func(n int64, _ string) { raised = n }).raise(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
		if got := s.epochs(t); got[c.want] != 20 || raised != c.raised {
			t.Errorf("to %d: %v, %d raised", c.epoch, got, raised)
		}
	}
}

func TestAnInterruptedRunGoesOnWhereItWas(t *testing.T) {
	s := newTable(t, 20)
	ctx, interrupt := context.WithCancel(t.Context())
	var from string
	var first, second int64
	err := s.raiser(100, func(n int64, next string) {
		first, from = n, next
		interrupt()
	}).raise(ctx, "")
	if !errors.Is(err, context.Canceled) || from == "" || first == 0 || first == 20 {
		t.Fatalf("%v after %d, at %q", err, first, from)
	}
	if err := s.raiser(100, func(n int64, _ string) { second = n }).raise(t.Context(), from); err != nil {
		t.Fatal(err)
	}
	if got := s.epochs(t); got[100] != 20 || first+second != 20 {
		t.Errorf("%v, after %d and %d", got, first, second)
	}
}

// Members without a header are what a creation left that was cut short.
func TestWhatDoesNotExistIsNotMade(t *testing.T) {
	s := newTable(t, 1)
	id := chat.DirectID("ann", "nobody")
	_, err := s.db.PutItem(t.Context(), orphan(id))
	if err == nil {
		err = s.raiser(100, func(int64, string) {}).raise(t.Context(), "")
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, ok, err := s.Tail(t.Context(), id, chat.Strong); ok || err != nil {
		t.Errorf("a header was made, or %v", err)
	}
}

func TestAPlaceThatNobodyToldIsRefused(t *testing.T) {
	for _, from := range []string{"!", "bm90IGpzb24"} {
		if err := (raiser{}).raise(t.Context(), from); err == nil {
			t.Errorf("%q was taken", from)
		}
	}
}

// A conversation that the backup lacked is known to devices under the same id.
func TestWhatIsCreatedAfterARestoreIsOfItsEpoch(t *testing.T) {
	s := newTable(t, 1)
	s.Conversations = s.Since(100)
	places := map[chat.UserID]chat.Place{"ann": {Role: chat.Member}, "bob": {Role: chat.Member}}
	c := chat.Conversation{ID: chat.DirectID("ann", "bob"), Kind: chat.Direct, Creator: "ann", Created: time.Now(), Size: 2, Members: places}
	if there, made, err := s.Create(t.Context(), c, places); err != nil || !made || there.Epoch != 100 {
		t.Errorf("%+v, %v, %v", there, made, err)
	}
	s.ids = append(s.ids, c.ID)
	if got := s.epochs(t); got[0] != 1 || got[100] != 1 {
		t.Errorf("%v", got)
	}
}

func orphan(id chat.ConversationID) *dynamodb.PutItemInput {
	name := topology.Conversations.Name
	return &dynamodb.PutItemInput{TableName: &name, Item: map[string]types.AttributeValue{
		"conversation": &types.AttributeValueMemberS{Value: string(id)},
		"item":         &types.AttributeValueMemberS{Value: "A#ann"},
		"user":         &types.AttributeValueMemberS{Value: "ann"},
	}}
}
