package schedule_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

var direct = chat.DirectID("ann", "bob")

func TestI20AScheduledMessageIsSentOnceAndNeverEarly(t *testing.T) {
	r := newRig(t)
	r.plan(t, "ann", later(1, "in an hour", time.Hour))
	r.tick(t, time.Minute)
	r.tick(t, time.Hour-time.Millisecond)
	if said := r.said(t, direct); said != nil {
		t.Fatalf("early: %v", said)
	}
	for n := range 3 {
		r.tick(t, time.Hour+time.Duration(n)*time.Minute)
	}
	entries, err := r.log.After(t.Context(), direct, 0, 10, chat.Strong)
	if err != nil || len(entries) != 1 {
		t.Fatalf("%+v, %v", entries, err)
	}
	if e := entries[0]; e.From != "ann" || e.To != "bob" || e.ID != id(1) || e.Body.Text != "in an hour" || !e.At.Equal(start.Add(time.Hour)) {
		t.Errorf("%+v", e)
	}
	if w := r.waiting(t, "ann"); len(w) != 0 || r.delivered.n != 1 || r.told.frames != nil {
		t.Errorf("waiting %+v, delivered %d, told %v", w, r.delivered.n, r.told.frames)
	}
}

// EventBridge may deliver an event twice, and Lambda runs one again that failed.
func TestI20TicksAtOnceSendOnce(t *testing.T) {
	r := newRig(t)
	const messages = 120 // more than a page
	for n := range messages {
		m := later(n, fmt.Sprint(n), time.Minute)
		m.To.User = chat.UserID(fmt.Sprint("bob", n%3))
		r.plan(t, chat.UserID(fmt.Sprint("ann", n%2)), m)
	}
	r.now = start.Add(time.Minute)
	var ticks sync.WaitGroup
	for range 3 {
		ticks.Go(func() {
			if err := r.Tick(t.Context(), r.now); err != nil {
				t.Error(err)
			}
		})
	}
	ticks.Wait()
	var all []string
	for n := range 6 {
		all = append(all, r.said(t, chat.DirectID(chat.UserID(fmt.Sprint("ann", n%2)), chat.UserID(fmt.Sprint("bob", n%3))))...)
	}
	slices.Sort(all)
	if n := len(slices.Compact(slices.Clone(all))); n != messages || len(all) != messages {
		t.Errorf("%d messages, %d different ones, want %d", len(all), n, messages)
	}
}

func TestI20ATickThatEndsAtAnyStepIsMadeUpForAndSendsOnce(t *testing.T) {
	for name, fault := range map[string]func(*rig){
		"after the claim":                  func(r *rig) { r.table.loseClaim = true },
		"before the message":               func(r *rig) { r.sender.before = &chat.Error{Code: chat.Unavailable} },
		"after the message":                func(r *rig) { r.sender.after = errors.New("killed") },
		"after the message was forgotten":  func(r *rig) { r.table.loseSettle = true },
		"twice, by something unknown then": func(r *rig) { r.sender.after, r.table.loseClaim = errors.New("killed"), true },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.plan(t, "ann", later(1, "planned", time.Minute))
			fault(r)
			r.tick(t, time.Minute)
			r.tick(t, 2*time.Minute)
			for n := range 9 { // others go on: the second attempt must look for the first
				_, err := r.sender.Sender.Send(t.Context(), as("bob"), wire.Send{ID: id(10 + n), To: wire.Target{User: "ann"}, Body: wire.Content{Text: "hi"}})
				if err != nil {
					t.Fatal(err)
				}
			}
			r.sender.before, r.sender.after = nil, nil
			r.tick(t, 3*time.Minute)
			r.tick(t, 4*time.Minute)
			planned := slices.DeleteFunc(r.said(t, direct), func(text string) bool { return text != "planned" })
			if len(planned) != 1 || len(r.waiting(t, "ann")) != 0 {
				t.Errorf("sent %d times, waiting %+v", len(planned), r.waiting(t, "ann"))
			}
		})
	}
}

