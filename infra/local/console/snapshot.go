package console

import (
	"slices"
	"strings"
	"time"

	"github.com/parley-im/parley/infra/local/apigateway"
	"github.com/parley-im/parley/infra/local/lambda"
	"github.com/parley-im/parley/pkg/price"
	"github.com/parley-im/parley/pkg/topology"
)

// Snapshot is all that the page shows.
type Snapshot struct {
	At    time.Time `json:"at"`
	Since time.Time `json:"since"`
	// Region and Prices are whose, and from which day on.
	Region string `json:"region"`
	Prices string `json:"prices"`

	Points        []Point                    `json:"points"`
	Recent        Recent                     `json:"recent"`
	Actions       []Action                   `json:"actions"`
	Outcomes      map[Outcome]map[string]int `json:"outcomes"`
	Functions     []Function                 `json:"functions"`
	Invocations   []Invocation               `json:"invocations"`
	Connections   Connections                `json:"connections"`
	Queues        []Queue                    `json:"queues"`
	Notifications []Notification             `json:"notifications"`
	Tables        []Table                    `json:"tables"`
	Logs          []Line                     `json:"logs"`
}

// Function is one, with what became of its invocations.
type Function struct {
	Name        string  `json:"name"`
	About       string  `json:"about"`
	Invocations int     `json:"invocations"`
	Errors      int     `json:"errors"`
	Timeouts    int     `json:"timeouts"`
	Throttles   int     `json:"throttles"`
	ColdStarts  int     `json:"cold_starts"`
	Running     int     `json:"running"`
	Processes   int     `json:"processes"` // the running ones and those that wait
	Mean        float64 `json:"mean_ms"`   // billed time of an invocation
}

// Connections of the gateway.
type Connections struct {
	Now    int64   `json:"now"`
	Opened int64   `json:"opened"`
	Closed int64   `json:"closed"`
	Hours  float64 `json:"hours"` // of all of them together
}

// Queue is how full one is.
type Queue struct {
	Name     string  `json:"name"`
	Dead     bool    `json:"dead"` // of what was given up
	Visible  int     `json:"visible"`
	InFlight int     `json:"in_flight"`
	Delayed  int     `json:"delayed"`
	Oldest   float64 `json:"oldest_s"`
}

// Table is one that can be looked into.
type Table struct {
	Name         string `json:"name"`
	PartitionKey string `json:"partition_key"`
	SortKey      string `json:"sort_key,omitempty"`
}

// Snapshot returns what is and was, with the points of the charts after a time (Unix, in seconds).
func (c *Console) Snapshot(after int64) Snapshot {
	c.mu.Lock()
	parts := c.parts
	c.mu.Unlock()
	usage := parts.API.Usage()
	c.settle(usage)
	s := Snapshot{
		At: c.now().UTC(), Since: c.begun.UTC(), Region: c.prices.Region, Prices: c.prices.Since.Format(time.DateOnly),
		Points: c.ledger.Points(after), Recent: c.ledger.Recent(), Actions: c.ledger.Actions(), Outcomes: c.ledger.Outcomes(),
		Functions: functions(parts.Lambda.Stats()), Invocations: c.invocations.newest(),
		Connections: Connections{
			usage.Connects - usage.Disconnects, usage.Connects, usage.Disconnects, usage.ConnectionTime.Hours(),
		},
		Queues: parts.queues(), Notifications: newest(parts.Notifications()), Logs: c.lines.newest(),
	}
	for _, t := range topology.Tables {
		s.Tables = append(s.Tables, Table{t.Name, t.PartitionKey, t.SortKey})
	}
	return s
}

// settle puts into the ledger what only the gateway counts: the frames that reach no function, and how long connections are
// open.
func (c *Console) settle(usage apigateway.Usage) {
	c.mu.Lock()
	defer c.mu.Unlock()
	before := c.billed
	for route := range topology.MockRoutes {
		if n := usage.Inbound[route].Messages - before.Inbound[route].Messages; n > 0 {
			frames := usage.Inbound[route].Units - before.Inbound[route].Units + usage.Outbound[route].Units - before.Outbound[route].Units
			c.ledger.Add(route, int(n), price.Bill{price.Frame: float64(frames)})
		}
	}
	if took := usage.ConnectionTime - before.ConnectionTime; took > 0 {
		c.ledger.Add(open, 0, price.Bill{price.ConnectionMinute: took.Minutes()})
	}
	c.billed = usage
}

func functions(stats []lambda.Stats) []Function {
	about := map[string]string{}
	for _, f := range topology.Functions {
		about[f.Name] = f.About
	}
	all := []Function{}
	for _, st := range stats {
		all = append(all, Function{
			Name: st.Function, About: about[st.Function], Invocations: st.Invocations, Errors: st.Errors, Timeouts: st.Timeouts,
			Throttles: st.Throttles, ColdStarts: st.ColdStarts, Running: st.Running, Processes: st.Running + st.Idle,
			Mean: milliseconds(st.Billed / time.Duration(max(1, st.Invocations))),
		})
	}
	return all
}

func (p Parts) queues() []Queue {
	all := []Queue{}
	for _, name := range p.SQS.Names() {
		depth, err := p.SQS.Depth(name)
		age, agedErr := p.SQS.Age(name)
		if err != nil || agedErr != nil { // a queue that has a name is there
			continue
		}
		all = append(all, Queue{name, strings.HasSuffix(name, "-dead"), depth.Visible, depth.InFlight, depth.Delayed, age.Seconds()})
	}
	return all
}

func newest(notifications []Notification) []Notification {
	last := slices.Clone(notifications[max(0, len(notifications)-maxNotifications):])
	slices.Reverse(last)
	return last
}
