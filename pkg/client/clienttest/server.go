// Package clienttest is a small Parley in memory that misbehaves when told to: it loses acknowledgements, cuts sockets,
// posts entries twice or in the wrong order, and answers errors. It is for tests of programs that use package client.
//
// A user connects with the token "token-" and the user's name. Script the faults with the fields of Server before the
// first connection.
package clienttest

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/topology"
	"github.com/parley-im/parley/pkg/wire"
)

// Token returns what a user connects with.
func Token(user chat.UserID) string { return "token-" + string(user) }

// Server is a Parley. Its zero value is not ready: use Start or New.
type Server struct {
	// URL is what clients connect to, and HTTP what they connect with.
	URL  string
	HTTP *http.Client
	// Handshake may refuse a connection with a status; 0 accepts it.
	Handshake func(r *http.Request) (status int)
	// Fault says what goes wrong with a request.
	Fault func(Request) Fault
	// Post replaces the posting of an entry's frame to one device, by calling post as often as wanted, also later.
	Post func(user chat.UserID, device chat.DeviceID, e wire.Entry, post func())
	// Limits are what the answer to hello publishes; nil for a few of those of this version. They are not enforced.
	Limits map[string]int64

	http     http.Server
	listener net.Listener
	serving  sync.WaitGroup

	mu     sync.Mutex
	logs   map[chat.ConversationID]*log
	socks  map[*socket]struct{}
	seen   map[chat.UserID]time.Time
	status map[chat.UserID]chat.Status
	pushed map[chat.DeviceID]string
	media  map[chat.MediaID]*object
	people map[chat.UserID]*person
	nth    map[string]int
	later  later
}

// Request is a frame that a client sent.
type Request struct {
	Action string
	Ref    string
	User   chat.UserID
	Device chat.DeviceID
	Frame  []byte
	// Nth counts the requests of this action from 1.
	Nth int
}

// Fault is what goes wrong with a request. Without any, it is answered.
type Fault struct {
	// Refuse answers this instead of doing what is asked.
	Refuse *chat.Error
	// Ignore does nothing at all, Forget does what is asked and does not answer.
	Ignore, Forget bool
	// Gateway answers, instead of the function, the gateway's own error: before doing what is asked, or after if Forget.
	Gateway bool
	// Cut ends the connection instead of the answer: before doing what is asked, or after if Forget.
	Cut bool
}

type log struct {
	conversation wire.Conversation
	members      []chat.UserID
	places       map[chat.UserID]chat.Place // of the members of a group
	banned       map[chat.UserID]bool
	invites      map[chat.InviteID]*chat.Invite
	entries      []wire.Entry // those that announce a change have only its target; messages are as they are now
	marks        map[chat.Seq]map[chat.UserID][]string
	standings    map[chat.UserID]*chat.Standing
	hidden       map[chat.Seq]bool // from the other one of a direct conversation
	request      chat.UserID       // who has not accepted it
	hides        map[chat.UserID][]chat.Seq
	pins         []chat.Seq
	parent       *log // of a thread, whose members are who follows it
}

func newLog(c wire.Conversation, owner chat.UserID, members []chat.UserID) *log {
	l := &log{
		conversation: c, members: members, marks: map[chat.Seq]map[chat.UserID][]string{}, places: map[chat.UserID]chat.Place{},
		standings: map[chat.UserID]*chat.Standing{}, hidden: map[chat.Seq]bool{}, banned: map[chat.UserID]bool{}, invites: map[chat.InviteID]*chat.Invite{},
		hides: map[chat.UserID][]chat.Seq{},
	}
	for _, user := range members {
		l.places[user] = chat.Place{Role: chat.Member}
	}
	if owner != "" {
		l.places[owner] = chat.Place{Role: chat.Owner}
	}
	return l
}

type socket struct {
	conn   *websocket.Conn
	user   chat.UserID
	device chat.DeviceID
	// away and watching are as in chat.Connection and chat.Watcher.
	away     bool
	watching map[chat.UserID]bool
}

type object struct {
	owner    chat.UserID
	kind     string
	size     int64
	sha256   string
	content  []byte
	uploaded bool
}

// Start serves on a port of this machine until Close.
func Start() (*Server, error) {
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := New(listener, &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()})
	s.URL = "ws://" + listener.Addr().String() + "/local"
	return s, nil
}

// StartInMemory serves over pipes until Close, so that it can run in a bubble of testing/synctest, whose clock moves on
// when everybody waits.
func StartInMemory() *Server {
	n := &network{dialled: make(chan net.Conn), closed: make(chan struct{})}
	s := New(n, &http.Client{Transport: &http.Transport{DialContext: n.dial}})
	s.URL = "ws://parley.test/local"
	return s
}

