package schedule_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

func TestWhatIsScheduledIsListedChangedAndTakenBack(t *testing.T) {
	r := newRig(t)
	first, other := later(1, "first", time.Hour), later(2, "another", 2*time.Hour)
	r.plan(t, "ann", first)
	r.plan(t, "ann", other)
	r.plan(t, "bob", wire.Schedule{ID: id(1), To: wire.Target{User: "ann"}, Body: wire.Content{Text: "mine"}, At: first.At})
	first.Body, first.At, first.To = wire.Content{Text: "second", Reply: 0}, wire.Time(start.Add(3*time.Hour)), wire.Target{User: "cyd"}
	r.plan(t, "ann", replacing(first))
	want := []wire.Scheduled{{ID: id(1), To: first.To, Body: first.Body, At: first.At}, {ID: id(2), To: other.To, Body: other.Body, At: other.At}}
	if w := r.waiting(t, "ann"); !reflect.DeepEqual(w, want) {
		t.Errorf("waiting %+v, want %+v", w, want)
	}
	if _, err := r.Unschedule(t.Context(), as("ann"), wire.Unschedule{ID: id(1)}); err != nil {
		t.Fatal(err)
	}
	wantCode(t, second(r.Unschedule(t.Context(), as("ann"), wire.Unschedule{ID: id(1)})), chat.NotFound)
	wantCode(t, second(r.Schedule(t.Context(), as("ann"), replacing(first))), chat.NotFound)
	if w := r.waiting(t, "ann"); !reflect.DeepEqual(w, want[1:]) {
		t.Errorf("waiting %+v, want %+v", w, want[1:])
	}
	if w := r.waiting(t, "bob"); len(w) != 1 {
		t.Errorf("bob's are %+v", w)
	}
}

func TestARepetitionIsTheSameMessageAndAnotherContentAConflict(t *testing.T) {
	r := newRig(t)
	m := later(1, "hi", time.Hour)
	r.plan(t, "ann", m)
	r.plan(t, "ann", m)
	for _, other := range []wire.Schedule{later(1, "ho", time.Hour), later(1, "hi", 2*time.Hour)} {
		wantCode(t, second(r.Schedule(t.Context(), as("ann"), other)), chat.Conflict)
	}
	if w := r.waiting(t, "ann"); len(w) != 1 || w[0].Body.Text != "hi" {
		t.Errorf("waiting %+v", w)
	}
}

// A frame may be sent again long after its answer was lost.
func TestI20ARepetitionThatComesWhenItWasSentCannotSendItAgain(t *testing.T) {
	r := newRig(t)
	m := later(1, "hi", time.Minute)
	r.plan(t, "ann", m)
	r.tick(t, time.Minute)
	wantCode(t, second(r.Schedule(t.Context(), as("ann"), m)), chat.Invalid)
	wantCode(t, second(r.Schedule(t.Context(), as("ann"), replacing(later(1, "once more", time.Hour)))), chat.NotFound)
	r.tick(t, 2*time.Hour)
	if said := r.said(t, direct); len(said) != 1 {
		t.Errorf("said %v", said)
	}
}

func TestTheTimeIsSecondsToAMonthAhead(t *testing.T) {
	r := newRig(t)
	for _, in := range []time.Duration{-time.Hour, 0, chat.MinSchedule - time.Millisecond, chat.MaxSchedule + time.Millisecond} {
		wantCode(t, second(r.Schedule(t.Context(), as("ann"), later(1, "hi", in))), chat.Invalid)
	}
	m := later(1, "hi", time.Hour)
	m.At = "2026-13-32T25:61:61.000Z"
	wantCode(t, second(r.Schedule(t.Context(), as("ann"), m)), chat.Invalid)
	r.plan(t, "ann", later(1, "hi", chat.MinSchedule))
	r.plan(t, "ann", later(2, "hi", chat.MaxSchedule))
}

func TestWhatCouldNotBeSentCannotBeScheduled(t *testing.T) {
	r := newRig(t)
	group, err := r.sender.Create(t.Context(), as("bob"), wire.Create{ID: id(100), Name: "g", Members: []chat.UserID{"cyd"}})
	if err != nil {
		t.Fatal(err)
	}
	to := func(to wire.Target, body wire.Content) wire.Schedule {
		return wire.Schedule{ID: id(1), To: to, Body: body, At: wire.Time(start.Add(time.Hour))}
	}
	hi := wire.Content{Text: "hi"}
	for _, test := range []struct {
		name string
		m    wire.Schedule
		code chat.Code
	}{
		{"by a stranger", to(wire.Target{Conversation: group.Conversation}, hi), chat.Forbidden},
		{"to oneself", to(wire.Target{User: "ann"}, hi), chat.Invalid},
		{"with what was never uploaded", to(wire.Target{User: "bob"}, wire.Content{Attachments: []wire.Attachment{{Media: "m_x"}}}), chat.MediaMissing},
		{"too long for the frame that brings it", to(wire.Target{User: "bob"}, wire.Content{Text: strings.Repeat("📷", 8000)}), chat.TooLarge},
		{"mentioning a stranger", to(wire.Target{User: "bob"}, wire.Content{Text: "hi", Regard: wire.Regard{Mentions: []chat.UserID{"eve"}}}), chat.Invalid},
	} {
		t.Run(test.name, func(t *testing.T) {
			wantCode(t, second(r.Schedule(t.Context(), as("ann"), test.m)), test.code)
		})
	}
	if w := r.waiting(t, "ann"); len(w) != 0 {
		t.Errorf("waiting %+v", w)
	}
}

func TestAHundredAreScheduledAndARepetitionIsNoneMore(t *testing.T) {
	r := newRig(t)
	for n := range chat.MaxScheduled {
		r.plan(t, "ann", later(n, "hi", time.Hour))
	}
	wantCode(t, second(r.Schedule(t.Context(), as("ann"), later(500, "hi", time.Hour))), chat.TooLarge)
	r.plan(t, "ann", later(7, "hi", time.Hour))
	r.plan(t, "ann", replacing(later(7, "ho", time.Hour)))
	wantCode(t, second(r.Schedule(t.Context(), as("ann"), later(7, "hi", time.Hour))), chat.Conflict)
	if n, err := r.table.CountScheduled(t.Context(), "ann"); n != chat.MaxScheduled || err != nil {
		t.Errorf("%d, %v", n, err)
	}
}

func TestAPageOfWhatIsScheduledFitsAFrameAndAllPagesHaveAll(t *testing.T) {
	r := newRig(t)
	const messages = 12
	for n := range messages {
		r.plan(t, "ann", later(n, strings.Repeat("x", 7000), time.Hour))
	}
	var got []chat.MessageID
	limit := 5
	for next := chat.MessageID(""); ; {
		page, err := r.List(t.Context(), as("ann"), wire.ListScheduled{Next: next, Limit: &limit})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := wire.Encode(wire.NewReply(strings.Repeat("📷", chat.MaxRef), page)); err != nil {
			t.Fatal(err)
		}
		for _, m := range page.Scheduled {
			got = append(got, m.ID)
		}
		if next = page.Next; next == "" {
			break
		}
	}
	for n := range messages {
		if len(got) != messages || got[n] != id(n) {
			t.Fatalf("got %v", got)
		}
	}
}
