package stack

import (
	"log/slog"
	"testing"

	"github.com/parley-im/parley/infra/local/clock"
	"github.com/parley-im/parley/infra/local/sqs"
)

// A function that a queue feeds gets the attributes of its messages as Lambda hands them over: traces ride on them.
func TestMessagesOfAQueueKeepTheirAttributes(t *testing.T) {
	service, err := sqs.New(sqs.Config{
		Region: Region, Account: Account, BaseURL: "http://127.0.0.1", Secret: secret, Queues: []sqs.Queue{{Name: "fanout"}},
		Dir: t.TempDir(), Clock: clock.Real{}, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer service.Close()
	const parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	if _, err := service.Send("fanout", "{}", map[string]sqs.Attribute{"traceparent": {DataType: "String", StringValue: parent}}); err != nil {
		t.Fatal(err)
	}
	records, err := source{service, "fanout", func() {}}.Receive(t.Context(), 1)
	if err != nil || len(records) != 1 {
		t.Fatal(records, err)
	}
	if got := records[0].MessageAttributes["traceparent"]; got.DataType != "String" || got.StringValue == nil || *got.StringValue != parent {
		t.Errorf("%+v", got)
	}
}
