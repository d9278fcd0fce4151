package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/coder/websocket"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/topology"
)

// dialTime bounds one handshake. API Gateway itself gives up on its functions after 29 s.
const dialTime = 30 * time.Second

// dial opens a connection with a fresh token, and if the server does not take that, with another one. Its error is an
// *Error if the server answered.
func (c *Client) dial() (*socket, error) {
	s, err := c.handshake()
	if errors.Is(err, ErrUnauthenticated) {
		c.log.Info("token refused")
		return c.handshake()
	}
	return s, err
}

func (c *Client) handshake() (*socket, error) {
	ctx, cancel := context.WithTimeout(c.life, dialTime)
	defer cancel()
	token, err := c.options.Token(ctx)
	if err != nil {
		return nil, fmt.Errorf("token: %w", err)
	}
	header := http.Header{"Authorization": {"Bearer " + token}}
	if c.options.Origin != "" {
		header.Set("Origin", c.options.Origin)
	}
	conn, response, err := websocket.Dial(ctx, c.address, &websocket.DialOptions{ //nolint:bodyclose // Dial has closed it
		HTTPClient: c.http, HTTPHeader: header, Subprotocols: []string{topology.Subprotocol},
	})
	switch {
	case err != nil && response != nil && response.StatusCode != http.StatusSwitchingProtocols:
		return nil, refusal(response)
	case err != nil:
		return nil, err
	case conn.Subprotocol() != topology.Subprotocol:
		_ = conn.CloseNow()
		return nil, newError(chat.Invalid, "the server does not speak %s", topology.Subprotocol)
	}
	return newSocket(conn, c.options.Trace), nil
}

// refusal reads what the gateway says instead of switching protocols (aws.md §1.2).
func refusal(r *http.Response) *Error {
	e := newError(chat.Invalid, "the handshake was answered %s", r.Status)
	switch {
	case r.StatusCode == http.StatusUnauthorized:
		e = newError(chat.Unauthenticated, "%s", e.Message)
	case r.StatusCode == http.StatusForbidden:
		e = newError(chat.Forbidden, "%s", e.Message)
	case r.StatusCode == http.StatusTooManyRequests:
		e = newError(chat.Limited, "%s", e.Message)
	case r.StatusCode >= 500:
		e = newError(chat.Unavailable, "%s", e.Message)
	}
	if seconds, err := strconv.Atoi(r.Header.Get("Retry-After")); err == nil && e.Temporary {
		e.RetryAfter = time.Duration(seconds) * time.Second
	}
	return e
}
