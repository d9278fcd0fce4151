package acceptance

import (
	"slices"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"github.com/go-json-experiment/json"

	"github.com/parley-im/parley/infra/local/apigateway"
	"github.com/parley-im/parley/infra/local/sns"
	"github.com/parley-im/parley/infra/local/sqs"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/topology"
	"github.com/parley-im/parley/pkg/wire"
)

// watches asks for the presence of people and for its changes.
func (d *device) watches(people ...*user) []wire.PresenceLine {
	d.t.Helper()
	return ask[wire.Watched](d, wire.Watch{Head: d.head("watch"), Users: ids(people...)}).Presences
}

// sets chooses a presence.
func (d *device) sets(status chat.Presence) {
	d.t.Helper()
	ask[wire.Chosen](d, wire.SetStatus{Head: d.head("status"), Status: status})
}

// told are the presences of somebody that a device was told of, in order.
func (d *device) told(u *user) (all []chat.Presence) {
	d.t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, f := range d.heard {
		var c wire.Changed
		if f.Event == wire.EventPresence && json.Unmarshal(f.raw, &c) == nil && c.User == u.ID {
			all = append(all, c.Status)
		}
	}
	return all
}

// hearsOf waits until it has been told exactly these presences of somebody.
func (d *device) hearsOf(u *user, want ...chat.Presence) {
	d.t.Helper()
	eventually(d.t, d.String()+" hears of "+string(u.ID), func() bool { return len(d.told(u)) >= len(want) })
	if got := d.told(u); !slices.Equal(got, want) {
		d.t.Fatalf("%s was told %v of %s, want %v", d, got, u.ID, want)
	}
}

// absences returns a function that waits until the absence of somebody was queued for the nth time.
func absences(t *testing.T, u *user) func(n int) {
	t.Helper()
	calls := parley.tap.record(t, `\"user\":\"`+string(u.ID)+`\"`)
	return func(n int) {
		t.Helper()
		eventually(t, "an absence is queued", func() bool {
			queued := 0
			for _, c := range calls() {
				if c.Service == "sqs" && c.Operation == "SendMessage" {
					queued++
				}
			}
			return queued >= n
		})
	}
}

// passGrace lets the grace of all who left pass, and everybody be told.
func passGrace(t *testing.T) {
	t.Helper()
	parley.clock.Advance(chat.Grace)
	eventually(t, "all absences are served", func() bool {
		depth, err := parley.local.SQS.Depth(topology.Grace.Name)
		if err != nil {
			t.Fatal(err)
		}
		return depth == sqs.Depth{}
	})
}

// The stories with passGrace move the clock of the queues, and in others somebody may be away for a moment: so they are not
// parallel.

func TestZ2SomebodyIsOfflineWhenTheGraceIsOverAndNotBefore(t *testing.T) {
	needLocal(t, "moves the clock")
	ann, bob := person(t, "ann"), person(t, "bob")
	left := absences(t, ann)
	phone := bob.connect("phone")
	if got := phone.watches(ann)[0]; got.Status != chat.Unknown {
		t.Errorf("%+v", got)
	}
	anns := ann.connect("phone")
	phone.hearsOf(ann, chat.Online)
	anns.sets(chat.Busy)
	phone.hearsOf(ann, chat.Online, chat.Busy)

	anns.hangUp()
	left(1)
	anns = ann.connect("phone") // she was in a tunnel
	passGrace(t)
	anns.sets(chat.Online)
	phone.hearsOf(ann, chat.Online, chat.Busy, chat.Online) // and nothing in between

	anns.cut()
	left(2)
	if got := phone.told(ann); len(got) != 3 {
		t.Errorf("told %v before the grace is over", got)
	}
	passGrace(t)
	phone.hearsOf(ann, chat.Online, chat.Busy, chat.Online, chat.Offline)
	if got := phone.watches(ann)[0]; got.Status != chat.Offline || got.Seen == "" {
		t.Errorf("%+v", got)
	}
}

func TestZ2AConnectionThatDiedUnnoticedIsAnAbsenceWhenSomebodyWrites(t *testing.T) {
	needLocal(t, "loses a $disconnect, moves the clock")
	ann, bob := person(t, "ann"), person(t, "bob")
	left := absences(t, ann)
	phone, anns := bob.connect("phone"), ann.connect("phone")
	phone.watches(ann)
	lost := make(chan struct{})
	parley.tap.apply(t, func(c call, serve func()) {
		if c.Operation == "UpdateItem" && strings.Contains(c.Text, string(ann.ID)) && strings.Contains(c.Text, "attribute_not_exists") {
			close(lost) // once: nothing else has this condition
			return
		}
		serve()
	})
	anns.cut()
	receive(t, "the $disconnect that is lost", lost)
	phone.says(to(ann), "are you there?")
	left(1)
	passGrace(t)
	phone.hearsOf(ann, chat.Offline)
}

