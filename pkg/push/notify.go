package push

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/parley-im/parley/pkg/chat"
)

const (
	// workers is how many devices are notified at once.
	workers = 16
	// preview is how many characters of a text a notification shows (tinode shows as many).
	preview = 80
)

// Notify notifies every device of the notice's users who are still not connected and want to hear of the entry. Devices that
// a platform does not know any more are forgotten. It fails, so that the notice is delivered again, only if no device could be
// notified and one might be later: one that fails alone must not make all the others sound twice.
//
// It costs the entry, strongly (one read unit), the sender's profile (0.5), and for each user a session, their stance and what
// they think of the sender (0.5 each), and for each browser its subscription, strongly (1).
func (p *Pusher) Notify(ctx context.Context, n chat.Notice) error {
	e, ok, err := p.Log.Entry(ctx, n.Conversation, n.Seq)
	if err != nil {
		return err
	}
	found := []chat.Entry{e}
	if err := chat.Fill(ctx, p.Log, found); err != nil {
		return err
	}
	e = found[0]
	if !ok || e.State.Deleted || e.State.Expired || e.Hidden {
		return nil
	}
	listening, err := p.listening(ctx, e, n)
	if err != nil || len(listening) == 0 {
		return err
	}
	profiles, err := p.Profiles.Profiles(ctx, []chat.UserID{e.From})
	if err != nil {
		return err
	}
	shown := notification(e, cmp.Or(profiles[0].Name, string(e.From)), n.Title)
	return p.ring(ctx, listening, shown)
}

// listening returns the sessions of those users who are to be notified of an entry.
func (p *Pusher) listening(ctx context.Context, e chat.Entry, n chat.Notice) (out []chat.Session, err error) {
	users := n.Users
	sessions, err := p.Sessions.Sessions(ctx, users)
	if err != nil {
		return nil, err
	}
	stances, err := p.Stances.Stances(ctx, e.Conversation, users)
	if err != nil {
		return nil, err
	}
	if n.Parent != "" {
		parents, err := p.Stances.Stances(ctx, n.Parent, users)
		if err != nil {
			return nil, err
		}
		for i, parent := range parents {
			stances[i] = stances[i].Within(parent)
		}
	}
	relations, err := p.People.Toward(ctx, users, e.From)
	if err != nil {
		return nil, err
	}
	now := p.Now()
	for i, s := range sessions {
		r := relations[i]
		if !s.Online(now) && stances[i].Rings(e, now) && r.Blocked.IsZero() && !now.Before(r.Muted) {
			out = append(out, s)
		}
	}
	return out, nil
}

// notification is what is shown of an entry. Of a message that disappears nothing is, because the phone would keep it.
func notification(e chat.Entry, from, title string) chat.Notification {
	if e.Timer.Set() {
		e.Body = chat.Body{}
	}
	text := []rune(e.Body.Text)
	if len(text) > preview {
		text = append(text[:preview-1], '…')
	}
	return chat.Notification{
		Conversation: e.Conversation, Seq: e.Seq, Kind: e.Kind, From: from, Title: title,
		Preview: string(text), Attachments: len(e.Body.Attachments),
	}
}

// ring notifies all devices of the sessions' users.
func (p *Pusher) ring(ctx context.Context, sessions []chat.Session, n chat.Notification) error {
	var group errgroup.Group
	var notified, failed atomic.Int32
	group.SetLimit(workers)
	for _, s := range sessions {
		for _, e := range s.Endpoints {
			group.Go(func() error {
				err := p.reach(e.Platform).Push(ctx, e, n)
				switch {
				case err == nil:
					notified.Add(1)
				case errors.Is(err, chat.ErrGone):
					return p.forget(ctx, s.User, []chat.Endpoint{e})
				case errors.Is(err, chat.ErrRefused):
					p.Logger.ErrorContext(ctx, "notification refused", "platform", e.Platform, "error", err)
					return nil
				default:
					failed.Add(1)
				}
				return err
			})
		}
	}
	err := group.Wait()
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
