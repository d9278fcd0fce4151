package sqs

import (
	"errors"
	"fmt"
	"net/http"
)

// Code names an error in the terms of the SQS API reference.
type Code string

// The errors a caller can get. Those up to UnsupportedOperation are in the service model of SQS; the others are common to
// AWS services.
const (
	BatchEntryIdsNotDistinct     Code = "BatchEntryIdsNotDistinct"
	BatchRequestTooLong          Code = "BatchRequestTooLong"
	EmptyBatchRequest            Code = "EmptyBatchRequest"
	InvalidAddress               Code = "InvalidAddress"
	InvalidAttributeName         Code = "InvalidAttributeName"
	InvalidBatchEntryID          Code = "InvalidBatchEntryId"
	InvalidMessageContents       Code = "InvalidMessageContents"
	MessageNotInflight           Code = "MessageNotInflight"
	PurgeQueueInProgress         Code = "PurgeQueueInProgress"
	QueueDoesNotExist            Code = "QueueDoesNotExist"
	ReceiptHandleIsInvalid       Code = "ReceiptHandleIsInvalid"
	ResourceNotFound             Code = "ResourceNotFoundException"
	TooManyEntriesInBatchRequest Code = "TooManyEntriesInBatchRequest"
	UnsupportedOperation         Code = "UnsupportedOperation"

	InvalidParameterValue      Code = "InvalidParameterValue"
	MissingParameter           Code = "MissingParameter"
	InvalidAction              Code = "InvalidAction"
	SerializationFailed        Code = "SerializationException"
	MissingAuthenticationToken Code = "MissingAuthenticationToken"
	InvalidClientTokenID       Code = "InvalidClientTokenId"
	SignatureDoesNotMatch      Code = "SignatureDoesNotMatch"
	InternalError              Code = "InternalError"
)

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

// wire is how an error looks in a response: the __type of the JSON body, the code that the Query protocol had for it, which
// clients get in the header x-amzn-query-error, and the status.
func (c Code) wire() (shape, query string, status int) {
	const modelled, common, legacy = "com.amazonaws.sqs#", "com.amazon.coral.service#", "AWS.SimpleQueueService."
	switch c {
	case QueueDoesNotExist:
		return modelled + string(c), legacy + "NonExistentQueue", http.StatusBadRequest
	case BatchEntryIdsNotDistinct, BatchRequestTooLong, EmptyBatchRequest, InvalidBatchEntryID, MessageNotInflight,
		PurgeQueueInProgress, TooManyEntriesInBatchRequest, UnsupportedOperation:
		return modelled + string(c), legacy + string(c), http.StatusBadRequest
	case InvalidAddress, InvalidAttributeName, InvalidMessageContents, ReceiptHandleIsInvalid, ResourceNotFound:
		return modelled + string(c), string(c), http.StatusBadRequest
	case InvalidParameterValue:
		return common + "InvalidParameterValueException", string(c), http.StatusBadRequest
	case MissingParameter:
		return common + "MissingRequiredParameterException", string(c), http.StatusBadRequest
	case InvalidAction:
		return common + "UnknownOperationException", string(c), http.StatusBadRequest
	case SerializationFailed:
		return common + string(c), string(c), http.StatusBadRequest
	case MissingAuthenticationToken:
		return common + "MissingAuthenticationTokenException", string(c), http.StatusForbidden
	case InvalidClientTokenID:
		return common + "UnrecognizedClientException", string(c), http.StatusForbidden
	case SignatureDoesNotMatch:
		return common + "InvalidSignatureException", string(c), http.StatusForbidden
	default:
		return common + "InternalFailure", "InternalFailure", http.StatusInternalServerError
	}
}
