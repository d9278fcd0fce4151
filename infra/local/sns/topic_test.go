package sns_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"github.com/parley-im/parley/infra/local/sns"
)

func TestSubscribersComeAndGo(t *testing.T) {
	s := newStack(t, sns.Config{Topics: []sns.Topic{{Name: "offline"}}})
	topic := aws.String(s.TopicARN("offline"))
	subscribe := func() string {
		out, err := s.client.Subscribe(t.Context(), &client.SubscribeInput{
			TopicArn: topic, Protocol: aws.String("sqs"), Endpoint: aws.String("arn:aws:sqs:eu-central-1:000000000000:fanout"),
			Attributes: map[string]string{
				"RawMessageDelivery": "true",
				"RedrivePolicy":      `{"deadLetterTargetArn":"arn:aws:sqs:eu-central-1:000000000000:dead"}`,
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		return *out.SubscriptionArn
	}
	arn := subscribe()
	if again := subscribe(); again != arn {
		t.Errorf("subscribed again as %s, not %s", again, arn)
	}
	out, err := s.client.ListSubscriptionsByTopic(t.Context(), &client.ListSubscriptionsByTopicInput{TopicArn: topic})
	if err != nil || len(out.Subscriptions) != 1 {
		t.Fatalf("subscriptions %+v, %v", out, err)
	}
	sub := out.Subscriptions[0]
	if *sub.SubscriptionArn != arn || *sub.Protocol != "sqs" || *sub.Owner != account || *sub.TopicArn != *topic ||
		*sub.Endpoint != "arn:aws:sqs:eu-central-1:000000000000:fanout" {
		t.Errorf("subscription %+v", sub)
	}
	s.publish(t, &client.PublishInput{TopicArn: topic, Message: aws.String("hi")})
	if got := take(t, s.sent); got.queue != "fanout" || got.body != "hi" {
		t.Errorf("sent %+v", got)
	}
	for range 2 {
		if _, err := s.client.Unsubscribe(t.Context(), &client.UnsubscribeInput{SubscriptionArn: aws.String(arn)}); err != nil {
			t.Fatal(err)
		}
	}
	attributes, err := s.client.GetTopicAttributes(t.Context(), &client.GetTopicAttributesInput{TopicArn: topic})
	if err != nil || attributes.Attributes["SubscriptionsConfirmed"] != "0" || attributes.Attributes["TopicArn"] != *topic || attributes.Attributes["Owner"] != account {
		t.Errorf("attributes %+v, %v", attributes, err)
	}
}

func TestSubscriptionsThatCannotBeServedAreRefused(t *testing.T) {
	s := newStack(t, sns.Config{Topics: []sns.Topic{{Name: "offline"}}})
	queue, function := "arn:aws:sqs:eu-central-1:000000000000:fanout", "arn:aws:lambda:eu-central-1:000000000000:function:push"
	tests := []struct {
		name, protocol, endpoint string
		attributes               map[string]string
	}{
		{"e-mail", "email", "ann@example.com", nil},
		{"a function as a queue", "sqs", function, nil},
		{"a queue of another account", "sqs", strings.Replace(queue, account, "111111111111", 1), nil},
		{"no ARN", "lambda", "push", nil},
		{"raw delivery to a function", "lambda", function, map[string]string{"RawMessageDelivery": "true"}},
		{"filter policy", "sqs", queue, map[string]string{"FilterPolicy": "{}"}},
		{"dead letters to nowhere", "sqs", queue, map[string]string{"RedrivePolicy": "{}"}},
		{"dead letters that are no JSON", "sqs", queue, map[string]string{"RedrivePolicy": "dead"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := s.client.Subscribe(t.Context(), &client.SubscribeInput{
				TopicArn: aws.String(s.TopicARN("offline")), Protocol: aws.String(tt.protocol), Endpoint: aws.String(tt.endpoint), Attributes: tt.attributes,
			})
			if !isA[*types.InvalidParameterException](err) {
				t.Errorf("error is %v", err)
			}
		})
	}
}

func TestTopicsAreListedInPages(t *testing.T) {
	var topics []sns.Topic
	for i := range 101 {
		topics = append(topics, sns.Topic{Name: fmt.Sprintf("t%d", i)})
	}
	s := newStack(t, sns.Config{Topics: topics})
	var sizes []int
	list := client.NewListTopicsPaginator(s.client, &client.ListTopicsInput{})
	for list.HasMorePages() {
		page, err := list.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, len(page.Topics))
	}
	if fmt.Sprint(sizes) != "[100 1]" {
		t.Errorf("pages of %v", sizes)
	}
	_, err := s.client.ListTopics(t.Context(), &client.ListTopicsInput{NextToken: aws.String("x")})
	if !isA[*types.InvalidParameterException](err) {
		t.Errorf("bad token: %v", err)
	}
}

func TestABatchReportsEachMessageByItself(t *testing.T) {
	s := newStack(t, sns.Config{Topics: []sns.Topic{{Name: "offline", Subscriptions: []sns.Subscription{{Protocol: "sqs", Endpoint: "fanout", Raw: true}}}}})
	entry := func(id, message string, structure *string) types.PublishBatchRequestEntry {
		return types.PublishBatchRequestEntry{Id: aws.String(id), Message: aws.String(message), MessageStructure: structure}
	}
	out, err := s.client.PublishBatch(t.Context(), &client.PublishBatchInput{TopicArn: aws.String(s.TopicARN("offline")), PublishBatchRequestEntries: []types.PublishBatchRequestEntry{
		entry("a", "one", nil), entry("b", "", nil), entry("c", `{}`, aws.String("json")),
		{Id: aws.String("d"), Message: aws.String("two"), MessageAttributes: attributes},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Successful) != 2 || *out.Successful[0].Id != "a" || *out.Successful[1].Id != "d" || *out.Successful[0].MessageId == *out.Successful[1].MessageId {
		t.Errorf("successful %+v", out.Successful)
	}
	if len(out.Failed) != 2 || *out.Failed[0].Id != "b" || *out.Failed[0].Code != "InvalidParameter" || !out.Failed[0].SenderFault {
		t.Errorf("failed %+v", out.Failed)
	}
	got := map[string]int{}
	for range 2 {
		message := take(t, s.sent)
		got[message.body] = len(message.attributes)
	}
	if fmt.Sprint(got) != "map[one:0 two:2]" {
		t.Errorf("sent %v", got)
	}
}

func TestABatchThatIsNoneIsRefused(t *testing.T) {
	s := newStack(t, sns.Config{Topics: []sns.Topic{{Name: "offline"}}})
	publish := func(topic, message string, ids ...string) error {
		in := &client.PublishBatchInput{TopicArn: aws.String(s.TopicARN(topic)), PublishBatchRequestEntries: []types.PublishBatchRequestEntry{}}
		for _, id := range ids {
			in.PublishBatchRequestEntries = append(in.PublishBatchRequestEntries, types.PublishBatchRequestEntry{Id: aws.String(id), Message: aws.String(message)})
		}
		_, err := s.client.PublishBatch(t.Context(), in)
		return err
	}
	half := strings.Repeat("x", sns.MaxMessageSize/2+1)
	tests := []struct {
		name string
		err  error
		is   func(error) bool
	}{
		{"empty", publish("offline", "hi"), isA[*types.EmptyBatchRequestException]},
		{"eleven", publish("offline", "hi", strings.Split("abcdefghijk", "")...), isA[*types.TooManyEntriesInBatchRequestException]},
		{"same id twice", publish("offline", "hi", "a", "a"), isA[*types.BatchEntryIdsNotDistinctException]},
		{"bad id", publish("offline", "hi", "a b"), isA[*types.InvalidBatchEntryIdException]},
		{"too long", publish("offline", half, "a", "b"), isA[*types.BatchRequestTooLongException]},
		{"unknown topic", publish("nowhere", "hi", "a"), isA[*types.NotFoundException]},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if !tt.is(tt.err) {
				t.Errorf("error is %v", tt.err)
			}
		})
	}
}
