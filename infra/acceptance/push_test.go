package acceptance

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-im/parley/infra/local/console"
	"github.com/parley-im/parley/infra/local/sns"
	"github.com/parley-im/parley/infra/local/stack"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/topology"
	"github.com/parley-im/parley/pkg/wire"
)

// screen is where a phone shows notifications.
type screen struct {
	t     *testing.T
	token string
	shows <-chan sns.Notification
}

// screenOf looks at the phone that has a push token.
func screenOf(t *testing.T, token string) *screen {
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	return &screen{t, token, parley.local.SNS.Watch(ctx)}
}

// next waits for the next notification.
func (s *screen) next() console.Notification {
	s.t.Helper()
	patience := time.NewTimer(patience)
	defer patience.Stop()
	for {
		select {
		case n := <-s.shows:
			if n.Token == s.token {
				return stack.Show(n)
			}
		case <-patience.C:
			s.t.Fatal("the phone shows nothing")
		}
	}
}

// registers asks for notifications under a new token.
func (d *device) registers(platform string) *screen {
	d.t.Helper()
	token := "token-" + string(newID())
	d.registersAs(platform, token)
	return screenOf(d.t, token)
}

func (d *device) registersAs(platform, token string) {
	d.t.Helper()
	got := ask[wire.Registered](d, wire.Register{Head: d.head("register"), Platform: platform, Token: token})
	if string(got.Device) != d.name {
		d.t.Errorf("%s registers as %s", d, got.Device)
	}
}

func TestAPhoneIsNotifiedOnlyWhileItsUserIsOffline(t *testing.T) {
	t.Parallel()
	needLocal(t, "looks at phones")
	for _, platform := range []string{"fcm", "apns", "apns_sandbox"} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			ann, bob := person(t, "ann"), person(t, "bob")
			annsPhone, bobsPhone := ann.connect("phone"), bob.connect("phone")
			anns, bobs := annsPhone.registers(platform), bobsPhone.registers(platform)
			notices := parley.tap.record(t, string(ann.ID))

			hello := annsPhone.says(to(bob), "while you are here")
			if n := published(notices()); n != 0 {
				t.Errorf("%d notices although both are online", n)
			}
			bobsPhone.hangUp()
			annsPhone.sees(bob, wire.Offline, hello.Conversation)
			annsPhone.says(to(bob), "while you are away")
			if n := bobs.next(); n.User != string(bob.ID) || n.Title != string(ann.ID) || n.Body != "while you are away" {
				t.Errorf("bob's phone shows %+v", n)
			}
			// Ann's own device is never notified of what she says, not even while another of hers is the only one connected.
			laptop := ann.connect("laptop")
			annsPhone.hangUp()
			laptop.says(to(bob), "from my laptop")
			if n := bobs.next(); n.Body != "from my laptop" {
				t.Errorf("bob's phone shows %+v", n)
			}
			if all := parley.local.SNS.Notifications(sns.Filter{Token: anns.token}); len(all) != 0 {
				t.Errorf("the sender's phone shows %+v", all)
			}
		})
	}
}

// published counts the notices to the push function.
func published(calls []call) (n int) {
	for _, c := range calls {
		if c.Service == "sns" && c.Operation == "Publish" {
			n++
		}
	}
	return n
}

func TestAPhoneThatSendsAndVanishesIsNotNotifiedOfItsOwnMessage(t *testing.T) {
	t.Parallel()
	needLocal(t, "looks at notices")
	ann, bob := person(t, "ann"), person(t, "bob")
	phone := ann.connect("phone")
	m := phone.message(to(bob), "into the tunnel")
	forgotten, published := make(chan struct{}), make(chan call, 1)
	parley.tap.apply(t, func(c call, serve func()) {
		serve()
		switch {
		case c.Operation == "PutItem" && strings.Contains(c.Text, m.Body.Text) && strings.Contains(c.Text, string(m.ID)):
			phone.cut()
			<-forgotten
		case c.Operation == "UpdateItem" && strings.Contains(c.Text, string(ann.ID)) && strings.Contains(c.Text, `"`+topology.Sessions.Name+`"`):
			close(forgotten)
		case c.Operation == "Publish" && strings.Contains(c.Text, string(chat.DirectID(ann.ID, bob.ID))):
			published <- c
		}
	})
	phone.send(m)
	if n := notice(t, receive(t, "a notice", published)); !slices.Equal(n.Users, ids(bob)) {
		t.Errorf("notified are %v", n.Users)
	}
}

