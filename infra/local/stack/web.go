package stack

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/parley-im/parley/infra/local/console"
	"github.com/parley-im/parley/infra/local/issuer"
	"github.com/parley-im/parley/infra/local/sns"
	"github.com/parley-im/parley/pkg/chat"
)

func (s *Stack) startWeb(cfg Config, l net.Listener) error {
	var err error
	// Tokens go by the clock of the machine, because the functions that check them do.
	s.Issuer, err = issuer.Open(cfg.Data, s.Web, Audience, time.Now)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /.well-known/jwks.json", s.Issuer.ServeKeys)
	mux.HandleFunc("POST /dev/token", s.Issuer.ServeToken)
	mux.HandleFunc("GET /dev/notifications", s.serveNotifications)
	mux.HandleFunc("GET /{$}", s.serveIndex)
	if cfg.Faults != nil {
		mux.Handle("/dev/faults", cfg.Faults)
	} else {
		mux.HandleFunc("/dev/faults", func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "faults are off: start the stack with -faults on", http.StatusNotFound)
		})
	}
	if cfg.Console != nil {
		cfg.Console.Show(console.Parts{Lambda: s.Lambda, API: s.API, SQS: s.SQS, Tables: s.tables(), Notifications: s.notifications})
		handler := cfg.Console.Handler()
		for _, path := range []string{"/console", "/console/", "/dev/console", "/dev/console/", console.TracesPath} {
			mux.Handle(path, handler)
		}
	}
	s.serve(l, mux)
	return nil
}

func (s *Stack) serveIndex(w http.ResponseWriter, _ *http.Request) {
	fmt.Fprintf(w, `Parley is running on this machine.

clients connect to   %s
tokens               POST /dev/token {"user":"ann"}
notifications        GET  /dev/notifications?user=ann
console              GET  /console
health               GET  /healthz
`, s.Gateway)
}

// serveNotifications answers with what the phones of a user would have shown, or all phones, oldest first.
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

// notifications are what all phones would have shown, oldest first.
func (s *Stack) notifications() []console.Notification {
	shown := []console.Notification{}
	for _, n := range s.SNS.Notifications(sns.Filter{}) {
		shown = append(shown, Show(n))
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
	shown := console.Notification{User: string(owner.User), At: n.At.UTC().Format("15:04:05")}
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
