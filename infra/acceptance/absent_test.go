package acceptance

import (
	"strings"
	"sync"
	"testing"

	"github.com/coder/websocket"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

func TestAConnectionThatDiedUnnoticedIsPrunedAndItsUserNotified(t *testing.T) {
	t.Parallel()
	needLocal(t, "loses a $disconnect")
	ann, bob := person(t, "ann"), person(t, "bob")
	annsPhone, bobsPhone := ann.connect("phone"), bob.connect("phone")
	hello := annsPhone.says(to(bob), "hello")
	bobsPhone.gets(hello)
	shown := bobsPhone.registers("fcm")

	lost := make(chan struct{})
	var once sync.Once
	parley.tap.apply(t, func(c call, serve func()) {
		forgets := c.Operation == "UpdateItem" && strings.Contains(c.Text, string(bob.ID)) && strings.Contains(c.Text, "REMOVE")
		swallowed := false
		if forgets {
			once.Do(func() { swallowed = true })
		}
		if swallowed {
			close(lost)
			return
		}
		serve()
	})
	bobsPhone.cut()
	receive(t, "the $disconnect that is lost", lost)
	annsPhone.sees(bob, wire.Online, hello.Conversation) // as far as anybody knows

	annsPhone.says(to(bob), "are you there?")
	if n := shown.next(); n.Title != string(ann.ID) || n.Body != "are you there?" {
		t.Errorf("the phone shows %+v", n)
	}
	annsPhone.sees(bob, wire.Offline, hello.Conversation)
}

func TestTheOldestOfTooManyConnectionsGivesWay(t *testing.T) {
	t.Parallel()
	ann, bob := person(t, "ann"), person(t, "bob")
	oldest := ann.connect("device-0")
	var others []*device
	for i := range chat.MaxConnections {
		others = append(others, ann.connect("device-"+string(rune('a'+i))))
	}
	oldest.hears("that it is replaced", func(f frame) bool { return f.Event == wire.EventError && f.Code == chat.Replaced })
	if code := oldest.ends(); code != websocket.StatusNormalClosure {
		t.Errorf("closed with %d", code)
	}
	ack := bob.connect("phone").says(to(ann), "how many of you are there?")
	for _, d := range others {
		d.gets(ack)
	}
}
