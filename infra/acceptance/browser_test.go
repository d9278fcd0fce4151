package acceptance

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/parley-im/parley/infra/local/console"
	"github.com/parley-im/parley/infra/local/pushservice"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/webpush"
	"github.com/parley-im/parley/pkg/wire"
)

// browser is what a device runs in: it has a subscription and shows what is pushed to it.
type browser struct {
	t            *testing.T
	subscription wire.Subscription
	shows        <-chan pushservice.Notification
}

// subscribes makes a new browser of the device's user, over HTTP as a page would.
func (d *device) subscribes() *browser {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.t.Context(), patience)
	defer cancel()
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, parley.local.Web+"/dev/push", strings.NewReader(`{"user":"`+string(d.user.ID)+`"}`))
	if err != nil {
		d.t.Fatal(err)
	}
	q.Header.Set("Content-Type", "application/json")
	answer, err := parley.web.Do(q)
	if err != nil {
		d.t.Fatal(err)
	}
	defer answer.Body.Close()
	watched, stop := context.WithCancel(context.Background())
	d.t.Cleanup(stop)
	b := &browser{t: d.t, shows: parley.local.Browsers.Watch(watched)}
	if err := json.NewDecoder(answer.Body).Decode(&b.subscription); err != nil || answer.StatusCode != http.StatusCreated {
		d.t.Fatal(answer.Status, err)
	}
	return b
}

// registersBrowser asks for notifications in a browser.
func (d *device) registersBrowser(b *browser) {
	d.t.Helper()
	got := ask[wire.Registered](d, wire.Register{Head: d.head("register"), Platform: chat.Web, Subscription: &b.subscription})
	if string(got.Device) != d.name {
		d.t.Errorf("%s registers as %s", d, got.Device)
	}
}

// next waits for what the service worker gets next.
func (b *browser) next() (m webpush.Message, n pushservice.Notification) {
	b.t.Helper()
	patience := time.NewTimer(patience)
	defer patience.Stop()
	for {
		select {
		case n := <-b.shows:
			if n.Endpoint != b.subscription.Endpoint {
				continue
			}
			if err := json.Unmarshal(n.Message, &m); err != nil {
				b.t.Fatal(err)
			}
			return m, n
		case <-patience.C:
			b.t.Fatal("the browser shows nothing")
		}
	}
}

func TestABrowserIsNotifiedWhileItsUserIsOffline(t *testing.T) {
	t.Parallel()
	needLocal(t, "looks at browsers")
	ann, bob := person(t, "ann"), person(t, "bob")
	annsPhone, bobsLaptop, bobsPhone := ann.connect("phone"), bob.connect("laptop"), bob.connect("phone")
	shown := bobsLaptop.subscribes()
	bobsLaptop.registersBrowser(shown)
	bobsLaptop.registersBrowser(shown) // as pages do whenever they load
	phone := bobsPhone.registers("fcm")
	hello := annsPhone.says(to(bob), "while you are here")
	bobsLaptop.hangUp()
	bobsPhone.hangUp()
	annsPhone.sees(bob, wire.Offline, hello.Conversation)

	away := annsPhone.says(to(bob), "while you are away")
	m, n := shown.next()
	want := webpush.Message{
		Title: string(ann.ID), Body: "while you are away", Tag: hello.Conversation,
		Data: webpush.Data{Conversation: hello.Conversation, Seq: away.Seq},
	}
	if m != want || n.TTL != 604800 || n.Urgency != "high" {
		t.Errorf("bob's browser gets %+v, %+v", m, n)
	}
	if n := phone.next(); n.Body != "while you are away" {
		t.Errorf("bob's phone shows %+v", n)
	}
	for _, n := range parley.local.Browsers.Notifications() {
		if n.User == string(bob.ID) && strings.Contains(string(n.Message), "while you are here") {
			t.Errorf("bob's browser got %s", n.Message)
		}
	}
	inbox := shownTo(t, string(bob.ID))
	if len(inbox) != 2 || inbox[0].Body != inbox[1].Body || inbox[0].Title != string(ann.ID) {
		t.Errorf("the stack shows %+v", inbox)
	}
}

// shownTo is what the stack says that a user's devices showed.
func shownTo(t *testing.T, user string) (all []console.Notification) {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, parley.local.Web+"/dev/notifications?user="+user, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := parley.web.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(&all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestABrowserThatChangesHandsOrTakesThePermissionBack(t *testing.T) {
	t.Parallel()
	needLocal(t, "looks at browsers")
	ann, bob, carl := person(t, "ann"), person(t, "bob"), person(t, "carl")
	bobsLaptop, bobsDesk := bob.connect("laptop"), bob.connect("desk")
	shared, gone, kept := bobsLaptop.subscribes(), bobsDesk.subscribes(), bobsDesk.subscribes()
	bobsLaptop.registersBrowser(shared)
	bobsDesk.registersBrowser(gone)
	bobsTablet := bob.connect("tablet")
	bobsTablet.registersBrowser(kept)
	carlsLaptop := carl.connect("laptop")
	carlsLaptop.registersBrowser(shared)
	parley.local.Browsers.Unsubscribe(gone.subscription.Endpoint)

	annsPhone := ann.connect("phone")
	group := annsPhone.creates("Everybody", bob, carl).Conversation
	for _, d := range []*device{bobsLaptop, bobsDesk, bobsTablet, carlsLaptop} {
		d.hangUp()
	}
	annsPhone.sees(bob, wire.Offline, group)
	annsPhone.sees(carl, wire.Offline, group)
	annsPhone.says(to(bob), "for bob")
	if m, _ := kept.next(); m.Body != "for bob" {
		t.Errorf("bob's tablet shows %+v", m)
	}
	annsPhone.says(to(carl), "for carl")
	if m, _ := shared.next(); m.Body != "for carl" {
		t.Errorf("carl's laptop shows %+v", m)
	}
	annsPhone.says(to(bob), "and again") // without what is gone
	if m, _ := kept.next(); m.Body != "and again" {
		t.Errorf("bob's tablet shows %+v", m)
	}
	for _, n := range parley.local.Browsers.Notifications() {
		if n.Endpoint == shared.subscription.Endpoint && strings.Contains(string(n.Message), "bob") || n.Endpoint == gone.subscription.Endpoint {
			t.Errorf("%s got %s", n.Endpoint, n.Message)
		}
	}
}
