package app

import (
	"net/http"
	"time"

	"github.com/parley-im/parley/pkg/auth"
	"github.com/parley-im/parley/pkg/draft"
	"github.com/parley-im/parley/pkg/media"
	"github.com/parley-im/parley/pkg/people"
	"github.com/parley-im/parley/pkg/push"
	"github.com/parley-im/parley/pkg/read"
	"github.com/parley-im/parley/pkg/schedule"
	"github.com/parley-im/parley/pkg/search"
	"github.com/parley-im/parley/pkg/send"
	"github.com/parley-im/parley/pkg/session"
	"github.com/parley-im/parley/pkg/signal"
	"github.com/parley-im/parley/pkg/standing"
)

// Authorizer decides on $connect.
func Authorizer(p *Parts) any {
	client := &http.Client{Timeout: 3 * time.Second}
	return authorize(&auth.Authorizer{
		Issuer: p.env.Issuer(), Audience: p.env.Audience(), Origins: p.env.Origins(), EdgeKeys: p.env.EdgeKeys(),
		Keys: auth.NewKeys(p.env.KeySet(), client, now),
	}, p.logger)
}

// Connect serves $connect.
func Connect(p *Parts) any {
	return connect(&session.Keeper{Sessions: p.sessions(), Poster: p.connections(), Board: p.board(), Now: now})
}

// Disconnect serves $disconnect.
func Disconnect(p *Parts) any {
	return disconnect(&session.Keeper{Presences: p.sessions(), Absences: p.absences(), Now: now, Logger: p.logger})
}

// Message serves what appends to conversations.
func Message(p *Parts) any {
	d := p.deliverer()
	s := p.sender(d)
	s.Drafts = p.people()
	h := &send.Hider{Log: s.Log, Deliver: d}
	return p.routes(map[string]action{
		"send": do(sent(s.Send)), "create": do(accepted(s.Create)),
		"edit": do(accepted(s.Edit)), "delete": do(accepted(s.Delete)), "react": do(accepted(s.React)),
		"pin": do(accepted(s.Pin)), "hide": do(h.Hide), "follow": do(s.Follow),
	})
}

// Group serves what changes who is in a group and what it is like.
func Group(p *Parts) any {
	d := p.deliverer()
	d.Shards = p.shards()
	log := p.conversations()
	g := &send.Groups{
		Sender: &send.Sender{Log: log, Deliver: d, People: p.people(), Sessions: p.sessions(), Now: now}, Gate: log,
		Pictures: &media.Media{Objects: p.objects(), Log: log},
	}
	return p.routes(map[string]action{
		"add": do(g.Add), "remove": do(g.Remove), "leave": do(g.Leave), "role": do(g.Rank), "change": do(g.Amend),
		"invite": do(g.Invite), "invites": do(g.Invites), "revoke": do(g.Revoke), "preview": do(g.Preview), "join": do(g.Join),
	})
}

// Drafts serves what is not said yet.
func Drafts(p *Parts) any {
	log := p.conversations()
	keep := p.people()
	k := &draft.Keeper{Drafts: keep, Log: log, Others: p.teller(), Now: now}
	s := &schedule.Scheduler{
		Schedules: p.schedule(), Now: now,
		Checker: &send.Sender{
			Log: log, Standings: log, Attachments: &media.Media{Objects: p.objects(), Log: log}, Now: now, People: keep, Sessions: p.sessions(),
		},
	}
	return p.routes(map[string]action{
		"draft": do(k.Draft), "drafts": do(k.List),
		"schedule": do(s.Schedule), "unschedule": do(s.Unschedule), "scheduled": do(s.List),
	})
}

// Tick serves the rule that looks for what is due.
func Tick(p *Parts) any {
	d := p.deliverer()
	return tick(&schedule.Ticker{
		Schedules: p.schedule(), Sender: p.sender(d), Log: p.conversations(), Devices: d, Logger: p.logger,
	})
}

