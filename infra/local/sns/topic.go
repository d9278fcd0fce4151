package sns

import (
	"fmt"
	"slices"
	"strconv"
)

type topic struct {
	arn           string
	subscriptions []*subscription
}

func (s *Service) addTopic(t Topic) error {
	if !validName(t.Name) {
		return fmt.Errorf("a name has 1 to 256 letters, digits, hyphens and underscores")
	}
	to := &topic{arn: s.TopicARN(t.Name)}
	if s.topic(to.arn) != nil {
		return fmt.Errorf("is there twice")
	}
	for _, sub := range t.Subscriptions {
		if err := s.checkSubscription(sub); err != nil {
			return err
		}
		to.add(sub, false)
	}
	s.topics = append(s.topics, to)
	return nil
}

func validName(s string) bool {
	if s == "" || len(s) > 256 {
		return false
	}
	for _, c := range []byte(s) {
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return true
}

func (s *Service) topic(arn string) *topic {
	i := slices.IndexFunc(s.topics, func(t *topic) bool { return t.arn == arn })
	if i < 0 {
		return nil
	}
	return s.topics[i]
}

// findTopic returns the topic with that ARN, NotFound, or what checkARN has against it.
func (s *Service) findTopic(arn, action string) (*topic, error) {
	if err := s.checkARN("TopicArn", arn, action); err != nil {
		return nil, err
	}
	if t := s.topic(arn); t != nil {
		return t, nil
	}
	return nil, failf(NotFound, "Topic does not exist")
}

func (s *Service) listTopics(in form) (any, error) {
	topics, next, err := page(s.topics, in)
	if err != nil {
		return nil, err
	}
	type member struct {
		ARN string `xml:"TopicArn"`
	}
	var out struct {
		Topics    []member `xml:"Topics>member"`
		NextToken string   `xml:",omitempty"`
	}
	out.NextToken = next
	for _, t := range topics {
		out.Topics = append(out.Topics, member{t.arn})
	}
	s.bill("ListTopics", 0)
	return out, nil
}

func (s *Service) getTopicAttributes(in form) (any, error) {
	t, err := s.findTopic(in.get("TopicArn"), "GetTopicAttributes")
	if err != nil {
		return nil, err
	}
	s.bill("GetTopicAttributes", 0)
	return attributesResult{newXMLMap(map[string]string{
		"DisplayName":            "",
		"Owner":                  s.cfg.Account,
		"SubscriptionsConfirmed": strconv.Itoa(len(t.subscriptions)),
		"SubscriptionsDeleted":   "0",
		"SubscriptionsPending":   "0",
		"TopicArn":               t.arn,
	})}, nil
}
