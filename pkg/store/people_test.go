package store_test

import (
	"testing"
	"time"

	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
)

func TestRelations(t *testing.T) {
	people := store.NewPeople(dynamo.NewFromIface(dynamodbtest.Start(t)), topology.People.Name)
	at := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	relate := func(owner chat.UserID, r chat.Relation) {
		t.Helper()
		if err := people.Relate(t.Context(), owner, r); err != nil {
			t.Fatal(err)
		}
	}
	bob := chat.Relation{User: "bob", Contact: true, Name: "Bobby"}
	relate("ann", bob)
	relate("ann", chat.Relation{User: "cyd", Blocked: at})
	relate("ann", chat.Relation{User: "cyd2", Muted: at})
	if r, err := people.Relation(t.Context(), "ann", "bob", chat.Strong); err != nil || r != bob {
		t.Errorf("ann about bob: %+v, %v", r, err)
	}
	if r, err := people.Relation(t.Context(), "bob", "ann", chat.Strong); err != nil || r != (chat.Relation{User: "ann"}) {
		t.Errorf("bob about ann: %+v, %v", r, err)
	}
	page, err := people.Relations(t.Context(), "ann", "bob", 10)
	if err != nil || len(page) != 2 || page[0].User != "cyd" || !page[0].Blocked.Equal(at) || !page[1].Muted.Equal(at) {
		t.Errorf("behind bob: %+v, %v", page, err)
	}
	for _, pair := range [][2]chat.UserID{{"ann", "cyd"}, {"cyd", "ann"}} {
		if apart, err := chat.Apart(t.Context(), people, pair[0], pair[1], chat.Strong); err != nil || !apart {
			t.Errorf("%v: %v, %v", pair, apart, err)
		}
	}
	relate("ann", chat.Relation{User: "cyd"})
	if apart, err := chat.Apart(t.Context(), people, "ann", "cyd", chat.Strong); err != nil || apart {
		t.Errorf("what was taken back still counts: %v", err)
	}
	if page, err := people.Relations(t.Context(), "ann", "", 10); err != nil || len(page) != 2 {
		t.Errorf("what was taken back is listed: %+v, %v", page, err)
	}
}
