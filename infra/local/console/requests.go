package console

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/parley-im/parley/pkg/price"
)

// traceHeader is what every AWS SDK says which invocation it works for with.
const traceHeader = "X-Amzn-Trace-Id"

// Tap returns a service as functions see it, with a count of what AWS would bill for each request. It has the form of
// stack.Tap and belongs outermost: what a fault does to a request has happened. Requests are counted before they are
// answered, so an invocation that is over has all of its own.
func (c *Console) Tap(service string, next http.Handler) http.Handler {
	serve := map[string]func(http.ResponseWriter, *http.Request, http.Handler){
		"dynamodb": c.table, "apigateway": c.post, "sns": c.publish, "sqs": c.queue, "s3": c.object,
	}[service]
	if serve == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { serve(w, r, next) })
}

// table counts the capacity that DynamoDB says it consumed: the meter of every function asks it to.
func (c *Console) table(w http.ResponseWriter, r *http.Request, next http.Handler) {
	request, ok := read(r)
	if !ok {
		return
	}
	a := &answer{header: http.Header{}, status: http.StatusOK}
	next.ServeHTTP(a, r)
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	unit := price.WriteUnit
	if operation == "Query" || strings.Contains(operation, "Get") {
		unit = price.ReadUnit
	}
	if a.status == http.StatusOK {
		c.use(r.Header.Get(traceHeader), unit, consumed(a.body))
	} else {
		exception := exceptionOf(a.body)
		c.ledger.Ended(Refused, exception)
		c.use(r.Header.Get(traceHeader), unit, refused(exception, request))
	}
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // who asked is gone if it fails
}

// answer is one of a service, kept until it is counted.
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

// consumed is the sum of the capacity in an answer: of one table or a list of several.
func consumed(answer []byte) float64 {
	type capacity struct{ CapacityUnits float64 }
	var said struct{ ConsumedCapacity json.RawMessage }
	if json.Unmarshal(answer, &said) != nil || said.ConsumedCapacity == nil {
		return 0
	}
	var one capacity
	if json.Unmarshal(said.ConsumedCapacity, &one) == nil {
		return one.CapacityUnits
	}
	var several []capacity
	_ = json.Unmarshal(said.ConsumedCapacity, &several) // neither: nothing is said
	sum := 0.0
	for _, c := range several {
		sum += c.CapacityUnits
	}
	return sum
}

func exceptionOf(answer []byte) string {
	var said struct {
		Type string `json:"__type"`
	}
	_ = json.Unmarshal(answer, &said) // not of DynamoDB: no exception
	_, name, _ := strings.Cut(said.Type, "#")
	return name
}

// refused is what a condition that does not hold consumes without saying it, up to 1 KB an item (DynamoDB guide, "Capacity
// unit consumption").
func refused(exception string, request []byte) float64 {
	switch exception {
	case "ConditionalCheckFailedException":
		return 1
	case "TransactionCanceledException":
		var in struct{ TransactItems []json.RawMessage }
		_ = json.Unmarshal(request, &in) // DynamoDB has read it
		return 2 * float64(len(in.TransactItems))
	default:
		return 0
	}
}

// post counts frames to connections. Only those that were taken are billed.
func (c *Console) post(w http.ResponseWriter, r *http.Request, next http.Handler) {
	if r.Method != http.MethodPost {
		next.ServeHTTP(w, r)
		return
	}
	size := int(r.ContentLength)
	next.ServeHTTP(&watched{w, func(status int) {
		c.ledger.Ended(Posts, strconv.Itoa(status))
		if status == http.StatusOK {
			c.use(r.Header.Get(traceHeader), price.Frame, started(size, frameSize))
		}
	}}, r)
}

// publish counts requests to SNS, and notifications to phones on top.
func (c *Console) publish(w http.ResponseWriter, r *http.Request, next http.Handler) {
	body, ok := read(r)
	if !ok {
		return
	}
	form, _ := url.ParseQuery(string(body)) // SNS will say what is wrong with it
	next.ServeHTTP(&watched{w, func(status int) {
		push := form.Get("Action") == "Publish" && form.Get("TargetArn") != ""
		if push {
			c.ledger.Ended(Pushes, strconv.Itoa(status))
		}
		if status != http.StatusOK {
			return
		}
		c.use(r.Header.Get(traceHeader), price.Publish, started(len(form.Get("Message")), requestSize))
		if push {
			c.use(r.Header.Get(traceHeader), price.Push, 1)
		}
	}}, r)
}

// queue counts requests to SQS by the size of what they send.
func (c *Console) queue(w http.ResponseWriter, r *http.Request, next http.Handler) {
	body, ok := read(r)
	if !ok {
		return
	}
	var in struct {
		MessageBody string
		Entries     []struct{ MessageBody string }
	}
	_ = json.Unmarshal(body, &in) // SQS will say what is wrong with it
	size := len(in.MessageBody)
	for _, e := range in.Entries {
		size += len(e.MessageBody)
	}
	next.ServeHTTP(&watched{w, func(int) {
		c.use(r.Header.Get(traceHeader), price.QueueRequest, started(size, requestSize))
	}}, r)
}

// Polled counts a request to SQS that Lambda itself makes for a function which a queue feeds.
func (c *Console) Polled(function string) { c.ledger.Use(function, price.QueueRequest, 1) }

// object counts requests to S3, those of clients with a signed URL among them. Deleting is free.
func (c *Console) object(w http.ResponseWriter, r *http.Request, next http.Handler) {
	unit := price.ObjectRead
	if r.Method == http.MethodPut || r.Method == http.MethodPost || r.URL.Query().Has("list-type") {
		unit = price.ObjectWrite
	}
	if r.Method == http.MethodDelete || r.Method == http.MethodOptions {
		next.ServeHTTP(w, r)
		return
	}
	next.ServeHTTP(&watched{w, func(int) { c.use(r.Header.Get(traceHeader), unit, 1) }}, r)
}

// watched tells the status of an answer before it is given.
type watched struct {
	http.ResponseWriter
	tell func(status int)
}

// WriteHeader implements http.ResponseWriter.
func (w *watched) WriteHeader(status int) {
	if status >= http.StatusOK && w.tell != nil {
		w.tell(status)
		w.tell = nil
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *watched) Write(p []byte) (int, error) {
	if w.tell != nil {
		w.WriteHeader(http.StatusOK)
	}
	return w.ResponseWriter.Write(p)
}

// Unwrap lets an http.ResponseController flush.
func (w *watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// read reads the body of a request and puts it back. If it reports false whoever asked has hung up.
func read(r *http.Request) ([]byte, bool) {
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	return body, err == nil
}
