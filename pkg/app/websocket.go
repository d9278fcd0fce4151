package app

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/limit"
	"github.com/parley-im/parley/pkg/topology"
	"github.com/parley-im/parley/pkg/trace"
	"github.com/parley-im/parley/pkg/wire"
)

type (
	request  = events.APIGatewayWebsocketProxyRequest
	response = events.APIGatewayProxyResponse
)

// action answers one kind of frame with a result or an error.
type action func(ctx context.Context, who chat.Identity, frame []byte) (result any, err error)

// do makes an action of a use case: the frame is read strictly before it is called.
func do[Q, R any, P interface {
	*Q
	wire.Request
}](use func(context.Context, chat.Identity, Q) (R, error)) action {
	return func(ctx context.Context, who chat.Identity, frame []byte) (any, error) {
		var q Q
		if err := wire.Decode(frame, P(&q)); err != nil {
			return nil, err
		}
		return use(ctx, who, q)
	}
}

// accepted renders the entry that a use case appended as the acknowledgement of it.
func accepted[Q any](use func(context.Context, chat.Identity, Q) (chat.Entry, error)) func(context.Context, chat.Identity, Q) (wire.Accepted, error) {
	return func(ctx context.Context, who chat.Identity, q Q) (wire.Accepted, error) {
		e, err := use(ctx, who, q)
		place(ctx, e, err)
		return wire.Accepted{Conversation: e.Conversation, Seq: e.Seq, ID: e.ID, At: wire.Time(e.At)}, err
	}
}

// sent renders a message that a use case appended as the acknowledgement of it.
func sent[Q any](use func(context.Context, chat.Identity, Q) (chat.Entry, error)) func(context.Context, chat.Identity, Q) (wire.Sent, error) {
	return func(ctx context.Context, who chat.Identity, q Q) (wire.Sent, error) {
		e, err := use(ctx, who, q)
		place(ctx, e, err)
		return wire.NewSent(e), err
	}
}

// place tells the trace which entry it is about, so that whoever asks why a message was slow finds it by its place.
func place(ctx context.Context, e chat.Entry, err error) {
	if err == nil {
		trace.Note(ctx, trace.Conversation, string(e.Conversation))
		trace.Note(ctx, trace.Seq, strconv.FormatUint(uint64(e.Seq), 10))
	}
}

// routes makes the handler of a function's routes. Whatever happens, the caller gets one frame: the return value is the
// route response. A frame whose action has no route is answered by the function of $default.
func (p *Parts) routes(actions map[string]action) func(context.Context, request) (response, error) {
	frames := limit.New(chat.FrameRate, chat.FrameBurst, now)
	return func(ctx context.Context, r request) (response, error) {
		body, _, err := p.serve(ctx, frames, actions, r)
		return response{StatusCode: http.StatusOK, Body: string(body)}, err
	}
}

// silent makes the handler of a function that has routes without a route response (topology.SilentRoutes): there, what succeeds is
// not answered, and an error is posted to the caller's connection, unless it is that there are too many frames: nobody waits
// for an answer, and each costs as much as a reply. It does not fail, because nothing would try again.
func (p *Parts) silent(poster chat.Poster, actions map[string]action) func(context.Context, request) (response, error) {
	frames := limit.New(chat.FrameRate, chat.FrameBurst, now)
	return func(ctx context.Context, r request) (response, error) {
		body, refusal, err := p.serve(ctx, frames, actions, r)
		if topology.Responds(r.RequestContext.RouteKey) {
			return response{StatusCode: http.StatusOK, Body: string(body)}, err
		}
		if refusal != nil && chat.AsError(refusal).Code != chat.Limited && err == nil {
			err = poster.Post(ctx, chat.ConnectionID(r.RequestContext.ConnectionID), body)
		}
		if err != nil && !errors.Is(err, chat.ErrGone) {
			p.logger.WarnContext(ctx, "error not told", "error", err)
		}
		return response{StatusCode: http.StatusOK}, nil
	}
}

// serve does what a frame asks and returns the frame that answers it, and why it was refused if it was.
func (p *Parts) serve(ctx context.Context, frames *limit.Limiter, actions map[string]action, r request) (body []byte, refusal, err error) {
	frame := []byte(r.Body)
	ref := wire.Ref(frame)
	result, refusal := p.answer(ctx, frames, actions[r.RequestContext.RouteKey], r, frame)
	if refusal == nil {
		if body, refusal = wire.Encode(wire.NewReply(ref, result)); refusal == nil {
			return body, nil, nil
		}
	}
	p.report(ctx, r, refusal)
	trace.Note(ctx, trace.Refusal, string(chat.AsError(refusal).Code))
	body, err = wire.Encode(wire.NewError(ref, refusal))
	return body, refusal, err
}

func (p *Parts) answer(ctx context.Context, frames *limit.Limiter, act action, r request, frame []byte) (any, error) {
	who, err := identity(r)
	switch {
	case err != nil:
		return nil, err
	case !now().Before(who.Expires):
		return nil, &chat.Error{Code: chat.Unauthenticated}
	}
	if wait := frames.Take(string(who.User)); wait > 0 {
		return nil, &chat.Error{Code: chat.Limited, Detail: "too many frames at once", RetryAfter: wait}
	}
	if act == nil {
		return nil, wire.Unroutable(frame)
	}
	return act(ctx, who, frame)
}

// report logs what was the server's fault, once, here. What was the client's it has been told; to log a flood would be to
// pay for it.
func (p *Parts) report(ctx context.Context, r request, err error) {
	if code := chat.AsError(err).Code; code == chat.Limited || !chat.PolicyOf(code).Temporary {
		return
	}
	requestID := ""
	if c, ok := lambdacontext.FromContext(ctx); ok {
		requestID = c.AwsRequestID
	}
	p.logger.ErrorContext(ctx, "action failed", "route", r.RequestContext.RouteKey, "error", err,
		"connection_id", r.RequestContext.ConnectionID, "request_id", requestID)
}

// Names of what the authorizer establishes, in requestContext.authorizer of every event of the connection.
const (
	contextUser    = "user"
	contextDevice  = "device"
	contextExpires = "expires"
)

// identity is who sent an event, from the authorizer's context and nothing else. API Gateway renders every value as a string.
func identity(r request) (chat.Identity, error) {
	values, _ := r.RequestContext.Authorizer.(map[string]any)
	user, _ := values[contextUser].(string)
	device, _ := values[contextDevice].(string)
	expires, _ := values[contextExpires].(string)
	seconds, err := strconv.ParseInt(expires, 10, 64)
	if err != nil || user == "" || r.RequestContext.ConnectionID == "" {
		return chat.Identity{}, &chat.Error{Code: chat.Unauthenticated, Detail: "the connection was not authorized"}
	}
	return chat.Identity{
		User: chat.UserID(user), Device: chat.DeviceID(device), Expires: time.Unix(seconds, 0),
		Connection: chat.ConnectionID(r.RequestContext.ConnectionID),
	}, nil
}
