package console

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/parley-im/parley/infra/local/apigateway"
	"github.com/parley-im/parley/infra/local/lambda"
	"github.com/parley-im/parley/pkg/price"
	"github.com/parley-im/parley/pkg/topology"
)

// Sizes by which AWS bills (pricing pages of each service).
const (
	frameSize   = 32 << 10
	requestSize = 64 << 10
)

// started is how many parts of a size are begun by n bytes.
func started(n, size int) float64 { return float64(max(1, (n+size-1)/size)) }

// Actions of what no invocation does.
const (
	// unknown is the action of an invocation that is over, and so not expected.
	unknown = "other"
	// clients is what clients do with the URLs that functions sign, logging what functions write, open the connections.
	clients, logging, open = "clients", "logs", "connections"
)

// event is what a gateway's event says of itself. Other events have none of it.
type event struct {
	Type           string `json:"type"`
	Body           string `json:"body"`
	RequestContext struct {
		RouteKey  string `json:"routeKey"`
		EventType string `json:"eventType"`
	} `json:"requestContext"`
}

func readEvent(payload []byte) event {
	var e event
	_ = json.Unmarshal(payload, &e) // an event of another kind has no route
	return e
}

// action that an event is: its route, or the function if it has none. The authorizer's event has the route of the handshake.
func (e event) action(function string) string {
	if name := strings.TrimPrefix(e.RequestContext.RouteKey, "$"); name != "" && e.Type != "REQUEST" {
		return name
	}
	return function
}

// Invocation is one that has ended.
type Invocation struct {
	At       time.Time `json:"at"`
	Function string    `json:"function"`
	Action   string    `json:"action"`
	Took     float64   `json:"took_ms"`
	// Init is the time of a cold start, in milliseconds; 0 of a warm one.
	Init   float64 `json:"init_ms,omitempty"`
	Cost   float64 `json:"microdollars"`
	Failed bool    `json:"failed,omitempty"`
}

// running is an invocation under way.
type running struct {
	action string
	bill   price.Bill
}

// Began implements lambda.Watcher.
func (c *Console) Began(function, trace string, payload []byte) {
	e := readEvent(payload)
	c.mu.Lock()
	c.underWay[trace] = &running{action: e.action(function), bill: price.Bill{}}
	c.mu.Unlock()
	if e.Body != "" {
		c.use(trace, price.Frame, started(len(e.Body), frameSize))
	}
}

// Ended implements lambda.Watcher.
func (c *Console) Ended(function, trace string, result lambda.Result, err error) {
	if err != nil { // it never ran: the function's throttles say so
		c.forget(trace)
		return
	}
	c.use(trace, price.Request, 1)
	c.use(trace, price.Compute, result.Report.Billed.Seconds()*c.memory[function])
	failed := result.FunctionError != ""
	if !failed {
		c.answered(trace, result.Payload)
	}
	r := c.forget(trace)
	c.ledger.Done(r.action, result.Report.Duration, failed)
	cost, _ := c.ledger.cost(r.bill)
	c.invocations.add(Invocation{
		At: c.now().UTC(), Function: function, Action: r.action, Took: milliseconds(result.Report.Duration),
		Init: milliseconds(result.Report.Init), Cost: cost, Failed: failed,
	})
}

// answered counts the frame that a result is, and the error that it tells.
func (c *Console) answered(trace string, payload []byte) {
	var answer struct{ Body string }
	if json.Unmarshal(payload, &answer) != nil || answer.Body == "" {
		return
	}
	c.use(trace, price.Frame, started(len(answer.Body), frameSize))
	var frame struct{ Event, Code string }
	if json.Unmarshal([]byte(answer.Body), &frame) == nil && frame.Event == "error" {
		c.ledger.Ended(Errors, frame.Code)
	}
}

// use counts units for the invocation with a trace id, or for clients, which have none.
func (c *Console) use(trace string, unit price.Unit, n float64) {
	action := unknown
	if trace == "" {
		action = clients
	}
	c.mu.Lock()
	if r := c.underWay[trace]; r != nil {
		action = r.action
		r.bill[unit] += n
	}
	c.mu.Unlock()
	c.ledger.Use(action, unit, n)
}

func (c *Console) forget(trace string) running {
	c.mu.Lock()
	defer c.mu.Unlock()
	r, ok := c.underWay[trace]
	if !ok {
		return running{action: unknown}
	}
	delete(c.underWay, trace)
	return *r
}

// Invoke returns next with a watch on how long clients wait for their acknowledgement. Put it outermost.
func (c *Console) Invoke(next apigateway.Invoke) apigateway.Invoke {
	return func(ctx context.Context, function string, payload []byte) (apigateway.Result, error) {
		begun := c.now()
		result, err := next(ctx, function, payload)
		e := readEvent(payload)
		if err == nil && e.RequestContext.EventType == "MESSAGE" && topology.Responds(e.RequestContext.RouteKey) {
			c.ledger.Acked(c.now().Sub(begun))
		}
		return result, err
	}
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
