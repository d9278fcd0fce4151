package lambda

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"time"
)

// Exception is the type of an error of the Invoke API; test for it with errors.Is.
type Exception string

// The exceptions that an invocation can end with before the function sees it.
const (
	ResourceNotFound      Exception = "ResourceNotFoundException"      // no such function
	TooManyRequests       Exception = "TooManyRequestsException"       // no concurrency left; later it may work
	RequestTooLarge       Exception = "RequestTooLargeException"       // the payload exceeds its limit
	InvalidRequestContent Exception = "InvalidRequestContentException" // the payload is not JSON
	InvalidParameterValue Exception = "InvalidParameterValueException" // a header makes no sense
	ServiceFailed         Exception = "ServiceException"               // this machine could not run the function
)

// Error returns the name that AWS gives the exception.
func (e Exception) Error() string { return string(e) }

// Status returns the HTTP status of the exception.
func (e Exception) Status() int {
	switch e {
	case ResourceNotFound:
		return http.StatusNotFound
	case TooManyRequests:
		return http.StatusTooManyRequests
	case RequestTooLarge:
		return http.StatusRequestEntityTooLarge
	case InvalidRequestContent, InvalidParameterValue:
		return http.StatusBadRequest
	default:
		return http.StatusInternalServerError
	}
}

// Error is an invocation refused by the service. What goes wrong inside a function is no Error but a
// [Result.FunctionError].
type Error struct {
	Exception Exception
	Message   string
	Reason    string // of TooManyRequests: which limit was met
}

func (e *Error) Error() string { return fmt.Sprintf("lambda: %s: %s", e.Exception, e.Message) }

// Unwrap returns the Exception.
func (e *Error) Unwrap() error { return e.Exception }

// unhandled is the FunctionError of every failed function of a custom runtime.
const unhandled = "Unhandled"

// failure is the payload of an invocation that failed inside the function, in the words of AWS.
type failure struct {
	ErrorType    string `json:"errorType"`
	ErrorMessage string `json:"errorMessage"`
}

func (f failure) payload() []byte {
	payload, err := json.Marshal(f)
	if err != nil {
		panic(err) // two strings always marshal
	}
	return payload
}

func (f failure) String() string { return f.ErrorType + " " + f.ErrorMessage }

func timedOut(requestID string, timeout time.Duration) failure {
	return failure{"Sandbox.Timedout",
		fmt.Sprintf("RequestId: %s Error: Task timed out after %.2f seconds", requestID, timeout.Seconds())}
}

func initTimedOut(requestID string) failure {
	return failure{"Sandbox.Timedout",
		fmt.Sprintf("RequestId: %s Error: Init timed out after %.2f seconds", requestID, initLimit.Seconds())}
}

func exited(requestID string, state *os.ProcessState) failure {
	reason := "Runtime exited without providing a reason"
	if !state.Success() {
		reason = "Runtime exited with error: " + state.String()
	}
	return failure{"Runtime.ExitError", fmt.Sprintf("RequestId: %s Error: %s", requestID, reason)}
}

func invalidEntrypoint(requestID string, err error) failure {
	return failure{"Runtime.InvalidEntrypoint", fmt.Sprintf("RequestId: %s Error: %s", requestID, err)}
}

func responseTooLarge() failure {
	return failure{"Function.ResponseSizeTooLarge",
		fmt.Sprintf("Response payload size exceeded maximum allowed payload size (%d bytes).", responseLimit)}
}
