package wire

import (
	"time"

	"github.com/parley-im/parley/pkg/chat"
)

// EventPresence tells how somebody's presence has changed.
const EventPresence = "presence"

// Presence of a user over all devices.
type Presence = chat.Presence

// The presences that are shown.
const (
	Online  = chat.Online
	Away    = chat.Away
	Busy    = chat.Busy
	Offline = chat.Offline
	Unknown = chat.Unknown
)

// ScopeDevice limits a status to the device that it comes from.
const ScopeDevice = "device"

// Watch asks for the presence of users and to be told of its changes while this connection lasts.
type Watch struct {
	Head
	Users []chat.UserID `json:"users"`
}

// Unwatch asks to be told no more.
type Unwatch struct {
	Head
	Users []chat.UserID `json:"users"`
}

// SetStatus chooses a presence. Busy and Invisible are for all devices, Online ends them. Away is for this device, and
// so is Online with Scope: somebody is at it again, and what was chosen for all stays.
type SetStatus struct {
	Head
	Status Presence `json:"status"`
	// For is how many seconds Busy or Invisible last; until something else is chosen if absent.
	For   *int   `json:"for,omitzero"`
	Scope string `json:"scope,omitzero"`
}

// Watched is the result of watch.
type Watched struct {
	// Presences are those of the users now, in the order of the request.
	Presences []PresenceLine `json:"presences"`
	// Full are those of them who are watched by so many that this connection is not told of changes.
	Full []chat.UserID `json:"full,omitzero"`
}

// Unwatched is the result of unwatch.
type Unwatched struct{}

// PresenceLine is what is shown of one user.
type PresenceLine struct {
	User   chat.UserID `json:"user"`
	Status Presence    `json:"status"`
	// At is since when this is known. Lines come in any order; an older one is dropped.
	At string `json:"at"`
	// Seen is when the user was last active; only of who is Offline or Away, if it is known and told.
	Seen string `json:"seen,omitzero"`
	// Until is when Busy turns into Online; nobody is told then.
	Until string `json:"until,omitzero"`
}

// Now is the status at a time: nobody is told when Busy ends by itself.
func (l PresenceLine) Now(now time.Time) Presence {
	if until, err := ParseTime(l.Until); err == nil && !now.Before(until) {
		return Online
	}
	return l.Status
}

// Changed is the frame that tells of a change.
type Changed struct {
	Event string `json:"event"`
	PresenceLine
}

// Chosen is the result of status.
type Chosen struct {
	Status Presence `json:"status"`
	// Until is when it ends by itself.
	Until string `json:"until,omitzero"`
}

// FromShown renders what is shown of a user at a time.
func FromShown(s chat.Shown, at time.Time) PresenceLine {
	return PresenceLine{User: s.User, Status: s.Presence, At: Time(at), Seen: optional(s.Seen), Until: optional(s.Until)}
}

// NewChanged makes the frame.
func NewChanged(s chat.Shown, at time.Time) Changed { return Changed{EventPresence, FromShown(s, at)} }

// NewChosen makes the result of a status that ends at a time, or never if that is zero.
func NewChosen(p Presence, until time.Time) Chosen { return Chosen{p, optional(until)} }

// optional renders a time, the zero one as "".
func optional(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return Time(t)
}

func (r *Watch) check() error {
	if err := r.Head.check(); err != nil {
		return err
	}
	return checkUsers(r.Users)
}

func (r *Unwatch) check() error {
	if err := r.Head.check(); err != nil {
		return err
	}
	return checkUsers(r.Users)
}

// checkUsers checks a list of people to watch.
func checkUsers(users []chat.UserID) error {
	if len(users) < 1 || len(users) > chat.MaxWatch {
		return chat.Errorf(chat.Invalid, "users: 1 to %d", chat.MaxWatch)
	}
	seen := map[chat.UserID]bool{}
	for _, u := range users {
		if !u.Valid() || seen[u] {
			return invalid("users: user ids, each once")
		}
		seen[u] = true
	}
	return nil
}

func (r *SetStatus) check() error {
	if err := r.Head.check(); err != nil {
		return err
	}
	most := int(chat.MaxStatus / time.Second)
	switch r.Status {
	case chat.Online, chat.Away:
		switch {
		case r.For != nil:
			return invalid("for: only with busy and invisible")
		case r.Scope != "" && r.Scope != ScopeDevice:
			return invalid("scope: device, or leave it out")
		}
	case chat.Busy, chat.Invisible:
		switch {
		case r.Scope != "":
			return invalid("scope: only with online and away")
		case r.For != nil && (*r.For < 1 || *r.For > most):
			return chat.Errorf(chat.Invalid, "for: 1 to %d seconds", most)
		}
	default:
		return invalid("status: online, away, busy or invisible")
	}
	return nil
}