func TestZ5WatchersHearOfChangesOnly(t *testing.T) {
	t.Parallel()
	ann, bob, cat := person(t, "ann"), person(t, "bob"), person(t, "cat")
	anns, tablet := ann.connect("phone"), ann.connect("tablet")
	phone, cats := bob.connect("phone"), cat.connect("phone")
	if got := phone.watches(ann, cat); len(got) != 2 || got[0].Status != chat.Online || got[0].Seen != "" || got[1].Status != chat.Online {
		t.Errorf("%+v", got)
	}
	anns.sets(chat.Away)
	tablet.sets(chat.Away)
	phone.hearsOf(ann, chat.Away)
	tablet.sets(chat.Away)
	ask[wire.Chosen](anns, wire.SetStatus{Head: anns.head("status"), Status: chat.Online, Scope: wire.ScopeDevice})
	phone.hearsOf(ann, chat.Away, chat.Online)
	anns.sets(chat.Busy)
	anns.sets(chat.Busy)
	tablet.sets(chat.Invisible)
	phone.hearsOf(ann, chat.Away, chat.Online, chat.Busy, chat.Offline)
	ask[wire.Unwatched](phone, wire.Unwatch{Head: phone.head("unwatch"), Users: ids(ann)})
	anns.sets(chat.Online)
	cats.sets(chat.Busy)
	phone.hearsOf(cat, chat.Busy)
	phone.hearsOf(ann, chat.Away, chat.Online, chat.Busy, chat.Offline)
	if len(cats.told(ann)) != 0 || len(anns.told(ann)) != 0 {
		t.Error("somebody is told who did not ask")
	}
}

func TestTypingReachesTheOthersAndNobodyElse(t *testing.T) {
	t.Parallel()
	ann, bob, cat := person(t, "ann"), person(t, "bob"), person(t, "cat")
	anns, tablet, phone, eves := ann.connect("phone"), ann.connect("tablet"), bob.connect("phone"), person(t, "eve").connect("phone")
	group := anns.creates("us", bob, cat)
	phone.gets(group)
	for _, kind := range []wire.Doing{wire.Text, wire.Audio, wire.None} {
		anns.tell(wire.Typing{Head: anns.head("typing"), Conversation: group.Conversation, Kind: kind})
		f := phone.hears("that ann does "+string(kind), func(f frame) bool {
			var c wire.Composing
			return f.Event == wire.EventTyping && json.Unmarshal(f.raw, &c) == nil && c.User == ann.ID && c.Kind == kind
		})
		if f.Conversation != group.Conversation || f.Seq != 0 {
			t.Errorf("%s", f.raw)
		}
	}
	ack := phone.says(in(group.Conversation), "what are you writing?")
	anns.gets(ack)
	tablet.gets(ack)
	for _, d := range []*device{anns, tablet} {
		if strings.Contains(d.remembered(), `"typing"`) {
			t.Errorf("%s hears of herself: %s", d, d.remembered())
		}
	}
	if ack.Seq != 2 {
		t.Errorf("typing is in the log: the next message is %d", ack.Seq)
	}
	eves.tell(wire.Typing{Head: wire.Head{Action: "typing", Ref: "mine"}, Conversation: group.Conversation, Kind: wire.Text})
	eves.hears("that she may not", func(f frame) bool { return f.Event == wire.EventError && f.Ref == "mine" && f.Code == chat.Forbidden })
	eves.sendRaw(`{"action":"typing","ref":"bad","conversation":"x","kind":"text"}`)
	eves.hears("that it is wrong", func(f frame) bool { return f.Event == wire.EventError && f.Ref == "bad" && f.Code == chat.Invalid })
}

func TestL1WhoLogsOutIsGoneAtOnceAndNotNotified(t *testing.T) {
	t.Parallel()
	needLocal(t, "looks at phones")
	ann, bob := person(t, "ann"), person(t, "bob")
	anns, other, phone := ann.connect("phone"), ann.connect("phone"), bob.connect("phone")
	shown := anns.registers("fcm")
	phone.watches(ann)
	ack := phone.says(to(ann), "one")
	anns.gets(ack)

	if out := ask[wire.LoggedOut](anns, wire.Logout{Head: anns.head("logout")}); out.Device != "phone" {
		t.Errorf("%+v", out)
	}
	phone.hearsOf(ann, chat.Offline)
	if code := other.ends(); code != websocket.StatusNormalClosure {
		t.Errorf("the other connection of the device ends with %d", code)
	}
	if code := anns.refused(wire.SetStatus{Head: anns.head("status"), Status: chat.Online}); code != chat.Forbidden {
		t.Errorf("what is logged out chooses a status: %s", code)
	}
	heard := anns.remembers()
	phone.says(to(ann), "two")
	anns.hangUp()
	if n := anns.remembers(); n != heard {
		t.Errorf("what is logged out hears %s", anns.remembered())
	}
	again := ann.connect("phone")
	phone.hearsOf(ann, chat.Offline, chat.Online)
	again.gets(phone.says(to(ann), "three"))
	if all := parley.local.SNS.Notifications(sns.Filter{Token: shown.token}); len(all) != 0 {
		t.Errorf("the phone shows %+v", all)
	}
}

// Not in parallel: the gateway counts for everybody.
func TestWhatTypingCostsAtTheGateway(t *testing.T) {
	needLocal(t, "counts requests of functions")
	ann, bob := person(t, "ann"), person(t, "bob")
	anns, phone := ann.connect("phone"), bob.connect("phone")
	hello := anns.says(to(bob), "hello")
	phone.gets(hello)
	before := parley.local.API.Usage()
	anns.tell(wire.Typing{Head: anns.head("typing"), Conversation: hello.Conversation, Kind: wire.Text})
	phone.hears("it", func(f frame) bool { return f.Event == wire.EventTyping })
	after := parley.local.API.Usage()
	for name, test := range map[string]struct {
		count func(apigateway.Usage) apigateway.Traffic
		want  int64
	}{
		"in":   {func(u apigateway.Usage) apigateway.Traffic { return u.Inbound["typing"] }, 1},
		"ack":  {func(u apigateway.Usage) apigateway.Traffic { return u.Outbound["typing"] }, 0},
		"post": {func(u apigateway.Usage) apigateway.Traffic { return u.Posts }, 1},
	} {
		if n := test.count(after).Units - test.count(before).Units; n != test.want {
			t.Errorf("%s: billed as %d, want %d", name, n, test.want)
		}
	}
}
