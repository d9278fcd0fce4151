package stack

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/parley-im/parley/infra/local/apigateway"
	"github.com/parley-im/parley/infra/local/lambda"
	"github.com/parley-im/parley/infra/local/sns"
	"github.com/parley-im/parley/infra/local/sqs"
	"github.com/parley-im/parley/pkg/topology"
)

// api is the WebSocket API of the topology.
func api(limits apigateway.Limits) apigateway.API {
	a := apigateway.API{
		ID: APIID, Stage: Stage, Region: Region, Account: Account,
		RouteSelectionExpression: topology.RouteSelection, Limits: limits,
	}
	for _, f := range topology.Functions {
		if f.Authorizer {
			a.Authorizer = &apigateway.Authorizer{Function: f.Name, IdentitySources: []string{topology.IdentitySource}}
		}
		for _, key := range f.Routes {
			a.Routes = append(a.Routes, apigateway.Route{Key: key, Function: f.Name, Response: topology.Responds(key)})
		}
	}
	for key, body := range topology.MockRoutes {
		a.Routes = append(a.Routes, apigateway.Route{Key: key, Mock: &apigateway.Mock{Body: body}, Response: true})
	}
	return a
}

// places is where each resource is.
type places struct {
	web, gateway, s3, dynamodb string
	sns                        *sns.Service
	snsURL                     string
	sqs                        *sqs.Service
	sqsURL                     string
	ssmURL, vapidKey           string
	origins                    []string
	logLevel                   string
	// edgeKeys are those that the authorizer knows.
	edgeKeys []string
	// traces is where traces go, "" for nowhere.
	traces string
}

// environment is what a function is told: where the resources are that it is granted, and the settings that it reads. The
// endpoints are the AWS SDK's own variables, so that no function knows where it runs.
func (p places) environment(f topology.Function) map[string]string {
	env := map[string]string{
		"AWS_ENDPOINT_URL_DYNAMODB": p.dynamodb,
		"AWS_ENDPOINT_URL_S3":       p.s3,
		"AWS_ENDPOINT_URL_SNS":      p.snsURL,
		"AWS_ENDPOINT_URL_SQS":      p.sqsURL,
		"AWS_ENDPOINT_URL_SSM":      p.ssmURL,
		topology.EnvLogLevel:        p.logLevel,
	}
	if p.traces != "" {
		env[topology.EnvTraces], env[topology.EnvTraceRate] = p.traces, "1"
	}
	if f.Authorizer {
		env[topology.EnvEdgeKeys] = strings.Join(p.edgeKeys, ",")
	}
	settings := map[string]string{
		topology.EnvIssuer:   p.web,
		topology.EnvAudience: Audience,
		topology.EnvJWKS:     p.web + "/.well-known/jwks.json",
		topology.EnvOrigins:  strings.Join(p.origins, ","),

		topology.EnvVapidPublic:  p.vapidKey,
		topology.EnvVapidSubject: "mailto:parley@example.com",
		topology.EnvPushHosts:    p.web, // its own browsers; those of this machine's user have services of their own
	}
	for _, name := range f.Env {
		env[name] = settings[name]
	}
	for _, g := range f.Grants {
		if name := g.On.EnvName(); name != "" {
			env[name] = p.place(g.On)
		}
	}
	return env
}

// place is what a function is told of a resource.
func (p places) place(r topology.Resource) string {
	switch r := r.(type) {
	case topology.Table:
		return r.Name
	case topology.Topic:
		return p.sns.TopicARN(r.Name)
	case topology.Queue:
		return p.sqs.URL(r.Name)
	case topology.Bucket:
		return r.Name
	case topology.Connections:
		return p.gateway
	case topology.Parameter:
		return parameter(r)
	case topology.PushApplications:
		var pairs []string
		for platform, application := range applications {
			pairs = append(pairs, platform+"="+p.sns.ApplicationARN(application))
		}
		return strings.Join(pairs, ",")
	default:
		panic(fmt.Sprintf("stack: no place for %T", r)) // a new kind of resource: the topology's test finds it first
	}
}

