package sns

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxMessageSize is the limit for the text and the attributes of a message, and for those of a whole batch, in bytes
// (API_Publish: "at most 256 KB in size (262,144 bytes, not 262,144 characters)").
const MaxMessageSize = 256 << 10

// maxSubject is the limit of a subject in characters (API_Publish: "less than 100 characters long"; AWS lets in 100).
const maxSubject = 100

// publication is the message of a Publish or one of a PublishBatch.
type publication struct {
	message    message
	subject    string
	attributes map[string]Attribute
}

func (p publication) size() int { return p.message.size() + attributesSize(p.attributes) }

// readPublication reads the parameters under prefix, which is empty or that of an entry of a batch.
func readPublication(in form, prefix string) (publication, error) {
	attributes, err := in.attributes(prefix)
	if err != nil {
		return publication{}, err
	}
	p := publication{subject: in.get(prefix + "Subject"), attributes: attributes}
	if p.message, err = newMessage(in.get(prefix+"Message"), in.get(prefix+"MessageStructure")); err != nil {
		return publication{}, err
	}
	return p, p.check()
}

func (p publication) check() error {
	switch {
	case !validSubject(p.subject):
		return failf(InvalidParameter, "Invalid parameter: Subject")
	case p.size() > MaxMessageSize:
		return failf(InvalidParameter, "Invalid parameter: Message too long")
	}
	return nil
}

func validSubject(subject string) bool {
	return utf8.ValidString(subject) && utf8.RuneCountInString(subject) <= maxSubject && !strings.ContainsFunc(subject, unicode.IsControl)
}

func (s *Service) publish(in form) (any, error) {
	to, parameter := in.get("TopicArn"), "TopicArn"
	if target := in.get("TargetArn"); target != "" {
		if to != "" {
			return nil, failf(InvalidParameter, "Invalid parameter: Only one of TopicArn and TargetArn can be given")
		}
		to, parameter = target, "TargetArn"
	}
	if in.get("PhoneNumber") != "" {
		return nil, failf(InvalidParameter, "Invalid parameter: PhoneNumber Reason: the local stack sends no SMS")
	}
	if to == "" {
		return nil, failf(InvalidParameter, "Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter")
	}
	if err := s.checkARN(parameter, to, "Publish"); err != nil {
		return nil, err
	}
	p, err := readPublication(in, "")
	if err != nil {
		return nil, err
	}
	id := newUUID()
	if strings.HasPrefix(to, s.arn("endpoint/")) {
		err = s.push(to, id, p)
	} else {
		err = s.publishTo(to, id, p)
	}
	if err != nil {
		return nil, err
	}
	s.bill("Publish", p.size())
	return struct {
		MessageID string `xml:"MessageId"`
	}{id}, nil
}

// publishTo hands p to every subscriber of a topic.
func (s *Service) publishTo(topicARN, id string, p publication) error {
	t, err := s.findTopic(topicARN, "Publish")
	if err != nil {
		return err
	}
	if p.message.lacksDefault() {
		return failf(InvalidParameter, "Invalid parameter: Message Structure - No default entry in JSON message body")
	}
	s.deliver(t, id, p)
	return nil
}

// push puts p into the inbox, for what would be a phone.
func (s *Service) push(endpointARN, id string, p publication) error {
	e := s.endpoint(endpointARN)
	if e == nil {
		return failf(InvalidParameter, "Invalid parameter: TargetArn Reason: No endpoint found for the target arn specified")
	}
	a := s.application(e.Application)
	switch {
	case !a.enabled:
		return failf(PlatformApplicationDisabled, "Platform application is disabled")
	case !e.Enabled:
		return failf(EndpointDisabled, "Endpoint is disabled")
	case p.message.lacksDefault():
		return failf(InvalidParameter, "Invalid parameter: JSON must contain an entry for 'default' or '%s'.", a.Platform)
	}
	payload, own := p.message.textFor(a.Platform)
	if own {
		if err := checkPayload(a.Platform, payload); err != nil {
			return err
		}
	}
	s.receive(Notification{
		MessageID:   id,
		At:          s.clock.Now(),
		EndpointARN: e.ARN,
		Application: a.Name,
		Platform:    a.Platform,
		Token:       e.Token,
		UserData:    e.UserData,
		Subject:     p.subject,
		Message:     payload,
		Attributes:  p.attributes,
	})
	s.usage.MobilePushes++
	return nil
}