func TestL6AScheduledMessageDiesWithTheMembership(t *testing.T) {
	r := newRig(t)
	group, err := r.sender.Create(t.Context(), as("bob"), wire.Create{ID: id(100), Name: "g", Members: []chat.UserID{"ann", "cyd"}})
	if err != nil {
		t.Fatal(err)
	}
	m := later(1, "too late", time.Minute)
	m.To = wire.Target{Conversation: group.Conversation}
	r.plan(t, "ann", m)
	r.remove(t, group.Conversation, "ann", false)
	r.table.loseFail = true
	r.tick(t, time.Minute) // it fails, and that is not noted as done
	r.tick(t, 2*time.Minute)
	if said := r.said(t, group.Conversation); len(said) != 2 {
		t.Errorf("said %v", said)
	}
	w := r.waiting(t, "ann")
	if len(w) != 1 || w[0].Code != chat.Forbidden {
		t.Fatalf("waiting %+v", w)
	}
	r.remove(t, group.Conversation, "ann", true) // what failed stays so
	r.tick(t, 3*time.Minute)
	if said := r.said(t, group.Conversation); len(said) != 3 {
		t.Errorf("what failed was sent: %v", said)
	}
	wantCode(t, second(r.Schedule(t.Context(), as("ann"), replacing(later(1, "once more", time.Hour)))), chat.NotFound)
	if _, err := r.Unschedule(t.Context(), as("ann"), wire.Unschedule{ID: id(1)}); err != nil {
		t.Errorf("what failed cannot be dismissed: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

func TestTheDevicesOfTheSenderAreToldOfWhatFails(t *testing.T) {
	r := newRig(t)
	r.plan(t, "ann", later(1, "hi", time.Minute))
	r.sender.before = &chat.Error{Code: chat.Forbidden}
	r.tick(t, time.Minute)
	want := []string{`ann {"event":"scheduled","id":"` + string(id(1)) + `","state":"failed","code":"forbidden"}`}
	if !slices.Equal(r.told.frames, want) {
		t.Errorf("told %v, want %v", r.told.frames, want)
	}
}

func TestWhatMeetsTemporaryErrorsIsTriedForAnHour(t *testing.T) {
	r := newRig(t)
	r.plan(t, "ann", later(1, "hi", time.Minute))
	r.plan(t, "cyd", later(2, "not held up by it", 2*time.Minute))
	r.sender.before = &chat.Error{Code: chat.Unavailable}
	r.tick(t, time.Minute)
	r.tick(t, time.Hour)
	if w := r.waiting(t, "ann"); len(w) != 1 || w[0].Code != "" || r.told.frames != nil {
		t.Errorf("waiting %+v", w)
	}
	// It was tried, so it is no longer the sender's to change.
	wantCode(t, second(r.Unschedule(t.Context(), as("ann"), wire.Unschedule{ID: id(1)})), chat.NotFound)
	wantCode(t, second(r.Schedule(t.Context(), as("ann"), replacing(later(1, "other", 2*time.Hour)))), chat.NotFound)
	r.tick(t, time.Minute+chat.SchedulePatience)
	if w := r.waiting(t, "ann"); len(w) != 1 || w[0].Code != chat.Unavailable || len(r.told.frames) != 1 {
		t.Errorf("waiting %+v, told %v", w, r.told.frames)
	}
	r.sender.before = nil
	r.tick(t, 2*time.Hour)
	if said := r.said(t, chat.DirectID("cyd", "bob")); len(said) != 1 {
		t.Errorf("cyd said %v", said)
	}
}

func TestWhatIsPutOffOrTakenBackWhileATickRunsIsNotSent(t *testing.T) {
	r := newRig(t)
	r.plan(t, "ann", later(1, "first", time.Minute))
	stale, ok, err := r.table.Scheduled(t.Context(), "ann", id(1))
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	r.plan(t, "ann", replacing(later(1, "second", time.Hour)))
	if _, ok, err := r.table.Claim(t.Context(), stale, 0); ok || err != nil {
		t.Errorf("what was put off is claimed: %v", err)
	}
	elsewhere := replacing(later(1, "third", time.Minute))
	elsewhere.To.User = "cyd"
	r.plan(t, "ann", elsewhere)
	if _, ok, err := r.table.Claim(t.Context(), stale, 0); ok || err != nil {
		t.Errorf("what goes elsewhere is claimed with the head of another conversation: %v", err)
	}
	if _, err := r.Unschedule(t.Context(), as("ann"), wire.Unschedule{ID: id(1)}); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := r.table.Claim(t.Context(), stale, 0); ok || err != nil {
		t.Errorf("what was taken back is claimed: %v", err)
	}
	if err := r.table.Fail(t.Context(), "ann", id(1), chat.Forbidden, start); err != nil || len(r.waiting(t, "ann")) != 0 {
		t.Errorf("what was taken back is there again: %v", err)
	}
}

func TestAClaimKeepsTheHeadOfTheFirst(t *testing.T) {
	r := newRig(t)
	r.plan(t, "ann", later(1, "hi", time.Minute))
	m, _, err := r.table.Scheduled(t.Context(), "ann", id(1))
	if err != nil || m.After != nil {
		t.Fatalf("%+v, %v", m, err)
	}
	for _, head := range []chat.Seq{0, 7} {
		claimed, ok, err := r.table.Claim(t.Context(), m, head)
		if err != nil || !ok || claimed.After == nil || *claimed.After != 0 || claimed.Body.Text != "hi" {
			t.Errorf("head %d: %+v, %v, %v", head, claimed, ok, err)
		}
	}
}
