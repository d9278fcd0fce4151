package sns_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"github.com/parley-im/parley/infra/local/clock"
	"github.com/parley-im/parley/infra/local/sns"
)

var offline = sns.Topic{Name: "offline", Subscriptions: []sns.Subscription{{Protocol: "lambda", Endpoint: "push"}}}

var attributes = map[string]types.MessageAttributeValue{
	"kind": {DataType: aws.String("String"), StringValue: aws.String("message")},
	"raw":  {DataType: aws.String("Binary"), BinaryValue: []byte{0, 255}},
}

func TestAFunctionGetsTheEventOfSNS(t *testing.T) {
	s := newStack(t, sns.Config{Topics: []sns.Topic{offline}})
	topic := s.TopicARN("offline")
	id := s.publish(t, &client.PublishInput{
		TopicArn: aws.String(topic), Subject: aws.String("s"), Message: aws.String("grüße <&>"), MessageAttributes: attributes,
	})
	got := take(t, s.invoked)
	if got.function != "push" {
		t.Errorf("invoked %q", got.function)
	}
	var event events.SNSEvent
	if err := json.Unmarshal(got.event, &event); err != nil {
		t.Fatal(err)
	}
	if len(event.Records) != 1 {
		t.Fatalf("%d records", len(event.Records))
	}
	record, entity := event.Records[0], event.Records[0].SNS
	subscriptions, err := s.client.ListSubscriptionsByTopic(t.Context(), &client.ListSubscriptionsByTopicInput{TopicArn: aws.String(topic)})
	if err != nil {
		t.Fatal(err)
	}
	if record.EventSource != "aws:sns" || record.EventVersion != "1.0" || record.EventSubscriptionArn != *subscriptions.Subscriptions[0].SubscriptionArn {
		t.Errorf("record %+v", record)
	}
	if entity.Type != "Notification" || entity.MessageID != id || entity.TopicArn != topic || entity.Subject != "s" ||
		entity.Message != "grüße <&>" || !entity.Timestamp.Equal(start) || entity.SignatureVersion != "1" ||
		entity.Signature == "" || entity.SigningCertURL == "" || entity.UnsubscribeURL == "" {
		t.Errorf("entity %+v", entity)
	}
	want := map[string]any{
		"kind": map[string]any{"Type": "String", "Value": "message"},
		"raw":  map[string]any{"Type": "Binary", "Value": "AP8="},
	}
	if fmt.Sprint(entity.MessageAttributes) != fmt.Sprint(want) {
		t.Errorf("attributes %v, want %v", entity.MessageAttributes, want)
	}
}

