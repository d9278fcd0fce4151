package apigateway

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// maxRequest is the size of a request that is read to its end, to check its signature, before it is refused as too large.
const maxRequest = 10 << 20

// failure is an error answer of the management API. kind is what SDKs make a typed error of (aws.md 1.7).
type failure struct {
	status  int
	kind    string
	message string // empty: an empty body
}

// The failures of a call. A 410 has been seen with an empty body, which clients must bear (aws.md 1.7).
var (
	failGone     = failure{http.StatusGone, "GoneException", ""}
	failTooLarge = failure{http.StatusRequestEntityTooLarge, "PayloadTooLargeException", "Message too long"}
	failRate     = failure{http.StatusTooManyRequests, "LimitExceededException", "Too Many Requests"}
	failSlow     = failure{http.StatusTooManyRequests, "LimitExceededException", "The WebSocket client side buffer is full"}
	failMethod   = failure{http.StatusForbidden, "MissingAuthenticationTokenException", "Missing Authentication Token"}
)

// manage serves a call to @connections/{id}: POST sends, GET describes, DELETE closes.
func (g *Gateway) manage(w http.ResponseWriter, r *http.Request, id string) {
	body, err := readAll(http.MaxBytesReader(w, r.Body, maxRequest), r.ContentLength)
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		failTooLarge.write(w)
		return
	}
	if err != nil {
		writeMessage(w, http.StatusBadRequest, "Bad Request")
		return
	}
	if fail := g.admit(r, body, id); fail != nil {
		fail.write(w)
		return
	}
	c, ok := g.find(id)
	if !ok {
		failGone.write(w)
		return
	}
	switch r.Method {
	case http.MethodPost:
		g.post(w, c, body)
	case http.MethodGet:
		describe(w, c)
	case http.MethodDelete:
		c.close(endDeleted)
		w.WriteHeader(http.StatusNoContent)
	}
}

// admit checks everything about a call that does not depend on the connection.
func (g *Gateway) admit(r *http.Request, body []byte, id string) *failure {
	switch r.Method {
	case http.MethodPost, http.MethodGet, http.MethodDelete:
	default:
		return &failMethod
	}
	if g.verifier != nil {
		if wrong := g.verifier.Verify(r, body, time.Now()); wrong != nil {
			return &failure{http.StatusForbidden, string(wrong.Kind), wrong.Message}
		}
	}
	if !g.requests.take() {
		g.meter.throttled.Add(1)
		return &failRate
	}
	if !wellFormedID(id) {
		return &failure{http.StatusBadRequest, "BadRequestException", "Invalid connectionId: " + id}
	}
	if r.Method == http.MethodPost && len(body) > g.api.Limits.Message {
		return &failTooLarge
	}
	return nil
}

// post answers 200 once the message is in the outbox: that is no proof that the client has it (aws.md 1.7).
func (g *Gateway) post(w http.ResponseWriter, c *connection, body []byte) {
	switch c.send(body, &g.meter.posts) {
	case gone:
		failGone.write(w)
	case full:
		failSlow.write(w)
	case accepted:
		w.WriteHeader(http.StatusOK)
	}
}

func describe(w http.ResponseWriter, c *connection) {
	const iso8601 = "2006-01-02T15:04:05.000Z"
	body, err := json.Marshal(struct {
		ConnectedAt  string   `json:"connectedAt"`
		Identity     identity `json:"identity"`
		LastActiveAt string   `json:"lastActiveAt"`
	}{
		c.connectedAt.UTC().Format(iso8601),
		c.identity,
		time.Unix(0, c.lastActive.Load()).UTC().Format(iso8601),
	})
	if err != nil { // strings only: cannot happen
		writeMessage(w, http.StatusInternalServerError, "Internal server error")
		return
	}
	writeBody(w, http.StatusOK, body)
}

// readAll reads a body whose announced size may be -1 for unknown.
func readAll(body io.Reader, size int64) ([]byte, error) {
	if size < 0 || size > maxRequest {
		return io.ReadAll(body)
	}
	b := make([]byte, size)
	_, err := io.ReadFull(body, b)
	return b, err
}

func (f failure) write(w http.ResponseWriter) {
	w.Header().Set("X-Amzn-ErrorType", f.kind)
	if f.message == "" {
		w.WriteHeader(f.status)
		return
	}
	writeMessage(w, f.status, f.message)
}

// writeMessage answers with {"message": message}.
func writeMessage(w http.ResponseWriter, status int, message string) {
	writeBody(w, status, fmt.Appendf(nil, `{"message":%s}`, quote(message)))
}

func writeBody(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client has gone away if it fails
}
