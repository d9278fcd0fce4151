// Package notices hands notices to the push function through an SNS topic.
package notices

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"github.com/parley-im/parley/pkg/chat"
)

// Topic implements chat.Notifier.
type Topic struct {
	client *sns.Client
	arn    string
}

// New returns the notifier of a topic.
func New(client *sns.Client, arn string) *Topic { return &Topic{client, arn} }

// Notify implements chat.Notifier with one Publish. A notice fits one message: it names at most 200 users.
func (t *Topic) Notify(ctx context.Context, n chat.Notice) error {
	message, err := json.Marshal(n)
	if err != nil {
		return fmt.Errorf("notices: encode: %w", err)
	}
	_, err = t.client.Publish(ctx, &sns.PublishInput{TopicArn: &t.arn, Message: aws.String(string(message))})
	if err != nil {
		return fmt.Errorf("notices: publish: %w: %w", &chat.Error{Code: chat.Unavailable}, err)
	}
	return nil
}

// Read reads what Notify published.
func Read(message string) (n chat.Notice, err error) {
	if err = json.Unmarshal([]byte(message), &n); err != nil {
		err = fmt.Errorf("notices: decode: %w", err)
	}
	return n, err
}
