package apigateway

import (
	"sync/atomic"
	"time"
)

// unit is the size of a billed message: every started 32 KB count as one (aws.md 2).
const unit = 32 * 1024

// Usage is what the service would have billed since the gateway was made, and the counts beside it of which no
// source says whether they are billed.
type Usage struct {
	Connects    int64 // connections that were opened
	Disconnects int64 // connections that ended
	// ConnectionTime is the sum over all connections, live ones up to now. The bill is per minute of it.
	ConnectionTime time.Duration

	Inbound  map[string]Traffic // messages from clients, by the key of the route they took
	Outbound map[string]Traffic // route responses, by route key
	Posts    Traffic            // messages sent by POST to @connections

	ErrorFrames int64 // error frames sent to clients
	// IntegrationErrors counts integrations that failed or returned a status of 400 or above, on any route.
	IntegrationErrors int64
	Throttled         int64 // handshakes, messages and @connections calls refused for their rate
	Dropped           int64 // route responses and error frames that did not fit into a slow client's outbox
}

// Traffic counts messages, and the started 32 KB that they are billed as.
type Traffic struct {
	Messages int64
	Units    int64
}

// meter counts as it happens. The maps are fixed when it is made.
type meter struct {
	connects, disconnects                 atomic.Int64
	connected                             atomic.Int64 // nanoseconds of ended connections
	integrationErrors, throttled, dropped atomic.Int64
	inbound, outbound                     map[string]*counter
	posts, errorFrames                    counter
}

type counter struct{ messages, units atomic.Int64 }

func newMeter(routes map[string]Route) *meter {
	m := &meter{inbound: map[string]*counter{}, outbound: map[string]*counter{}}
	for key := range routes {
		m.inbound[key], m.outbound[key] = &counter{}, &counter{}
	}
	return m
}

func (c *counter) add(size int) {
	c.messages.Add(1)
	c.units.Add(int64(max(1, (size+unit-1)/unit)))
}

func (c *counter) traffic() Traffic {
	return Traffic{Messages: c.messages.Load(), Units: c.units.Load()}
}

// Usage returns the counts so far. Routes without traffic are left out.
func (g *Gateway) Usage() Usage {
	m := g.meter
	u := Usage{
		Connects:          m.connects.Load(),
		Disconnects:       m.disconnects.Load(),
		Inbound:           traffic(m.inbound),
		Outbound:          traffic(m.outbound),
		Posts:             m.posts.traffic(),
		ErrorFrames:       m.errorFrames.messages.Load(),
		IntegrationErrors: m.integrationErrors.Load(),
		Throttled:         m.throttled.Load(),
		Dropped:           m.dropped.Load(),
	}
	now := g.clock.Now()
	g.mu.RLock() // under which a connection is either live or counted
	defer g.mu.RUnlock()
	u.ConnectionTime = time.Duration(m.connected.Load())
	for _, c := range g.connections {
		u.ConnectionTime += now.Sub(c.connectedAt)
	}
	return u
}

func traffic(counters map[string]*counter) map[string]Traffic {
	m := map[string]Traffic{}
	for key, c := range counters {
		if t := c.traffic(); t.Messages > 0 {
			m[key] = t
		}
	}
	return m
}