// New serves on a listener until Close.
func New(listener net.Listener, client *http.Client) *Server {
	s := &Server{
		HTTP: client, listener: listener,
		logs: map[chat.ConversationID]*log{}, socks: map[*socket]struct{}{}, seen: map[chat.UserID]time.Time{},
		status: map[chat.UserID]chat.Status{},
		pushed: map[chat.DeviceID]string{}, media: map[chat.MediaID]*object{}, nth: map[string]int{},
		people: map[chat.UserID]*person{},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/local", s.connect)
	mux.HandleFunc("/media/{id}", s.transfer)
	s.http.Handler = mux
	s.serving.Go(func() { _ = s.http.Serve(listener) })
	return s
}

// Close cuts all connections and waits until nothing runs any more.
func (s *Server) Close() {
	_ = s.http.Close()
	s.CutAll()
	s.serving.Wait()
	s.HTTP.CloseIdleConnections()
}

// CutAll ends all connections without a word.
func (s *Server) CutAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k := range s.socks {
		_ = k.conn.CloseNow()
	}
}

// Connections is how many sockets a user has.
func (s *Server) Connections(user chat.UserID) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k := range s.socks {
		if k.user == user {
			n++
		}
	}
	return n
}

// Reset forgets all conversations.
func (s *Server) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.logs = map[chat.ConversationID]*log{}
}

// Log returns the entries of a conversation as a device gets them that has missed all.
func (s *Server) Log(id chat.ConversationID) []wire.Entry { return s.LogOf("", id) }

// LogOf is Log as a user sees it.
func (s *Server) LogOf(user chat.UserID, id chat.ConversationID) []wire.Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l, ok := s.logs[id]; ok {
		return l.shown(user, l.entries)
	}
	return nil
}

// Registered is the push token of a device, or the URL of a browser, or "".
func (s *Server) Registered(device chat.DeviceID) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pushed[device]
}

// Say appends a message as if from had sent it, and posts it.
func (s *Server) Say(from, to chat.UserID, text string) wire.Accepted {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := chat.MessageID(uuid(len(s.logs), s.count()))
	sent, _ := s.send(nil, from, wire.Send{ID: id, To: wire.Target{User: to}, Body: wire.Content{Text: text}})
	return sent.Accepted
}

// PostRaw sends a frame to all connections of a user.
func (s *Server) PostRaw(user chat.UserID, frame string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k := range s.socks {
		if k.user == user {
			k.write([]byte(frame))
		}
	}
}

func (s *Server) count() (n int) {
	for _, l := range s.logs {
		n += len(l.entries)
	}
	return n
}

func (s *Server) connect(w http.ResponseWriter, r *http.Request) {
	if s.Handshake != nil {
		if status := s.Handshake(r); status != 0 {
			w.WriteHeader(status)
			return
		}
	}
	user, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer token-")
	if !ok || r.Header.Get("Sec-WebSocket-Protocol") == "" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		Subprotocols: []string{topology.Subprotocol}, InsecureSkipVerify: true,
	})
	if err != nil {
		return
	}
	k := &socket{conn: conn, user: chat.UserID(user), device: chat.DeviceID(r.URL.Query().Get("device")), watching: map[chat.UserID]bool{}}
	s.come(k)
	defer s.leave(k)
	for {
		_, frame, err := conn.Read(context.Background())
		if err != nil {
			_ = conn.CloseNow()
			return
		}
		s.serving.Go(func() { s.serve(k, frame) })
	}
}

func (s *Server) come(k *socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.serving.Add(1)
	told := s.presence(k.user)
	s.socks[k] = struct{}{}
	s.seen[k.user] = time.Now()
	s.announce(k.user, told)
}

func (s *Server) leave(k *socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	told := s.presence(k.user)
	delete(s.socks, k)
	s.seen[k.user] = time.Now()
	s.announce(k.user, told)
	s.serving.Done()
}

// write sends a frame in the background, as the gateway does.
func (k *socket) write(frame []byte) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = k.conn.Write(ctx, websocket.MessageText, frame)
}

// network is a listener whose connections are pipes.
type network struct {
	dialled chan net.Conn
	once    sync.Once
	closed  chan struct{}
}

func (n *network) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case n.dialled <- there:
		return here, nil
	case <-n.closed:
		return nil, errors.New("connection refused")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (n *network) Accept() (net.Conn, error) {
	select {
	case c := <-n.dialled:
		return c, nil
	case <-n.closed:
		return nil, net.ErrClosed
	}
}

func (n *network) Close() error {
	n.once.Do(func() { close(n.closed) })
	return nil
}

func (n *network) Addr() net.Addr { return &net.UnixAddr{Name: "memory", Net: "pipe"} }
