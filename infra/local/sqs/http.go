package sqs

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// maxRequest is larger than any batch of legal size can become by JSON escaping.
const maxRequest = 8 * MaxMessageSize

// operation decodes a request body, acts, and returns what to encode.
type operation func(ctx context.Context, body []byte) (any, error)

// table holds every operation under its name in X-Amz-Target.
func (s *Service) table() map[string]operation {
	return map[string]operation{
		"SendMessage":                  on(s.sendMessage),
		"SendMessageBatch":             on(s.sendMessageBatch),
		"ReceiveMessage":               on(s.receiveMessage),
		"DeleteMessage":                on(s.deleteMessage),
		"DeleteMessageBatch":           on(s.deleteMessageBatch),
		"ChangeMessageVisibility":      on(s.changeMessageVisibility),
		"ChangeMessageVisibilityBatch": on(s.changeMessageVisibilityBatch),
		"GetQueueUrl":                  on(s.getQueueURL),
		"GetQueueAttributes":           on(s.getQueueAttributes),
		"ListQueues":                   on(s.listQueues),
		"PurgeQueue":                   on(s.purgeQueue),
		"StartMessageMoveTask":         on(s.startMessageMoveTask),
	}
}

func on[In any](f func(context.Context, In) (any, error)) operation {
	return func(ctx context.Context, body []byte) (any, error) {
		var in In
		if err := json.Unmarshal(body, &in); err != nil {
			return nil, failf(SerializationFailed, "The request body is not what the operation takes.")
		}
		return f(ctx, in)
	}
}

// nothing is the result of an operation that returns none.
type nothing struct{}

// ServeHTTP answers one call of the AWS JSON 1.0 protocol.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("x-amzn-RequestId", newUUID())
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	out, err := s.call(w, r)
	status := http.StatusOK
	if err != nil {
		e := asError(err)
		var shape, query string
		shape, query, status = e.Code.wire()
		if e.Code == InternalError {
			s.log.ErrorContext(r.Context(), "sqs request failed", "target", r.Header.Get("X-Amz-Target"), "error", err)
			w.Header().Set("x-amzn-query-error", query+";Receiver")
		} else {
			w.Header().Set("x-amzn-query-error", query+";Sender")
		}
		out = map[string]string{"__type": shape, "message": e.Message}
	}
	w.WriteHeader(status)
	// A client that left meanwhile has no use for the error of writing to it.
	_ = json.NewEncoder(w).Encode(out)
}

func (s *Service) call(w http.ResponseWriter, r *http.Request) (any, error) {
	name, ok := strings.CutPrefix(r.Header.Get("X-Amz-Target"), "AmazonSQS.")
	do := s.operations[name]
	if !ok || do == nil || r.Method != http.MethodPost {
		return nil, failf(InvalidAction, "The action or operation requested is invalid. Verify that the action is typed correctly.")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		return nil, failf(SerializationFailed, "The request body could not be read.")
	}
	if err := s.authorize(r, body); err != nil {
		return nil, err
	}
	return do(r.Context(), body)
}

// byURL returns the queue a QueueUrl stands for, whatever host it names: InvalidAddress when it is none, MissingParameter
// when it is empty, QueueDoesNotExist.
func (s *Service) byURL(queueURL string) (*queue, error) {
	if queueURL == "" {
		return nil, failf(MissingParameter, "The request must contain the parameter QueueUrl.")
	}
	u, err := url.Parse(queueURL)
	if err != nil {
		return nil, failf(InvalidAddress, "The address %s is not valid for this endpoint.", queueURL)
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	if len(parts) < 2 {
		return nil, failf(InvalidAddress, "The address %s is not valid for this endpoint.", queueURL)
	}
	if parts[len(parts)-2] != s.cfg.Account {
		return nil, failf(QueueDoesNotExist, "The specified queue does not exist.")
	}
	return s.find(parts[len(parts)-1])
}
