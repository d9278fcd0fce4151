package chat

import "time"

// Visibility is from where on new members may read.
type Visibility string

// The visibilities. Those who found a group see all of it.
const (
	// SinceJoin shows new members what follows the entry that made them one. It is what a group has that never chose.
	SinceJoin Visibility = "joined"
	// FromStart shows new members everything.
	FromStart Visibility = "start"
)

// Setup is what a group's members have chosen for it.
type Setup struct {
	Name string
	// Picture is an upload of PictureBy; "" for none.
	Picture   MediaID
	PictureBy UserID
	// Announce means that only moderators and above may send.
	Announce bool
	// Slow is how long members below moderator wait between two messages; 0 for not at all. Whole seconds.
	Slow time.Duration
	// History is "" for SinceJoin.
	History Visibility
	// Timer makes what is sent from now on disappear.
	Timer Timer
	// Timed means that there was a time when Timer counted from reading, so that who reads may have timers to start.
	Timed bool
}

// Amendment changes a setup: what is nil stays.
type Amendment struct {
	Name     *string
	Picture  *MediaID // "" takes it away
	Announce *bool
	Slow     *time.Duration
	History  *Visibility
	Timer    *Timer // zero takes it away
}

// Amend returns the setup as an amendment by a user makes it.
func (s Setup) Amend(r Amendment, by UserID) Setup {
	set(&s.Name, r.Name)
	set(&s.Announce, r.Announce)
	set(&s.Slow, r.Slow)
	if set(&s.History, r.History); s.History == SinceJoin {
		s.History = ""
	}
	set(&s.Timer, r.Timer)
	s.Timed = s.Timed || s.Timer.From == SinceRead
	if r.Picture != nil {
		if s.Picture, s.PictureBy = *r.Picture, by; s.Picture == "" {
			s.PictureBy = ""
		}
	}
	return s
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

func (r *Amendment) same(o *Amendment) bool {
	if r == nil || o == nil {
		return r == o
	}
	return equal(r.Name, o.Name) && equal(r.Picture, o.Picture) && equal(r.Announce, o.Announce) &&
		equal(r.Slow, o.Slow) && equal(r.History, o.History) &&
		equal(r.Timer, o.Timer)
}

func equal[T comparable](a, b *T) bool { return a == b || a != nil && b != nil && *a == *b }
