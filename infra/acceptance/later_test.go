package acceptance

import (
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/topology"
	"github.com/parley-im/parley/pkg/wire"
)

// drafts stores what the user has begun to write; nothing clears it.
func (d *device) drafts(target wire.Target, body *wire.Unfinished) wire.Drafted {
	d.t.Helper()
	return ask[wire.Drafted](d, wire.SetDraft{Head: d.head("draft"), To: target, Body: body})
}

// begun are the user's drafts.
func (d *device) begun() []wire.Draft {
	d.t.Helper()
	return ask[wire.DraftList](d, wire.Drafts{Head: d.head("drafts")}).Drafts
}

// learns waits for the draft that was stored on another device.
func (d *device) learns(of wire.Drafted) wire.Draft {
	d.t.Helper()
	var draft wire.Draft
	d.hears("a draft", func(f frame) bool {
		draft = wire.Draft{}
		return f.Event == wire.EventDraft && json.Unmarshal(f.raw, &draft) == nil && draft.At == of.At
	})
	return draft
}

// plans has a text sent later.
func (d *device) plans(target wire.Target, text string, in time.Duration) wire.Schedule {
	d.t.Helper()
	m := wire.Schedule{
		Head: d.head("schedule"), ID: newID(), To: target, Body: wire.Content{Text: text}, At: wire.Time(time.Now().Add(in)),
	}
	ask[wire.Planned](d, m)
	return m
}

// planned is what the user has scheduled.
func (d *device) planned() []wire.Scheduled {
	d.t.Helper()
	return ask[wire.ScheduledList](d, wire.ListScheduled{Head: d.head("scheduled")}).Scheduled
}

// getsPlanned waits for a message that was scheduled.
func (d *device) getsPlanned(m wire.Schedule) wire.Entry {
	d.t.Helper()
	return d.entry(d.hears("the scheduled message "+m.Body.Text, func(f frame) bool { return f.ID == m.ID && f.Seq > 0 }))
}

// wait moves the rules on.
func wait(t *testing.T, in time.Duration) {
	t.Helper()
	if err := parley.local.Events.Fire(topology.Tick.Name, time.Now().Add(in)); err != nil {
		t.Fatal(err)
	}
}

func TestADraftFollowsItsAuthorFromDeviceToDevice(t *testing.T) {
	t.Parallel()
	ann, bob := person(t, "ann"), person(t, "bob")
	phone, laptop, bobsPhone := ann.connect("phone"), ann.connect("laptop"), bob.connect("phone")

	first := phone.drafts(to(bob), &wire.Unfinished{Text: "Shall we"})
	draft := laptop.learns(first)
	if draft.User != bob.ID || draft.Conversation != chat.DirectID(ann.ID, bob.ID) || draft.Body.Text != "Shall we" {
		t.Errorf("the laptop learns %+v", draft)
	}
	if got := ann.connect("tablet").begun(); !reflect.DeepEqual(got, []wire.Draft{draft}) {
		t.Errorf("a device that comes later is told %+v", got)
	}

	m := laptop.message(to(bob), "Shall we meet?")
	m.Draft = true
	sent := laptop.sends(m)
	phone.gets(sent)
	bobsPhone.gets(sent)
	if got := laptop.begun(); len(got) != 0 {
		t.Errorf("what was sent is still a draft: %+v", got)
	}

	second := bobsPhone.drafts(in(sent.Conversation), &wire.Unfinished{Text: "Yes", Reply: sent.Seq})
	evesPhone := person(t, "eve").connect("phone")
	if code := evesPhone.refused(wire.SetDraft{
		Head: evesPhone.head("draft"), To: in(sent.Conversation), Body: &wire.Unfinished{Text: "hm"},
	}); code != chat.Forbidden {
		t.Errorf("a stranger's draft is refused with %s", code)
	}
	if got := bobsPhone.line(sent.Conversation).Draft; got == nil || *got != (wire.Begun{Text: "Yes", At: second.At}) {
		t.Errorf("bob's list says that he has begun %+v", got)
	}
	if got := laptop.line(sent.Conversation).Draft; got != nil {
		t.Errorf("ann's list says that she has begun %+v", got)
	}
	if got := bobsPhone.begun(); len(got) != 1 || got[0].At != second.At || got[0].Body.Reply != sent.Seq {
		t.Errorf("bob has begun %+v", got)
	}
	if cleared := laptop.learns(phone.drafts(to(bob), nil)); cleared.Body != nil {
		t.Errorf("the laptop learns %+v", cleared)
	}
	// Nobody else hears of any of it.
	bobsPhone.mu.Lock()
	defer bobsPhone.mu.Unlock()
	for _, f := range bobsPhone.heard {
		if f.Event == wire.EventDraft {
			t.Errorf("bob's phone got %s", f.raw)
		}
	}
}

