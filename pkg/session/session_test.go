package session_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/session"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
	"github.com/parley-im/parley/pkg/wire"
)

// gateway notes what is done to which connection, in order.
type gateway struct {
	did      []string
	frames   []wire.Error
	postErr  error
	closeErr error
}

func (g *gateway) Post(_ context.Context, id chat.ConnectionID, frame []byte) error {
	var e wire.Error
	if err := json.Unmarshal(frame, &e); err != nil {
		return err
	}
	g.did, g.frames = append(g.did, "post "+string(id)), append(g.frames, e)
	return g.postErr
}

func (g *gateway) Close(_ context.Context, id chat.ConnectionID) error {
	g.did = append(g.did, "close "+string(id))
	return g.closeErr
}

// board notes what is announced, and absences who left.
type board struct{ said []string }

func (b *board) Announce(_ context.Context, told chat.Shown, s chat.Session) {
	if now := s.Presence(time.Date(2026, 11, 21, 22, 23, 0, 123e6, time.UTC)); chat.News(told, now) {
		b.said = append(b.said, string(now.Presence))
	}
}

type absences struct {
	left []chat.Absence
	err  error
}

func (a *absences) Hand(_ context.Context, absence chat.Absence) error {
	a.left = append(a.left, absence)
	return a.err
}

// rig is a keeper over a real table, with a clock that the test moves.
type rig struct {
	*session.Keeper
	gateway  *gateway
	board    *board
	absences *absences
	devices  *devices
	logs     *bytes.Buffer
	now      time.Time
}

func newRig(t *testing.T) *rig {
	r := &rig{
		gateway: &gateway{}, board: &board{}, absences: &absences{}, devices: &devices{}, logs: &bytes.Buffer{},
		now: time.Date(2026, 11, 21, 22, 23, 0, 123e6, time.UTC),
	}
	sessions := store.NewSessions(dynamo.NewFromIface(dynamodbtest.Start(t)), topology.Sessions.Name)
	r.Keeper = &session.Keeper{
		Sessions: sessions, Presences: sessions, Poster: r.gateway, Board: r.board, Absences: r.absences, Devices: r.devices,
		Now: func() time.Time { return r.now }, Logger: slog.New(slog.NewTextHandler(r.logs, nil)),
	}
	return r
}

func ann(connection chat.ConnectionID) chat.Identity {
	return chat.Identity{User: "ann", Device: "phone", Connection: connection}
}

// connect connects ann a second after the one before.
func (r *rig) connect(t *testing.T, id chat.ConnectionID) {
	t.Helper()
	r.now = r.now.Add(time.Second)
	if err := r.Connect(t.Context(), ann(id)); err != nil {
		t.Fatal(err)
	}
}

func (r *rig) session(t *testing.T) chat.Session {
	t.Helper()
	sessions, err := r.Sessions.Sessions(t.Context(), []chat.UserID{"ann"})
	if err != nil {
		t.Fatal(err)
	}
	return sessions[0]
}

func (r *rig) wantConnections(t *testing.T, want ...chat.ConnectionID) {
	t.Helper()
	var got []chat.ConnectionID
	for _, c := range r.session(t).Connections {
		got = append(got, c.ID)
	}
	if !slices.Equal(got, want) {
		t.Errorf("connections %v, want %v", got, want)
	}
}

// full connects ann as often as she may be.
func (r *rig) full(t *testing.T) (ids []chat.ConnectionID) {
	t.Helper()
	for i := range chat.MaxConnections {
		id := chat.ConnectionID(fmt.Sprintf("c%02d", i))
		r.connect(t, id)
		ids = append(ids, id)
	}
	if len(r.gateway.did) != 0 {
		t.Fatalf("within the limit: %v", r.gateway.did)
	}
	return ids
}

func TestAConnectionIsRecordedAndForgotten(t *testing.T) {
	r := newRig(t)
	r.connect(t, "R1kmxc2VNjMCFIA=")
	s := r.session(t)
	if want := (chat.Connection{ID: "R1kmxc2VNjMCFIA=", Device: "phone", Since: r.now}); len(s.Connections) != 1 || s.Connections[0] != want || !s.Online(r.now) {
		t.Errorf("session %+v", s)
	}
	r.now = r.now.Add(time.Minute)
	for range 2 { // $disconnect may come twice
		if err := r.Disconnect(t.Context(), ann("R1kmxc2VNjMCFIA=")); err != nil {
			t.Fatal(err)
		}
	}
	if s := r.session(t); s.Online(r.now) || len(s.Connections) != 0 || !s.LastSeen.Equal(r.now) {
		t.Errorf("session %+v", s)
	}
}

