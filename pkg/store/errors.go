package store

import (
	"errors"
	"fmt"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/parley-im/parley/pkg/chat"
)

// wrap adds what was done to which key. An answer that says "later" becomes the temporary error that a client may be told;
// everything else stays internal. It is called in a defer, where an operation returns.
func wrap(err *error, format string, args ...any) {
	if *err == nil {
		return
	}
	what := fmt.Sprintf(format, args...)
	if isTemporary(*err) {
		*err = fmt.Errorf("store: %s: %w: %w", what, &chat.Error{Code: chat.Unavailable}, *err)
		return
	}
	*err = fmt.Errorf("store: %s: %w", what, *err)
}

// isTemporary is the policy: throttling, and what DynamoDB itself calls its own fault. After a 5xx the write may have
// happened; a resend finds out.
func isTemporary(err error) bool {
	if _, ok := errors.AsType[*types.ProvisionedThroughputExceededException](err); ok {
		return true
	}
	if _, ok := errors.AsType[*types.ThrottlingException](err); ok {
		return true
	}
	if _, ok := errors.AsType[*types.RequestLimitExceeded](err); ok {
		return true
	}
	if _, ok := errors.AsType[*types.TransactionConflictException](err); ok {
		return true
	}
	if _, ok := errors.AsType[*smithyhttp.RequestSendError](err); ok {
		return true // no answer at all
	}
	response, ok := errors.AsType[*awshttp.ResponseError](err)
	return ok && response.HTTPStatusCode() >= 500
}
