package sns_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"github.com/parley-im/parley/infra/local/sns"
)

// A topic hands what is published to it to a function, which the Lambda stand-in runs.
func Example() {
	delivered := make(chan events.SNSEvent)
	topics, err := sns.New(sns.Config{
		Region:  "eu-central-1",
		Account: "000000000000",
		Topics:  []sns.Topic{{Name: "offline", Subscriptions: []sns.Subscription{{Protocol: "lambda", Endpoint: "push"}}}},
		Deliver: func(_ context.Context, function string, event []byte) error {
			var e events.SNSEvent
			if err := json.Unmarshal(event, &e); err != nil {
				return err
			}
			fmt.Println("invoke", function)
			delivered <- e
			return nil
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer topics.Close()

	// What an SDK or `aws sns publish --endpoint-url` sends:
	form := url.Values{"Action": {"Publish"}, "TopicArn": {topics.TopicARN("offline")}, "Message": {"bob is offline"}}
	request := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(form.Encode()))
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=local/20261121/eu-central-1/sns/aws4_request, SignedHeaders=host, Signature=00")
	response := httptest.NewRecorder()
	topics.ServeHTTP(response, request)

	record := (<-delivered).Records[0]
	fmt.Println(response.Code, record.EventSource, record.SNS.Message)
	// Output:
	// invoke push
	// 200 aws:sns bob is offline
}
