package apigateway

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/parley-im/parley/infra/local/clock"
	"github.com/parley-im/parley/infra/local/sigv4"
)

// Options are what a gateway needs beside the description of its API. The zero value works.
type Options struct {
	// Clock is what timeouts, throttles and the times in events go by; nil is the machine's clock. The age of a signature goes
	// by the machine's clock always, because the signer's does.
	Clock clock.Clock
	// Secret returns the secret key of an access key, and false if there is no such key. Calls to @connections must be
	// signed with one. If it is nil, signatures are not looked at.
	Secret func(accessKey string) (secret string, ok bool)
	// Log receives failures of integrations and authorizers; nil discards them. Neither bodies nor headers are logged.
	Log *slog.Logger
	// Reorder makes every message wait for a random time below it before its integration runs. The service promises no
	// order, but keeps it nearly always; this shows which code relies on that.
	Reorder time.Duration
}

// Gateway serves one API. It is safe for concurrent use.
type Gateway struct {
	api       API
	routes    map[string]Route
	selection selection
	invoke    Invoke
	clock     clock.Clock
	verifier  *sigv4.Verifier // nil: signatures are not looked at
	log       *slog.Logger
	reorder   time.Duration

	ids                *idSource
	connects, requests *bucket
	meter              *meter

	ctx     context.Context // of invocations
	cancel  context.CancelFunc
	closing chan struct{} // closed when Close begins
	// running holds handshakes and every goroutine. It grows only from within: a connection that has not ended has a handshake
	// or a reading goroutine in it.
	running sync.WaitGroup

	mu          sync.RWMutex
	closed      bool
	connections map[string]*connection // by id, from the end of the handshake to the end of the connection
}

// New returns a gateway for api that calls invoke for every Lambda integration. An error says what in api the service
// would refuse to deploy.
func New(api API, invoke Invoke, options Options) (*Gateway, error) {
	api = api.withDefaults()
	if err := api.validate(); err != nil {
		return nil, fmt.Errorf("api %s: %w", api.ID, err)
	}
	selection, err := parseSelection(api.RouteSelectionExpression)
	if err != nil {
		return nil, fmt.Errorf("api %s: %w", api.ID, err)
	}
	if options.Clock == nil {
		options.Clock = clock.Real{}
	}
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	g := &Gateway{
		api:         api,
		routes:      map[string]Route{},
		selection:   selection,
		invoke:      invoke,
		clock:       options.Clock,
		log:         options.Log,
		reorder:     options.Reorder,
		ids:         newIDSource(),
		connects:    newBucket(options.Clock, api.Limits.ConnectsPerSecond, api.Limits.ConnectsPerSecond),
		requests:    newBucket(options.Clock, api.Limits.RequestsPerSecond, api.Limits.RequestBurst),
		closing:     make(chan struct{}),
		connections: map[string]*connection{},
	}
	for _, route := range api.Routes {
		g.routes[route.Key] = route
	}
	g.meter = newMeter(g.routes)
	if options.Secret != nil {
		g.verifier = sigv4.New(api.Region, "execute-api", options.Secret)
	}
	g.ctx, g.cancel = context.WithCancel(context.Background())
	return g, nil
}

// ServeHTTP serves the upgrade of /{stage} and the calls to /{stage}/@connections/{id}; any other path is forbidden. An
// upgraded connection lives on after it returns.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if id, ok := strings.CutPrefix(r.URL.Path, "/"+g.api.Stage+"/@connections/"); ok {
		g.manage(w, r, id)
		return
	}
	if r.URL.Path == "/"+g.api.Stage {
		if !g.enter() {
			writeMessage(w, http.StatusServiceUnavailable, "Service Unavailable")
			return
		}
		defer g.running.Done()
		g.connect(w, r)
		return
	}
	w.Header().Set("X-Amzn-ErrorType", "ForbiddenException")
	writeMessage(w, http.StatusForbidden, "Forbidden")
}

// enter counts a handshake as running, unless the gateway is closed.
func (g *Gateway) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.closed {
		g.running.Add(1)
	}
	return !g.closed
}

// Close refuses new handshakes, closes every socket with 1001 "Going away" and waits for the $disconnect routes, for
// messages in flight and for all goroutines. Calls to @connections are answered on, by 410. When ctx ends first, it ends the context of the invocations under way, drops the
// sockets and returns the error of ctx.
func (g *Gateway) Close(ctx context.Context) error {
	g.mu.Lock()
	first := !g.closed
	g.closed = true
	open := make([]*connection, 0, len(g.connections))
	for _, c := range g.connections {
		open = append(open, c)
	}
	g.mu.Unlock()
	if first {
		close(g.closing)
	}
	for _, c := range open {
		c.close(endGoingAway)
	}
	done := make(chan struct{})
	go func() {
		g.running.Wait()
		close(done)
	}()
	defer g.cancel()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		for _, c := range open {
			c.drop()
		}
		return fmt.Errorf("close gateway: %w", ctx.Err())
	}
}

func (g *Gateway) newConnection(r *http.Request) *connection {
	now, tail := g.clock.Now(), newTail()
	return &connection{
		gateway:     g,
		id:          g.ids.next(now, tail),
		tail:        tail,
		connectedAt: now,
		identity:    identity{UserAgent: strings.Clone(r.UserAgent()), SourceIP: strings.Clone(sourceIP(r))},
		domain:      strings.Clone(r.Host),
	}
}

// add makes a connection known, unless the gateway is closed.
func (g *Gateway) add(c *connection) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.closed {
		g.connections[c.id] = c
	}
	return !g.closed
}

// remove forgets a connection and counts its time.
func (g *Gateway) remove(c *connection) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.connections, c.id)
	g.meter.disconnects.Add(1)
	g.meter.connected.Add(int64(g.clock.Now().Sub(c.connectedAt)))
}

func (g *Gateway) find(id string) (*connection, bool) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	c, ok := g.connections[id]
	return c, ok
}