func TestOneConnectionTooManyReplacesTheOldest(t *testing.T) {
	r := newRig(t)
	ids := r.full(t)
	r.connect(t, "new")
	r.wantConnections(t, append(ids[1:], "new")...)
	if want := []string{"post c00", "close c00"}; !slices.Equal(r.gateway.did, want) {
		t.Errorf("did %v, want %v", r.gateway.did, want)
	}
	// A frame without a ref concerns the connection.
	if e := r.gateway.frames[0]; e.Event != wire.EventError || e.Code != chat.Replaced || e.Ref != "" || e.RetryAfter != 0 {
		t.Errorf("told %+v", e)
	}
}

// The one that gives way is closed in any case: if it were only forgotten, it would look connected and get nothing.
func TestWhatCannotBeToldIsClosed(t *testing.T) {
	for name, errs := range map[string]struct{ post, close error }{
		"busy":                  {post: fmt.Errorf("429: %w", chat.ErrBusy)},
		"gone":                  {post: fmt.Errorf("410: %w", chat.ErrGone)},
		"failing in every way":  {post: errors.New("timeout"), close: errors.New("timeout")},
		"told and not to close": {close: chat.ErrBusy},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			ids := r.full(t)
			r.gateway.postErr, r.gateway.closeErr = errs.post, errs.close
			r.connect(t, "new") // which does not fail
			r.wantConnections(t, append(ids[1:], "new")...)
			if !errors.Is(errs.post, chat.ErrGone) && !slices.Contains(r.gateway.did, "close c00") {
				t.Errorf("did %v", r.gateway.did)
			}
		})
	}
}

func TestConnectionsThatOutlivedTheirTimeAreDroppedInSilence(t *testing.T) {
	r := newRig(t)
	r.full(t)
	r.now = r.now.Add(chat.ConnectionLife + chat.ConnectionMargin - 5*time.Second) // the first six are too old when the next comes
	r.connect(t, "new")
	r.wantConnections(t, "c06", "c07", "c08", "c09", "new")
	if len(r.gateway.did) != 0 {
		t.Errorf("did %v", r.gateway.did)
	}
}

func TestStaleConnectionsDoNotCount(t *testing.T) {
	r := newRig(t)
	r.full(t)
	r.now = r.now.Add(24 * time.Hour)
	ids := r.full(t) // under the same ids, and then one more under a new one
	r.connect(t, "new")
	r.wantConnections(t, append(ids[1:], "new")...)
}

func TestConnectingAgainUnderTheSameIDIsOneConnection(t *testing.T) {
	r := newRig(t)
	r.full(t)
	r.connect(t, "c03")
	if n := len(r.session(t).Connections); n != chat.MaxConnections || len(r.gateway.did) != 0 {
		t.Errorf("%d connections, did %v", n, r.gateway.did)
	}
}

// port lets broken stand for all of chat.Sessions and chat.Presences.
type port interface {
	chat.Sessions
	chat.Presences
}

// broken is a table that does not answer.
type broken struct {
	port
	err error
}

func (b broken) Connect(context.Context, chat.UserID, chat.Connection) (chat.Session, error) {
	return chat.Session{}, b.err
}

func (b broken) Leave(context.Context, chat.UserID, time.Time, chat.ConnectionID) (chat.Session, error) {
	return chat.Session{}, b.err
}

func (b broken) Present(context.Context, []chat.UserID) ([]chat.Session, error) { return nil, b.err }

func TestWhatIsNotRecordedIsNotConnected(t *testing.T) {
	down := errors.New("down")
	k := &session.Keeper{Sessions: broken{err: down}, Presences: broken{err: down}, Now: time.Now}
	if err := k.Connect(t.Context(), ann("1")); !errors.Is(err, down) {
		t.Error(err)
	}
	if err := k.Disconnect(t.Context(), ann("1")); !errors.Is(err, down) {
		t.Error(err)
	}
	k.Devices = &devices{}
	if _, err := k.Logout(t.Context(), ann("1"), wire.Logout{}); !errors.Is(err, down) {
		t.Error(err)
	}
}
