package sqs_test

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/parley-im/parley/infra/local/sqs"
)

func TestQueueAttributesSayWhatTheQueueIsAndHolds(t *testing.T) {
	s := newStack(t, sqs.Config{Queues: []sqs.Queue{
		{Name: "fanout", VisibilityTimeout: time.Minute, Delay: time.Second, Retention: time.Hour, MaxReceiveCount: 3, DeadLetterQueue: "dead"},
		{Name: "dead"},
	}})
	s.send(t, "fanout", "in flight", "visible")
	s.clock.Advance(time.Second)
	if _, err := s.Receive(t.Context(), "fanout", 1, 0); err != nil {
		t.Fatal(err)
	}
	s.send(t, "fanout", "delayed")
	created := strconv.FormatInt(start.Unix(), 10)
	want := map[string]string{
		"ApproximateNumberOfMessages":           "1",
		"ApproximateNumberOfMessagesNotVisible": "1",
		"ApproximateNumberOfMessagesDelayed":    "1",
		"CreatedTimestamp":                      created,
		"LastModifiedTimestamp":                 created,
		"DelaySeconds":                          "1",
		"MaximumMessageSize":                    "1048576",
		"MessageRetentionPeriod":                "3600",
		"QueueArn":                              "arn:aws:sqs:eu-central-1:000000000000:fanout",
		"ReceiveMessageWaitTimeSeconds":         "0",
		"SqsManagedSseEnabled":                  "true",
		"VisibilityTimeout":                     "60",
		"RedrivePolicy":                         `{"deadLetterTargetArn":"arn:aws:sqs:eu-central-1:000000000000:dead","maxReceiveCount":3}`,
	}
	ask := func(queue string, names ...types.QueueAttributeName) map[string]string {
		out, err := s.client.GetQueueAttributes(t.Context(), &client.GetQueueAttributesInput{QueueUrl: aws.String(s.URL(queue)), AttributeNames: names})
		if err != nil {
			t.Fatal(err)
		}
		return out.Attributes
	}
	if got := ask("fanout", "All"); !maps.Equal(got, want) {
		t.Errorf("attributes %v, want %v", got, want)
	}
	if got := ask("dead", "VisibilityTimeout", "RedrivePolicy"); !maps.Equal(got, map[string]string{"VisibilityTimeout": "30"}) {
		t.Errorf("attributes %v", got)
	}
	if got := ask("dead"); len(got) != 0 {
		t.Errorf("attributes %v though none were asked for", got)
	}
}

func TestQueuesAreFoundByNameAndListedInPages(t *testing.T) {
	s := newStack(t, sqs.Config{Queues: []sqs.Queue{{Name: "b"}, {Name: "a2"}, {Name: "a1"}, {Name: "a3"}}})
	out, err := s.client.GetQueueUrl(t.Context(), &client.GetQueueUrlInput{QueueName: aws.String("b")})
	if err != nil || *out.QueueUrl != s.url+"/000000000000/b" {
		t.Errorf("url %+v, %v", out, err)
	}
	_, err = s.client.GetQueueUrl(t.Context(), &client.GetQueueUrlInput{QueueName: aws.String("b"), QueueOwnerAWSAccountId: aws.String("111111111111")})
	if !isA[*types.QueueDoesNotExist](err) {
		t.Errorf("of another account: %v", err)
	}
	var pages [][]string
	list := client.NewListQueuesPaginator(s.client, &client.ListQueuesInput{QueueNamePrefix: aws.String("a"), MaxResults: aws.Int32(2)})
	for list.HasMorePages() {
		page, err := list.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, page.QueueUrls)
	}
	want := [][]string{{s.URL("a1"), s.URL("a2")}, {s.URL("a3")}}
	if !slices.EqualFunc(pages, want, slices.Equal) {
		t.Errorf("pages %v, want %v", pages, want)
	}
}