// Fanout serves shards of large conversations.
func Fanout(p *Parts) any { return fanout(p.deliverer(), p.logger) }

// Sync serves what reads.
func Sync(p *Parts) any {
	log, people := p.conversations(), p.people()
	r := &read.Reader{Log: log, Standings: log, Sessions: p.sessions(), Pairs: people, Silences: people, Drafts: people, Now: now}
	return p.routes(map[string]action{
		"sync": do(r.Sync), "history": do(r.History), "conversations": do(r.Conversations), "members": do(r.Members),
		"seen": do(r.Seen), "explain": do(r.Explain),
		"pins": do(r.Pins), "threads": do(r.Threads),
	})
}

// Search serves searches.
func Search(p *Parts) any {
	log := p.conversations()
	s := &search.Searcher{Log: log, Standings: log, Now: now}
	return p.routes(map[string]action{"search": do(s.Search)})
}

// Signal serves what is said often and has no answer, and what members choose for a conversation.
func Signal(p *Parts) any {
	log, teller, people := p.conversations(), p.teller(), p.people()
	k := &standing.Keeper{Log: log, Standings: log, Sessions: p.sessions(), Pairs: people, Teller: teller, Now: now}
	s := &signal.Signaller{Log: log, Pairs: people, Teller: teller, Cursors: k}
	return p.silent(p.connections(), map[string]action{
		"typing": do(s.Typing), "receipts": do(k.Receipts), "mark": do(k.Mark), "prefs": do(k.Prefs),
	})
}

// Presence serves those who watch, and those who choose how they are seen.
func Presence(p *Parts) any {
	b := p.board()
	return p.routes(map[string]action{"watch": do(b.Watch), "unwatch": do(b.Unwatch), "status": do(b.Status)})
}

// Grace serves those who left.
func Grace(p *Parts) any { return grace(p.board(), p.logger) }

// Media serves uploads and downloads.
func Media(p *Parts) any {
	keep, log := p.people(), p.conversations()
	m := &media.Media{Objects: p.objects(), Log: log, Standings: log, People: keep, Profiles: keep}
	return p.routes(map[string]action{"upload": do(m.Upload), "download": do(m.Download)})
}

// Devices serves the register of devices, and their end.
func Devices(p *Parts) any {
	d := &push.Pusher{Sessions: p.sessions(), Endpoints: p.endpoints(), Browsers: p.browsers(), Now: now, Logger: p.logger}
	k := &session.Keeper{Presences: p.sessions(), Poster: p.connections(), Board: p.board(), Devices: d, Now: now}
	return p.routes(map[string]action{"register": do(d.Register), "unregister": do(d.Unregister), "logout": do(k.Logout)})
}

// People serves profiles, contacts, settings, blocks and mutes.
func People(p *Parts) any {
	keep, log := p.people(), p.conversations()
	k := &people.Keeper{
		People: keep, Profiles: keep, Sessions: p.sessions(), Directs: log, Stances: log, Log: log, Objects: p.objects(),
		Poster: p.connections(), Board: p.board(), Now: now,
	}
	return p.routes(map[string]action{
		"profile": do(k.Profile), "profiles": do(k.ProfilesOf), "contact": do(k.Contact), "contacts": do(k.Contacts),
		"block": do(k.Block), "unblock": do(k.Unblock), "blocked": do(k.BlockedBy), "mute": do(k.Mute), "muted": do(k.MutedBy),
		"settings": do(k.Settings), "accept": do(k.Accept),
	})
}

// Push serves notices.
func Push(p *Parts) any {
	keep, log := p.people(), p.conversations()
	return notify(&push.Pusher{
		Sessions: p.sessions(), Endpoints: p.endpoints(), Browsers: p.reachable(), Log: log, Stances: log, People: keep, Profiles: keep,
		Now: now, Logger: p.logger,
	})
}

// Default serves frames that no route takes, and hello.
func Default(p *Parts) any { return p.routes(map[string]action{"hello": do(hello)}) }
