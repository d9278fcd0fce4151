package client

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client/pace"
)

// Options say who connects where. URL, User and Token are required.
type Options struct {
	// URL of the WebSocket API: ws:// or wss://, with the stage as its path.
	URL string
	// User is the subject of the tokens. The server goes by the token; the client needs the name to fill in its own entries.
	User chat.UserID
	// Token returns a bearer token for User. It is asked at each connect, and once more if the server answers 401. An
	// error is tried again later, unless it is an *Error that is not temporary: that one ends Run. It has 30 seconds,
	// the handshake included.
	Token func(ctx context.Context) (string, error)
	// Device tells the devices of User apart; random if empty. A device that registers for notifications should keep its
	// name. See chat.DevicePattern for its shape.
	Device chat.DeviceID
	// Origin is sent as the header of that name if it is not empty.
	Origin string
	// Handle gets every event, one at a time and from one goroutine; nil drops them. It may call the Client's methods
	// except Close. What arrives while it works is kept in memory.
	Handle func(Event)
	// Store keeps how far Handle has each conversation. By default it is forgotten with the Client.
	Store Store
	// Begin chooses where to begin with a conversation that the Store does not know and whose last entry is head: the
	// entries after the returned seq will be delivered. By default that is 0, the whole log. What it chooses is saved in
	// the Store. It must not call the Client.
	Begin func(conversation chat.ConversationID, head chat.Seq) chat.Seq
	// HTTPClient opens the socket and transfers media; the caller closes its idle connections.
	HTTPClient *http.Client
	// Log gets what happens to the connection; by default nothing is logged. It never gets content or tokens.
	Log *slog.Logger
	// Trace gets every frame: out is true for those sent. It is called from several goroutines and must not keep frame.
	Trace func(out bool, frame []byte)
}

// Client is a device of a user. Make one with New, start Run, and use it from as many goroutines as needed. It is used
// once: after Run has returned, every method fails with ErrClosed.
type Client struct {
	options Options
	address string
	http    *http.Client
	log     *slog.Logger

	life    context.Context // ends with the client, whose cause is ErrClosed
	end     context.CancelCauseFunc
	work    sync.WaitGroup // every goroutine except the dispatcher
	stopped chan struct{}  // closed when nothing runs any more

	link    link
	calls   calls
	inbox   inbox
	outbox  outbox
	drafts  drafts
	queue   queue
	limits  limits
	typing  pace.Typing
	watch   watch
	opened  chan struct{} // a connection was opened; capacity 1
	missing chan struct{} // an entry arrived before its turn; capacity 1
	woken   chan struct{} // the program asked for an attempt; capacity 1
	// receipts is how far the user is, as the server is to know, and tally what is unread.
	receipts pace.Receipts
	tally    tally
	pacing   chan struct{} // something is to be told; capacity 1
	listing  chan struct{} // whom the user has muted and blocked is to be asked; capacity 1
	silenced chan struct{} // that has changed; capacity 1

	mu      sync.Mutex
	started bool
	closed  bool
}

// New checks the options and loads the Store. Nothing is connected before Run, but messages can be queued.
func New(o Options) (*Client, error) {
	address, err := o.check()
	if err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	if o.Handle == nil {
		o.Handle = func(Event) {}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Trace == nil {
		o.Trace = func(bool, []byte) {}
	}
	if o.Store == nil {
		o.Store = NewMemoryStore(nil)
	}
	if o.Begin == nil {
		o.Begin = func(chat.ConversationID, chat.Seq) chat.Seq { return 0 }
	}
	cursors, err := o.Store.Load()
	if err != nil {
		return nil, fmt.Errorf("client: load cursors: %w", err)
	}
	var epochs map[chat.ConversationID]chat.Epoch
	if s, ok := o.Store.(EpochStore); ok {
		if epochs, err = s.LoadEpochs(); err != nil {
			return nil, fmt.Errorf("client: load epochs: %w", err)
		}
	}
	c := &Client{
		options: o, address: address, http: o.HTTPClient, log: o.Log,
		stopped: make(chan struct{}), opened: make(chan struct{}, 1), missing: make(chan struct{}, 1),
		woken: make(chan struct{}, 1), pacing: make(chan struct{}, 1),
		listing: make(chan struct{}, 1), silenced: make(chan struct{}, 1),
	}
	if c.http == nil {
		c.http = &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}
	}
	c.life, c.end = context.WithCancelCause(context.Background())
	c.link.changed = make(chan struct{})
	c.calls.open = map[string]*call{}
	c.outbox.lanes = map[chat.ConversationID][]*Pending{}
	c.drafts.rooms = map[chat.ConversationID]*drafting{}
	c.queue.more = make(chan struct{}, 1)
	c.inbox.user, c.inbox.begin, c.inbox.deliver = o.User, o.Begin, c.note
	c.tally.user = o.User
	c.inbox.load(cursors, epochs)
	return c, nil
}

func (o *Options) check() (address string, err error) {
	u, err := url.Parse(o.URL)
	switch {
	case err != nil:
		return "", err
	case (u.Scheme != "ws" && u.Scheme != "wss") || u.Host == "":
		return "", errors.New("url: ws:// or wss:// and a host")
	case !o.User.Valid():
		return "", errors.New("user: not a user id")
	case o.Token == nil:
		return "", errors.New("token: a provider is required")
	}
	if o.Device == "" {
		o.Device = randomDevice()
	}
	if !o.Device.Valid() {
		return "", errors.New("device: 1 to 64 letters, digits, - and _")
	}
	query := u.Query()
	query.Set("device", string(o.Device))
	u.RawQuery = query.Encode()
	return u.String(), nil
}

// User is who the Client acts for.
func (c *Client) User() chat.UserID { return c.options.User }

// Device is the name of this device, chosen in the Options or at random.
func (c *Client) Device() chat.DeviceID { return c.options.Device }

// Close ends Run and waits until it has returned and no goroutine of the Client is left. Messages without an
// acknowledgement fail with ErrClosed; they may have been stored nevertheless. It must not be called by Handle.
func (c *Client) Close() {
	c.end(ErrClosed)
	c.mu.Lock()
	running := c.started
	c.started = true // from now on Run fails
	c.mu.Unlock()
	if !running {
		c.wait()
		c.release()
	}
	<-c.stopped
}

// spawn runs f in a goroutine that wait waits for; it reports false and does nothing once the client is closed.
func (c *Client) spawn(f func()) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	c.work.Go(f)
	return true
}

// wait returns when all goroutines have ended; no more can be spawned.
func (c *Client) wait() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.work.Wait()
}

// release gives back what the client owns and lets Close return.
func (c *Client) release() {
	if c.options.HTTPClient == nil {
		c.http.CloseIdleConnections()
	}
	close(c.stopped)
}

// pause waits for d; it fails when ctx or the client ends first.
func (c *Client) pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-c.life.Done():
		return context.Cause(c.life)
	}
}

// signal sets a flag of capacity 1.
func signal(flag chan struct{}) {
	select {
	case flag <- struct{}{}:
	default:
	}
}

func randomDevice() chat.DeviceID {
	random := make([]byte, 10)
	_, _ = rand.Read(random) // never fails
	return chat.DeviceID(strings.ToLower(base32.StdEncoding.EncodeToString(random)))
}

// newID is a random UUID (RFC 9562, version 4).
func newID() chat.MessageID {
	var u [16]byte
	_, _ = rand.Read(u[:]) // never fails
	u[6], u[8] = u[6]&0x0f|0x40, u[8]&0x3f|0x80
	return chat.MessageID(fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:]))
}
