package presence_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/guregu/dynamo/v2"
	"github.com/guregu/dynamo/v2/dynamodbiface"

	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/presence"
	"github.com/parley-im/parley/pkg/session"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
	"github.com/parley-im/parley/pkg/wire"
)

// town is a board over real tables, with people who come and go through a keeper.
type town struct {
	*presence.Board
	t        *testing.T
	keeper   *session.Keeper
	sessions *store.Sessions
	people   *store.People
	left     []chat.Absence
	posted   map[chat.ConnectionID][]wire.Changed
	gone     map[chat.ConnectionID]bool
	logs     *bytes.Buffer
	now      time.Time
}

func newTown(t *testing.T) *town { return newTownOn(t, dynamodbtest.Start(t)) }

func newTownOn(t *testing.T, api dynamodbiface.DynamoDBAPI) *town {
	db := dynamo.NewFromIface(api)
	w := &town{
		t: t, sessions: store.NewSessions(db, topology.Sessions.Name), people: store.NewPeople(db, topology.People.Name),
		posted: map[chat.ConnectionID][]wire.Changed{}, gone: map[chat.ConnectionID]bool{}, logs: &bytes.Buffer{},
		now: time.Date(2026, 11, 21, 22, 23, 0, 0, time.UTC),
	}
	now := func() time.Time { return w.now }
	logger := slog.New(slog.NewTextHandler(w.logs, nil))
	w.Board = &presence.Board{Presences: w.sessions, Watchers: w.sessions, Pairs: w.people, Poster: w, Now: now, Logger: logger}
	w.keeper = &session.Keeper{Sessions: w.sessions, Presences: w.sessions, Board: w.Board, Absences: w, Devices: w, Now: now, Logger: logger}
	return w
}

// Post implements presence.Poster.
func (w *town) Post(_ context.Context, frame []byte, connections []chat.ConnectionID) (gone []chat.ConnectionID) {
	var c wire.Changed
	if err := json.Unmarshal(frame, &c); err != nil || c.Event != wire.EventPresence {
		w.t.Errorf("%s: %v", frame, err)
	}
	for _, id := range connections {
		if w.gone[id] {
			gone = append(gone, id)
			continue
		}
		w.posted[id] = append(w.posted[id], c)
	}
	return gone
}

// Hand implements chat.Absences.
func (w *town) Hand(_ context.Context, a chat.Absence) error {
	w.left = append(w.left, a)
	return nil
}

// Unregister implements session.Devices.
func (w *town) Unregister(context.Context, chat.Identity, wire.Unregister) (wire.Registered, error) {
	return wire.Registered{}, nil
}

// as is somebody on a device; the connection is named after both.
func as(user chat.UserID, device chat.DeviceID) chat.Identity {
	return chat.Identity{User: user, Device: device, Connection: chat.ConnectionID(string(user) + "-" + string(device))}
}

func (w *town) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// later lets a second pass, or more.
func (w *town) later(d time.Duration) { w.now = w.now.Add(max(d, time.Second)) }

func (w *town) connects(who chat.Identity) {
	w.t.Helper()
	w.later(0)
	w.must(w.keeper.Connect(w.t.Context(), who))
}

func (w *town) leaves(who chat.Identity) {
	w.t.Helper()
	w.later(0)
	w.must(w.keeper.Disconnect(w.t.Context(), who))
}

// lapse lets the grace of all who left pass.
func (w *town) lapse() {
	w.t.Helper()
	w.later(chat.Grace)
	for _, a := range w.left {
		w.must(w.Lapse(w.t.Context(), a))
	}
	w.left = nil
}

func (w *town) watches(who chat.Identity, users ...chat.UserID) wire.Watched {
	w.t.Helper()
	out, err := w.Watch(w.t.Context(), who, wire.Watch{Users: users})
	w.must(err)
	return out
}

func (w *town) sets(who chat.Identity, q wire.SetStatus) wire.Chosen {
	w.t.Helper()
	w.later(0)
	out, err := w.Status(w.t.Context(), who, q)
	w.must(err)
	return out
}

func (w *town) relates(owner chat.UserID, r chat.Relation) {
	w.t.Helper()
	w.must(w.people.Befriend(w.t.Context(), owner, r.User, r.Contact, r.Name))
	w.must(w.people.Block(w.t.Context(), owner, r.User, r.Blocked))
}

// shows has a user choose who sees when they were active last.
func (w *town) shows(user chat.UserID, seen chat.Audience) {
	w.t.Helper()
	_, err := w.sessions.ChangeSettings(w.t.Context(), user, chat.SettingsChange{Seen: seen}, w.now)
	w.must(err)
}

// hears checks what a watcher was told since the last time.
func (w *town) hears(who chat.Identity, what string, want ...chat.Presence) {
	w.t.Helper()
	var got []chat.Presence
	for _, c := range w.posted[who.Connection] {
		got = append(got, c.Status)
	}
	if !slices.Equal(got, want) {
		w.t.Errorf("%s: %s hears %v, want %v", what, who.Connection, got, want)
	}
	delete(w.posted, who.Connection)
}
