package acceptance

import (
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/parley-im/parley/events"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

func TestTheFirstReplyTellsTheLimits(t *testing.T) {
	t.Parallel()
	ann := person(t, "ann")
	phone := ann.connect("phone")
	w := ask[wire.Welcome](phone, wire.Hello{Head: phone.head("hello")})
	published, err := events.Limits()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int64{}
	for _, l := range published {
		want[l.Name] = l.Value
	}
	if !reflect.DeepEqual(w.Limits, want) {
		t.Errorf("told %v, published %v", w.Limits, want)
	}
	now, err := wire.ParseTime(w.Now)
	if err != nil || time.Since(now).Abs() > time.Minute {
		t.Errorf("it is %s: %v", w.Now, err)
	}
	if expires, err := wire.ParseTime(w.Expires); err != nil || !expires.After(now) {
		t.Errorf("the token expires at %s: %v", w.Expires, err)
	}
	if w.User != ann.ID || w.Device != "phone" || w.Version == "" {
		t.Errorf("%+v", w)
	}
}

// persist sends m until it is taken, waits as long as each refusal says, and returns how often it was refused.
func (d *device) persist(m wire.Send, after chat.Seq) (ack wire.Accepted, refused int) {
	d.t.Helper()
	for {
		ack, err := try[wire.Accepted](d, m)
		if err == nil {
			return ack, refused
		}
		if !d.limited(err) {
			d.t.Errorf("%s: %v", d, err)
			return ack, refused
		}
		refused++
		m = d.again(m, after)
	}
}

func TestWhoWritesTooFastWaitsAndNothingIsLostOrDoubled(t *testing.T) {
	t.Parallel()
	ann, bob := person(t, "ann"), person(t, "bob")
	annsPhone, bobsPhone := ann.connect("phone"), bob.connect("phone")
	first := annsPhone.says(to(bob), "listen")
	const n = 2 * chat.UserBurst
	var mu sync.Mutex
	var all sync.WaitGroup
	refused, acks := 0, map[chat.Seq]wire.Accepted{}
	for i := range n {
		all.Go(func() {
			ack, times := annsPhone.persist(annsPhone.again(annsPhone.message(to(bob), fmt.Sprint("number ", i)), first.Seq), first.Seq)
			mu.Lock()
			defer mu.Unlock()
			refused += times
			acks[ack.Seq] = ack
		})
	}
	// Bob is not slowed down by it.
	answer := bobsPhone.says(to(ann), "one at a time, please")
	all.Wait()
	if refused == 0 || len(acks) != n {
		t.Fatalf("%d of %d were stored, refused %d times", len(acks), n, refused)
	}
	log := bob.connect("tablet").catchesUp(first.Conversation, 0)
	if len(log) != n+2 {
		t.Errorf("%d entries, want %d", len(log), n+2)
	}
	var quick []time.Time // when ann wrote
	for _, e := range log {
		if ack, ok := acks[e.Seq]; ok && ack.ID != e.ID {
			t.Errorf("%d is %s and was acknowledged as %s", e.Seq, e.ID, ack.ID)
		}
		if e.From == ann.ID {
			at, err := wire.ParseTime(e.At)
			if err != nil {
				t.Fatal(err)
			}
			quick = append(quick, at)
		}
		if e.Seq == answer.Seq && e.From != bob.ID {
			t.Errorf("the answer is %+v", e)
		}
	}
	// In no stretch of time are there more than the burst and what the rate adds; clocks of functions are one here.
	for i := range quick {
		for j := i + chat.UserBurst; j < len(quick); j++ {
			most := chat.UserBurst + quick[j].Sub(quick[i]).Seconds()*chat.UserRate + 1
			if float64(j-i+1) > most {
				t.Errorf("%d messages within %v", j-i+1, quick[j].Sub(quick[i]))
			}
		}
	}
	for _, ack := range acks {
		bobsPhone.gets(ack)
	}
}

func TestNobodyBeginsConversationsWithEverybody(t *testing.T) {
	t.Parallel()
	ann := person(t, "ann")
	phone := ann.connect("phone")
	strangers := people(t, "s", chat.BeginBurst+1)
	for _, s := range strangers[:chat.BeginBurst] {
		phone.says(to(s), "buy this")
	}
	last := strangers[chat.BeginBurst]
	_, err := try[wire.Accepted](phone, phone.message(to(last), "buy this"))
	no, ok := errors.AsType[refusal](err)
	if !ok || no.Code != chat.Limited || no.RetryAfter <= 0 || no.RetryAfter > (time.Hour/chat.BeginRate).Seconds() {
		t.Errorf("the next is answered %v", err)
	}
	if n := len(last.connect("phone").list()); n != 0 {
		t.Errorf("the next has %d conversations", n)
	}
	// Who was written to before can be written to, and whoever writes first can be answered.
	phone.says(to(strangers[0]), "again")
	begun := last.connect("tablet").says(to(ann), "who are you?")
	if answer := phone.says(to(last), "nobody"); answer.Conversation != begun.Conversation {
		t.Errorf("answered in %s, asked in %s", answer.Conversation, begun.Conversation)
	}
}