func TestTheEventHasTheFieldsOfTheLambdaDocumentation(t *testing.T) {
	s := newStack(t, sns.Config{Topics: []sns.Topic{offline}})
	s.publish(t, &client.PublishInput{TopicArn: aws.String(s.TopicARN("offline")), Message: aws.String("hi")})
	var event struct{ Records []map[string]json.RawMessage }
	if err := json.Unmarshal(take(t, s.invoked).event, &event); err != nil {
		t.Fatal(err)
	}
	record := event.Records[0]
	if got := slices.Sorted(maps.Keys(record)); !slices.Equal(got, []string{"EventSource", "EventSubscriptionArn", "EventVersion", "Sns"}) {
		t.Errorf("record has %v", got)
	}
	var entity map[string]json.RawMessage
	if err := json.Unmarshal(record["Sns"], &entity); err != nil {
		t.Fatal(err)
	}
	want := []string{"Message", "MessageAttributes", "MessageId", "Signature", "SignatureVersion", "SigningCertUrl", "Subject",
		"Timestamp", "TopicArn", "Type", "UnsubscribeUrl"}
	if got := slices.Sorted(maps.Keys(entity)); !slices.Equal(got, want) {
		t.Errorf("entity has %v, want %v", got, want)
	}
	for name, want := range map[string]string{"Subject": "null", "MessageAttributes": "{}", "Timestamp": `"2026-11-21T22:00:00.123Z"`} {
		if got := string(entity[name]); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

func TestAQueueGetsTheEnvelopeOrTheRawMessage(t *testing.T) {
	s := newStack(t, sns.Config{Topics: []sns.Topic{{Name: "offline", Subscriptions: []sns.Subscription{
		{Protocol: "sqs", Endpoint: "wrapped"}, {Protocol: "sqs", Endpoint: "raw", Raw: true},
	}}}})
	id := s.publish(t, &client.PublishInput{TopicArn: aws.String(s.TopicARN("offline")), Message: aws.String("hi"), MessageAttributes: attributes})
	for range 2 {
		switch got := take(t, s.sent); got.queue {
		case "raw":
			if got.body != "hi" || got.attributes["kind"].StringValue != "message" || len(got.attributes["raw"].BinaryValue) != 2 {
				t.Errorf("raw %+v", got)
			}
		case "wrapped":
			var envelope struct {
				Type, MessageID, TopicArn, Message, SigningCertURL, UnsubscribeURL string
				Subject                                                            *string
				MessageAttributes                                                  map[string]struct{ Type, Value string }
			}
			if err := json.Unmarshal([]byte(got.body), &envelope); err != nil {
				t.Fatal(err)
			}
			if envelope.Type != "Notification" || envelope.MessageID != id || envelope.TopicArn != s.TopicARN("offline") ||
				envelope.Message != "hi" || envelope.Subject != nil || envelope.SigningCertURL == "" || envelope.UnsubscribeURL == "" ||
				envelope.MessageAttributes["raw"].Value != "AP8=" || len(got.attributes) != 0 {
				t.Errorf("envelope %+v with %v", envelope, got.attributes)
			}
		default:
			t.Errorf("sent to %q", got.queue)
		}
	}
}

func TestAStructuredMessageHasATextForEachKindOfSubscriber(t *testing.T) {
	s := newStack(t, sns.Config{Topics: []sns.Topic{{Name: "offline", Subscriptions: []sns.Subscription{
		{Protocol: "sqs", Endpoint: "fanout", Raw: true}, {Protocol: "lambda", Endpoint: "push"},
	}}}})
	s.publish(t, &client.PublishInput{
		TopicArn: aws.String(s.TopicARN("offline")), MessageStructure: aws.String("json"),
		Message: aws.String(`{"default":"for all","sqs":"for queues","lambda":{"not":"a string"}}`),
	})
	if got := take(t, s.sent); got.body != "for queues" {
		t.Errorf("queue got %q", got.body)
	}
	var event events.SNSEvent
	if err := json.Unmarshal(take(t, s.invoked).event, &event); err != nil {
		t.Fatal(err)
	}
	if got := event.Records[0].SNS.Message; got != "for all" {
		t.Errorf("function got %q", got)
	}
}

func TestPublishReturnsBeforeTheDeliveryAndCloseWaitsForIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		leave := make(chan struct{})
		s, err := sns.New(sns.Config{
			Region: region, Account: account, Topics: []sns.Topic{offline},
			Deliver: func(context.Context, string, []byte) error {
				<-leave
				return nil
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		call(t, s, "Action=Publish&Message=hi&TopicArn="+s.TopicARN("offline"))
		closed := make(chan error, 1)
		go func() { closed <- s.Close() }()
		synctest.Wait()
		select {
		case <-closed:
			t.Error("Close did not wait")
		default:
		}
		close(leave)
		if err := <-closed; err != nil {
			t.Error(err)
		}
	})
}

// target is a function that fails and notes when it was called.
type target struct {
	fails int // how often; negative: always
	err   error
	calls []time.Duration
	began time.Time
}

func (f *target) deliver(context.Context, string, []byte) error {
	f.calls = append(f.calls, time.Since(f.began))
	if f.fails == 0 {
		return nil
	}
	f.fails--
	return f.err
}

// publishIn publishes once to a topic whose function is f, on a clock that jumps, and returns the dead letters sent by then.
func publishIn(t *testing.T, f *target, wait time.Duration) []sent {
	var dead []sent
	synctest.Test(t, func(t *testing.T) {
		f.began = time.Now()
		s, err := sns.New(sns.Config{
			Region: region, Account: account, Clock: clock.Real{}, Deliver: f.deliver,
			Topics: []sns.Topic{{Name: "offline", Subscriptions: []sns.Subscription{{Protocol: "lambda", Endpoint: "push", DeadLetterQueue: "dead"}}}},
			Send: func(_ context.Context, queue, body string, attributes map[string]sns.Attribute) error {
				dead = append(dead, sent{queue, body, attributes})
				return nil
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		call(t, s, "Action=Publish&Message=hi&TopicArn="+s.TopicARN("offline"))
		<-time.After(wait) // jumps
		synctest.Wait()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return dead
}

func TestAFailedDeliveryIsRetriedOnTheScheduleOfSNS(t *testing.T) {
	f := &target{fails: 16, err: errors.New("down")}
	if dead := publishIn(t, f, 10*time.Minute); len(dead) != 0 {
		t.Errorf("dead letters %v", dead)
	}
	if len(f.calls) != 17 {
		t.Fatalf("called %d times", len(f.calls))
	}
	var gaps []time.Duration
	for i := range f.calls[1:] {
		gaps = append(gaps, f.calls[i+1]-f.calls[i])
	}
	if want := []time.Duration{0, 0, time.Second, time.Second, time.Second}; !slices.Equal(gaps[:5], want) {
		t.Errorf("first waits %v, want %v", gaps[:5], want)
	}
	backoff := gaps[4:14]
	if !slices.IsSorted(backoff) || backoff[9].Round(time.Millisecond) != 20*time.Second {
		t.Errorf("backoff %v", backoff)
	}
	if want := []time.Duration{20 * time.Second, 20 * time.Second}; !slices.Equal(gaps[14:], want) {
		t.Errorf("last waits %v, want %v", gaps[14:], want)
	}
}

func TestADeliveryWithoutTargetGoesToTheDeadLetterQueueAtOnce(t *testing.T) {
	f := &target{fails: -1, err: fmt.Errorf("push: %w", sns.ErrNoTarget)}
	dead := publishIn(t, f, time.Hour)
	if len(f.calls) != 1 || len(dead) != 1 {
		t.Fatalf("called %d times, %d dead letters", len(f.calls), len(dead))
	}
	var envelope struct{ Message string }
	if err := json.Unmarshal([]byte(dead[0].body), &envelope); err != nil {
		t.Fatal(err)
	}
	if dead[0].queue != "dead" || envelope.Message != "hi" || dead[0].attributes["ErrorCode"].StringValue != "404" ||
		dead[0].attributes["ErrorMessage"].StringValue != "push: no such delivery target" || dead[0].attributes["RequestID"].StringValue == "" {
		t.Errorf("dead letter %+v", dead[0])
	}
}

func TestADeliveryIsGivenUpAfterTwentyThreeDays(t *testing.T) {
	f := &target{fails: -1, err: errors.New("down")}
	dead := publishIn(t, f, 24*24*time.Hour)
	if len(f.calls) != 100_015 || len(dead) != 1 {
		t.Errorf("called %d times, %d dead letters", len(f.calls), len(dead))
	}
}
