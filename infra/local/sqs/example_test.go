package sqs_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/parley-im/parley/infra/local/sqs"
)

// A consumer in the same process, as the event source of a Lambda function is, deletes what it has dealt with and leaves the
// rest to come back.
func Example() {
	queues, err := sqs.New(sqs.Config{
		Region:  "eu-central-1",
		Account: "000000000000",
		BaseURL: "http://127.0.0.1:9324", // http.ListenAndServe("127.0.0.1:9324", queues) serves the SDKs and the CLI
		Queues: []sqs.Queue{
			{Name: "fanout", VisibilityTimeout: time.Minute, MaxReceiveCount: 5, DeadLetterQueue: "fanout-dead"},
			{Name: "fanout-dead"},
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer queues.Close()

	if _, err := queues.Send("fanout", `{"conversation":"g_1","seq":42}`, nil); err != nil {
		log.Fatal(err)
	}
	messages, err := queues.Receive(context.Background(), "fanout", 10, 20*time.Second)
	if err != nil {
		log.Fatal(err)
	}
	for _, m := range messages {
		fmt.Println(m.Body, "received", m.System["ApproximateReceiveCount"], "time")
		if err := queues.Delete("fanout", m.ReceiptHandle); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(queues.Usage()["ReceiveMessage"].Billed, "request billed for receiving")
	// Output:
	// {"conversation":"g_1","seq":42} received 1 time
	// 1 request billed for receiving
}
