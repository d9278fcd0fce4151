package push_test

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/infra/local/pushservice"
	"github.com/parley-im/parley/infra/local/sns"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
	"github.com/parley-im/parley/pkg/webpush"
	"github.com/parley-im/parley/pkg/wire"
)

// browsers gives a rig browsers and their push service.
func (r *rig) browsers(t *testing.T) *pushservice.Service {
	t.Helper()
	private, public, err := webpush.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	service := pushservice.New(server.URL+"/push", public)
	mux.HandleFunc("POST /push/{id}", service.ServePush)
	hosts, err := webpush.NewHosts([]string{server.URL})
	if err != nil {
		t.Fatal(err)
	}
	signer, err := webpush.NewSigner(private, public, "mailto:ops@example.com")
	if err != nil {
		t.Fatal(err)
	}
	r.Browsers = webpush.New(store.NewSessions(r.db, topology.Sessions.Name), hosts, public, r.Now).Signed(
		webpush.NewKeyring(func(context.Context) (*webpush.Signer, error) { return signer, nil }), server.Client().Transport)
	return service
}

// subscribe is what a new browser registers with.
func subscribe(t *testing.T, service *pushservice.Service, user string) wire.Register {
	t.Helper()
	s, ok := service.Subscribe(user)
	if !ok {
		t.Fatal("no subscription")
	}
	return wire.Register{Platform: chat.Web, Subscription: &wire.Subscription{
		Endpoint: s.Endpoint, Keys: wire.SubscriptionKeys{P256DH: s.Keys.P256DH, Auth: s.Keys.Auth},
	}}
}

func (r *rig) registerBrowser(t *testing.T, user chat.UserID, device chat.DeviceID, q wire.Register) {
	t.Helper()
	if _, err := r.Register(t.Context(), as(user, device), q); err != nil {
		t.Fatal(err)
	}
}

// pushed are whose browsers showed something.
func pushed(service *pushservice.Service) (users []string) {
	for _, n := range service.Notifications() {
		users = append(users, n.User)
	}
	slices.Sort(users)
	return users
}

func TestABrowserIsNotifiedBesideThePhone(t *testing.T) {
	r := newRig(t)
	service := r.browsers(t)
	r.register(t, "ann", "phone", "ann-1")
	r.registerBrowser(t, "ann", "laptop", subscribe(t, service, "ann"))
	r.registerBrowser(t, "bob", "laptop", subscribe(t, service, "bob"))
	r.notify(t, "ann", "bob", "nobody")
	r.wantTokens(t, "ann-1")
	if got := pushed(service); !slices.Equal(got, []string{"ann", "bob"}) {
		t.Errorf("pushed to %v", got)
	}
	if got := string(service.Notifications()[0].Message); !strings.Contains(got, `"body":"canary"`) {
		t.Errorf("it shows %s", got)
	}
}

func TestABrowserThatSubscribesAnewLeavesNothingBehind(t *testing.T) {
	r := newRig(t)
	service := r.browsers(t)
	r.register(t, "ann", "laptop", "ann-1")
	first := subscribe(t, service, "first")
	for range 2 { // the same again takes nothing away
		r.registerBrowser(t, "ann", "laptop", first)
	}
	r.registerBrowser(t, "ann", "laptop", subscribe(t, service, "second"))
	kept := 0
	var item dynamo.Item
	for iter := r.db.Table(topology.Sessions.Name).Scan().Iter(); iter.Next(t.Context(), &item); item = nil {
		if _, ok := item["endpoint"]; ok {
			kept++
		}
	}
	if kept != 1 {
		t.Errorf("%d subscriptions are kept", kept)
	}
	r.notify(t, "ann")
	if got := pushed(service); !slices.Equal(got, []string{"second"}) {
		t.Errorf("pushed to %v", got)
	}
}

func TestP7ABrowserThatChangesHandsNotifiesItsLastOwnerOnly(t *testing.T) {
	r := newRig(t)
	service := r.browsers(t)
	shared := subscribe(t, service, "shared")
	r.registerBrowser(t, "ann", "laptop", shared)
	r.registerBrowser(t, "bob", "laptop", shared)
	r.wantDevices(t, "ann")
	r.wantDevices(t, "bob", "laptop")
	r.notify(t, "ann")
	if got := pushed(service); len(got) != 0 {
		t.Errorf("pushed to %v", got)
	}
}

func TestABrowserThatUnsubscribedOrWasUnregisteredIsForgottenAndNoOther(t *testing.T) {
	r := newRig(t)
	service := r.browsers(t)
	gone := subscribe(t, service, "ann")
	r.registerBrowser(t, "ann", "gone", gone)
	r.registerBrowser(t, "ann", "laptop", subscribe(t, service, "ann"))
	service.Unsubscribe(gone.Subscription.Endpoint)
	r.notify(t, "ann")
	r.wantDevices(t, "ann", "laptop")
	if got := pushed(service); !slices.Equal(got, []string{"ann"}) {
		t.Errorf("pushed to %v", got)
	}
	id := r.endpoints(t, "ann")[0].ID
	if _, err := r.Unregister(t.Context(), as("ann", "laptop"), wire.Unregister{}); err != nil {
		t.Fatal(err)
	}
	if _, _, found, err := store.NewSessions(r.db, topology.Sessions.Name).Subscription(t.Context(), id); found || err != nil {
		t.Errorf("its subscription is kept: %v, %v", found, err)
	}
}

// What is refused for good is told in the log and not tried again; what may work later is.
func TestWhatIsRefusedForGoodIsNotTriedAgain(t *testing.T) {
	r := newRig(t)
	service := r.browsers(t)
	r.registerBrowser(t, "ann", "laptop", subscribe(t, service, "ann"))
	notice := chat.Notice{Conversation: all, Seq: 1, Users: []chat.UserID{"ann"}}
	r.Browsers = &flaky{Endpoints: r.Browsers, pushErr: map[chat.DeviceID]error{"laptop": chat.ErrRefused}}
	if err := r.Notify(t.Context(), notice); err != nil {
		t.Error(err)
	}
	if !strings.Contains(r.logs.String(), "notification refused") {
		t.Errorf("logs %q", r.logs)
	}
	r.Browsers = &flaky{Endpoints: r.Browsers, pushErr: map[chat.DeviceID]error{"laptop": chat.ErrBusy}}
	if err := r.Notify(t.Context(), notice); !errors.Is(err, chat.ErrBusy) {
		t.Error(err)
	}
	r.wantDevices(t, "ann", "laptop")
}

func TestWhatABrowserCosts(t *testing.T) {
	r := newRig(t)
	service := r.browsers(t)
	r.registerBrowser(t, "ann", "laptop", subscribe(t, service, "ann"))
	r.meter.Take()
	r.notify(t, "ann")
	if got, want := r.meter.Take(), (map[string]float64{"GetItem": 2, "BatchGetItem": 2}); !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if all := r.sns.Notifications(sns.Filter{}); len(all) != 0 {
		t.Errorf("SNS was asked for %d", len(all))
	}
}
