package send_test

import (
	"fmt"
	"maps"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// still is a clock that moves only when a test says so.
type still struct{ passed atomic.Int64 }

func (s *still) now() time.Time             { return noon.Add(time.Duration(s.passed.Load())) }
func (s *still) sleep(d time.Duration)      { s.passed.Add(int64(d)) }
func (r *rig) stop(t testing.TB) (s *still) { t.Helper(); s = &still{}; r.Now = s.now; return s }
func wait(err error) time.Duration          { return chat.AsError(err).RetryAfter }
func from(user chat.UserID, n int) wire.Send {
	return wire.Send{ID: id(n), To: wire.Target{User: user}, Body: wire.Content{Text: "x"}}
}

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// burst makes ann use up what she has in her conversation with bob.
func (r *rig) burst(t testing.TB) (last chat.Entry) {
	t.Helper()
	for n := range chat.UserBurst {
		last = r.mustSend(t, "ann", text(n+1, "x"))
	}
	return last
}

func TestWhoIsTooFastIsToldWhenToGoOn(t *testing.T) {
	r := newRig(t)
	clock := r.stop(t)
	last := r.burst(t)
	next := after(text(100, "more"), last.Seq)
	for range 3 { // to try does not make it worse
		_, err := r.Send(t.Context(), as("ann"), next)
		wantCode(t, err, chat.Limited)
		if wait(err) != time.Second/chat.UserRate {
			t.Errorf("retry after %v", wait(err))
		}
	}
	if n := len(r.entries(t, last.Conversation)); n != chat.UserBurst || len(r.out.entries) != n {
		t.Errorf("%d entries, %d delivered", n, len(r.out.entries))
	}
	clock.sleep(time.Second / chat.UserRate)
	if e := r.mustSend(t, "ann", next); e.Seq != last.Seq+1 {
		t.Errorf("seq %d", e.Seq)
	}
	// In the long run it is the rate.
	for n := range 30 {
		clock.sleep(time.Second / chat.UserRate)
		r.mustSend(t, "ann", text(200+n, "x"))
		_, err := r.Send(t.Context(), as("ann"), text(300+n, "x"))
		wantCode(t, err, chat.Limited)
	}
	// And after a pause it is a burst again.
	clock.sleep(chat.UserBurst * time.Second / chat.UserRate)
	for n := range chat.UserBurst {
		r.mustSend(t, "ann", text(400+n, "x"))
	}
}

func TestNobodyIsSlowedDownBySomebodyElse(t *testing.T) {
	r := newRig(t)
	clock := r.stop(t)
	last := r.burst(t)
	for n := range chat.UserBurst {
		r.mustSend(t, "bob", from("ann", 100+n))
	}
	_, err := r.Send(t.Context(), as("bob"), from("ann", 200))
	wantCode(t, err, chat.Limited)
	// Ann has as little as before, although bob wrote last; elsewhere she has all.
	_, err = r.Send(t.Context(), as("ann"), text(201, "x"))
	wantCode(t, err, chat.Limited)
	for n := range chat.UserBurst {
		r.mustSend(t, "ann", from("cyd", 300+n))
	}
	clock.sleep(time.Second)
	for n := range chat.UserRate {
		r.mustSend(t, "ann", text(400+n, "x"))
	}
	_, err = r.Send(t.Context(), as("ann"), text(500, "x"))
	wantCode(t, err, chat.Limited)
	if n := len(r.entries(t, last.Conversation)); n != 2*chat.UserBurst+chat.UserRate {
		t.Errorf("%d entries", n)
	}
}

func TestEverythingThatMakesAnEntryIsLimited(t *testing.T) {
	r := newRig(t)
	r.stop(t)
	last := r.burst(t)
	for name, act := range map[string]func() (chat.Entry, error){
		"send": func() (chat.Entry, error) { return r.Send(t.Context(), as("ann"), text(100, "x")) },
		"edit": func() (chat.Entry, error) {
			return r.Edit(t.Context(), as("ann"), wire.Edit{Change: of(last, 101), Body: says("changed")})
		},
		"delete": func() (chat.Entry, error) {
			return r.Delete(t.Context(), as("ann"), wire.Delete{Change: of(last, 102)})
		},
		"react": func() (chat.Entry, error) {
			return r.React(t.Context(), as("ann"), wire.React{Change: of(last, 103), Reactions: []string{"👍"}})
		},
	} {
		_, err := act()
		if err == nil || chat.AsError(err).Code != chat.Limited {
			t.Errorf("%s: %v", name, err)
		}
	}
	entries := r.entries(t, last.Conversation)
	if e := entries[len(entries)-1]; len(entries) != chat.UserBurst || e.Body.Text != "x" || e.State.Version > 0 || e.State.Reactions != nil {
		t.Errorf("%d entries, the last is %+v", len(entries), e)
	}
}

// What made room by being deleted is counted all the same.
func TestDeletingDoesNotMakeRoom(t *testing.T) {
	r := newRig(t)
	r.stop(t)
	for n := range chat.UserBurst / 2 {
		e := r.mustSend(t, "ann", text(n+1, "x"))
		if _, err := r.Delete(t.Context(), as("ann"), wire.Delete{Change: of(e, 100+n)}); err != nil {
			t.Fatal(err)
		}
	}
	_, err := r.Send(t.Context(), as("ann"), text(200, "x"))
	wantCode(t, err, chat.Limited)
}

func TestAResendOfWhatIsStoredIsNeverLimited(t *testing.T) {
	for name, lag := range map[string]chat.Seq{"an honest replica": 0, "a replica that lags": 3, "one that lags far": 15} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.stop(t)
			last := r.burst(t)
			r.log.lag = lag
			for n := range chat.UserBurst {
				e := r.mustSend(t, "ann", after(text(n+1, "x"), chat.Seq(n)))
				if e.Seq != chat.Seq(n+1) {
					t.Errorf("message %d is answered with %d", n+1, e.Seq)
				}
			}
			_, err := r.Send(t.Context(), as("ann"), after(text(100, "new"), last.Seq))
			wantCode(t, err, chat.Limited)
			if n := len(r.entries(t, last.Conversation)); n != chat.UserBurst {
				t.Errorf("%d entries", n)
			}
		})
	}
}