// Not in parallel: the time moves for everybody.
func TestI20AScheduledMessageComesWhenItIsDueAndOnce(t *testing.T) {
	needLocal(t, "moves the time")
	ann, bob := person(t, "ann"), person(t, "bob")
	phone, bobsPhone := ann.connect("phone"), bob.connect("phone")
	morning := phone.plans(to(bob), "good morning", 30*time.Minute)
	evening := phone.plans(to(bob), "good evning", time.Hour)
	never := phone.plans(to(bob), "never mind", time.Hour)
	ask[wire.Planned](phone, wire.Unschedule{Head: phone.head("unschedule"), ID: never.ID})
	evening.Head, evening.Body.Text, evening.Replace = phone.head("schedule"), "good evening", true
	ask[wire.Planned](phone, evening)

	wait(t, 45*time.Minute)
	first := bobsPhone.getsPlanned(morning)
	if first.From != ann.ID || first.Body.Text != "good morning" || first.Seq != 1 {
		t.Errorf("bob gets %+v", first)
	}
	phone.getsPlanned(morning) // it was sent by no device of ann's
	// What was sent is forgotten after it was posted.
	eventually(t, "one is left", func() bool { return len(phone.planned()) == 1 })
	p := phone.planned()
	if len(p) != 1 || p[0].ID != evening.ID || p[0].Body.Text != "good evening" || p[0].Code != "" {
		t.Errorf("waiting is %+v", p)
	}
	for range 3 { // EventBridge delivers at least once
		wait(t, 2*time.Hour)
	}
	bobsPhone.getsPlanned(evening)
	eventually(t, "nothing is scheduled any more", func() bool { return len(phone.planned()) == 0 })
	if got := texts(bobsPhone.catchesUp(first.Conversation, 0)); !reflect.DeepEqual(got, []string{"good morning", "good evening"}) {
		t.Errorf("the log says %v", got)
	}
}

// What a tick was about to do, the next one does, and only once. Not in parallel: the time moves for everybody.
func TestI20AScheduledMessageWhoseTickWasKilledIsSentOnce(t *testing.T) {
	needLocal(t, "kills a function and moves the time")
	for name, at := range map[string]struct {
		service, operation string
		served             bool // the service had answered
	}{
		"before it was claimed":   {"dynamodb", "UpdateItem", false},
		"after it was claimed":    {"dynamodb", "UpdateItem", true},
		"before it was stored":    {"dynamodb", "PutItem", false},
		"after it was stored":     {"dynamodb", "PutItem", true},
		"before it was delivered": {"apigateway", "POST", false},
		"after it was delivered":  {"apigateway", "POST", true},
		"before it was forgotten": {"dynamodb", "DeleteItem", false},
		"after it was forgotten":  {"dynamodb", "DeleteItem", true},
	} {
		t.Run(name, func(t *testing.T) {
			ann, bob := person(t, "ann"), person(t, "bob")
			phone, bobsPhone := ann.connect("phone"), bob.connect("phone")
			before := phone.says(to(bob), "before")
			m := phone.plans(to(bob), "a narrow escape", time.Hour)
			killed := make(chan struct{})
			var once sync.Once
			parley.tap.apply(t, func(c call, serve func()) {
				kill := false
				if c.Service == at.service && c.Operation == at.operation && strings.Contains(c.Text, string(m.ID)) {
					once.Do(func() { kill = true })
				}
				if !kill || at.served {
					serve()
				}
				if kill {
					if parley.local.Lambda.Kill("tick") == 0 {
						t.Error("no process of the tick function was running")
					}
					close(killed)
				}
			})
			wait(t, 2*time.Hour)
			receive(t, "the tick is killed", killed)
			bobsPhone.says(to(ann), "meanwhile")
			wait(t, 3*time.Hour)
			bobsPhone.getsPlanned(m)
			eventually(t, "nothing is scheduled any more", func() bool { return len(phone.planned()) == 0 })
			log := texts(phone.catchesUp(before.Conversation, 0))
			slices.Sort(log)
			if want := []string{"a narrow escape", "before", "meanwhile"}; !slices.Equal(log, want) {
				t.Errorf("the log has %q", log)
			}
		})
	}
}

func TestAScheduledAttachmentIsThereWhenItIsSent(t *testing.T) {
	needLocal(t, "moves the time")
	ann, bob := person(t, "ann"), person(t, "bob")
	phone, bobsPhone := ann.connect("phone"), bob.connect("phone")
	content := photo()
	offer := phone.offers(content)
	if status := put(t, offer, content, nil); status != http.StatusOK {
		t.Fatalf("the upload is answered with %d", status)
	}
	picture := attachment(offer.Media, content)
	m := wire.Schedule{
		Head: phone.head("schedule"), ID: newID(), To: to(bob), At: wire.Time(time.Now().Add(time.Hour)),
		Body: wire.Content{Attachments: []wire.Attachment{picture}},
	}
	ask[wire.Planned](phone, m)
	wait(t, 2*time.Hour)
	if e := bobsPhone.getsPlanned(m); len(e.Body.Attachments) != 1 || e.Body.Attachments[0] != picture {
		t.Errorf("bob gets %+v", e)
	}
	missing := m
	missing.Head, missing.ID = phone.head("schedule"), newID()
	missing.Body.Attachments = []wire.Attachment{{Media: chat.NewMediaID([]byte("never uploaded..")), Name: "a", Type: "image/png", Size: 1}}
	if code := phone.refused(missing); code != chat.MediaMissing {
		t.Errorf("what was never uploaded is refused with %s", code)
	}
}
