package webpush

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
)

// services are the push services of the browsers that people have: a host, or with a dot before it every host below.
var services = []string{
	"fcm.googleapis.com",         // Chrome and what is made of it
	".push.services.mozilla.com", // Firefox
	".push.apple.com",            // Safari
	".notify.windows.com",        // Edge on Windows
}

// Hosts are the push services whose URLs are taken.
type Hosts struct {
	names   []string
	origins []string // http, of this machine
}

// NewHosts returns the known services and those of a list: a host name, one that begins with a dot for all hosts below it, or
// http://<loopback address>:<port> for a stand-in on this machine.
func NewHosts(more []string) (Hosts, error) {
	h := Hosts{names: slices.Clone(services)}
	for _, entry := range more {
		if u, err := url.Parse(entry); err == nil && u.Scheme == "http" {
			if ip := net.ParseIP(u.Hostname()); ip == nil || !ip.IsLoopback() || entry != "http://"+u.Host {
				return h, fmt.Errorf("%q is not on this machine", entry)
			}
			h.origins = append(h.origins, entry)
			continue
		}
		if !validHost(strings.TrimPrefix(entry, ".")) {
			return h, fmt.Errorf("%q is not a host name", entry)
		}
		h.names = append(h.names, entry)
	}
	return h, nil
}

// validHost reports whether a name has a dot, only letters, digits and hyphens besides, and is no address.
func validHost(name string) bool {
	labels := strings.Split(name, ".")
	if len(labels) < 2 || net.ParseIP(name) != nil {
		return false
	}
	for _, label := range labels {
		if label == "" || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return false
		}
	}
	return true
}

// Allow reports whether a URL is one that a known service may have given out: https, on the port of https, of nobody in
// particular, and of a host that is listed, written in lower case.
func (h Hosts) Allow(endpoint string) bool {
	u, err := url.Parse(endpoint)
	if err != nil || u.Opaque != "" || u.User != nil || u.Fragment != "" || strings.Contains(endpoint, "#") {
		return false
	}
	if u.Scheme == "http" {
		return slices.Contains(h.origins, "http://"+u.Host)
	}
	if u.Scheme != "https" || u.Host != u.Hostname() && u.Host != u.Hostname()+":443" {
		return false
	}
	host := u.Hostname()
	return validHost(host) && slices.ContainsFunc(h.names, func(name string) bool {
		return host == name || strings.HasPrefix(name, ".") && strings.HasSuffix(host, name)
	})
}
