// Package connections reaches clients through the management API of API Gateway.
package connections

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi"
	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi/types"

	"github.com/parley-im/parley/pkg/chat"
)

const (
	// idle is how many kept-alive sockets to the API there are: the width of a fan-out. The SDK keeps 10, so that each burst
	// would do TLS again (aws.md §1.7).
	idle = 32
	// timeout of one post; a delivery has a deadline of its own.
	timeout = 3 * time.Second
)

// Connections implements chat.Poster.
type Connections struct {
	client *apigatewaymanagementapi.Client
}

// New returns the connections of the API that cfg's endpoint for this service names. The SDK must not retry: it would
// hold a worker for seconds over one slow consumer; the fan-out decides.
func New(cfg aws.Config) *Connections {
	httpClient := awshttp.NewBuildableClient().WithTimeout(timeout).WithTransportOptions(func(t *http.Transport) {
		t.MaxIdleConnsPerHost = idle
	})
	return &Connections{apigatewaymanagementapi.NewFromConfig(cfg, func(o *apigatewaymanagementapi.Options) {
		o.HTTPClient = httpClient
		o.Retryer = aws.NopRetryer{}
	})}
}

// Post implements chat.Poster. A 410 has come for connections that lived (aws-sdk-js #3773), and who believes it makes them
// deaf: so it is asked once more whether the connection exists, which is not billed, and a live one is busy, not gone.
func (c *Connections) Post(ctx context.Context, connection chat.ConnectionID, frame []byte) error {
	_, err := c.client.PostToConnection(ctx, &apigatewaymanagementapi.PostToConnectionInput{
		ConnectionId: aws.String(string(connection)), Data: frame,
	})
	if err = wrap(err, "post"); !errors.Is(err, chat.ErrGone) {
		return err
	}
	_, second := c.client.GetConnection(ctx, &apigatewaymanagementapi.GetConnectionInput{
		ConnectionId: aws.String(string(connection)),
	})
	if !errors.Is(wrap(second, "get"), chat.ErrGone) {
		return fmt.Errorf("connections: post: a 410 that nothing confirms: %w", chat.ErrBusy)
	}
	return err
}

// Close implements chat.Poster.
func (c *Connections) Close(ctx context.Context, connection chat.ConnectionID) error {
	_, err := c.client.DeleteConnection(ctx, &apigatewaymanagementapi.DeleteConnectionInput{
		ConnectionId: aws.String(string(connection)),
	})
	if err = wrap(err, "close"); errors.Is(err, chat.ErrGone) {
		return nil
	}
	return err
}

// wrap sorts the answers of the API into what a delivery does about them. A 410 has come with a body that the SDK cannot
// read, so its status counts as well (aws.md §1.7).
func wrap(err error, what string) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*types.GoneException](err); ok {
		return fmt.Errorf("connections: %s: %w", what, chat.ErrGone)
	}
	if response, ok := errors.AsType[*awshttp.ResponseError](err); ok {
		switch status := response.HTTPStatusCode(); {
		case status == http.StatusGone:
			return fmt.Errorf("connections: %s: %w", what, chat.ErrGone)
		case status == http.StatusTooManyRequests || status >= 500:
			return fmt.Errorf("connections: %s: %w: %w", what, chat.ErrBusy, err)
		}
	}
	return fmt.Errorf("connections: %s: %w", what, err)
}
