package soak

import (
	"fmt"
	"reflect"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// check holds the invariants of A3 against what the programs were told and what is there now.
func (c *circle) check() {
	c.t.Helper()
	logs := map[chat.ConversationID][]wire.Entry{}
	for i, d := range c.devices {
		fresh := connect(c.t, d.User()).ready() // it reads everything there is
		for _, r := range c.rooms {
			if !hasMember(r, d) {
				continue
			}
			log := fresh.log(r.id)
			if logs[r.id] == nil {
				logs[r.id] = log
				c.checkLog(r, log)
			}
			c.agree("I6", r, fresh, log, logs[r.id])
			d.until(fmt.Sprintf("I13: all %d entries of %s", len(log), r.id), func() bool { return len(d.logs[r.id]) >= len(log) })
			c.agree("I10, I12, I13", r, d, d.log(r.id), log)
		}
		if len(d.restarted) > 0 {
			c.t.Errorf("%d: conversations began again: %v", i, d.restarted)
		}
	}
	c.checkOutcomes(logs)
	c.checkMembers(logs[c.rooms[1].id])
	back := connect(c.t, c.away).ready()
	c.agree("I14", c.rooms[0], back, back.log(c.rooms[0].id), logs[c.rooms[0].id])
}

// checkLog checks one log by itself.
func (c *circle) checkLog(r room, log []wire.Entry) {
	c.t.Helper()
	known := map[chat.MessageID]said{}
	for _, m := range c.sent {
		known[m.ID] = m
	}
	type key struct {
		from chat.UserID
		id   chat.MessageID
	}
	seen := map[key]chat.Seq{}
	last := map[chat.UserID]string{}
	for i, e := range log {
		if e.Seq != chat.Seq(i+1) {
			c.t.Errorf("I5: %s has %d in the place of %d", r.id, e.Seq, i+1)
		}
		if before, twice := seen[key{e.From, e.ID}]; twice {
			c.t.Errorf("I3: %s has %s of %s (%q) at %d and at %d", r.id, e.ID, e.From, e.Body.Text, before, e.Seq)
		}
		seen[key{e.From, e.ID}] = e.Seq
		if e.Event != chat.Message {
			continue
		}
		if m, ok := known[e.ID]; !ok || m.text != e.Body.Text || m.from.User() != e.From {
			c.t.Errorf("I2: %s has %q of %s at %d, which nobody said", r.id, e.Body.Text, e.From, e.Seq)
		}
		if e.Body.Text < last[e.From] {
			c.t.Errorf("I7: %s has %q at %d after %q", r.id, e.Body.Text, e.Seq, last[e.From])
		}
		last[e.From] = e.Body.Text
	}
}

// checkOutcomes compares what senders were told with the logs.
func (c *circle) checkOutcomes(logs map[chat.ConversationID][]wire.Entry) {
	c.t.Helper()
	acked, refused := 0, 0
	for _, m := range c.sent {
		select {
		case <-m.Done():
		default:
			c.t.Errorf("%q of %s has no outcome although all is well", m.text, m.from.User())
			continue
		}
		ack, err := m.Result()
		if err != nil {
			refused++
			c.t.Logf("%q of %s: %v", m.text, m.from.User(), err)
			continue
		}
		acked++
		log := logs[m.Conversation]
		if ack.Seq == 0 || int(ack.Seq) > len(log) || log[ack.Seq-1].ID != m.ID || log[ack.Seq-1].From != m.from.User() {
			c.t.Errorf("I1: %q of %s was acknowledged as %d, and is not there", m.text, m.from.User(), ack.Seq)
		}
	}
	c.t.Logf("%d messages acknowledged, %d given up", acked, refused)
	if acked < len(c.sent)*9/10 {
		c.t.Errorf("only %d of %d messages were acknowledged", acked, len(c.sent))
	}
}

// agree compares what a device was told with the log.
func (c *circle) agree(invariant string, r room, d *device, got, want []wire.Entry) {
	c.t.Helper()
	if len(got) != len(want) {
		c.t.Errorf("%s: %s was told %d entries of %s, there are %d", invariant, d.User(), len(got), r.id, len(want))
	}
	for i := range min(len(got), len(want)) {
		if !reflect.DeepEqual(got[i], want[i]) {
			c.t.Errorf("%s: %s has %+v where %+v is", invariant, d.User(), got[i], want[i])
			return
		}
	}
}

func hasMember(r room, d *device) bool {
	for _, m := range r.members {
		if m == d {
			return true
		}
	}
	return false
}