// Many at once meet each other in the log: each entry met counts.
func TestAStaleTailGetsNobodyMore(t *testing.T) {
	r := newRig(t)
	r.stop(t)
	last := r.burst(t)
	r.log.lag = chat.UserBurst
	_, err := r.Send(t.Context(), as("ann"), text(100, "x"))
	wantCode(t, err, chat.Limited)
	if e := r.mustSend(t, "bob", from("ann", 101)); e.Seq != last.Seq+1 {
		t.Errorf("bob got %d", e.Seq)
	}
}

// What is read to decide about the pace may show that the sender is no member any more, although the tail did not.
func TestWhoWasRemovedMeanwhileIsNotLimitedButRefused(t *testing.T) {
	r := newRig(t)
	r.stop(t)
	group, err := r.Create(t.Context(), as("ann"), wire.Create{ID: id(1), Name: "friends", Members: []chat.UserID{"bob", "cyd"}})
	if err != nil {
		t.Fatal(err)
	}
	in := wire.Target{Conversation: group.Conversation}
	for n := range chat.UserBurst {
		r.mustSend(t, "cyd", wire.Send{ID: id(10 + n), To: in, Body: wire.Content{Text: "x"}})
	}
	tail, _, err := r.log.Tail(t.Context(), group.Conversation, chat.Strong)
	if err != nil {
		t.Fatal(err)
	}
	without := tail.Conversation
	without.Members = maps.Clone(without.Members)
	delete(without.Members, "bob")
	without.Size--
	removal := chat.Entry{
		Conversation: group.Conversation, Seq: tail.Head + 1, Kind: chat.Removed, ID: id(100), From: "ann", At: noon,
		Body: chat.Body{Users: []chat.UserID{"bob"}}, Rules: tail.Head + 1, Pace: tail.Last.Pace.Next(0),
	}
	header := &chat.Header{Conversation: without, Was: tail.Conversation.Rules}
	if _, wrote, err := r.log.Log.Commit(t.Context(), removal, chat.Change{Header: header}, chat.Change{Leave: "bob"}); !wrote || err != nil {
		t.Fatal(wrote, err)
	}
	r.log.stale, r.log.lag = &tail.Conversation, 1
	_, err = r.Send(t.Context(), as("bob"), wire.Send{ID: id(101), To: in, Body: wire.Content{Text: "still here"}})
	wantCode(t, err, chat.Forbidden)
	if entries := r.entries(t, group.Conversation); entries[len(entries)-1].ID != removal.ID {
		t.Errorf("the last entry is %+v", entries[len(entries)-1])
	}
}

