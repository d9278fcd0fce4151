package sqs

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// message is a message as a queue keeps it and as the state file holds it.
type message struct {
	ID         string
	Body       string
	Attributes map[string]Attribute `json:",omitempty"`
	Trace      string               `json:",omitempty"` // the system attribute AWSTraceHeader
	Group      string               `json:",omitempty"` // MessageGroupId, which only makes a standard queue fair
	Sender     string
	SentAt     time.Time
	VisibleAt  time.Time // cannot be received before
	Receives   int       // over all queues it was in
	Tries      int       // receives from the queue it is in
	FirstAt    time.Time // of the first receive, over all queues
	LastAt     time.Time // of the last receive
	Receipt    string    `json:",omitempty"` // the handle of the last receive from the queue it is in
	Source     string    `json:",omitempty"` // ARN of the queue that gave it up
}

func (m *message) receive(queue string, now time.Time, hide time.Duration) {
	m.Receives++
	m.Tries++
	if m.FirstAt.IsZero() {
		m.FirstAt = now
	}
	m.LastAt = now
	m.VisibleAt = now.Add(hide)
	m.Receipt = newReceipt(queue, m.ID)
}

// bury readies m for a dead-letter queue; it keeps its id, its age and its receive count.
func (m *message) bury(source string, now time.Time) {
	m.Source = source
	m.Tries = 0
	m.Receipt = ""
	m.VisibleAt = now
}

// Message is a received message.
type Message struct {
	ID            string
	ReceiptHandle string // good for Delete and ChangeVisibility until the message is received again
	Body          string
	// System holds the attributes that SQS itself gives a message: ApproximateReceiveCount, SentTimestamp,
	// ApproximateFirstReceiveTimestamp (both in milliseconds), SenderId and, where they apply, DeadLetterQueueSourceArn,
	// AWSTraceHeader and MessageGroupId.
	System     map[string]string
	Attributes map[string]Attribute
}

func (m *message) received() Message {
	system := map[string]string{
		"ApproximateReceiveCount":          strconv.Itoa(m.Receives),
		"ApproximateFirstReceiveTimestamp": strconv.FormatInt(m.FirstAt.UnixMilli(), 10),
		"SentTimestamp":                    strconv.FormatInt(m.SentAt.UnixMilli(), 10),
		"SenderId":                         m.Sender,
	}
	for name, value := range map[string]string{
		"DeadLetterQueueSourceArn": m.Source, "AWSTraceHeader": m.Trace, "MessageGroupId": m.Group,
	} {
		if value != "" {
			system[name] = value
		}
	}
	return Message{ID: m.ID, ReceiptHandle: m.Receipt, Body: m.Body, System: system, Attributes: m.Attributes}
}

// receiptMark begins each handle, so that a made-up one is told from one that was issued and has expired.
const receiptMark = "parley-sqs\x00"

func newReceipt(queue, id string) string {
	return base64.StdEncoding.EncodeToString([]byte(receiptMark + queue + "\x00" + id + "\x00" + rand.Text()))
}

// checkReceipt returns ReceiptHandleIsInvalid for a handle that was never issued for this queue. AWS answers with it only
// then: github.com/getmoto/moto#4655 and github.com/localstack/localstack#6103 tell of tests against it.
func checkReceipt(handle, queue string) error {
	if handle == "" {
		return failf(MissingParameter, "The request must contain the parameter ReceiptHandle.")
	}
	plain, err := base64.StdEncoding.DecodeString(handle)
	rest, marked := strings.CutPrefix(string(plain), receiptMark)
	if err != nil || !marked {
		return failf(ReceiptHandleIsInvalid, "The input receipt handle is invalid.")
	}
	if of, _, _ := strings.Cut(rest, "\x00"); of != queue {
		return failf(ReceiptHandleIsInvalid, "The receipt handle %q is not valid for this queue.", handle)
	}
	return nil
}

// newUUID returns a random (version 4) UUID.
func newUUID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// validName reports whether s can name a queue or an entry of a batch.
func validName(s string) bool {
	if s == "" || len(s) > 80 {
		return false
	}
	for _, c := range []byte(s) {
		if !alphanumeric(c) && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

func alphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
