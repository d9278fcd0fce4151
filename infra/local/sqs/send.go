package sqs

import (
	"context"
	"time"
	"unicode/utf8"
)

// MaxMessageSize is the limit for the body and the attributes of a message, and for those of a whole batch, in bytes: 1 MiB
// since August 2025 (API_SendMessageBatch: "both 1 MiB 1,048,576 bytes"), 256 KiB before.
const MaxMessageSize = 1 << 20

type sendEntry struct {
	ID                      string `json:"Id"`
	MessageBody             string
	DelaySeconds            *int
	MessageAttributes       map[string]Attribute
	MessageSystemAttributes map[string]Attribute
	MessageGroupID          string `json:"MessageGroupId"`
	MessageDeduplicationID  string `json:"MessageDeduplicationId"`
}

func (e sendEntry) id() string { return e.ID }

func (e sendEntry) size() int { return len(e.MessageBody) + attributesSize(e.MessageAttributes) }

type sent struct {
	ID                           string `json:"Id,omitempty"`
	MessageID                    string `json:"MessageId"`
	MD5OfMessageBody             string
	MD5OfMessageAttributes       string `json:",omitempty"`
	MD5OfMessageSystemAttributes string `json:",omitempty"`
}

func (s *Service) sendMessage(_ context.Context, in struct {
	QueueURL string `json:"QueueUrl"`
	sendEntry
}) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.byURL(in.QueueURL)
	if err != nil {
		return nil, err
	}
	out, err := s.send(q, in.sendEntry)
	if err != nil {
		return nil, err
	}
	s.bill("SendMessage", in.size())
	return out, nil
}

func (s *Service) sendMessageBatch(_ context.Context, in struct {
	QueueURL string `json:"QueueUrl"`
	Entries  []sendEntry
}) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.byURL(in.QueueURL)
	if err != nil {
		return nil, err
	}
	if err := checkBatch(in.Entries); err != nil {
		return nil, err
	}
	size := 0
	for _, e := range in.Entries {
		size += e.size()
	}
	if size > MaxMessageSize {
		return nil, failf(BatchRequestTooLong, "Batch requests cannot be longer than %d bytes. You have sent %d bytes.", MaxMessageSize, size)
	}
	s.bill("SendMessageBatch", size)
	return eachEntry(in.Entries, func(e sendEntry) (sent, error) { return s.send(q, e) }), nil
}

// Send puts a message into the queue and returns its id. Its errors are those of SendMessage: QueueDoesNotExist,
// MissingParameter for an empty body, InvalidMessageContents, and InvalidParameterValue for one too large or a bad attribute.
func (s *Service) Send(queue, body string, attributes map[string]Attribute) (id string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.find(queue)
	if err != nil {
		return "", err
	}
	e := sendEntry{MessageBody: body, MessageAttributes: attributes}
	out, err := s.send(q, e)
	if err != nil {
		return "", err
	}
	s.bill("SendMessage", e.size())
	return out.MessageID, nil
}

// send checks e and puts it into q; the caller holds the lock.
func (s *Service) send(q *queue, e sendEntry) (sent, error) {
	delay := q.Delay
	if e.DelaySeconds != nil {
		delay = time.Duration(*e.DelaySeconds) * time.Second
	}
	if delay < 0 || delay > maxDelay {
		return sent{}, failf(InvalidParameterValue, "Value %d for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.", *e.DelaySeconds)
	}
	if err := e.check(); err != nil {
		return sent{}, err
	}
	now := s.clock.Now()
	m := &message{
		ID:         newUUID(),
		Body:       e.MessageBody,
		Attributes: e.MessageAttributes,
		Trace:      e.MessageSystemAttributes["AWSTraceHeader"].StringValue,
		Group:      e.MessageGroupID,
		Sender:     s.cfg.Account,
		SentAt:     now,
		VisibleAt:  now.Add(delay),
	}
	q.add(m)
	s.state.Changed()
	return sent{
		ID:                           e.ID,
		MessageID:                    m.ID,
		MD5OfMessageBody:             digest(m.Body),
		MD5OfMessageAttributes:       digestAttributes(m.Attributes),
		MD5OfMessageSystemAttributes: digestAttributes(e.MessageSystemAttributes),
	}, nil
}

func (e sendEntry) check() error {
	if e.MessageBody == "" {
		return failf(MissingParameter, "The request must contain the parameter MessageBody.")
	}
	if e.MessageDeduplicationID != "" {
		return failf(InvalidParameterValue, "The request include parameter that is not valid for this queue type: MessageDeduplicationId.")
	}
	if n := len(e.MessageAttributes); n > maxAttributes {
		return failf(InvalidParameterValue, "Number of message attributes [%d] exceeds the allowed maximum [%d].", n, maxAttributes)
	}
	for name, a := range e.MessageAttributes {
		if err := a.check(name); err != nil {
			return err
		}
	}
	for name, a := range e.MessageSystemAttributes {
		if name != "AWSTraceHeader" || a.DataType != "String" || a.StringValue == "" {
			return failf(InvalidParameterValue, "Message system attribute name '%s' is invalid.", name)
		}
	}
	if e.size() > MaxMessageSize {
		return failf(InvalidParameterValue, "One or more parameters are invalid. Reason: Message must be shorter than %d bytes.", MaxMessageSize)
	}
	return checkText(e.MessageBody)
}

// checkText returns InvalidMessageContents for text that XML 1.0 could not hold.
func checkText(s string) error {
	for _, r := range s {
		ok := r == '\t' || r == '\n' || r == '\r' || r >= ' ' && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000
		if !ok {
			return failf(InvalidMessageContents, "The message contains characters outside the allowed set: #x%X", r)
		}
	}
	if !utf8.ValidString(s) {
		return failf(InvalidMessageContents, "The message is not valid UTF-8.")
	}
	return nil
}
