// Package absences hands people whose last connection has left to the grace function, through an SQS queue that holds each
// back for as long as they may be gone unnoticed.
package absences

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/parley-im/parley/pkg/chat"
)

// Queue implements chat.Absences.
type Queue struct {
	client *sqs.Client
	url    string
}

// New returns the absences of a queue.
func New(client *sqs.Client, url string) *Queue { return &Queue{client, url} }

// Hand implements chat.Absences with one SendMessage.
func (q *Queue) Hand(ctx context.Context, a chat.Absence) error {
	message, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("absences: encode: %w", err)
	}
	_, err = q.client.SendMessage(ctx, &sqs.SendMessageInput{
		QueueUrl: &q.url, MessageBody: aws.String(string(message)), DelaySeconds: int32(chat.Grace / time.Second),
	})
	if err != nil {
		return fmt.Errorf("absences: send: %w: %w", &chat.Error{Code: chat.Unavailable}, err)
	}
	return nil
}

// Read reads what Hand sent.
func Read(message string) (a chat.Absence, err error) {
	if err = json.Unmarshal([]byte(message), &a); err != nil {
		err = fmt.Errorf("absences: decode: %w", err)
	}
	return a, err
}
