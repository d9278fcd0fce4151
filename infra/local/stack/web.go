package stack

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/parley-im/parley/clients/web"
	"github.com/parley-im/parley/infra/local/console"
	"github.com/parley-im/parley/infra/local/issuer"
)

// pushPath is where the stand-in for browsers and their push service is.
const pushPath = "/dev/push"

func (s *Stack) startWeb(cfg Config, where places, l net.Listener) error {
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
	mux.HandleFunc("POST "+pushPath, s.Browsers.ServeSubscribe)
	mux.HandleFunc("POST "+pushPath+"/{id}", s.Browsers.ServePush)
	mux.HandleFunc("/dev/", http.NotFound)
	mux.Handle("/", web.Handler(
		web.Config{URL: s.Gateway, Tokens: "/dev/token", VAPIDKey: s.VapidKey},
		web.Origins{Connect: []string{strings.TrimSuffix(s.Gateway, "/"+Stage)}, Media: []string{where.s3}},
	))
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
