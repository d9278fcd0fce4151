package meter

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/parley-im/parley/pkg/price"
)

const (
	// Namespace is that of the metrics.
	Namespace = "Parley"
	// Interval is how long a function counts before it writes: CloudWatch keeps one value a minute.
	Interval = time.Minute
	// Share is the most that writing may cost of what it reports: a function that does little reports when it has done
	// enough to be worth a line. What CloudWatch takes for each metric comes on top, and is the same for every load: see Metrics.
	Share = 0.01
)

// Classes are the groups of actions that have metrics of their own: a metric costs $0.30 a month for each of its
// dimensions' values, so there are few. What is not listed is of the class Other.
var Classes = map[string]string{
	"send": "send", "fanout": "deliver", "push": "deliver", "tick": "deliver",
	"connect": "session", "disconnect": "session", "authorizer": "session", "grace": "session", "hello": "session", "logout": "session",
	"typing": "signal", "receipts": "signal", "mark": "signal", "prefs": "signal", "watch": "signal", "unwatch": "signal", "status": "signal",
	"sync": "read", "history": "read", "conversations": "read", "members": "read", "seen": "read", "explain": "read", "search": "read",
	"upload": "media", "download": "media",
	"create": "change", "edit": "change", "delete": "change", "react": "change",
}

// Other is the class of the rest.
const Other = "other"

// ClassOf returns the class of an action.
func ClassOf(action string) string {
	if class, ok := Classes[action]; ok {
		return class
	}
	return Other
}

// flush writes what was counted if that is due.
func (f *metered) flush() {
	accounts, since := f.meter.Read()
	now := f.Now()
	if now.Sub(since) < Interval {
		return
	}
	dollars := 0.0
	for _, a := range accounts {
		cost, _ := f.Prices.Cost(a.Bill)
		dollars += cost
	}
	lines := f.documents(accounts, now)
	rate, _ := f.Prices.Rate(price.LogByte)
	if float64(len(lines))*rate.One() > Share*dollars {
		return
	}
	f.meter.Reset(now)
	_, _ = f.Out.Write(lines) // if it cannot be written there is nobody to tell
}

// document is one line of the embedded metric format (CloudWatch guide, "Specification: Embedded metric format").
type document struct {
	AWS struct {
		Timestamp int64
		Metrics   []directive `json:"CloudWatchMetrics"`
	} `json:"_aws"`
	Stage    string `json:"stage"`
	Class    string `json:"class"`
	Function string `json:"function"`
	// What follows up to Took are metrics.
	Cost   float64   `json:"cost_microdollars"`
	Count  int       `json:"count"`
	Failed int       `json:"failed"`
	Took   []float64 `json:"took_ms"`
	// Starts are metrics of the stage and not of the class, and so are the outcomes, which are members beside these.
	Starts   []float64       `json:"start_ms,omitempty"`
	Outcomes map[Outcome]int `json:"-"`
	// Bill, Parts and Actions are for queries: they are not metrics.
	Bill    price.Bill             `json:"bill"`
	Parts   map[price.Part]float64 `json:"parts_microdollars"`
	Actions map[string]int         `json:"actions"`
}

type directive struct {
	Namespace  string
	Dimensions [][]string
	Metrics    []metric
}

type metric struct {
	Name string
	Unit string `json:",omitempty"`
}

var metrics = []metric{{Name: "cost_microdollars"}, {Name: "count", Unit: "Count"}, {Name: "failed", Unit: "Count"}, {Name: "took_ms", Unit: "Milliseconds"}}

// StartMetric is how long cold starts took; as many as there are values.
const StartMetric = "start_ms"

// ofStage are the metrics of what happened in a document, without the class: a metric costs the same for each of its
// dimensions' values, used or not. Without any there is nothing to say.
func (d *document) ofStage() []metric {
	var all []metric
	for _, o := range slices.Sorted(maps.Keys(d.Outcomes)) {
		all = append(all, metric{Name: string(o), Unit: "Count"})
	}
	if len(d.Starts) > 0 {
		all = append(all, metric{Name: StartMetric, Unit: "Milliseconds"})
	}
	return all
}

// line renders the document, with the outcomes among its members.
func (d *document) line() ([]byte, error) {
	if of := d.ofStage(); len(of) > 0 {
		d.AWS.Metrics = append(d.AWS.Metrics, directive{Namespace, [][]string{{"stage"}}, of})
	}
	line, err := json.Marshal(d)
	if err != nil || len(d.Outcomes) == 0 {
		return line, err
	}
	outcomes, err := json.Marshal(d.Outcomes)
	line[len(line)-1] = ','
	return append(line, outcomes[1:]...), err
}

// Metrics is how many metrics a stage has if everything happens in it: those of each class, and those of the stage alone.
func Metrics() int {
	classes := map[string]bool{Other: true}
	for _, class := range Classes {
		classes[class] = true
	}
	return len(classes)*len(metrics) + len(Posts) + len(Pushes) + len(Errors) + len([]string{string(Conflict), string(Retry), StartMetric})
}

func milliseconds(all []float64, more []time.Duration) []float64 {
	for _, took := range more {
		if len(all) < maxTimes {
			all = append(all, float64(took.Microseconds())/1000)
		}
	}
	return all
}

// documents renders what was counted, a line for each class.
func (f *metered) documents(accounts map[string]Account, now time.Time) []byte {
	byClass := map[string]*document{}
	for name, a := range accounts {
		class := ClassOf(name)
		d := byClass[class]
		if d == nil {
			d = &document{Stage: f.Stage, Class: class, Function: f.Name, Took: []float64{}, Bill: price.Bill{}, Actions: map[string]int{}, Outcomes: map[Outcome]int{}}
			d.AWS.Timestamp = now.UnixMilli()
			d.AWS.Metrics = []directive{{Namespace, [][]string{{"stage", "class"}}, metrics}}
			byClass[class] = d
		}
		d.Count, d.Failed = d.Count+a.Count, d.Failed+a.Failed
		d.Bill.Add(a.Bill)
		d.Took, d.Starts = milliseconds(d.Took, a.Times), milliseconds(d.Starts, a.Starts)
		for o, n := range a.Outcomes {
			d.Outcomes[o] += n
		}
		if a.Count > 0 {
			d.Actions[name] = a.Count
		}
	}
	var lines []string
	for _, d := range byClass {
		var cost float64
		cost, d.Parts = f.Prices.Cost(d.Bill)
		d.Cost = cost * 1e6
		for part, dollars := range d.Parts {
			if d.Parts[part] = dollars * 1e6; dollars == 0 {
				delete(d.Parts, part)
			}
		}
		line, err := d.line()
		if err != nil {
			line = fmt.Appendf(nil, `{"level":"ERROR","msg":"meter not written","error":%q}`, err)
		}
		lines = append(lines, string(line)+"\n")
	}
	slices.Sort(lines)
	return []byte(strings.Join(lines, ""))
}
