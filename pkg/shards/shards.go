// Package shards hands parts of a large fan-out to the fanout function through an SQS queue.
package shards

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"golang.org/x/sync/errgroup"

	"github.com/parley-im/parley/pkg/chat"
)

// Queue implements chat.Shards.
type Queue struct {
	client *sqs.Client
	url    string
}

// New returns the shards of a queue.
func New(client *sqs.Client, url string) *Queue { return &Queue{client, url} }

// Hand implements chat.Shards with one SendMessage each, all at once: a group has at most five shards.
func (q *Queue) Hand(ctx context.Context, shards []chat.Share) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, s := range shards {
		group.Go(func() error {
			message, err := json.Marshal(s)
			if err != nil {
				return fmt.Errorf("shards: encode: %w", err)
			}
			_, err = q.client.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &q.url, MessageBody: aws.String(string(message))})
			if err != nil {
				return fmt.Errorf("shards: send: %w: %w", &chat.Error{Code: chat.Unavailable}, err)
			}
			return nil
		})
	}
	return group.Wait()
}

// Read reads what Hand sent.
func Read(message string) (s chat.Share, err error) {
	if err = json.Unmarshal([]byte(message), &s); err != nil {
		err = fmt.Errorf("shards: decode: %w", err)
	}
	return s, err
}
