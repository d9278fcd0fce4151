package apigateway

import (
	"crypto/rand"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// connectHeaders returns the headers of a $connect event: those of the client in their usual spelling, without the
// hop-by-hop ones, and those that the service adds (aws.md 1.4).
func connectHeaders(r *http.Request, now time.Time) http.Header {
	h := http.Header{}
	for name, values := range r.Header {
		if name != "Connection" && name != "Upgrade" {
			h[originalCase(name)] = values
		}
	}
	h["Host"] = []string{r.Host}
	// API Gateway terminates TLS on 443 only, whatever port the stand-in listens on.
	h["X-Forwarded-Port"] = []string{"443"}
	h["X-Forwarded-Proto"] = []string{"https"}
	hops := slices.Concat(h["X-Forwarded-For"], []string{sourceIP(r)})
	h["X-Forwarded-For"] = []string{strings.Join(hops, ", ")}
	if len(h["X-Amzn-Trace-Id"]) == 0 {
		h["X-Amzn-Trace-Id"] = []string{traceID(now)}
	}
	return h
}

// authorizerHeaders returns the headers of an authorizer event, which has the hop-by-hop ones too (aws.md 1.2).
func authorizerHeaders(connect http.Header) http.Header {
	h := maps.Clone(connect)
	h["Connection"] = []string{"upgrade"}
	h["Upgrade"] = []string{"websocket"}
	h["content-length"] = []string{"0"}
	return h
}

// disconnectHeaders returns the only headers of a $disconnect event (aws.md 1.4).
func disconnectHeaders(host string) http.Header {
	return http.Header{"Host": {host}, "x-api-key": {""}, "X-Forwarded-For": {""}, "x-restapi": {""}}
}

// originalCase undoes the spelling that net/http gives to the names of the WebSocket headers. How the client wrote other
// names is not known any more; nearly all clients write them as net/http does.
func originalCase(name string) string {
	if rest, ok := strings.CutPrefix(name, "Sec-Websocket-"); ok {
		return "Sec-WebSocket-" + rest
	}
	return name
}

// last returns the last value of each name, which is the one that the single-value maps of an event hold.
func last(values map[string][]string) map[string]string {
	if values == nil {
		return nil
	}
	m := make(map[string]string, len(values))
	for name, v := range values {
		if len(v) > 0 {
			m[name] = v[len(v)-1]
		}
	}
	return m
}

// query returns the parameters of the URL, nil if there are none. Pairs that do not parse are left out.
func query(u *url.URL) url.Values {
	if q := u.Query(); len(q) > 0 {
		return q
	}
	return nil
}

func sourceIP(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

func traceID(now time.Time) string {
	var id [12]byte
	rand.Read(id[:])
	return fmt.Sprintf("Root=1-%08x-%x", uint32(now.Unix()), id)
}
