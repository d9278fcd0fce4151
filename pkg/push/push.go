// Package push notifies the devices of people who are not connected, and keeps the register of those devices.
//
// A notification is decided late: who has connected since the message was sent is left alone.
package push

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// workers is how many devices are notified at once.
const workers = 16

// Pusher registers and notifies devices.
type Pusher struct {
	Sessions  chat.Sessions
	Endpoints chat.Endpoints
	Now       func() time.Time
	Logger    *slog.Logger
}

// Register stores that the caller's device is to be notified. Above chat.MaxEndpoints the oldest device is forgotten, and
// whoever had the same token before has it no more: a phone that changed hands must not show the last owner's messages.
func (p *Pusher) Register(ctx context.Context, who chat.Identity, q wire.Register) (wire.Registered, error) {
	if who.Device == "" {
		return wire.Registered{}, nameless()
	}
	owner := chat.Holder{User: who.User, Device: who.Device}
	arn, err := p.Endpoints.Register(ctx, q.Platform, q.Token, owner, p.release)
	if err != nil {
		return wire.Registered{}, err
	}
	s, err := p.Sessions.PutEndpoint(ctx, who.User, chat.Endpoint{
		Device: who.Device, Platform: q.Platform, ARN: arn, Since: p.Now(),
	})
	if err != nil {
		return wire.Registered{}, err
	}
	if excess := len(s.Endpoints) - chat.MaxEndpoints; excess > 0 {
		err = p.forget(ctx, who.User, s.Endpoints[:excess])
	}
	return wire.Registered{Device: who.Device}, err
}

// nameless refuses a connection that was made without a device id: there is nothing to keep the endpoint under.
func nameless() error { return chat.Errorf(chat.Invalid, "connect with a device id first") }

// release takes an endpoint from who had it, unless that device has another by now.
func (p *Pusher) release(ctx context.Context, before chat.Holder, arn string) error {
	_, err := p.Sessions.RemoveEndpoint(ctx, before.User, chat.Endpoint{Device: before.Device, ARN: arn})
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

// Notify notifies every device of the notice's users who are still not connected. Devices that a platform does not know
// any more are forgotten. It fails, so that the notice is delivered again, only if no device could be notified: one that
// fails alone must not make all the others sound twice.
func (p *Pusher) Notify(ctx context.Context, n chat.Notice) error {
	sessions, err := p.Sessions.Sessions(ctx, n.Users)
	if err != nil {
		return err
	}
	now := p.Now()
	var group errgroup.Group
	var notified, failed atomic.Int32
	group.SetLimit(workers)
	for _, s := range sessions {
		if s.Online(now) {
			continue
		}
		for _, e := range s.Endpoints {
			group.Go(func() error {
				err := p.Endpoints.Push(ctx, e, n)
				switch {
				case err == nil:
					notified.Add(1)
				case errors.Is(err, chat.ErrGone):
					return p.forget(ctx, s.User, []chat.Endpoint{e})
				default:
					failed.Add(1)
				}
				return err
			})
		}
	}
	err = group.Wait()
	switch {
	case err == nil:
		return nil
	case notified.Load() > 0:
		p.Logger.WarnContext(ctx, "devices not notified", "failed", failed.Load(), "notified", notified.Load(), "error", err)
		return nil
	default:
		return fmt.Errorf("push: notify: %w", err)
	}
}

// forget removes endpoints, here first: one that its device has replaced meanwhile is left alone.
func (p *Pusher) forget(ctx context.Context, user chat.UserID, endpoints []chat.Endpoint) error {
	for _, e := range endpoints {
		removed, err := p.Sessions.RemoveEndpoint(ctx, user, e)
		if err != nil {
			return err
		}
		if !removed {
			continue
		}
		if err := p.Endpoints.Remove(ctx, e.ARN); err != nil {
			// It is not referred to any more, so nothing reaches it; it only stays in the platform application's list.
			p.Logger.WarnContext(ctx, "endpoint not removed", "error", err)
		}
	}
	return nil
}
