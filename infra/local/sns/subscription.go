package sns

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Subscription sends what is published to a topic on to one function or queue.
type Subscription struct {
	Protocol        string // "lambda" or "sqs"
	Endpoint        string // name of the function or queue
	Raw             bool   // RawMessageDelivery: a queue gets the message itself, with its attributes, instead of the JSON envelope
	DeadLetterQueue string // name of the queue for what could not be delivered; empty: it is dropped and logged
}

// Subscribers of a topic.
const (
	lambda = "lambda"
	sqs    = "sqs"
)

type subscription struct {
	Subscription
	ARN   string
	Topic string // ARN
	added bool   // by Subscribe, so that the state has to remember it; the others are in the Config
}

// add subscribes once: the same protocol and endpoint keep their subscription and its ARN, over restarts too.
func (t *topic) add(sub Subscription, added bool) *subscription {
	arn := t.arn + ":" + stableUUID(sub.Protocol+"\x00"+sub.Endpoint)
	i := slices.IndexFunc(t.subscriptions, func(s *subscription) bool { return s.ARN == arn })
	if i >= 0 {
		return t.subscriptions[i]
	}
	made := &subscription{Subscription: sub, ARN: arn, Topic: t.arn, added: added}
	t.subscriptions = append(t.subscriptions, made)
	return made
}

func (s *Service) checkSubscription(sub Subscription) error {
	switch {
	case sub.Protocol != lambda && sub.Protocol != sqs:
		return fmt.Errorf("protocol %q is neither lambda nor sqs", sub.Protocol)
	case !validName(sub.Endpoint):
		return fmt.Errorf("%q is no name of a function or queue", sub.Endpoint)
	case sub.Raw && sub.Protocol != sqs:
		return fmt.Errorf("raw message delivery is for sqs")
	case sub.Protocol == lambda && s.cfg.Deliver == nil:
		return fmt.Errorf("a lambda subscription needs Config.Deliver")
	case (sub.Protocol == sqs || sub.DeadLetterQueue != "") && s.cfg.Send == nil:
		return fmt.Errorf("an sqs subscription or a dead-letter queue needs Config.Send")
	}
	return nil
}

// subscription returns the one with that ARN and its topic, or nils.
func (s *Service) subscription(arn string) (*topic, *subscription) {
	for _, t := range s.topics {
		for _, sub := range t.subscriptions {
			if sub.ARN == arn {
				return t, sub
			}
		}
	}
	return nil, nil
}

// endpointARN is the subscriber as SNS shows it.
func (s *Service) endpointARN(sub *subscription) string {
	resource := sub.Endpoint
	if sub.Protocol == lambda {
		resource = "function:" + sub.Endpoint
	}
	return "arn:aws:" + sub.Protocol + ":" + s.cfg.Region + ":" + s.cfg.Account + ":" + resource
}

// targetName is the reverse of endpointARN; it is empty for an ARN of another kind, region or account.
func (s *Service) targetName(protocol, arn string) string {
	prefix := s.endpointARN(&subscription{Subscription: Subscription{Protocol: protocol}})
	name, ok := strings.CutPrefix(arn, prefix)
	if !ok || !validName(name) {
		return ""
	}
	return name
}

func (s *Service) subscribe(in form) (any, error) {
	t, err := s.findTopic(in.get("TopicArn"), "Subscribe")
	if err != nil {
		return nil, err
	}
	sub := Subscription{Protocol: in.get("Protocol")}
	if sub.Protocol != lambda && sub.Protocol != sqs {
		return nil, failf(InvalidParameter, "Invalid parameter: Protocol Reason: %s is not supported by the local stack, only lambda and sqs are", sub.Protocol)
	}
	if sub.Endpoint = s.targetName(sub.Protocol, in.get("Endpoint")); sub.Endpoint == "" {
		return nil, failf(InvalidParameter, "Invalid parameter: Endpoint Reason: Endpoint is no ARN of a %s of this account and region", sub.Protocol)
	}
	for name, value := range in.settings() {
		switch name {
		case "RawMessageDelivery":
			sub.Raw = value == "true"
		case "RedrivePolicy":
			if sub.DeadLetterQueue = s.redriveTarget(value); sub.DeadLetterQueue == "" {
				return nil, failf(InvalidParameter, "Invalid parameter: Attributes Reason: RedrivePolicy: deadLetterTargetArn is no queue of this account and region")
			}
		default:
			return nil, failf(InvalidParameter, "Invalid parameter: Attributes Reason: %s is not supported by the local stack", name)
		}
	}
	if err := s.checkSubscription(sub); err != nil {
		return nil, failf(InvalidParameter, "Invalid parameter: Attributes Reason: %v", err)
	}
	made := t.add(sub, true)
	s.state.Changed()
	s.bill("Subscribe", 0)
	return struct {
		ARN string `xml:"SubscriptionArn"`
	}{made.ARN}, nil
}

func (s *Service) redriveTarget(policy string) string {
	var p struct {
		Target string `json:"deadLetterTargetArn"`
	}
	if json.Unmarshal([]byte(policy), &p) != nil {
		return ""
	}
	return s.targetName(sqs, p.Target)
}

// unsubscribe succeeds for a subscription that is gone already. One of the Config is back after a restart.
func (s *Service) unsubscribe(in form) (any, error) {
	arn := in.get("SubscriptionArn")
	if err := s.checkARN("SubscriptionArn", arn, "Unsubscribe"); err != nil {
		return nil, err
	}
	if t, sub := s.subscription(arn); sub != nil {
		t.subscriptions = slices.DeleteFunc(t.subscriptions, func(other *subscription) bool { return other == sub })
		s.state.Changed()
	}
	s.bill("Unsubscribe", 0)
	return nil, nil
}

func (s *Service) listSubscriptionsByTopic(in form) (any, error) {
	t, err := s.findTopic(in.get("TopicArn"), "ListSubscriptionsByTopic")
	if err != nil {
		return nil, err
	}
	subscriptions, next, err := page(t.subscriptions, in)
	if err != nil {
		return nil, err
	}
	type member struct {
		ARN      string `xml:"SubscriptionArn"`
		Owner    string
		Protocol string
		Endpoint string
		TopicARN string `xml:"TopicArn"`
	}
	var out struct {
		Subscriptions []member `xml:"Subscriptions>member"`
		NextToken     string   `xml:",omitempty"`
	}
	out.NextToken = next
	for _, sub := range subscriptions {
		out.Subscriptions = append(out.Subscriptions, member{sub.ARN, s.cfg.Account, sub.Protocol, s.endpointARN(sub), t.arn})
	}
	s.bill("ListSubscriptionsByTopic", 0)
	return out, nil
}

func stableUUID(of string) string {
	sum := sha256.Sum256([]byte(of))
	return formatUUID([16]byte(sum[:16]))
}
