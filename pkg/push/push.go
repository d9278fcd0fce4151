// Package push notifies the devices of people who are not connected, and keeps the register of those devices.
//
// A notification is decided late, in notify.go: who has connected or read since the message was sent is left alone, and so is
// who has muted or blocked by then; what was deleted is not shown.
package push

import (
	"context"
	"log/slog"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Pusher registers and notifies devices.
type Pusher struct {
	Sessions chat.Sessions
	// Endpoints reaches phones, and Browsers what runs in a browser.
	Endpoints, Browsers chat.Endpoints
	// Log, Stances, People and Profiles are only needed to notify.
	Log      chat.Log
	Stances  chat.Stances
	People   chat.People
	Profiles chat.Profiles
	Now      func() time.Time
	Logger   *slog.Logger
}

// Register stores that the caller's device is to be notified. Above chat.MaxEndpoints the oldest device is forgotten, and
// whoever had the same address before has it no more: a phone that changed hands must not show the last owner's messages. What the
// device was reached by before is removed from its platform.
func (p *Pusher) Register(ctx context.Context, who chat.Identity, q wire.Register) (wire.Registered, error) {
	if who.Device == "" {
		return wire.Registered{}, nameless()
	}
	owner := chat.Holder{User: who.User, Device: who.Device}
	id, err := p.reach(q.Platform).Register(ctx, q.Address(), owner, p.release)
	if err != nil {
		return wire.Registered{}, err
	}
	was, err := p.Sessions.PutEndpoint(ctx, who.User, chat.Endpoint{
		Device: who.Device, Platform: q.Platform, ID: id, Since: p.Now(),
	})
	if err != nil {
		return wire.Registered{}, err
	}
	var others []chat.Endpoint
	for _, e := range was.Endpoints {
		switch {
		case e.Device != who.Device:
			others = append(others, e)
		case e.ID != id:
			p.discard(ctx, e)
		}
	}
	if excess := len(others) + 1 - chat.MaxEndpoints; excess > 0 {
		err = p.forget(ctx, who.User, others[:excess])
	}
	return wire.Registered{Device: who.Device}, err
}

// reach is what reaches the devices of a platform.
func (p *Pusher) reach(platform string) chat.Endpoints {
	if platform == chat.Web {
		return p.Browsers
	}
	return p.Endpoints
}

// nameless refuses a connection that was made without a device id: there is nothing to keep the endpoint under.
func nameless() error { return chat.Errorf(chat.Invalid, "connect with a device id first") }

// release takes an endpoint from who had it, unless that device has another by now.
func (p *Pusher) release(ctx context.Context, before chat.Holder, id string) error {
	_, err := p.Sessions.RemoveEndpoint(ctx, before.User, chat.Endpoint{Device: before.Device, ID: id})
	return err
}

// Unregister forgets the caller's device.
func (p *Pusher) Unregister(ctx context.Context, who chat.Identity, _ wire.Unregister) (wire.Registered, error) {
	if who.Device == "" {
		return wire.Registered{}, nameless()
	}
	sessions, err := p.Sessions.Sessions(ctx, []chat.UserID{who.User})
	if err != nil {
		return wire.Registered{}, err
	}
	for _, e := range sessions[0].Endpoints {
		if e.Device == who.Device {
			err = p.forget(ctx, who.User, []chat.Endpoint{e})
		}
	}
	return wire.Registered{Device: who.Device}, err
}

// forget removes endpoints, here first: one that its device has replaced meanwhile is left alone.
func (p *Pusher) forget(ctx context.Context, user chat.UserID, endpoints []chat.Endpoint) error {
	for _, e := range endpoints {
		removed, err := p.Sessions.RemoveEndpoint(ctx, user, e)
		if err != nil {
			return err
		}
		if removed {
			p.discard(ctx, e)
		}
	}
	return nil
}

// discard removes an endpoint that no device is reached by any more. If that fails, it only stays in the platform's list.
func (p *Pusher) discard(ctx context.Context, e chat.Endpoint) {
	if err := p.reach(e.Platform).Remove(ctx, e.ID); err != nil {
		p.Logger.WarnContext(ctx, "endpoint not removed", "error", err)
	}
}
