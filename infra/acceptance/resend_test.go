package acceptance

import (
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

func TestS1AResendAfterALostAcknowledgementIsTheSameMessage(t *testing.T) {
	t.Parallel()
	ann, bob := person(t, "ann"), person(t, "bob")
	phone, bobsPhone := ann.connect("phone"), bob.connect("phone")
	before := phone.says(to(bob), "before")
	m := phone.message(to(bob), "did you get this?")
	first := phone.sends(m) // suppose that this never came
	phone.cut()

	phone = ann.connect("phone")
	if second := phone.sends(phone.again(m, before.Seq)); second != first {
		t.Errorf("acknowledged as %+v, then as %+v", first, second)
	}
	bobsPhone.says(to(ann), "I did")
	if third := phone.sends(phone.again(m, before.Seq)); third != first {
		t.Errorf("acknowledged as %+v, then as %+v", first, third)
	}

	want := []string{"before", "did you get this?", "I did"}
	if log := texts(phone.catchesUp(first.Conversation, 0)); !slices.Equal(log, want) {
		t.Errorf("the log is %q, want %q", log, want)
	}
	for _, e := range bobsPhone.entries(first.Conversation) {
		if e.ID == m.ID && e.Seq != first.Seq {
			t.Errorf("bob heard %q as %d and %d", e.Body.Text, e.Seq, first.Seq)
		}
	}
}

func TestTheSameIDWithAnotherBodyIsAConflict(t *testing.T) {
	t.Parallel()
	ann, bob := person(t, "ann"), person(t, "bob")
	phone := ann.connect("phone")
	m := phone.message(to(bob), "yes")
	ack := phone.sends(m)
	m.Body.Text = "no"
	if code := phone.refused(phone.again(m, 0)); code != chat.Conflict {
		t.Errorf("a resend is refused as %s", code)
	}
	m.Head = phone.head("send")
	if code := phone.refused(m); code != chat.Conflict {
		t.Errorf("without after: refused as %s", code)
	}
	if log := texts(phone.catchesUp(ack.Conversation, 0)); !slices.Equal(log, []string{"yes"}) {
		t.Errorf("the log is %q", log)
	}
}

func TestAGroupIsCreatedOnceHoweverOftenItIsAskedFor(t *testing.T) {
	t.Parallel()
	ann, bob := person(t, "ann"), person(t, "bob")
	phone := ann.connect("phone")
	create := wire.Create{Head: phone.head("create"), ID: newID(), Name: "Choir", Members: ids(bob)}
	first := ask[wire.Accepted](phone, create)
	phone.says(in(first.Conversation), "welcome")

	create.Head = phone.head("create")
	if second := ask[wire.Accepted](phone, create); second != first {
		t.Errorf("acknowledged as %+v, then as %+v", first, second)
	}
	create.Head, create.Name = phone.head("create"), "Orchestra"
	if code := phone.refused(create); code != chat.Conflict {
		t.Errorf("with another name: refused as %s", code)
	}
	if log := phone.catchesUp(first.Conversation, 0); len(log) != 2 {
		t.Errorf("the log is %+v", log)
	}
}

// A function that is killed answers nobody. Wherever that happens, the resend finishes what was begun, and only once. Not in
// parallel: the kill ends what others have under way.
func TestS4AMessageWhoseFunctionWasKilledIsSentOnceByItsResend(t *testing.T) {
	needLocal(t, "kills a function")
	for name, at := range map[string]struct {
		service, operation string
		served             bool // the service had answered
	}{
		"before it was stored":    {"dynamodb", "PutItem", false},
		"after it was stored":     {"dynamodb", "PutItem", true},
		"before it was delivered": {"apigateway", "POST", false},
		"after it was delivered":  {"apigateway", "POST", true},
	} {
		t.Run(name, func(t *testing.T) {
			ann, bob := person(t, "ann"), person(t, "bob")
			phone, bobsPhone := ann.connect("phone"), bob.connect("phone")
			before := phone.says(to(bob), "before")
			m := phone.message(to(bob), "a narrow escape "+string(newID()))
			var once sync.Once
			parley.tap.apply(t, func(c call, serve func()) {
				kill := false
				if c.Service == at.service && c.Operation == at.operation && strings.Contains(c.Text, m.Body.Text) {
					once.Do(func() { kill = true })
				}
				switch {
				case kill && at.served:
					serve()
					killMessage(t)
				case kill:
					killMessage(t)
				default:
					serve()
				}
			})

			phone.send(m)
			phone.hears("an error of the gateway", func(f frame) bool {
				return f.Event == "" && f.Message == "Internal server error"
			})
			ack := phone.sends(phone.again(m, before.Seq))
			if ack.Seq != before.Seq+1 {
				t.Errorf("acknowledged as %d after %d", ack.Seq, before.Seq)
			}
			for _, d := range []*device{phone, bobsPhone} {
				if log := texts(d.catchesUp(ack.Conversation, 0)); !slices.Equal(log, []string{"before", m.Body.Text}) {
					t.Errorf("%s has %q", d, log)
				}
			}
			want := bobsPhone.gets(ack)
			for _, e := range bobsPhone.entries(ack.Conversation) {
				if e.Seq == ack.Seq && !reflect.DeepEqual(e, want) {
					t.Errorf("bob heard %+v and %+v under one number", want, e)
				}
			}
		})
	}
}

func killMessage(t *testing.T) {
	if parley.local.Lambda.Kill("message") == 0 {
		t.Error("no process of the message function was running")
	}
}
