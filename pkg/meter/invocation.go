package meter

import (
	"context"
	"encoding/json"
	"io"
	"math"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/parley-im/parley/pkg/price"
)

// Function says what is metered and where the figures go.
type Function struct {
	// Name is the function's, and Stage that of the deployment.
	Name, Stage string
	// Memory in MB.
	Memory int
	// Started is when the process did: its first invocation is billed for the time since.
	Started time.Time
	// Prices are those by which units become dollars.
	Prices price.Table
	Now    func() time.Time
	// Out is where the function logs.
	Out io.Writer
	// Spent, if set, is told after each invocation what that alone came to, in dollars.
	Spent func(ctx context.Context, dollars float64)
}

// Wrap counts the invocations of a handler, with their frames and their time, and writes what was counted when that is due.
// What a process has counted when Lambda ends it, and not written yet, is lost: at most what one Interval held.
func (m *Meter) Wrap(h lambda.Handler, f Function) lambda.Handler {
	return &metered{handler: h, meter: m, Function: f}
}

type metered struct {
	Function
	handler lambda.Handler
	meter   *Meter
	warm    bool
}

// event is what a gateway's event says of itself. Other events have none of it.
type event struct {
	// Type is that of an authorizer's event, which has the route of the handshake.
	Type           string `json:"type"`
	Body           string `json:"body"`
	RequestContext struct {
		RouteKey  string `json:"routeKey"`
		EventType string `json:"eventType"`
		// ConnectedAt and Now are Unix times in milliseconds.
		ConnectedAt int64 `json:"connectedAt"`
		Now         int64 `json:"requestTimeEpoch"`
	} `json:"requestContext"`
}

// authorizer is the type of an authorizer's event.
const authorizer = "REQUEST"

// action that the event is: its route, or the function if it has none of its own.
func (e event) action(function string) string {
	if name := strings.TrimPrefix(e.RequestContext.RouteKey, "$"); name != "" && e.Type != authorizer {
		return name
	}
	return function
}

// open is for how long the connection was open that the event tells the end of. A connection whose end API Gateway does not
// tell, which it may not, is not counted: its own metrics have the rest.
func (e event) open() time.Duration {
	if e.RequestContext.EventType != "DISCONNECT" || e.RequestContext.ConnectedAt == 0 {
		return 0
	}
	return time.Duration(max(0, e.RequestContext.Now-e.RequestContext.ConnectedAt)) * time.Millisecond
}

// Invoke implements lambda.Handler. Lambda calls it for one event at a time.
func (f *metered) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	begun := f.Now()
	var in event
	_ = json.Unmarshal(payload, &in) // an event of another kind has no route
	ctx = With(ctx, in.action(f.Name))
	var bill price.Bill
	if f.Spent != nil {
		ctx, bill = separately(ctx)
	}
	f.meter.Use(ctx, price.Request, 1)
	if in.Body != "" {
		f.meter.Use(ctx, price.Frame, started(len(in.Body), frame))
	}
	if open := in.open(); open > 0 {
		f.meter.Use(ctx, price.ConnectionMinute, open.Minutes())
	}
	out, err := f.handler.Invoke(ctx, payload)
	var answer struct {
		Body string `json:"body"`
	}
	if json.Unmarshal(out, &answer) == nil && answer.Body != "" {
		f.meter.Use(ctx, price.Frame, started(len(answer.Body), frame))
		f.meter.told(ctx, answer.Body)
	}
	took := f.Now().Sub(begun)
	billed := took
	if !f.warm { // the start is billed, too (Lambda pricing, since 2025-08)
		f.warm, billed = true, billed+begun.Sub(f.Started)
		f.meter.started(ctx, begun.Sub(f.Started))
	}
	f.meter.Use(ctx, price.Compute, math.Ceil(float64(billed)/float64(time.Millisecond))/1000*float64(f.Memory)/1024)
	f.meter.done(ctx, took, err != nil)
	if f.Spent != nil {
		dollars, _ := f.Prices.Cost(bill)
		f.Spent(ctx, dollars)
	}
	f.flush()
	return out, err
}

// Log returns a writer that counts what is logged as used by nobody in particular.
func (m *Meter) Log(w io.Writer) io.Writer { return &counting{w, m} }

type counting struct {
	io.Writer
	meter *Meter
}

func (c *counting) Write(p []byte) (int, error) {
	c.meter.Use(context.Background(), price.LogByte, float64(len(p)))
	return c.Writer.Write(p)
}
