package chat

import (
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func ago(d time.Duration) time.Time { return noon.Add(-d) }

// session is one of somebody who was last active an hour ago.
func session(change func(*Session), connections ...Connection) Session {
	s := Session{User: "ann", LastSeen: ago(time.Hour), Connections: connections}
	if change != nil {
		change(&s)
	}
	return s
}

var (
	here    = Connection{ID: "here", Since: ago(time.Minute)}
	away    = Connection{ID: "away", Since: ago(time.Minute), Away: true}
	expired = Connection{ID: "expired", Since: ago(time.Minute), Expires: noon}
	dead    = Connection{ID: "dead", Since: ago(ConnectionLife + ConnectionMargin)}
)

func status(p Presence, since, until time.Time) func(*Session) {
	return func(s *Session) { s.Status = Status{p, since, until} }
}

func TestZ1TheMostPresentDeviceCountsAndInvisibleWins(t *testing.T) {
	never := time.Time{}
	for name, test := range map[string]struct {
		s     Session
		want  Presence
		seen  time.Time
		until time.Time
	}{
		"one device":                      {session(nil, here), Online, never, never},
		"all devices away":                {session(nil, away, away), Away, ago(time.Hour), never},
		"one away, one not":               {session(nil, away, here), Online, never, never},
		"one away, one with an old token": {session(nil, away, expired), Away, ago(time.Hour), never},
		"only an old token":               {session(nil, expired), Offline, ago(time.Hour), never},
		"only what cannot live any more":  {session(nil, dead), Offline, ago(time.Hour), never},
		"busy":                            {session(status(Busy, never, never), here), Busy, never, never},
		"busy and away":                   {session(status(Busy, never, never), away), Busy, never, never},
		"busy for a while":                {session(status(Busy, never, noon.Add(1)), here), Busy, never, noon.Add(1)},
		"busy until now":                  {session(status(Busy, never, noon), here), Online, never, never},
		"busy and not there":              {session(status(Busy, never, never)), Offline, ago(time.Hour), never},
		"invisible":                       {session(status(Invisible, ago(3*time.Hour), never), here, away), Offline, ago(3 * time.Hour), never},
		"invisible for a while":           {session(status(Invisible, ago(3*time.Hour), noon.Add(1)), here), Offline, ago(3 * time.Hour), never},
		"invisible until now":             {session(status(Invisible, ago(3*time.Hour), noon), here), Online, never, never},
		"invisible and not there":         {session(status(Invisible, ago(3*time.Hour), never)), Offline, ago(3 * time.Hour), never},
		"never here":                      {Session{User: "ann"}, Unknown, never, never},
		"a phone that never connected":    {Session{User: "ann", Endpoints: []Endpoint{{Device: "phone"}}}, Unknown, never, never},
		"gone":                            {session(nil), Offline, ago(time.Hour), never},
	} {
		if got := test.s.Presence(noon); got != (Shown{"ann", test.want, test.seen, test.until}) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestZ3WhatSomebodyDidWhileInvisibleIsNotToldLater(t *testing.T) {
	began, ended := ago(3*time.Hour), ago(30*time.Minute)
	s := session(status(Invisible, began, ended)) // last active in between
	if got := s.Presence(noon); got.Presence != Offline || !got.Seen.Equal(began) {
		t.Errorf("%+v", got)
	}
	s.LastSeen = ago(10 * time.Minute) // and again since
	if got := s.Presence(noon); !got.Seen.Equal(s.LastSeen) {
		t.Errorf("%+v", got)
	}
}

func TestZ4UnknownIsNotOffline(t *testing.T) {
	if got := (Session{User: "ann"}).To(Pair{}, noon); got.Presence != Unknown || !got.Seen.IsZero() {
		t.Errorf("never here: %+v", got)
	}
	if got := session(nil).To(Pair{}, noon); got.Presence != Offline || got.Seen.IsZero() {
		t.Errorf("gone: %+v", got)
	}
}

func TestZ6WhoMaySeeWhat(t *testing.T) {
	stranger := Pair{}
	contact := Pair{Theirs: Relation{Contact: true}}
	oneWay := Pair{Ours: Relation{Contact: true}}
	for name, test := range map[string]struct {
		audience Audience
		pair     Pair
		seen     bool
	}{
		"never chosen":               {"", stranger, true},
		"everyone":                   {Everyone, stranger, true},
		"contacts, to a contact":     {Contacts, contact, true},
		"contacts, to a stranger":    {Contacts, stranger, false},
		"contacts, whose contact is": {Contacts, oneWay, false},
		"nobody":                     {Nobody, contact, false},
	} {
		s := session(func(s *Session) { s.Settings.Seen = test.audience })
		if got := s.To(test.pair, noon); got.Presence != Offline || got.Seen.IsZero() == test.seen {
			t.Errorf("%s: %+v", name, got)
		}
	}
	hiding := session(func(s *Session) { s.Settings.Seen = Nobody }).To(stranger, noon)
	for name, pair := range map[string]Pair{
		"blocked by them": {Theirs: Relation{Contact: true, Blocked: ago(1)}}, "blocked by us": {Ours: Relation{Blocked: ago(1)}},
	} {
		if got := session(nil, here).To(pair, noon); got != hiding {
			t.Errorf("%s: %+v is not what somebody shows who hides: %+v", name, got, hiding)
		}
	}
}

func TestToldIsWhatWasAnnounced(t *testing.T) {
	left := func(idle bool) func(*Session) {
		return func(s *Session) { s.Left, s.Idle = ago(time.Second), idle }
	}
	for name, test := range map[string]struct {
		s    Session
		want Presence
	}{
		"here":                              {session(nil, here), Online},
		"left a moment ago":                 {session(left(false)), Online},
		"left a moment ago, away":           {session(left(true)), Away},
		"one left, one is away":             {session(left(false), away), Online},
		"left, and nobody took notice":      {session(func(s *Session) { s.Left = ago(Grace + ConnectionMargin) }), Offline},
		"one that was away left":            {session(left(true), here), Online},
		"gone":                              {session(nil), Offline},
		"invisible":                         {session(status(Invisible, ago(1), time.Time{}), here), Offline},
		"invisible, and left a moment ago":  {session(func(s *Session) { status(Invisible, ago(1), time.Time{})(s); left(false)(s) }), Offline},
		"invisible until just now":          {session(status(Invisible, ago(2), ago(1)), here), Invisible}, // some know, some do not
		"busy for a while, as everybody is": {session(status(Busy, time.Time{}, noon), here), Online},
	} {
		if got := test.s.Told(noon); got.Presence != test.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
	busy := session(func(s *Session) { status(Busy, time.Time{}, noon.Add(time.Hour))(s); left(false)(s) })
	if got := busy.Told(noon); got.Presence != Busy || !got.Until.Equal(noon.Add(time.Hour)) {
		t.Errorf("busy, left a moment ago: %+v", got)
	}
	if got := session(left(false)).Settled().Presence(noon); got.Presence != Offline {
		t.Errorf("when the grace is over: %+v", got)
	}
}

func TestZ5WhatIsNews(t *testing.T) {
	online, busy := Shown{Presence: Online}, Shown{Presence: Busy, Until: noon}
	for _, test := range []struct {
		told, now Shown
		news      bool
	}{
		{online, online, false},
		{online, Shown{Presence: Online, Seen: noon}, false},
		{online, busy, true},
		{busy, busy, false},
		{busy, Shown{Presence: Busy}, true}, // they would take it to end
		{Shown{Presence: Offline}, Shown{Presence: Offline, Seen: noon}, false},
	} {
		if got := News(test.told, test.now); got != test.news {
			t.Errorf("%+v after %+v: %v", test.now, test.told, got)
		}
	}
}
