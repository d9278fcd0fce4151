package sns

import (
	"encoding/json"
	"net/url"
	"time"
)

// notice is a message on its way to one subscriber.
type notice struct {
	MessageID  string
	Topic      string // ARN
	Subject    string `json:",omitempty"`
	Text       string
	At         time.Time
	Attributes map[string]Attribute `json:",omitempty"`
}

// timeFormat is that of every Timestamp of SNS.
const timeFormat = "2006-01-02T15:04:05.000Z"

// signature stands where AWS has one made with its private key. Lambda and SQS subscribers trust who calls them instead.
const signature = "bG9jYWw="

// lambdaEvent renders the event a function gets. The field names differ from those of the envelope in SigningCertUrl and
// UnsubscribeUrl, and an absent subject is null.
func (s *Service) lambdaEvent(n notice, subscriptionARN string) ([]byte, error) {
	type entity struct {
		Type              string
		MessageID         string `json:"MessageId"`
		TopicARN          string `json:"TopicArn"`
		Subject           *string
		Message           string
		Timestamp         string
		SignatureVersion  string
		Signature         string
		SigningCertURL    string `json:"SigningCertUrl"`
		UnsubscribeURL    string `json:"UnsubscribeUrl"`
		MessageAttributes map[string]eventAttribute
	}
	type record struct {
		EventSource          string
		EventVersion         string
		EventSubscriptionARN string `json:"EventSubscriptionArn"`
		SNS                  entity `json:"Sns"`
	}
	var subject *string
	if n.Subject != "" {
		subject = &n.Subject
	}
	return json.Marshal(struct{ Records []record }{[]record{{
		EventSource:          "aws:sns",
		EventVersion:         "1.0",
		EventSubscriptionARN: subscriptionARN,
		SNS: entity{
			Type:              "Notification",
			MessageID:         n.MessageID,
			TopicARN:          n.Topic,
			Subject:           subject,
			Message:           n.Text,
			Timestamp:         n.At.UTC().Format(timeFormat),
			SignatureVersion:  "1",
			Signature:         signature,
			SigningCertURL:    s.certificateURL(),
			UnsubscribeURL:    s.unsubscribeURL(subscriptionARN),
			MessageAttributes: eventAttributes(n.Attributes),
		},
	}}})
}

// envelope renders the body of the message a queue gets.
func (s *Service) envelope(n notice, subscriptionARN string) ([]byte, error) {
	return json.Marshal(struct {
		Type              string
		MessageID         string `json:"MessageId"`
		TopicARN          string `json:"TopicArn"`
		Subject           string `json:",omitempty"`
		Message           string
		Timestamp         string
		SignatureVersion  string
		Signature         string
		SigningCertURL    string
		UnsubscribeURL    string
		MessageAttributes map[string]eventAttribute `json:",omitempty"`
	}{
		Type:              "Notification",
		MessageID:         n.MessageID,
		TopicARN:          n.Topic,
		Subject:           n.Subject,
		Message:           n.Text,
		Timestamp:         n.At.UTC().Format(timeFormat),
		SignatureVersion:  "1",
		Signature:         signature,
		SigningCertURL:    s.certificateURL(),
		UnsubscribeURL:    s.unsubscribeURL(subscriptionARN),
		MessageAttributes: eventAttributes(n.Attributes),
	})
}

func (s *Service) host() string { return "https://sns." + s.cfg.Region + ".amazonaws.com/" }

func (s *Service) certificateURL() string {
	return s.host() + "SimpleNotificationService-00000000000000000000000000000000.pem"
}

func (s *Service) unsubscribeURL(subscriptionARN string) string {
	return s.host() + "?Action=Unsubscribe&SubscriptionArn=" + url.QueryEscape(subscriptionARN)
}
