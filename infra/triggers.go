package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambdadestinations"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssnssubscriptions"
	"github.com/aws/jsii-runtime-go"

	"github.com/parley-im/parley/pkg/topology"
)

// addTriggers connects functions with the topic and the queue that invoke them.
func (d *deployment) addTriggers() {
	for _, f := range topology.Functions {
		if f.Topic != nil {
			d.subscribe(f)
		}
		if f.Queue != nil {
			d.functions[f.Name].AddEventSourceMapping(jsii.String("Queue"), &awslambda.EventSourceMappingOptions{
				EventSourceArn:          d.queues[f.Queue.Name].QueueArn(),
				BatchSize:               jsii.Number(f.Queue.Batch),
				ReportBatchItemFailures: jsii.Bool(true),
			})
		}
	}
}

// subscribe has the topic invoke the function. What SNS cannot hand to Lambda at all goes to the dead-letter queue, and so
// does an event that the function has failed at three times.
func (d *deployment) subscribe(f topology.Function) {
	dead := d.deadLetters[f.Topic.DeadLetter.Name]
	d.topics[f.Topic.Name].AddSubscription(awssnssubscriptions.NewLambdaSubscription(d.functions[f.Name],
		&awssnssubscriptions.LambdaSubscriptionProps{DeadLetterQueue: dead}))
	d.functions[f.Name].ConfigureAsyncInvoke(&awslambda.EventInvokeConfigOptions{
		RetryAttempts: jsii.Number(2),
		OnFailure:     awslambdadestinations.NewSqsDestination(dead),
	})
}
