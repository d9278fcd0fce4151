// Batch handles SQS messages: a body of "bad" fails alone, "fatal" fails the batch, "nonsense" is answered with it.
package main

import (
	"errors"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
)

func main() {
	lambda.Start(func(event events.SQSEvent) (response events.SQSEventResponse, err error) {
		for _, message := range event.Records {
			id := message.MessageId
			switch message.Body {
			case "fatal":
				return response, errors.New("fatal")
			case "nonsense":
				id = ""
			case "bad":
			default:
				continue
			}
			response.BatchItemFailures = append(response.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: id})
		}
		return response, nil
	})
}
