// Echo answers with its event and everything it knows about where it runs.
package main

import (
	"context"
	"encoding/json"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

type answer struct {
	Event     json.RawMessage
	Env       []string
	Dir       string
	Pid       int
	RequestID string
	ARN       string
	Custom    map[string]string
	Trace     string
	TraceEnv  string
	Remaining time.Duration
}

func main() {
	lambda.Start(func(ctx context.Context, event json.RawMessage) (answer, error) {
		lc, _ := lambdacontext.FromContext(ctx)
		deadline, _ := ctx.Deadline()
		trace, _ := ctx.Value("x-amzn-trace-id").(string)
		dir, err := os.Getwd()
		return answer{
			Event:     event,
			Env:       os.Environ(),
			Dir:       dir,
			Pid:       os.Getpid(),
			RequestID: lc.AwsRequestID,
			ARN:       lc.InvokedFunctionArn,
			Custom:    lc.ClientContext.Custom,
			Trace:     trace,
			TraceEnv:  os.Getenv("_X_AMZN_TRACE_ID"),
			Remaining: time.Until(deadline),
		}, err
	})
}
