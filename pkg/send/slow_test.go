package send_test

import (
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// slowly makes a slow group of bob, and a clock that tests move.
func slowly(t *testing.T) (g *groups, c chat.ConversationID, pass func(time.Duration)) {
	t.Helper()
	g = newGroups(t)
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	g.Groups.Now = func() time.Time { return now }
	c = g.found("bob", "mod")
	g.must(g.rank("ann", c, chat.Moderator, "mod"))
	g.must(g.amend("ann", c, wire.Amendment{Slow: new(30)}))
	return g, c, func(d time.Duration) { now = now.Add(d) }
}

func TestS5SlowModeCountsFromTheLastAcceptedMessage(t *testing.T) {
	g, c, pass := slowly(t)
	if _, err := g.say("bob", c, "one"); err != nil {
		t.Fatal(err)
	}
	pass(12500 * time.Millisecond)
	for range 2 { // asking does not prolong it
		_, err := g.say("bob", c, "two")
		wantCode(t, err, chat.Limited)
		if after := chat.AsError(err).After(); after != 17500*time.Millisecond {
			t.Errorf("wait %v", after)
		}
	}
	for _, user := range []chat.UserID{"ann", "mod", "ann", "mod"} {
		if _, err := g.say(user, c, "not me"); err != nil {
			t.Errorf("%s: %v", user, err)
		}
	}
	pass(17500 * time.Millisecond)
	if _, err := g.say("bob", c, "two"); err != nil {
		t.Error(err)
	}
	// Only messages are slow.
	like := wire.React{Change: wire.Change{ID: g.id(), Conversation: c, Seq: g.last(c).Seq}, Reactions: []string{"👍"}}
	if _, err := g.rig.React(t.Context(), as("bob"), like); err != nil {
		t.Error(err)
	}
	g.must(g.amend("ann", c, wire.Amendment{Slow: new(0)}))
	if _, err := g.say("bob", c, "three"); err != nil {
		t.Error(err)
	}
}

func TestS5AResendInSlowModeIsNotSlow(t *testing.T) {
	g, c, pass := slowly(t)
	q := wire.Send{ID: g.id(), To: wire.Target{Conversation: c}, Body: wire.Content{Text: "one"}}
	send := func() (chat.Entry, error) { return g.rig.Send(t.Context(), as("bob"), q) }
	first := g.last(c).Seq + 1
	g.log.losePut = true
	if _, err := send(); err == nil {
		t.Fatal("the answer was not lost")
	}
	pass(time.Second)
	if _, err := g.say("ann", c, "something else"); err != nil {
		t.Fatal(err)
	}
	// Without after, with one, and where the reads do not show it: the same entry, and not one more.
	after := first - 1
	for _, test := range []struct {
		name  string
		after *chat.Seq
		lag   chat.Seq
	}{{"without after", nil, 0}, {"with after", &after, 0}, {"late reads", &after, 2}} {
		q.After, g.log.lag = test.after, test.lag
		if e, err := send(); err != nil || e.Seq != first {
			t.Errorf("%s: %+v, %v", test.name, e, err)
		}
	}
	g.log.lag = 0
	if e := g.last(c); e.Seq != first+1 {
		t.Errorf("the last is %+v", e)
	}
}

func TestS5WhatTookTheFloorAndWasNotWrittenMayBe(t *testing.T) {
	g, c, pass := slowly(t)
	q := wire.Send{ID: g.id(), To: wire.Target{Conversation: c}, Body: wire.Content{Text: "one"}}
	first := g.last(c).Seq + 1
	g.log.failPut = true
	if _, err := g.rig.Send(t.Context(), as("bob"), q); err == nil {
		t.Fatal("it was written")
	}
	pass(time.Second)
	if e, err := g.rig.Send(t.Context(), as("bob"), q); err != nil || e.Seq != first {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestS5TwoDevicesDoNotSpeakAtOnceInSlowMode(t *testing.T) {
	g, c, _ := slowly(t)
	answers := make(chan error)
	for i := range 8 {
		q := wire.Send{ID: id(i + 1), To: wire.Target{Conversation: c}, Body: wire.Content{Text: "me"}}
		go func() {
			_, err := g.rig.Send(t.Context(), as("bob"), q)
			answers <- err
		}()
	}
	accepted := 0
	for range 8 {
		if err := <-answers; err == nil {
			accepted++
		} else {
			wantCode(t, err, chat.Limited)
		}
	}
	if accepted != 1 {
		t.Errorf("%d were accepted", accepted)
	}
}

func TestS5WhoIsRemovedWhileTakingTheFloorCannotPost(t *testing.T) {
	g, c, _ := slowly(t)
	g.log.beforeSpeak = func() { g.must(g.remove("ann", c, false, "bob")) }
	_, err := g.say("bob", c, "last word")
	wantCode(t, err, chat.Forbidden)
	if e := g.last(c); e.Kind != chat.Removed {
		t.Errorf("the last entry is %+v", e)
	}
}
