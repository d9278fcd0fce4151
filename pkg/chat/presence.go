package chat

import (
	"context"
	"slices"
	"time"
)

// Presence is whether somebody is there, over all devices.
type Presence string

// The presences. Invisible is chosen and never shown: others see Offline. Unknown is not Offline: it is what a user who
// never connected has.
const (
	Online    Presence = "online"
	Away      Presence = "away"
	Busy      Presence = "busy"
	Invisible Presence = "invisible"
	Offline   Presence = "offline"
	Unknown   Presence = "unknown"
)

// Status is what a user has chosen by hand, for all devices. The zero value is nothing.
type Status struct {
	// Presence is Busy, Invisible or "".
	Presence Presence
	// Since is when the user became invisible; zero for the others.
	Since time.Time
	// Until is when it ends by itself; zero for never.
	Until time.Time
}

// Lasts reports whether the choice still holds.
func (s Status) Lasts(now time.Time) bool {
	return s.Presence != "" && (s.Until.IsZero() || now.Before(s.Until))
}

// Shown is what others are shown of a user.
type Shown struct {
	User     UserID
	Presence Presence
	// Seen is when the user was last active, of those who are Offline or Away; zero if that is not known or not told.
	Seen time.Time
	// Until is when Busy ends, so that nobody needs to be told; zero if it does not end by itself.
	Until time.Time
}

// Concealed is what is shown of a user of whom the reader is to learn nothing. It is what somebody shows who is not there and
// tells nobody when they were.
func Concealed(user UserID) Shown { return Shown{User: user, Presence: Offline} }

// Presence is what a session shows. Who chose to be invisible is offline, last seen when that began; else the most present
// of the devices counts, online before away, and who is there may be busy. A connection that left counts for its Grace.
func (s Session) Presence(now time.Time) Shown {
	shown := Shown{User: s.User, Presence: Offline, Seen: s.lastSeen(now)}
	lasts := s.Status.Lasts(now)
	switch here := s.here(now); {
	case s.LastSeen.IsZero():
		shown.Presence = Unknown
	case lasts && s.Status.Presence == Invisible, len(here) == 0:
	case lasts && s.Status.Presence == Busy:
		shown.Presence, shown.Seen, shown.Until = Busy, time.Time{}, s.Status.Until
	case slices.ContainsFunc(here, func(c Connection) bool { return !c.Away }):
		shown.Presence, shown.Seen = Online, time.Time{}
	default:
		shown.Presence = Away
	}
	return shown
}

// lastSeen is LastSeen, but for what a user did while invisible: that is not told later either.
func (s Session) lastSeen(now time.Time) time.Time {
	hid := s.Status.Presence == Invisible
	if hid && (s.Status.Lasts(now) || s.LastSeen.Before(s.Status.Until)) {
		return s.Status.Since
	}
	return s.LastSeen
}

// here are the connections that make the user present: live ones with a good token, and one that left. That one counts until
// Left is cleared, but no longer than a lost absence may take to be noticed.
func (s Session) here(now time.Time) []Connection {
	here := slices.DeleteFunc(s.Live(now), func(c Connection) bool { return c.Expired(now) })
	if !s.Left.IsZero() && now.Sub(s.Left) < Grace+ConnectionMargin {
		here = append(here, Connection{Since: s.Left, Away: s.Idle})
	}
	return here
}

// Settled is the session when the Grace of what left is over.
func (s Session) Settled() Session {
	s.Left, s.Idle = time.Time{}, false
	return s
}

// Told is what those who watch the user were told last, to be compared by News. It is the Presence, unless an invisibility has
// ended by itself: then who asked since knows the truth, the others do not, and whatever is next is news.
func (s Session) Told(now time.Time) Shown {
	if s.Status.Presence == Invisible && !s.Status.Lasts(now) {
		return Shown{User: s.User, Presence: Invisible}
	}
	return s.Presence(now)
}

// News reports whether those who were told one thing are to be told another. When somebody was last seen is none.
func News(told, now Shown) bool { return told.Presence != now.Presence || !told.Until.Equal(now.Until) }

// Without is the session without a connection.
func (s Session) Without(id ConnectionID) Session {
	s.Connections = slices.DeleteFunc(slices.Clone(s.Connections), func(c Connection) bool { return c.ID == id })
	return s
}

// Pair is what two people have decided about each other, seen from one of them.
type Pair struct {
	// Ours is about the other one, Theirs is the other one's.
	Ours, Theirs Relation
}