func TestAllTogetherAreLimitedToo(t *testing.T) {
	r := newRig(t)
	clock := r.stop(t)
	var members []chat.UserID
	for i := range 20 {
		members = append(members, chat.UserID(fmt.Sprint("m", i)))
	}
	group, err := r.Create(t.Context(), as("ann"), wire.Create{ID: id(1), Name: "friends", Members: members})
	if err != nil {
		t.Fatal(err)
	}
	say := func(i int) error {
		m := wire.Send{ID: id(10 + i), To: wire.Target{Conversation: group.Conversation}, Body: wire.Content{Text: "x"}}
		_, err := r.Send(t.Context(), as(members[i%len(members)]), m)
		return err
	}
	for i := range chat.ConversationBurst - 1 { // the first entry is the group's
		if err := say(i); err != nil {
			t.Fatal(i, err)
		}
	}
	err = say(1000)
	wantCode(t, err, chat.Limited)
	if wait(err) != time.Second/chat.ConversationRate {
		t.Errorf("retry after %v", wait(err))
	}
	clock.sleep(wait(err))
	if err := say(1000); err != nil {
		t.Error(err)
	}
}

// Who keeps below the burst costs what everybody costs; who is above it, a look at the newest entries more, and two the first
// time.
func TestWhatTheLimitCosts(t *testing.T) {
	c := newCounted(t)
	clock := &still{}
	c.Now = clock.now
	cost := func(n int) map[string]int {
		c.reset()
		_, err := c.Send(t.Context(), as("ann"), text(n, "x"))
		if n > chat.UserBurst+5 {
			wantCode(t, err, chat.Limited)
		} else if err != nil {
			t.Fatal(err)
		}
		return maps.Clone(c.meter.calls)
	}
	cost(1)
	for n := 2; n <= chat.UserBurst; n++ {
		if got, want := cost(n), map[string]int{"Query": 1, "PutItem": 1, "BatchGetItem": 1}; !maps.Equal(got, want) {
			t.Fatalf("message %d makes the calls %v, want %v", n, got, want)
		}
	}
	if _, err := c.Send(t.Context(), as("bob"), from("ann", 1)); err != nil {
		t.Fatal(err)
	}
	clock.sleep(time.Second)
	if got, want := cost(chat.UserBurst+1), map[string]int{"Query": 1, "PutItem": 1, "BatchGetItem": 1}; !maps.Equal(got, want) {
		t.Errorf("after a second the calls are %v, want %v", got, want)
	}
	for n := range 4 {
		cost(chat.UserBurst + 2 + n)
	}
	if got, want := c.meter.calls, map[string]int{"Query": 3, "PutItem": 1, "BatchGetItem": 1}; !maps.Equal(got, want) {
		t.Errorf("the first message in a hurry makes the calls %v, want %v", got, want)
	}
	if got, want := cost(1000), map[string]int{"Query": 2}; !maps.Equal(got, want) {
		t.Errorf("a refusal makes the calls %v, want %v", got, want)
	}
	clock.sleep(time.Second / chat.UserRate)
	if _, err := c.Send(t.Context(), as("ann"), text(1001, "x")); err != nil {
		t.Fatal(err)
	}
	if got, want := c.meter.calls, map[string]int{"Query": 4, "PutItem": 1, "BatchGetItem": 1}; !maps.Equal(got, want) {
		t.Errorf("with the next message in a hurry the calls are %v, want %v", got, want)
	}
}

func TestWhoBeginsTooManyConversationsIsTold(t *testing.T) {
	r := newRig(t)
	r.mustSend(t, "ann", text(1, "hi"))
	r.begun.err = &chat.Error{Code: chat.Limited, RetryAfter: time.Minute}
	_, err := r.Send(t.Context(), as("ann"), from("cyd", 2))
	wantCode(t, err, chat.Limited)
	if wait(err) != time.Minute {
		t.Errorf("retry after %v", wait(err))
	}
	if _, exists, err := r.log.Tail(t.Context(), chat.DirectID("ann", "cyd"), chat.Strong); err != nil || exists {
		t.Errorf("the conversation exists: %v, %v", exists, err)
	}
	// What exists is not begun, whoever asks and whatever a replica says.
	r.mustSend(t, "bob", from("ann", 3))
	r.log.hidden = true
	if e := r.mustSend(t, "ann", text(4, "hi again")); e.Seq != 3 {
		t.Errorf("seq %d", e.Seq)
	}
	if r.begun.n != 1 {
		t.Errorf("%d conversations were begun", r.begun.n)
	}
}
