package main

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/price"
)

// room is a conversation of size members who are all connected, and what one message to it uses.
type room struct {
	size float64
	uses price.Bill
}

// quota is what an account holds by default in a large region, and what of it one message takes.
type quota struct {
	name      string
	perSecond float64
	takes     func(room) float64
	// raise says how to get more.
	raise string
}

// The defaults of an account. Sources: API Gateway quotas (requests a second are one bucket for inbound frames and for
// @connections; replies of routes are not requests), Lambda quotas, DynamoDB on-demand capacity.
const (
	requests    = 10_000 // API Gateway requests a second of the account, burst 5,000
	connects    = 500    // new connections a second of the account
	concurrency = 1_000  // Lambda executions at once of the account
	tableWrites = 4_000  // write units a second of a new on-demand table
	tableReads  = 12_000 // read units a second of a new on-demand table
	itemWrites  = 1_000  // write units a second of one partition: more than the rate limit of a conversation
)

// A function posts to width connections at a time, and a post takes about this long, in seconds. Like took it is assumed.
const (
	width = 32
	post  = 0.010
)

// quotas in the order in which a table lists them.
var quotas = []quota{
	{
		"API Gateway requests", requests, func(r room) float64 { return r.uses[price.Frame] - 1 }, // all frames but the reply
		"Service Quotas: API Gateway, throttle rate of the account; takes days, so ask before the launch",
	},
	{
		"DynamoDB writes of a new table", tableWrites, func(r room) float64 { return r.uses[price.WriteUnit] },
		"grows by itself to twice the former peak in half an hour; before a launch, warm throughput of the table",
	},
	{
		"DynamoDB reads of a new table", tableReads, func(r room) float64 { return r.uses[price.ReadUnit] }, // as if of one table
		"as with writes",
	},
	{
		"Lambda executions at once", concurrency, func(r room) float64 {
			return r.uses[price.Request]*took + math.Ceil(r.size/width)*post
		},
		"Service Quotas: Lambda, concurrent executions",
	},
}

// ceiling is how many messages a second a quota allows.
type ceiling struct {
	quota
	messages float64
}

// ceilings are those of messages to rooms of a size, the lowest first: it binds.
func ceilings(b book, size float64) []ceiling {
	r := room{size, b.of("send", "to one person")}
	if size > 2 {
		r.uses = groupSend(b, size, 1)
	}
	var all []ceiling
	for _, q := range quotas {
		all = append(all, ceiling{q, q.perSecond / q.takes(r)})
	}
	slices.SortStableFunc(all, func(a, b ceiling) int { return cmp.Compare(a.messages, b.messages) })
	return all
}

// sizes are the rooms of the table.
var sizes = []float64{2, 50, 500}

// holds renders what one account holds, as a table.
func holds(b book) string {
	var out strings.Builder
	out.WriteString("| messages a second | into rooms of 2 | of 50 | of 500 |\n|---|---|---|---|\n")
	for _, q := range quotas {
		fmt.Fprintf(&out, "| %s, %s", q.name, thousands(q.perSecond))
		for _, size := range sizes {
			for i, c := range ceilings(b, size) {
				if c.name != q.name {
					continue
				}
				mark := ""
				if i == 0 {
					mark = "**"
				}
				fmt.Fprintf(&out, " | %s%s%s", mark, thousands(c.messages), mark)
			}
		}
		out.WriteString(" |\n")
	}
	return out.String()
}

// thousands rounds down and separates.
func thousands(n float64) string {
	text := fmt.Sprint(int(n))
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// printQuotas says what one account holds, what binds first and what to raise first.
func printQuotas(w io.Writer, b book) error {
	lines := []string{holds(b)}
	for _, size := range sizes {
		first := ceilings(b, size)[0]
		lines = append(lines, fmt.Sprintf("rooms of %.0f: %s bind at %s a second. Raise: %s.", size, first.name, thousands(first.messages), first.raise))
	}
	back := b.of("hello", "")[price.Frame]/2 + b.of("conversations", "one")[price.Frame]/2 + b.of("sync", "one conversation with news")[price.Frame]/2
	lines = append(lines,
		fmt.Sprintf("one room: at most %d entries a second, Parley's own limit; its partition takes %s.", chat.ConversationRate, thousands(itemWrites)),
		fmt.Sprintf("connections: %d new ones a second, so 100,000 users are back after %d seconds; what they ask then takes %.0f %% of the requests.",
			connects, 100_000/connects, 100*connects*back/requests))
	_, err := fmt.Fprintln(w, strings.Join(lines, "\n"))
	return err
}