// Apart reports whether one has blocked the other.
func (p Pair) Apart() bool { return !p.Ours.Blocked.IsZero() || !p.Theirs.Blocked.IsZero() }

// To is what the one whose Theirs are the relations of s.User may see of it: nothing if they are apart, and when the user was
// last seen only within the audience that the user chose.
func (s Session) To(p Pair, now time.Time) Shown {
	shown := s.Presence(now)
	switch {
	case p.Apart():
		return Concealed(s.User)
	case !s.Settings.Seen.Admits(p.Theirs.Contact):
		shown.Seen = time.Time{}
	}
	return shown
}

// Pairs reads what people have decided about each other.
type Pairs interface {
	// Between returns for each of the others what they and the user have decided about each other, in their order, read
	// eventually. Each costs two halves of a read unit.
	Between(ctx context.Context, user UserID, others []UserID) ([]Pair, error)
}

// Together returns those of the others who are not apart from the user, in their order, for what Between costs.
func Together(ctx context.Context, pairs Pairs, user UserID, others []UserID) ([]UserID, error) {
	between, err := pairs.Between(ctx, user, others)
	if err != nil {
		return nil, err
	}
	var together []UserID
	for i, other := range others {
		if !between[i].Apart() {
			together = append(together, other)
		}
	}
	return together, nil
}

// Presences stores what presence needs to know beyond who is connected. It is the same item that Sessions has, and every
// change is one atomic update of it, except where it is said.
type Presences interface {
	// Present reads sessions strongly, in one request per hundred.
	Present(ctx context.Context, users []UserID) ([]Session, error)
	// Leave removes a connection whose end was reported, notes when, and returns the session that is left. The time counts
	// as last seen unless the connection was away, which takes a second update. If the connection is not there any more,
	// nothing changes.
	Leave(ctx context.Context, user UserID, at time.Time, c ConnectionID) (Session, error)
	// Quit removes connections at their user's wish: there is no Grace. It returns the session that is left.
	Quit(ctx context.Context, user UserID, at time.Time, connections ...ConnectionID) (Session, error)
	// Lapse ends the Grace of a user who left at that time, unless they have come back or left again since, and returns the
	// session before that.
	Lapse(ctx context.Context, user UserID, left time.Time) (Session, error)
	// SetStatus replaces the choice of a user and takes the connection by which it comes for not away. It returns the
	// session before and after. Whoever is invisible already stays so since when they were. Errors: forbidden if the
	// connection is not known any more.
	SetStatus(ctx context.Context, user UserID, c ConnectionID, s Status, at time.Time) (before, after Session, err error)
	// SetAway notes whether anybody is at a device. The time counts as last seen. Errors: forbidden, as above.
	SetAway(ctx context.Context, user UserID, c ConnectionID, away bool, at time.Time) (before, after Session, err error)
}

// Watcher is a connection that is told of changes. A device has one at most, the newest, so that those that ended without a
// word take no place; one without a name counts by its connection.
type Watcher struct {
	User       UserID
	Device     DeviceID
	Connection ConnectionID
	// Until is when it is told no more: then the connection or its token has ended.
	Until time.Time
}

// Watchers stores who watches whom, in an item of its own beside the session, so that what every message reads stays small.
type Watchers interface {
	// Watch adds a watcher of a user unless there are MaxWatchers; those whose time is over give way. It reports whether it
	// was added. It costs a write unit per KB of all watchers, about 20 of them, and one or two more for the first and when
	// it is full.
	Watch(ctx context.Context, user UserID, w Watcher, now time.Time) (added bool, err error)
	// Unwatch removes watchers of a user. One who is not there any more, or whose device watches by another connection, is left
	// alone, and so may be those with it: who is gone is found again.
	Unwatch(ctx context.Context, user UserID, watchers ...Watcher) error
	// Watchers returns all watchers of a user, strongly read, and also those whose time is over.
	Watchers(ctx context.Context, user UserID) ([]Watcher, error)
}

// Absence says that the last connection of a user has left.
type Absence struct {
	User UserID `json:"user"`
	// Left is when, in milliseconds since 1970.
	Left int64 `json:"left"`
}

// Absences hands those who left to the grace function, which gets them after Grace.
type Absences interface {
	// Hand returns once the absence is safely queued.
	Hand(ctx context.Context, a Absence) error
}
