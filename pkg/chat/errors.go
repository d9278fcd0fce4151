package chat

import (
	"errors"
	"fmt"
	"time"
)

// Code is one of the closed set of errors that a client can get. Values never change their meaning.
type Code string

// The codes. Policies holds what each one means to a client.
const (
	BadFrame        Code = "bad_frame"
	UnknownAction   Code = "unknown_action"
	Invalid         Code = "invalid"
	TooLarge        Code = "too_large"
	Unauthenticated Code = "unauthenticated"
	Forbidden       Code = "forbidden"
	NotFound        Code = "not_found"
	Conflict        Code = "conflict"
	Behind          Code = "behind"
	MediaMissing    Code = "media_missing"
	Replaced        Code = "replaced"
	Limited         Code = "limited"
	Unavailable     Code = "unavailable"
	Internal        Code = "internal"
)

// Policy is what a client needs to know of a code.
type Policy struct {
	Code Code
	// Text is what is said when there is nothing more exact to say.
	Text string
	// Temporary means that the same frame may succeed later; RetryAfter then says when to try at the earliest.
	Temporary  bool
	RetryAfter time.Duration
	// Advice is what a client should do, for the documentation.
	Advice string
}

// Policies is the closed set.
var Policies = []Policy{
	{Code: BadFrame, Text: "the frame is not a JSON object", Advice: "a bug of the client: do not resend"},
	{Code: UnknownAction, Text: "there is no such action", Advice: "a bug of the client, or a newer client than the server"},
	{Code: Invalid, Text: "the frame does not have the required shape", Advice: "a bug of the client: do not resend"},
	{Code: TooLarge, Text: "the content is too large", Advice: "shorten it or send it as an attachment"},
	{Code: Unauthenticated, Text: "the token has expired", Advice: "connect again with a fresh token, then resend"},
	{Code: Forbidden, Text: "not allowed, or there is no such conversation", Advice: "do not resend; ask whether you are still a member"},
	{Code: NotFound, Text: "there is no such entry", Advice: "do not resend"},
	{Code: Conflict, Text: "this id was used before with other content", Advice: "a bug of the client: make a new id for new content"},
	{Code: Behind, Text: "too much was said since this was first sent", Advice: "sync; if your id is not in what you get, resend with after = the last seq you got"},
	{Code: MediaMissing, Text: "an attachment is not uploaded with that size and type", Advice: "finish the upload, then send again"},
	{Code: Replaced, Text: "you have too many connections; the oldest gives way", Advice: "this device was replaced: connect again only if a person wants it"},
	{Code: Limited, Text: "too many requests", Temporary: true, RetryAfter: time.Second, Advice: "wait retry_after seconds, then resend the same frame"},
	{Code: Unavailable, Text: "a part of the service does not answer", Temporary: true, RetryAfter: time.Second, Advice: "resend the same frame with after"},
	{Code: Internal, Text: "something went wrong on the server", Temporary: true, RetryAfter: 2 * time.Second, Advice: "resend the same frame with after, a few times"},
}

// Error is a failure that its cause, the client, is told.
type Error struct {
	Code Code
	// Detail replaces the policy's text. It never holds what somebody wrote, nor an internal message.
	Detail string
	// RetryAfter replaces the policy's.
	RetryAfter time.Duration
}

// Errorf makes an Error with a detail; without a format the policy's text is said.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Detail: fmt.Sprintf(format, args...)}
}

// Error is the code and the text.
func (e *Error) Error() string { return string(e.Code) + ": " + e.Text() }

// Text is the detail, or else the policy's text.
func (e *Error) Text() string {
	if e.Detail != "" {
		return e.Detail
	}
	return PolicyOf(e.Code).Text
}

// After is how long to wait before a retry; 0 if the error is not temporary.
func (e *Error) After() time.Duration {
	if e.RetryAfter > 0 {
		return e.RetryAfter
	}
	return PolicyOf(e.Code).RetryAfter
}

// PolicyOf returns the policy of a code; an unknown code is treated as internal.
func PolicyOf(code Code) Policy {
	for _, p := range Policies {
		if p.Code == code {
			return p
		}
	}
	return PolicyOf(Internal)
}

// AsError finds the Error in err's chain. Anything else becomes Internal, whose text tells the client nothing of err.
func AsError(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return &Error{Code: Internal}
}
