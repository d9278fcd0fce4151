package console

import (
	"math"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/price"
)

var epoch = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// bench is a ledger on a clock of its own.
type bench struct {
	*Ledger
	now time.Time
}

func newBench() *bench {
	b := &bench{now: epoch}
	b.Ledger = NewLedger(price.Tables[0], func() time.Time { return b.now })
	return b
}

// send counts a message that costs three frames and a write: $3.625 a million.
func (b *bench) send() {
	b.Use("send", price.Frame, 3)
	b.Use("send", price.WriteUnit, 1)
	b.Done("send", 5*time.Millisecond, false)
	b.Acked(8 * time.Millisecond)
}

func near(got, want float64) bool { return math.Abs(got-want) <= 0.06*math.Abs(want) }

func TestTheLedgerAddsUpByActionAndBySecond(t *testing.T) {
	b := newBench()
	b.send()
	b.send()
	b.Use("hello", price.Frame, 2)
	b.Done("hello", time.Millisecond, true)
	b.Ended(Posts, "200")
	b.Ended(Errors, "forbidden")
	if got := b.Points(0); len(got) != 0 {
		t.Errorf("a second that is not over is told: %v", got)
	}
	b.now = b.now.Add(2 * time.Second)
	b.send()
	b.now = b.now.Add(time.Second)

	all := b.Actions()
	if len(all) != 2 || all[0].Action != "send" || all[0].Class != "send" || all[0].Count != 3 || all[0].Bill[price.Frame] != 9 ||
		math.Abs(all[0].Cost-3*3.625) > 1e-9 || !near(all[0].Parts[price.DynamoDB], 3*0.625) {
		t.Errorf("the dearest first: %+v", all)
	}
	if hello := all[1]; hello.Failed != 1 || hello.Class != "session" || !near(hello.Took.P50, 1) {
		t.Errorf("%+v", hello)
	}
	points := b.Points(0)
	if len(points) != 2 || points[0].At != epoch.Unix() || points[1].At != epoch.Unix()+2 {
		t.Fatalf("%+v", points)
	}
	if p := points[0]; p.Actions["send"] != 2 || p.Actions["session"] != 1 || p.Cost["session"] != 2 || p.Sends[price.Gateway] != 6 ||
		p.Posts["200"] != 1 || p.Acks == nil || p.Acks.Count != 2 || !near(p.Acks.P99, 8) {
		t.Errorf("%+v", p)
	}
	if got := b.Points(epoch.Unix()); len(got) != 1 {
		t.Errorf("after the first second: %+v", got)
	}
	if got := b.Outcomes(); got[Posts]["200"] != 1 || got[Errors]["forbidden"] != 1 {
		t.Error(got)
	}
	if r := b.Recent(); r.Messages != 3 || math.Abs(r.Cost-3.625) > 1e-9 || r.Parts[price.Gateway] != 3 || !near(r.Acks.P95, 8) {
		t.Errorf("%+v", r)
	}
}

func TestTheLedgerForgetsSecondsAndKeepsSums(t *testing.T) {
	b := newBench()
	for range 3 * history {
		b.send()
		b.now = b.now.Add(time.Second)
	}
	if got := len(b.Points(0)); got != history-1 {
		t.Errorf("%d seconds are told, want %d", got, history-1)
	}
	if got := b.Recent().Messages; got < recent-1 || got > recent {
		t.Errorf("%d messages in a minute", got)
	}
	b.now = b.now.Add(history * time.Second)
	if got := b.Points(0); len(got) != 0 {
		t.Errorf("%d seconds are told after a silence", len(got))
	}
	if r := b.Recent(); r.Messages != 0 || r.Cost != 0 || r.Acks.Count != 0 {
		t.Errorf("%+v", r)
	}
	if all := b.Actions(); all[0].Count != 3*history {
		t.Errorf("%d in all", all[0].Count)
	}
}

func TestWhatIsAddedLaterIsInNoSecond(t *testing.T) {
	b := newBench()
	b.Add("ping", 4, price.Bill{price.Frame: 8})
	b.now = b.now.Add(time.Second)
	if all := b.Actions(); len(all) != 1 || all[0].Count != 4 || all[0].Cost != 8 {
		t.Errorf("%+v", all)
	}
	if got := b.Points(0); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestQuantilesAreExactWithinATwentieth(t *testing.T) {
	var h histogram
	if h.quantiles() != (Quantiles{}) {
		t.Errorf("of nothing: %+v", h.quantiles())
	}
	for ms := 1; ms <= 1000; ms++ {
		h.add(time.Duration(ms) * time.Millisecond)
	}
	if q := h.quantiles(); q.Count != 1000 || !near(q.P50, 500) || !near(q.P95, 950) || !near(q.P99, 990) {
		t.Errorf("%+v", q)
	}
	h = histogram{}
	h.add(0)
	h.add(time.Hour)
	if h[0] != 1 || h[len(h)-1] != 1 {
		t.Error("the shortest and the longest have no slot")
	}
}

func TestARingKeepsTheNewest(t *testing.T) {
	r := newRing[int](3)
	for i := range 5 {
		r.add(i)
	}
	got := r.newest()
	if len(got) != 3 || got[0] != 4 || got[1] != 3 || got[2] != 2 {
		t.Error(got)
	}
}
