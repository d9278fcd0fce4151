package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi"

	"github.com/parley-im/parley/infra/fidelity"
)

// lookEvery is how long hold waits between two looks at a connection.
const lookEvery = 50 * time.Millisecond

// connections is the management API.
type connections struct {
	client *apigatewaymanagementapi.Client
}

func newConnections(ctx context.Context) (connections, error) {
	cfg, err := config.LoadDefaultConfig(ctx, config.WithRetryMaxAttempts(1))
	if err != nil {
		return connections{}, fmt.Errorf("load AWS configuration: %w", err)
	}
	endpoint := os.Getenv(fidelity.EnvConnections)
	return connections{apigatewaymanagementapi.NewFromConfig(cfg, func(o *apigatewaymanagementapi.Options) {
		o.BaseEndpoint = &endpoint
	})}, nil
}

// post sends text to a connection and returns the HTTP status of that, 0 if there was no answer.
func (c connections) post(ctx context.Context, id, text string) int {
	_, err := c.client.PostToConnection(ctx, &apigatewaymanagementapi.PostToConnectionInput{ConnectionId: &id, Data: []byte(text)})
	return status(err)
}

// hold posts the event to a connection and returns when that is gone, or with ctx.
func (c connections) hold(ctx context.Context, id string, e event) error {
	if s := c.post(ctx, id, string(e.raw)); s != http.StatusOK {
		return fmt.Errorf("post to %s: status %d", id, s)
	}
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		_, err := c.client.GetConnection(ctx, &apigatewaymanagementapi.GetConnectionInput{ConnectionId: &id})
		if status(err) == http.StatusGone {
			return nil
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// status is the HTTP status of a call that ended with err.
func status(err error) int {
	var response *awshttp.ResponseError
	switch {
	case err == nil:
		return http.StatusOK
	case errors.As(err, &response):
		return response.HTTPStatusCode()
	}
	return 0
}
