package session_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// devices notes whose notifications end.
type devices struct {
	ended []chat.DeviceID
	err   error
}

func (d *devices) Unregister(_ context.Context, who chat.Identity, _ wire.Unregister) (wire.Registered, error) {
	d.ended = append(d.ended, who.Device)
	return wire.Registered{Device: who.Device}, d.err
}

func (r *rig) disconnect(t *testing.T, id chat.ConnectionID) {
	t.Helper()
	r.now = r.now.Add(time.Second)
	if err := r.Disconnect(t.Context(), ann(id)); err != nil {
		t.Fatal(err)
	}
}

// wantSaid checks what was announced, and how many absences were handed over, since the last time.
func (r *rig) want(t *testing.T, what string, absences int, said ...string) {
	t.Helper()
	if !slices.Equal(r.board.said, said) || len(r.absences.left) != absences {
		t.Errorf("%s: announced %v, want %v; %d absences, want %d", what, r.board.said, said, len(r.absences.left), absences)
	}
	r.board.said, r.absences.left = nil, nil
}

func TestZ2WhoIsBackAtOnceWasNeverGone(t *testing.T) {
	r := newRig(t)
	r.connect(t, "1")
	r.want(t, "the first device comes", 0, "online")
	r.connect(t, "2")
	r.want(t, "a second one comes", 0)
	r.disconnect(t, "1")
	r.want(t, "one of two goes", 0)
	r.disconnect(t, "2")
	r.want(t, "the last goes", 1)
	r.connect(t, "3")
	r.want(t, "one is back at once", 0)
	r.disconnect(t, "3")
	left := r.absences.left[0]
	r.want(t, "it goes again", 1)
	if _, err := r.Presences.Lapse(t.Context(), left.User, time.UnixMilli(left.Left)); err != nil {
		t.Fatal(err)
	}
	r.connect(t, "4")
	r.want(t, "one is back when all were told", 0, "online")
}

func TestALostAnswerOfDisconnectLosesNobodysAbsence(t *testing.T) {
	r := newRig(t)
	r.connect(t, "1")
	r.disconnect(t, "1")
	first := r.absences.left
	r.absences.left = nil
	r.disconnect(t, "1") // the SDK tries again what it has not heard of
	if !slices.Equal(first, r.absences.left) || len(first) != 1 {
		t.Errorf("%v and %v", first, r.absences.left)
	}
}

func TestWhoWasReplacedOrPrunedIsNotAbsentOnceMore(t *testing.T) {
	r := newRig(t)
	r.connect(t, "1")
	r.connect(t, "2")
	if err := r.Sessions.Disconnect(t.Context(), "ann", r.now, "1"); err != nil {
		t.Fatal(err)
	}
	r.disconnect(t, "1")
	r.want(t, "what is forgotten already goes", 0, "online")
}

func TestAnAbsenceThatCannotBeHandedOverFailsNobody(t *testing.T) {
	r := newRig(t)
	r.connect(t, "1")
	r.absences.err = errors.New("throttled")
	r.disconnect(t, "1")
	r.wantConnections(t)
	if !strings.Contains(r.logs.String(), "absence not handed over") {
		t.Errorf("logs %s", r.logs)
	}
}

func TestL1LogoutEndsNotificationsAndConnectionsAndTellsAtOnce(t *testing.T) {
	r := newRig(t)
	tablet := chat.Identity{User: "ann", Device: "tablet", Connection: "t"}
	r.connect(t, "1")
	r.connect(t, "2") // the same phone renews its connection
	if err := r.Connect(t.Context(), tablet); err != nil {
		t.Fatal(err)
	}
	r.want(t, "all come", 0, "online")

	out, err := r.Logout(t.Context(), ann("2"), wire.Logout{})
	if err != nil || out.Device != "phone" || !slices.Equal(r.devices.ended, []chat.DeviceID{"phone"}) {
		t.Errorf("%+v, %v, notifications of %v end", out, err, r.devices.ended)
	}
	r.wantConnections(t, "t")
	if want := []string{"close 1"}; !slices.Equal(r.gateway.did, want) {
		t.Errorf("did %v, want %v: the one that asked is to get the reply", r.gateway.did, want)
	}
	r.want(t, "the phone is logged out, the tablet is there", 0)

	for range 2 { // it may come again
		if _, err := r.Logout(t.Context(), tablet, wire.Logout{}); err != nil {
			t.Fatal(err)
		}
	}
	r.want(t, "the tablet is logged out, without grace", 0, "offline")
	r.disconnect(t, "2")
	r.disconnect(t, "t")
	r.want(t, "the sockets close", 0)
}

func TestL1ADeviceWhoseNotificationsDoNotEndIsNotLoggedOut(t *testing.T) {
	r := newRig(t)
	r.connect(t, "1")
	r.devices.err = errors.New("throttled")
	if _, err := r.Logout(t.Context(), ann("1"), wire.Logout{}); err == nil {
		t.Error("no error")
	}
	r.wantConnections(t, "1")
}

func TestLogoutWithoutADeviceEndsOnlyTheConnection(t *testing.T) {
	r := newRig(t)
	nameless := chat.Identity{User: "ann", Connection: "n1"}
	for _, id := range []chat.ConnectionID{"n1", "n2"} {
		if err := r.Connect(t.Context(), chat.Identity{User: "ann", Connection: id}); err != nil {
			t.Fatal(err)
		}
	}
	out, err := r.Logout(t.Context(), nameless, wire.Logout{})
	if err != nil || out.Device != "" || len(r.devices.ended) != 0 || len(r.gateway.did) != 0 {
		t.Errorf("%+v, %v, %v, did %v", out, err, r.devices.ended, r.gateway.did)
	}
	r.wantConnections(t, "n2")
}
