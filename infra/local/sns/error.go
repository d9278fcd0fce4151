package sns

import (
	"errors"
	"fmt"
	"net/http"
)

// Code names an error as the SNS service model does; it is the Code of the XML error document.
type Code string

// The errors a caller can get.
const (
	AuthorizationError           Code = "AuthorizationError"
	BatchEntryIdsNotDistinct     Code = "BatchEntryIdsNotDistinct"
	BatchRequestTooLong          Code = "BatchRequestTooLong"
	EmptyBatchRequest            Code = "EmptyBatchRequest"
	EndpointDisabled             Code = "EndpointDisabled"
	InternalError                Code = "InternalError"
	InvalidAction                Code = "InvalidAction"
	InvalidBatchEntryID          Code = "InvalidBatchEntryId"
	InvalidClientTokenID         Code = "InvalidClientTokenId"
	InvalidParameter             Code = "InvalidParameter"
	MissingAuthenticationToken   Code = "MissingAuthenticationToken"
	NotFound                     Code = "NotFound"
	ParameterValueInvalid        Code = "ParameterValueInvalid"
	PlatformApplicationDisabled  Code = "PlatformApplicationDisabled"
	SignatureDoesNotMatch        Code = "SignatureDoesNotMatch"
	TooManyEntriesInBatchRequest Code = "TooManyEntriesInBatchRequest"
)

// status is the HTTP status of a response with this error, from the service model.
func (c Code) status() int {
	switch c {
	case AuthorizationError, InvalidClientTokenID, MissingAuthenticationToken, SignatureDoesNotMatch:
		return http.StatusForbidden
	case NotFound:
		return http.StatusNotFound
	case InternalError:
		return http.StatusInternalServerError
	default:
		return http.StatusBadRequest
	}
}

// Error is a refusal with its code and the sentence a caller sees.
type Error struct {
	Code    Code
	Message string
}

func (e *Error) Error() string { return string(e.Code) + ": " + e.Message }

func failf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// asError returns err as an Error; what is not one becomes InternalError and keeps its details to itself.
func asError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return failf(InternalError, "We encountered an internal error. Please try again.")
}
