package app

import (
	"context"
	"log/slog"

	"github.com/aws/aws-lambda-go/events"

	"github.com/parley-im/parley/pkg/absences"
	"github.com/parley-im/parley/pkg/deliver"
	"github.com/parley-im/parley/pkg/notices"
	"github.com/parley-im/parley/pkg/presence"
	"github.com/parley-im/parley/pkg/push"
	"github.com/parley-im/parley/pkg/shards"
	"github.com/parley-im/parley/pkg/topology"
)

// fanout serves shards.
func fanout(d *deliver.Deliverer, logger *slog.Logger) func(context.Context, events.SQSEvent) (events.SQSEventResponse, error) {
	return each(logger, topology.Fanout, shards.Read, d.Serve)
}

// grace serves people who left.
func grace(b *presence.Board, logger *slog.Logger) func(context.Context, events.SQSEvent) (events.SQSEventResponse, error) {
	return each(logger, topology.Grace, absences.Read, b.Lapse)
}

// each serves the messages of a queue one by one and names those that failed, so that only they come again.
func each[T any](logger *slog.Logger, queue topology.Queue, read func(string) (T, error), serve func(context.Context, T) error) func(context.Context, events.SQSEvent) (events.SQSEventResponse, error) {
	return func(ctx context.Context, event events.SQSEvent) (events.SQSEventResponse, error) {
		var failed events.SQSEventResponse
		for _, record := range event.Records {
			v, err := read(record.Body)
			if err == nil {
				err = serve(ctx, v)
			}
			if err != nil {
				logger.ErrorContext(ctx, "queued message failed", "queue", queue.Name, "error", err, "message_id", record.MessageId)
				failed.BatchItemFailures = append(failed.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: record.MessageId})
			}
		}
		return failed, nil
	}
}

// notify serves notices. An error makes Lambda try the event again.
func notify(p *push.Pusher) func(context.Context, events.SNSEvent) error {
	return func(ctx context.Context, event events.SNSEvent) error {
		for _, record := range event.Records {
			n, err := notices.Read(record.SNS.Message)
			if err != nil {
				return err
			}
			if err := p.Notify(ctx, n); err != nil {
				return err
			}
		}
		return nil
	}
}