// parameter is the name of a parameter of this deployment.
func parameter(p topology.Parameter) string { return "/" + topology.Name + "/" + Stage + "/" + p.Name }

// applications are the push platforms of the laptop. Their notifications land in an inbox.
var applications = map[string]sns.Application{
	"fcm":          {Platform: "GCM", Name: "parley-local"},
	"apns":         {Platform: "APNS", Name: "parley-local"},
	"apns_sandbox": {Platform: "APNS_SANDBOX", Name: "parley-local"},
}

// missingFunctions names those that a folder does not hold.
func missingFunctions(folder string) (names []string) {
	for _, f := range topology.Functions {
		if _, err := os.Stat(filepath.Join(folder, f.Name)); err != nil {
			names = append(names, f.Name)
		}
	}
	return names
}

// functions are the compiled ones in a folder.
func (p places) functions(folder string) []lambda.Function {
	var functions []lambda.Function
	for _, f := range topology.Functions {
		functions = append(functions, lambda.Function{
			Name: f.Name, Binary: filepath.Join(folder, f.Name), MemoryMB: f.Memory, Timeout: f.Timeout,
			ReservedConcurrency: f.Concurrency, Env: p.environment(f),
		})
	}
	return functions
}

// topics are those that functions are subscribed to.
func topics() []sns.Topic {
	var topics []sns.Topic
	for _, f := range topology.Functions {
		if f.Topic != nil {
			topics = append(topics, sns.Topic{
				Name: f.Topic.Name, Subscriptions: []sns.Subscription{{
					Protocol: "lambda", Endpoint: f.Name, DeadLetterQueue: f.Topic.DeadLetter.Name,
				}},
			})
		}
	}
	return topics
}

// queues are those that functions are fed from, and the dead-letter queues.
func queues() []sqs.Queue {
	var queues []sqs.Queue
	dead := func(d topology.DeadLetters) sqs.Queue { return sqs.Queue{Name: d.Name, Retention: 14 * 24 * time.Hour} }
	for _, f := range topology.Functions {
		if f.Queue != nil {
			queues = append(queues, dead(f.Queue.DeadLetter), sqs.Queue{
				Name: f.Queue.Name, VisibilityTimeout: f.Queue.Visibility,
				MaxReceiveCount: f.Queue.MaxReceives, DeadLetterQueue: f.Queue.DeadLetter.Name,
			})
		}
		if f.Topic != nil {
			queues = append(queues, dead(f.Topic.DeadLetter))
		}
	}
	return queues
}

// source lets the Lambda stand-in poll a queue of the SQS stand-in.
type source struct {
	service *sqs.Service
	queue   string
	asked   func() // is called for each request
}

// longPoll is how long one receive waits: the most that SQS allows.
const longPoll = 20 * time.Second

// Receive implements lambda.Queue.
func (s source) Receive(ctx context.Context, most int) ([]events.SQSMessage, error) {
	for {
		s.asked()
		messages, err := s.service.Receive(ctx, s.queue, most, longPoll)
		if err != nil || len(messages) > 0 {
			return s.records(messages), err
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
}

func (s source) records(messages []sqs.Message) []events.SQSMessage {
	var records []events.SQSMessage
	for _, m := range messages {
		records = append(records, events.SQSMessage{
			MessageId: m.ID, ReceiptHandle: m.ReceiptHandle, Body: m.Body, Attributes: m.System,
			MessageAttributes: attributes(m.Attributes), EventSource: "aws:sqs", EventSourceARN: s.service.ARN(s.queue), AWSRegion: Region,
		})
	}
	return records
}

func attributes(of map[string]sqs.Attribute) map[string]events.SQSMessageAttribute {
	all := map[string]events.SQSMessageAttribute{}
	for name, a := range of {
		all[name] = events.SQSMessageAttribute{DataType: a.DataType, StringValue: &a.StringValue, BinaryValue: a.BinaryValue}
	}
	return all
}

// Delete implements lambda.Queue.
func (s source) Delete(_ context.Context, receiptHandles []string) error {
	for _, handle := range receiptHandles {
		s.asked()
		if err := s.service.Delete(s.queue, handle); err != nil {
			return err
		}
	}
	return nil
}
