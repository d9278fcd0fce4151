package stack

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
)

// Tap wraps a service as functions see it.
type Tap func(service string, next http.Handler) http.Handler

// tapped returns the endpoint that functions use for a service at target: target itself if nothing is between, which is so with a
// console alone if the service is of this process (see watched). Clients and presigned URLs that name the endpoint go through
// it as well.
func (s *Stack) tapped(cfg Config, service, target string) (string, error) {
	if !cfg.between() && (cfg.Console == nil || service != "dynamodb" && service != "s3") {
		return target, nil
	}
	to, err := url.Parse(target)
	if err != nil {
		return "", fmt.Errorf("tap %s: %w", service, err)
	}
	l, err := listen(service, 0)
	if err != nil {
		return "", fmt.Errorf("tap %s: %w", service, err)
	}
	proxy := &httputil.ReverseProxy{
		// The host is left as the caller signed it.
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host = to.Scheme, to.Host
		},
		Transport: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true},
		// A function that was killed has hung up: nothing to write home about.
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			http.Error(w, err.Error(), http.StatusBadGateway)
		},
	}
	var handler http.Handler = proxy
	if cfg.Tap != nil {
		handler = cfg.Tap(service, handler)
	}
	if cfg.Faults != nil {
		handler = cfg.Faults.Tap(service, handler)
	}
	if cfg.Console != nil {
		handler = cfg.Console.Tap(service, handler)
	}
	s.serve(l, handler)
	s.onClose(func(context.Context) { proxy.Transport.(*http.Transport).CloseIdleConnections() })
	return "http://" + l.Addr().String(), nil
}

// between reports whether something may change what functions ask and what they are answered.
func (cfg Config) between() bool { return cfg.Tap != nil || cfg.Faults != nil }

// watched returns a service of this process with the console before it. If something is between, the console is before that.
func (cfg Config) watched(service string, h http.Handler) http.Handler {
	if cfg.Console == nil || cfg.between() {
		return h
	}
	return cfg.Console.Tap(service, h)
}

// tapConnections puts the tap before the management API.
func (s *Stack) tapConnections(_ context.Context, cfg Config, where *places) error {
	base, err := url.Parse(where.gateway)
	if err != nil {
		return err
	}
	endpoint, err := s.tapped(cfg, "apigateway", base.Scheme+"://"+base.Host)
	if err != nil {
		return err
	}
	where.gateway = endpoint + base.Path
	return nil
}
