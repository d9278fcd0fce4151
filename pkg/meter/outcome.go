package meter

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go/middleware"

	"github.com/parley-im/parley/pkg/chat"
)

// Outcome is something that happens and is not billed by itself. Each has a metric of a stage, without the class, so there are few.
type Outcome string

// The outcomes.
const (
	// Conflict is a write that was refused by its condition: an append whose number somebody else took, and whatever else is
	// decided by a condition.
	Conflict Outcome = "conflicts"
	// Retry is a request that the AWS SDK made again, because a service was busy or did not answer.
	Retry Outcome = "retries"
	// The others are posts to connections by status, notifications handed to push platforms and services, and errors that clients are
	// told.
	postPrefix, pushPrefix, errorPrefix = "posts_", "pushes_", "errors_"
	failed                              = "failed"
)

// Posts are what becomes of a post to a connection: it is taken, the connection is gone, it or the API has too much to do.
// Whatever else there is has failed.
var Posts = []Outcome{postPrefix + "200", postPrefix + "410", postPrefix + "429", postPrefix + failed}

// Pushes are what becomes of a notification: it is handed to the platform, the endpoint was given up, or neither.
var Pushes = []Outcome{pushPrefix + "sent", pushPrefix + "disabled", pushPrefix + failed}

// Errors are the codes that clients are told, in replies and in posts.
var Errors = func() (all []Outcome) {
	for _, p := range chat.Policies {
		all = append(all, Outcome(errorPrefix+string(p.Code)))
	}
	return all
}()

// Happened counts an outcome for the action of the context.
func (m *Meter) Happened(ctx context.Context, o Outcome) { m.happened(ctx, o, 1) }

func (m *Meter) happened(ctx context.Context, o Outcome, n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.account(Action(ctx)).Outcomes[o] += n
}

// told counts the error that a frame tells a client, if it tells one.
func (m *Meter) told(ctx context.Context, frame string) {
	if !strings.HasPrefix(frame, `{"event":"error"`) { // whatever else there is need not be read
		return
	}
	var said struct{ Code string }
	_ = json.Unmarshal([]byte(frame), &said) // then it has no code
	if o := Outcome(errorPrefix + said.Code); slices.Contains(Errors, o) {
		m.Happened(ctx, o)
	}
}

// posted is the outcome of a post.
func posted(err error) Outcome {
	if err == nil {
		return Posts[0]
	}
	if response, ok := errors.AsType[*awshttp.ResponseError](err); ok {
		o := Outcome(postPrefix + strconv.Itoa(response.HTTPStatusCode()))
		if slices.Contains(Posts, o) {
			return o
		}
	}
	return postPrefix + failed
}

// pushed is the outcome of a notification.
func pushed(err error) Outcome {
	switch {
	case err == nil:
		return pushPrefix + "sent"
	case exception(err) == "EndpointDisabled":
		return pushPrefix + "disabled"
	}
	return pushPrefix + failed
}

// Pushes returns a transport to push services with a count of what becomes of the notifications that it carries. AWS does not bill them.
func (m *Meter) Pushes(next http.RoundTripper) http.RoundTripper { return &pushing{next, m} }

type pushing struct {
	http.RoundTripper
	meter *Meter
}

// RoundTrip implements http.RoundTripper.
func (p *pushing) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := p.RoundTripper.RoundTrip(r)
	o := Outcome(pushPrefix + failed)
	switch {
	case err != nil:
	case response.StatusCode < http.StatusMultipleChoices:
		o = pushPrefix + "sent"
	case response.StatusCode == http.StatusNotFound, response.StatusCode == http.StatusGone: // RFC 8030 §7.3
		o = pushPrefix + "disabled"
	}
	p.meter.Happened(r.Context(), o)
	return response, err
}

// retried counts the attempts of a request after its first.
func (m *Meter) retried(ctx context.Context, metadata middleware.Metadata) {
	if attempts, ok := retry.GetAttemptResults(metadata); ok && len(attempts.Results) > 1 {
		m.happened(ctx, Retry, len(attempts.Results)-1)
	}
}
