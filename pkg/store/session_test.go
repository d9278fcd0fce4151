package store_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
)

func newSessions(t testing.TB) chat.Sessions {
	return store.NewSessions(dynamo.NewFromIface(dynamodbtest.Start(t)), topology.Sessions.Name)
}

func only(t testing.TB, sessions chat.Sessions, user chat.UserID) chat.Session {
	t.Helper()
	return must[[]chat.Session](t)(sessions.Sessions(t.Context(), []chat.UserID{user}))[0]
}

func TestConnectionsComeAndGoOneByOne(t *testing.T) {
	sessions := newSessions(t)
	first := chat.Connection{ID: "R1kmxc2VNjMCFIA=", Device: "phone", Since: epoch}
	second := chat.Connection{ID: "R1kmxc2VNjMCFIB=", Since: epoch.Add(time.Minute)}
	must[chat.Session](t)(sessions.Connect(t.Context(), "ann", second))
	s := must[chat.Session](t)(sessions.Connect(t.Context(), "ann", first))
	if len(s.Connections) != 2 || s.Connections[0] != first || s.Connections[1] != second {
		t.Fatalf("connections %+v", s.Connections)
	}
	if !s.Online(epoch.Add(time.Hour)) || s.Online(epoch.Add(3*time.Hour)) {
		t.Error("online must follow from the age of the connections")
	}
	gone := epoch.Add(time.Hour)
	if err := sessions.Disconnect(t.Context(), "ann", gone, first.ID, "never was"); err != nil {
		t.Fatal(err)
	}
	s = only(t, sessions, "ann")
	if len(s.Connections) != 1 || s.Connections[0] != second || !s.Left.Equal(gone) {
		t.Errorf("after one went: %+v", s)
	}
}

func TestWhoNeverConnectedHasAnEmptySession(t *testing.T) {
	sessions := newSessions(t)
	must[chat.Session](t)(sessions.Connect(t.Context(), "ann", chat.Connection{ID: "1", Since: epoch}))
	all := must[[]chat.Session](t)(sessions.Sessions(t.Context(), []chat.UserID{"bob", "ann"}))
	if len(all) != 2 || all[0].User != "bob" || !all[0].LastSeen.IsZero() || len(all[1].Connections) != 1 {
		t.Errorf("%+v", all)
	}
	if all := must[[]chat.Session](t)(sessions.Sessions(t.Context(), []chat.UserID{"nobody"})); len(all) != 1 || all[0].User != "nobody" {
		t.Errorf("%+v", all)
	}
}

func TestManyDevicesConnectAtOnceAndNoneIsLost(t *testing.T) {
	sessions := newSessions(t)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			_, err := sessions.Connect(t.Context(), "ann", chat.Connection{ID: chat.ConnectionID(fmt.Sprint(i)), Since: epoch})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if s := only(t, sessions, "ann"); len(s.Connections) != 20 {
		t.Errorf("%d connections", len(s.Connections))
	}
}

func TestSessionsOfMoreThanOneBatch(t *testing.T) {
	sessions := newSessions(t)
	var users []chat.UserID
	for i := range 150 {
		users = append(users, chat.UserID(fmt.Sprintf("u%d", i)))
	}
	must[chat.Session](t)(sessions.Connect(t.Context(), "u149", chat.Connection{ID: "x", Since: epoch}))
	all := must[[]chat.Session](t)(sessions.Sessions(t.Context(), users))
	if len(all) != 150 || all[149].User != "u149" || len(all[149].Connections) != 1 {
		t.Errorf("%d sessions", len(all))
	}
}

func TestEndpointsAreOnePerDeviceOldestFirst(t *testing.T) {
	sessions := newSessions(t)
	for i, device := range []chat.DeviceID{"phone", "tablet", "phone"} {
		e := chat.Endpoint{Device: device, Platform: "fcm", ID: fmt.Sprint("arn:", i), Since: epoch.Add(time.Duration(i) * time.Second)}
		must[chat.Session](t)(sessions.PutEndpoint(t.Context(), "ann", e))
	}
	s := only(t, sessions, "ann")
	if len(s.Endpoints) != 2 || s.Endpoints[0].Device != "tablet" || s.Endpoints[1].ID != "arn:2" {
		t.Fatalf("%+v", s.Endpoints)
	}
	for e, want := range map[chat.Endpoint]bool{
		s.Endpoints[1]:                    true,
		{Device: "tablet", ID: "arn:old"}: false, // it has registered anew since that was read
		{Device: "watch", ID: "arn:9"}:    false,
	} {
		if removed, err := sessions.RemoveEndpoint(t.Context(), "ann", e); err != nil || removed != want {
			t.Errorf("%s: removed %v, %v", e.Device, removed, err)
		}
	}
	if s := only(t, sessions, "ann"); len(s.Endpoints) != 1 || s.Endpoints[0].Device != "tablet" {
		t.Errorf("%+v", s.Endpoints)
	}
}
