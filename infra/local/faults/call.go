package faults

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// call is a request of a function to a service.
type call struct {
	event
	w    http.ResponseWriter
	r    *http.Request
	body []byte // nil for S3, whose bodies are large and of no interest
	next http.Handler
	kill func() bool

	memory   *memory  // nil unless this is a read that may be answered from it
	question question // what it asks
	earlier  *answer  // to the same question
}

// Tap returns a service as functions see it, with the faults of calls before and behind it. It has the form of stack.Tap.
func (i *Injector) Tap(service string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		memory, armed, host := i.current()
		if !armed {
			next.ServeHTTP(w, r)
			return
		}
		c := &call{event: event{service: service}, w: w, r: r, next: next}
		c.read(memory, host)
		struck, ok := i.decide(c.event)
		switch {
		case ok:
			struck.kind.call(c, struck)
		case c.memory != nil:
			c.memory.learn(c.question, c.served()).write(w)
		default:
			c.serve(w)
		}
	})
}

// read finds out all that rules may ask about.
func (c *call) read(m *memory, host Host) {
	if c.service != "s3" {
		var err error
		if c.body, err = io.ReadAll(c.r.Body); err != nil {
			c.hangUp()
		}
	}
	c.operation = c.operationName()
	c.endpoint = c.operation == "Publish" && strings.Contains(c.form().Get("TargetArn"), ":endpoint/")
	c.trace(host)
	if m != nil && c.eventual() {
		c.memory, c.question = m, ask(c.operation, c.body)
		c.earlier = m.recall(c.question)
		c.remembered = c.earlier != nil
	}
}

// trace finds out who calls. Every AWS SDK sends the trace id of the invocation that it works for.
func (c *call) trace(host Host) {
	id := c.r.Header.Get("X-Amzn-Trace-Id")
	if host == nil || id == "" {
		return
	}
	c.function, c.killable = host.FunctionOf(id)
	c.kill = func() bool { return host.KillTrace(id) }
}

// operationName is in a header of the JSON protocols, in the body of the query protocol, and in method and path of REST.
func (c *call) operationName() string {
	switch c.service {
	case "dynamodb", "sqs", "ssm":
		_, name, _ := strings.Cut(c.r.Header.Get("X-Amz-Target"), ".")
		return name
	case "sns":
		return c.form().Get("Action")
	case "apigateway":
		return map[string]string{
			http.MethodPost: "PostToConnection", http.MethodGet: "GetConnection", http.MethodDelete: "DeleteConnection",
		}[c.r.Method]
	case "s3":
		name := map[string]string{
			http.MethodGet: "GetObject", http.MethodHead: "HeadObject", http.MethodPut: "PutObject",
			http.MethodPost: "PostObject", http.MethodDelete: "DeleteObject",
		}[c.r.Method]
		if c.r.URL.Query().Has("tagging") {
			name += "Tagging"
		}
		return name
	default:
		return c.r.Method
	}
}

// form is the body of a request in the query protocol.
func (c *call) form() url.Values {
	if c.service != "sns" {
		return nil
	}
	values, err := url.ParseQuery(string(c.body))
	if err != nil {
		return nil // the service will say so
	}
	return values
}

// eventual reports whether DynamoDB may answer from the past.
func (c *call) eventual() bool {
	if !operation("dynamodb", "Query", "GetItem", "BatchGetItem")(c.event) {
		return false
	}
	var read struct {
		ConsistentRead bool
		RequestItems   map[string]struct{ ConsistentRead bool }
	}
	if json.Unmarshal(c.body, &read) != nil {
		return false
	}
	for _, table := range read.RequestItems {
		read.ConsistentRead = read.ConsistentRead || table.ConsistentRead
	}
	return !read.ConsistentRead
}

// serve lets the service answer to w.
func (c *call) serve(w http.ResponseWriter) {
	if c.body != nil {
		c.r.Body = io.NopCloser(bytes.NewReader(c.body))
	}
	c.next.ServeHTTP(w, c.r)
}

// served lets the service answer to nobody.
func (c *call) served() *answer {
	a := &answer{header: http.Header{}, status: http.StatusOK}
	c.serve(a)
	return a
}

// hangUp ends the connection without an answer: who asked is gone, or must not get one.
func (c *call) hangUp() { panic(http.ErrAbortHandler) }

// refuse answers in the place of the service.
func refuse(a answer) func(*call, strike) {
	return func(c *call, _ strike) { a.write(c.w) }
}

// replace lets the service do its part and answers something else.
func replace(a answer) func(*call, strike) {
	return func(c *call, _ strike) {
		c.served()
		a.write(c.w)
	}
}

func killBefore(c *call, _ strike) {
	c.kill()
	c.hangUp()
}

func killAfter(c *call, _ strike) {
	c.served()
	c.kill()
	c.hangUp()
}

func serveLate(c *call, s strike) {
	if !s.wait(c.r.Context(), s.delay) {
		c.hangUp()
	}
	c.serve(c.w)
}

func serveTwice(c *call, _ strike) {
	c.served()
	c.serve(c.w)
}

func answerAsBefore(c *call, _ strike) { c.earlier.write(c.w) }

// unprocessed is what BatchGetItem answers that had no capacity for any key.
func unprocessed(c *call, _ strike) {
	var request struct{ RequestItems json.RawMessage }
	if json.Unmarshal(c.body, &request) != nil {
		c.serve(c.w)
		return
	}
	body, err := json.Marshal(map[string]json.RawMessage{"Responses": json.RawMessage(`{}`), "UnprocessedKeys": request.RequestItems})
	if err != nil { // it was read before: cannot happen
		c.hangUp()
	}
	jsonAnswer(http.StatusOK, string(body)).write(c.w)
}
