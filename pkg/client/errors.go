package client

import (
	"errors"
	"fmt"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Error is an answer of the server that is not a result. Programs go by Code; errors.Is compares nothing else.
type Error struct {
	// Code is one of the closed set in package chat.
	Code chat.Code
	// Message is for developers.
	Message string
	// Temporary means that the same may succeed later, at the earliest after RetryAfter.
	Temporary  bool
	RetryAfter time.Duration
}

// Errors to compare with errors.Is.
var (
	// ErrUnauthenticated means that the server does not take the token, not even a fresh one.
	ErrUnauthenticated = &Error{Code: chat.Unauthenticated}
	// ErrForbidden means that the user may not do this, or may not connect at all.
	ErrForbidden = &Error{Code: chat.Forbidden}
	// ErrReplaced ends Run: the user has connected too many devices and this one gave way.
	ErrReplaced = &Error{Code: chat.Replaced}
	// ErrClosed means that the Client has ended.
	ErrClosed = errors.New("client: closed")
	// ErrWithdrawn is the result of a message that was withdrawn before it was acknowledged.
	ErrWithdrawn = errors.New("client: withdrawn")
)

// Reasons for which a connection is given up.
var (
	errSilent  = errors.New("the server does not answer")
	errRenewed = errors.New("replaced by a newer connection")
	errExpired = errors.New("the token has expired")
)

// errNoAnswer is an attempt without an outcome: the frame may have been acted on.
var errNoAnswer = errors.New("no answer in time")

// Error is the code and the message.
func (e *Error) Error() string {
	if e.Message == "" {
		return "parley: " + string(e.Code)
	}
	return fmt.Sprintf("parley: %s: %s", e.Code, e.Message)
}

// Is reports whether target is an *Error with the same code.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// newError makes an Error of a code from the policy that is published for it.
func newError(code chat.Code, format string, args ...any) *Error {
	policy := chat.PolicyOf(code)
	return &Error{Code: code, Message: fmt.Sprintf(format, args...), Temporary: policy.Temporary, RetryAfter: policy.RetryAfter}
}

// fromWire reads an error frame. A code that this client is too old to know is temporary if the server says when to retry.
func fromWire(e wire.Error) *Error {
	policy := chat.PolicyOf(e.Code)
	after := time.Duration(e.RetryAfter * float64(time.Second))
	return &Error{
		Code: e.Code, Message: e.Message, RetryAfter: after,
		Temporary: after > 0 || policy.Code == e.Code && policy.Temporary,
	}
}

// fromChat turns an error of package wire about a frame of our own into the one that the server would have answered.
func fromChat(err error) *Error {
	e := chat.AsError(err)
	if e.Code == chat.Internal {
		return newError(chat.Invalid, "%s", err)
	}
	return newError(e.Code, "%s", e.Text())
}

// definite reports whether trying again is pointless.
func definite(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && !e.Temporary
}
