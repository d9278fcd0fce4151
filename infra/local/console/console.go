// Package console is the page that shows what the local stack does: a ledger of what AWS would bill for it and by which action,
// how long clients wait, what became of posts, and what is in the queues, the tables, the logs and on the phones.
//
// Nothing of it is in a function. It watches the seams of the stack: every invocation (invocations.go), every request of a function to
// a service (requests.go) and every log line (logs.go) goes into one [Ledger]. Functions send it their traces (traces.go) as they
// would to X-Ray. The page (page.go) asks for a [Snapshot] once a
// second while somebody looks at it; nobody else does anything then. All it keeps is bounded.
package console

import (
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/parley-im/parley/infra/local/apigateway"
	"github.com/parley-im/parley/infra/local/lambda"
	"github.com/parley-im/parley/infra/local/sqs"
	"github.com/parley-im/parley/pkg/price"
	"github.com/parley-im/parley/pkg/topology"
)

// How many of the newest are shown.
const (
	maxLines         = 200
	maxInvocations   = 100
	maxNotifications = 50
)

// Parts are those of a stack that the console asks when somebody looks.
type Parts struct {
	Lambda *lambda.Service
	API    *apigateway.Gateway
	SQS    *sqs.Service
	Tables *dynamodb.Client
	// Notifications returns what phones would show, oldest first.
	Notifications func() []Notification
}

// Notification is what a phone would show.
type Notification struct {
	User  string `json:"user"`
	At    string `json:"at"`
	Title string `json:"title"`
	Body  string `json:"body"`
}

// Console watches a stack. It is safe for concurrent use.
type Console struct {
	prices      price.Table
	now         func() time.Time
	begun       time.Time
	ledger      *Ledger
	lines       *ring[Line]
	invocations *ring[Invocation]
	traces      *traces
	memory      map[string]float64 // of each function in GB

	mu       sync.Mutex
	underWay map[string]*running // by trace id
	billed   apigateway.Usage    // what of the gateway's usage is in the ledger
	parts    Parts
}

// New returns a console that has seen nothing yet.
func New(prices price.Table, now func() time.Time) *Console {
	c := &Console{
		prices: prices, now: now, begun: now(), ledger: NewLedger(prices, now),
		lines: newRing[Line](maxLines), invocations: newRing[Invocation](maxInvocations),
		traces: &traces{spans: map[string][]Span{}},
		memory: map[string]float64{}, underWay: map[string]*running{},
	}
	for _, f := range topology.Functions {
		c.memory[f.Name] = float64(f.Memory) / 1024
	}
	return c
}

// Ledger returns what was counted.
func (c *Console) Ledger() *Ledger { return c.ledger }

// Show tells the console what to ask. Before it there is nothing to serve.
func (c *Console) Show(parts Parts) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.parts = parts
}
