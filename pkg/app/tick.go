package app

import (
	"context"

	"github.com/aws/aws-lambda-go/events"

	"github.com/parley-im/parley/pkg/schedule"
)

// tick serves the events of a rule. They say for when they are, which is what decides about what is due. An error makes
// Lambda try the event again, which does no harm beside the tick of the next minute.
func tick(t *schedule.Ticker) func(context.Context, events.EventBridgeEvent) error {
	return func(ctx context.Context, event events.EventBridgeEvent) error { return t.Tick(ctx, event.Time) }
}
