package acceptance

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/topology"
	"github.com/parley-im/parley/pkg/wire"
)

// patience is how long a story waits for something that should happen.
const patience = 20 * time.Second

// user is a person in a story.
type user struct {
	t  *testing.T
	ID chat.UserID
}

// person is somebody new, whose id begins with name.
func person(t *testing.T, name string) *user {
	t.Helper()
	return &user{t, chat.UserID(name + "." + strings.ToLower(rand.Text()[:10]))}
}

// people are n persons.
func people(t *testing.T, name string, n int) []*user {
	t.Helper()
	var all []*user
	for i := range n {
		all = append(all, person(t, fmt.Sprint(name, i)))
	}
	return all
}

// ids are the ids of people.
func ids(people ...*user) []chat.UserID {
	var all []chat.UserID
	for _, u := range people {
		all = append(all, u.ID)
	}
	return all
}

// to addresses a person.
func to(u *user) wire.Target { return wire.Target{User: u.ID} }

// in addresses a conversation.
func in(id chat.ConversationID) wire.Target { return wire.Target{Conversation: id} }

// claims is what a token is asked for with. Only the local issuer knows more than User.
type claims struct {
	User      chat.UserID `json:"user"`
	Audience  string      `json:"audience,omitempty"`
	ExpiresIn int         `json:"expires_in,omitempty"` // seconds; negative for expired
}

// token asks for a token of the user.
func (u *user) token() string {
	u.t.Helper()
	return u.tokenWith(claims{})
}

func (u *user) tokenWith(c claims) string {
	u.t.Helper()
	c.User = u.ID
	body, err := json.Marshal(c)
	if err != nil {
		u.t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(u.t.Context(), http.MethodPost, parley.tokens, bytes.NewReader(body))
	if err != nil {
		u.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := parley.web.Do(request)
	if err != nil {
		u.t.Fatal("token:", err)
	}
	defer response.Body.Close()
	var answer struct{ Token string }
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || answer.Token == "" {
		u.t.Fatalf("token: status %s, %v", response.Status, err)
	}
	return answer.Token
}

// connect connects a device as an app does. It is cut off at the end of the test.
func (u *user) connect(name string) *device {
	u.t.Helper()
	return u.connectWith(name, u.token())
}

func (u *user) connectWith(name, token string) *device {
	u.t.Helper()
	conn, status, err := dial(u.t.Context(), "?device="+name, http.Header{"Authorization": {"Bearer " + token}}, topology.Subprotocol)
	if err != nil {
		u.t.Fatalf("%s of %s cannot connect: status %d: %v", name, u.ID, status, err)
	}
	if got := conn.Subprotocol(); got != topology.Subprotocol {
		u.t.Fatalf("the server answers subprotocol %q", got)
	}
	return newDevice(u, name, conn)
}

// dial makes a handshake and returns the connection, or the status that refused it.
func dial(ctx context.Context, query string, header http.Header, protocols ...string) (*websocket.Conn, int, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn, response, err := websocket.Dial(ctx, parley.url+query, &websocket.DialOptions{
		HTTPClient: parley.web, HTTPHeader: header, Subprotocols: protocols,
	})
	status := 0
	if response != nil {
		status = response.StatusCode
	}
	return conn, status, err
}

// newID is a new id for something to say.
func newID() chat.MessageID {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return chat.MessageID(fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]))
}
