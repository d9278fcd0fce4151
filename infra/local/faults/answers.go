package faults

import (
	"fmt"
	"maps"
	"net/http"
)

// answer is one of a service. As a http.ResponseWriter it keeps what is written to it.
type answer struct {
	header http.Header
	status int
	body   []byte
}

// Header implements http.ResponseWriter.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) { a.status = status }

// Write implements http.ResponseWriter.
func (a *answer) Write(p []byte) (int, error) {
	a.body = append(a.body, p...)
	return len(p), nil
}

func (a answer) write(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // who asked is gone if it fails
}

// requestID is in every answer of AWS; nobody looks it up here.
const requestID = "00000000-0000-0000-0000-fa0170000000"

// The answers of the management API (aws.md 1.7). Its 410 has been seen with an empty body, which clients must bear.
var (
	accepted   = answer{status: http.StatusOK}
	gone       = postAnswer(http.StatusGone, "GoneException", "")
	busy       = postAnswer(http.StatusTooManyRequests, "LimitExceededException", "Too Many Requests")
	postFailed = postAnswer(http.StatusInternalServerError, "InternalServerErrorException", "Internal server error")
)

func postAnswer(status int, kind, message string) answer {
	a := answer{header: http.Header{"X-Amzn-Errortype": {kind}, "X-Amzn-Requestid": {requestID}}, status: status}
	if message != "" {
		a.header.Set("Content-Type", "application/json")
		a.body = fmt.Appendf(nil, `{"message":%q}`, message)
	}
	return a
}

// The answers of DynamoDB (API reference, common errors of the low-level API).
var (
	tableThrottled = tableAnswer(http.StatusBadRequest, "ProvisionedThroughputExceededException",
		"The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.")
	conflict    = tableAnswer(http.StatusBadRequest, "TransactionConflictException", "Transaction is ongoing for the item")
	tableFailed = tableAnswer(http.StatusInternalServerError, "InternalServerError", "Internal server error")
)

func tableAnswer(status int, kind, message string) answer {
	return jsonAnswer(status, fmt.Sprintf(`{"__type":"com.amazonaws.dynamodb.v20120810#%s","message":%q}`, kind, message))
}

func jsonAnswer(status int, body string) answer {
	return answer{
		header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}, "X-Amzn-Requestid": {requestID}},
		status: status, body: []byte(body),
	}
}

// slowDown is S3's word for "later" (S3 API reference, error responses).
var slowDown = xmlAnswer(http.StatusServiceUnavailable,
	`<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message><RequestId>`+requestID+`</RequestId></Error>`)

// The answers of SNS: of its service model, and of the errors that all AWS services with the query protocol share.
var (
	endpointDisabled = topicAnswer(http.StatusBadRequest, "EndpointDisabled", "Endpoint is disabled")
	topicThrottled   = topicAnswer(http.StatusBadRequest, "Throttling", "Rate exceeded")
)

func topicAnswer(status int, code, message string) answer {
	return xmlAnswer(status, fmt.Sprintf(`<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type>`+
		`<Code>%s</Code><Message>%s</Message></Error><RequestId>%s</RequestId></ErrorResponse>`, code, message, requestID))
}

func xmlAnswer(status int, body string) answer {
	return answer{
		header: http.Header{"Content-Type": {"text/xml"}}, status: status,
		body: []byte(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" + body),
	}
}