func TestPurgeDeletesEverythingAtMostOnceAMinute(t *testing.T) {
	s := newStack(t, sqs.Config{Queues: []sqs.Queue{{Name: "fanout"}}})
	purge := func() error {
		_, err := s.client.PurgeQueue(t.Context(), &client.PurgeQueueInput{QueueUrl: aws.String(s.URL("fanout"))})
		return err
	}
	s.send(t, "fanout", "in flight", "visible")
	if _, err := s.Receive(t.Context(), "fanout", 1, 0); err != nil {
		t.Fatal(err)
	}
	if err := purge(); err != nil {
		t.Fatal(err)
	}
	s.wantDepth(t, "fanout", sqs.Depth{})
	s.clock.Advance(59 * time.Second)
	if err := purge(); !isA[*types.PurgeQueueInProgress](err) {
		t.Errorf("second purge: %v", err)
	}
	s.clock.Advance(time.Second)
	if err := purge(); err != nil {
		t.Errorf("third purge: %v", err)
	}
}

func TestDeadLettersCanBeMovedBackAsNewMessages(t *testing.T) {
	s := newStack(t, sqs.Config{Queues: []sqs.Queue{
		{Name: "fanout", VisibilityTimeout: time.Second, MaxReceiveCount: 1, DeadLetterQueue: "dead"}, {Name: "dead"}, {Name: "other"},
	}})
	bury := func() string {
		s.send(t, "fanout", "poison")
		id := s.one(t, "fanout").ID
		s.clock.Advance(time.Second)
		if got := s.receive(t, "fanout"); len(got) != 0 {
			t.Fatal("not buried")
		}
		return id
	}
	move := func(from, to string) error {
		in := &client.StartMessageMoveTaskInput{SourceArn: aws.String(s.ARN(from))}
		if to != "" {
			in.DestinationArn = aws.String(s.ARN(to))
		}
		out, err := s.client.StartMessageMoveTask(t.Context(), in)
		if err == nil && *out.TaskHandle == "" {
			t.Error("no task handle")
		}
		return err
	}
	id := bury()
	if err := move("dead", ""); err != nil {
		t.Fatal(err)
	}
	m := s.one(t, "fanout")
	if m.ID == id || m.Body != "poison" || m.System["ApproximateReceiveCount"] != "1" {
		t.Errorf("moved %+v", m)
	}
	bury()
	if err := move("dead", "other"); err != nil {
		t.Fatal(err)
	}
	if m := s.receive(t, "other"); len(m) != 2 { // the one moved before had been received once more
		t.Errorf("%d messages in the other queue", len(m))
	}
	bury()
	s.one(t, "dead")
	if err := move("dead", ""); err != nil {
		t.Fatal(err)
	}
	s.wantDepth(t, "dead", sqs.Depth{InFlight: 1}) // somebody looks at it
	for from, to := range map[string]string{"fanout": "", "nowhere": "", "dead": "nowhere"} {
		if err := move(from, to); !isA[*types.ResourceNotFoundException](err) {
			t.Errorf("from %q to %q: %v", from, to, err)
		}
	}
}

func TestUsageCountsEach64KiBOfPayload(t *testing.T) {
	s := newStack(t, sqs.Config{Queues: []sqs.Queue{{Name: "fanout"}}})
	url := aws.String(s.URL("fanout"))
	s.receive(t, "fanout")
	s.send(t, "fanout", strings.Repeat("x", 64<<10), strings.Repeat("x", 64<<10+1))
	if _, err := s.client.SendMessageBatch(t.Context(), &client.SendMessageBatchInput{QueueUrl: url, Entries: []types.SendMessageBatchRequestEntry{
		{Id: aws.String("a"), MessageBody: aws.String(strings.Repeat("x", 40<<10))},
		{Id: aws.String("b"), MessageBody: aws.String(strings.Repeat("x", 40<<10))},
	}}); err != nil {
		t.Fatal(err)
	}
	for _, m := range s.receive(t, "fanout") {
		if err := s.Delete("fanout", m.ReceiptHandle); err != nil {
			t.Fatal(err)
		}
	}
	_, _ = s.Send("fanout", "", nil) // fails
	want := map[string]sqs.Use{
		"SendMessage":      {Calls: 2, Billed: 3},
		"SendMessageBatch": {Calls: 1, Billed: 2},
		"ReceiveMessage":   {Calls: 2, Billed: 5}, // an empty one, and one of 208 KiB and a byte
		"DeleteMessage":    {Calls: 4, Billed: 4},
	}
	if got := s.Usage(); !maps.Equal(got, want) {
		t.Errorf("usage %+v, want %+v", got, want)
	}
}