// notice is what a function published.
func notice(t *testing.T, c call) (n chat.Notice) {
	t.Helper()
	_, body, _ := strings.Cut(c.Text, "\n")
	form, err := url.ParseQuery(body)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(form.Get("Message")), &n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestWhoComesBackInTimeIsNotNotified(t *testing.T) {
	t.Parallel()
	needLocal(t, "holds a notice back")
	ann, bob := person(t, "ann"), person(t, "bob")
	annsPhone, bobsPhone := ann.connect("phone"), bob.connect("phone")
	hello := annsPhone.says(to(bob), "hello")
	shown := bobsPhone.registers("fcm")
	bobsPhone.hangUp()
	annsPhone.sees(bob, wire.Offline, hello.Conversation)

	held, release := holdNotices(t, hello.Conversation)
	annsPhone.send(annsPhone.message(to(bob), "while you were away"))
	receive(t, "a notice", held)
	bobsPhone = bob.connect("phone")
	judged := parley.tap.watch(t, "BatchGetItem", string(bob.ID), "R#"+string(ann.ID)) // what bob thinks of her is asked after who is there
	release()
	receive(t, "a look at bob", judged)
	annsPhone.says(to(bob), "good that you are back")
	bobsPhone.hangUp()
	annsPhone.sees(bob, wire.Offline, hello.Conversation)

	annsPhone.says(to(bob), "gone again?")
	if n := shown.next(); n.Body != "gone again?" {
		t.Errorf("bob's phone shows %+v", n)
	}
}

func TestAnUnregisteredPhoneIsNotNotified(t *testing.T) {
	t.Parallel()
	needLocal(t, "looks at phones")
	ann, bob := person(t, "ann"), person(t, "bob")
	annsPhone, bobsPhone, bobsTablet := ann.connect("phone"), bob.connect("phone"), bob.connect("tablet")
	phone, tablet := bobsPhone.registers("fcm"), bobsTablet.registers("fcm")
	ask[wire.Registered](bobsPhone, wire.Unregister{Head: bobsPhone.head("unregister")})
	hello := annsPhone.says(to(bob), "hello")
	bobsPhone.hangUp()
	bobsTablet.hangUp()
	annsPhone.sees(bob, wire.Offline, hello.Conversation)

	annsPhone.says(to(bob), "see you")
	tablet.next()
	if all := parley.local.SNS.Notifications(sns.Filter{Token: phone.token}); len(all) != 0 {
		t.Errorf("the phone shows %+v", all)
	}
}

func TestAPhoneThatChangesHandsShowsOnlyItsNewOwnersMessages(t *testing.T) {
	t.Parallel()
	needLocal(t, "looks at phones")
	ann, bob, carl := person(t, "ann"), person(t, "bob"), person(t, "carl")
	bobsPhone := bob.connect("phone")
	phone := bobsPhone.registers("fcm")
	bobsTablet := bob.connect("tablet")
	tablet := bobsTablet.registers("fcm")
	carlsPhone := carl.connect("phone")
	carlsPhone.registersAs("fcm", phone.token)

	annsPhone := ann.connect("phone")
	group := annsPhone.creates("Everybody", bob, carl).Conversation
	for _, d := range []*device{bobsPhone, bobsTablet, carlsPhone} {
		d.hangUp()
	}
	annsPhone.sees(bob, wire.Offline, group)
	annsPhone.sees(carl, wire.Offline, group)
	annsPhone.says(to(bob), "for bob")
	if n := tablet.next(); n.Body != "for bob" {
		t.Errorf("bob's tablet shows %+v", n)
	}
	annsPhone.says(to(carl), "for carl")
	if n := phone.next(); n.User != string(carl.ID) || n.Body != "for carl" {
		t.Errorf("carl's phone shows %+v", n)
	}
	for _, n := range parley.local.SNS.Notifications(sns.Filter{Token: phone.token}) {
		if shown := stack.Show(n); strings.Contains(shown.Body, "bob") {
			t.Errorf("carl's phone shows %+v", shown)
		}
	}
}
