package stack

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/parley-im/parley/infra/local/console"
	"github.com/parley-im/parley/infra/local/pushservice"
	"github.com/parley-im/parley/infra/local/sns"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/webpush"
)

// serveNotifications answers with what the devices of a user would have shown, or all devices, oldest first.
func (s *Stack) serveNotifications(w http.ResponseWriter, r *http.Request) {
	user := r.URL.Query().Get("user")
	shown := []console.Notification{}
	for _, n := range s.notifications() {
		if user == "" || n.User == user {
			shown = append(shown, n)
		}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(shown) // the client is gone: nobody to tell
}

// notifications are what all phones and browsers would have shown, oldest first.
func (s *Stack) notifications() []console.Notification {
	type dated struct {
		at    time.Time
		shown console.Notification
	}
	var all []dated
	for _, n := range s.SNS.Notifications(sns.Filter{}) {
		all = append(all, dated{n.At, Show(n)})
	}
	for _, n := range s.Browsers.Notifications() {
		all = append(all, dated{n.At, ShowBrowser(n)})
	}
	slices.SortStableFunc(all, func(a, b dated) int { return a.at.Compare(b.at) })
	shown := []console.Notification{}
	for _, d := range all {
		shown = append(shown, d.shown)
	}
	return shown
}

// Notified returns a channel of what devices show from now on, until ctx ends or the stack does.
func (s *Stack) Notified(ctx context.Context) <-chan console.Notification {
	shown := make(chan console.Notification)
	phones, browsers := s.SNS.Watch(ctx), s.Browsers.Watch(ctx)
	go func() {
		defer close(shown)
		for {
			var n console.Notification
			select {
			case p, open := <-phones:
				if !open {
					return
				}
				n = Show(p)
			case b, open := <-browsers:
				if !open {
					return
				}
				n = ShowBrowser(b)
			}
			select {
			case shown <- n:
			case <-ctx.Done():
				return
			}
		}
	}()
	return shown
}

// ShowBrowser reads a notification as the service worker of the app would.
func ShowBrowser(n pushservice.Notification) console.Notification {
	shown := console.Notification{User: n.User, At: n.At.UTC().Format(time.TimeOnly)}
	var m webpush.Message
	if json.Unmarshal(n.Message, &m) == nil {
		shown.Title, shown.Body = m.Title, m.Body
	}
	return shown
}

// Show reads a notification as the app of its platform would.
func Show(n sns.Notification) console.Notification {
	var owner chat.Holder
	_ = json.Unmarshal([]byte(n.UserData), &owner) // an endpoint of somebody else has no user of ours
	var apns struct {
		APS struct {
			Alert struct{ Title, Body string } `json:"alert"`
		} `json:"aps"`
	}
	var fcm struct {
		V1 struct {
			Message struct {
				Notification struct{ Title, Body string } `json:"notification"`
			} `json:"message"`
		} `json:"fcmV1Message"`
	}
	shown := console.Notification{User: string(owner.User), At: n.At.UTC().Format(time.TimeOnly)}
	switch {
	case n.Platform == "GCM" && json.Unmarshal([]byte(n.Message), &fcm) == nil:
		shown.Title, shown.Body = fcm.V1.Message.Notification.Title, fcm.V1.Message.Notification.Body
	case json.Unmarshal([]byte(n.Message), &apns) == nil:
		shown.Title, shown.Body = apns.APS.Alert.Title, apns.APS.Alert.Body
	default:
		shown.Body = n.Message
	}
	return shown
}
