package sqs

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

func (s *Service) getQueueURL(_ context.Context, in struct {
	QueueName              string
	QueueOwnerAWSAccountID string `json:"QueueOwnerAWSAccountId"`
}) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if in.QueueOwnerAWSAccountID != "" && in.QueueOwnerAWSAccountID != s.cfg.Account {
		return nil, failf(QueueDoesNotExist, "The specified queue does not exist.")
	}
	q, err := s.find(in.QueueName)
	if err != nil {
		return nil, err
	}
	s.bill("GetQueueUrl", 0)
	return struct {
		QueueURL string `json:"QueueUrl"`
	}{s.URL(q.Name)}, nil
}

// listQueues returns names in alphabetical order, a page at a time when MaxResults is given.
func (s *Service) listQueues(_ context.Context, in struct {
	QueueNamePrefix string
	NextToken       string
	MaxResults      *int
}) (any, error) {
	const maxResults = 1000
	limit := maxResults
	if in.MaxResults != nil {
		limit = *in.MaxResults
	}
	if limit < 1 || limit > maxResults {
		return nil, failf(InvalidParameterValue, "Value %d for parameter MaxResults is invalid. Reason: Must be between 1 and %d, if provided.", limit, maxResults)
	}
	after, err := base64.StdEncoding.DecodeString(in.NextToken)
	if err != nil {
		return nil, failf(InvalidParameterValue, "Invalid or expired next token.")
	}
	var out struct {
		QueueURLs []string `json:"QueueUrls,omitempty"`
		NextToken string   `json:",omitempty"`
	}
	last := ""
	for _, name := range s.Names() {
		if !strings.HasPrefix(name, in.QueueNamePrefix) || name <= string(after) {
			continue
		}
		if len(out.QueueURLs) == limit {
			out.NextToken = base64.StdEncoding.EncodeToString([]byte(last))
			break
		}
		out.QueueURLs = append(out.QueueURLs, s.URL(name))
		last = name
	}
	s.mu.Lock()
	s.bill("ListQueues", 0)
	s.mu.Unlock()
	return out, nil
}

func (s *Service) getQueueAttributes(_ context.Context, in struct {
	QueueURL       string `json:"QueueUrl"`
	AttributeNames []string
}) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.byURL(in.QueueURL)
	if err != nil {
		return nil, err
	}
	attributes := q.attributes(s.clock.Now())
	var out struct {
		Attributes map[string]string `json:",omitempty"`
	}
	out.Attributes = map[string]string{}
	for _, name := range in.AttributeNames {
		if name == "All" {
			out.Attributes = attributes
			break
		}
		if !slices.Contains(attributeNames(), name) {
			return nil, failf(InvalidAttributeName, "Unknown Attribute %s.", name)
		}
		if value, ok := attributes[name]; ok {
			out.Attributes[name] = value
		}
	}
	s.bill("GetQueueAttributes", 0)
	return out, nil
}

func (q *queue) attributes(now time.Time) map[string]string {
	depth := q.depth(now)
	seconds := func(d time.Duration) string { return strconv.Itoa(int(d.Seconds())) }
	created := strconv.FormatInt(q.created.Unix(), 10)
	attributes := map[string]string{
		"ApproximateNumberOfMessages":           strconv.Itoa(depth.Visible),
		"ApproximateNumberOfMessagesNotVisible": strconv.Itoa(depth.InFlight),
		"ApproximateNumberOfMessagesDelayed":    strconv.Itoa(depth.Delayed),
		"CreatedTimestamp":                      created,
		"DelaySeconds":                          seconds(q.Delay),
		"LastModifiedTimestamp":                 created,
		"MaximumMessageSize":                    strconv.Itoa(MaxMessageSize),
		"MessageRetentionPeriod":                seconds(q.Retention),
		"QueueArn":                              q.arn,
		"ReceiveMessageWaitTimeSeconds":         "0",
		"SqsManagedSseEnabled":                  "true",
		"VisibilityTimeout":                     seconds(q.VisibilityTimeout),
	}
	if q.dead != nil {
		// A struct of a string and a number always encodes.
		policy, _ := json.Marshal(struct {
			DeadLetterTargetARN string `json:"deadLetterTargetArn"`
			MaxReceiveCount     int    `json:"maxReceiveCount"`
		}{q.dead.arn, q.MaxReceiveCount})
		attributes["RedrivePolicy"] = string(policy)
	}
	return attributes
}

// attributeNames are the names that GetQueueAttributes knows, whether or not a queue has a value for them.
func attributeNames() []string {
	return []string{
		"ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed", "ApproximateNumberOfMessagesNotVisible",
		"ContentBasedDeduplication", "CreatedTimestamp", "DeduplicationScope", "DelaySeconds", "FifoQueue",
		"FifoThroughputLimit", "KmsDataKeyReusePeriodSeconds", "KmsMasterKeyId", "LastModifiedTimestamp",
		"MaximumMessageSize", "MessageRetentionPeriod", "Policy", "QueueArn", "ReceiveMessageWaitTimeSeconds",
		"RedriveAllowPolicy", "RedrivePolicy", "SqsManagedSseEnabled", "VisibilityTimeout",
	}
}
