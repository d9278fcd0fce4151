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

func TestASubscriptionIsKeptReplacedAndForgotten(t *testing.T) {
	db := dynamo.NewFromIface(dynamodbtest.Start(t))
	sessions := store.NewSessions(db, topology.Sessions.Name)
	var subscriptions chat.Subscriptions = sessions
	want := func(s chat.Subscription, owner chat.Holder, found bool) {
		t.Helper()
		if got, whose, ok, err := subscriptions.Subscription(t.Context(), "id"); err != nil || got != s || whose != owner || ok != found {
			t.Errorf("%+v of %+v, %v, %v", got, whose, ok, err)
		}
	}
	want(chat.Subscription{}, chat.Holder{}, false)
	first := chat.Subscription{Endpoint: "https://push.example.com/1", P256DH: "key", Auth: "secret"}
	second := chat.Subscription{Endpoint: "https://push.example.com/1", P256DH: "other key", Auth: "other secret"}
	ann, bob := chat.Holder{User: "ann", Device: "laptop"}, chat.Holder{User: "bob", Device: "desk"}
	for _, put := range []struct {
		s     chat.Subscription
		owner chat.Holder
	}{{first, ann}, {second, bob}} {
		if err := subscriptions.PutSubscription(t.Context(), "id", put.s, put.owner, epoch.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		want(put.s, put.owner, true)
	}
	var item struct {
		Expires int64 `dynamo:"expires"`
	}
	if err := db.Table(topology.Sessions.Name).Get("user", "b#id").One(t.Context(), &item); err != nil || item.Expires != epoch.Add(time.Hour).Unix() {
		t.Errorf("expires %d, %v", item.Expires, err)
	}
	for _, user := range []chat.UserID{"ann", "bob", "id"} { // sessions are something else
		if s := only(t, sessions, user); len(s.Endpoints) != 0 {
			t.Errorf("%s has %+v", user, s)
		}
	}
	for range 2 {
		if err := subscriptions.RemoveSubscription(t.Context(), "id"); err != nil {
			t.Fatal(err)
		}
	}
	want(chat.Subscription{}, chat.Holder{}, false)
}
