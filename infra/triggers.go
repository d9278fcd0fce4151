package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
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

// subscribe has the topic invoke the function. What SNS cannot hand to Lambda at all goes to a dead-letter queue; an
// invocation that fails is tried twice more by Lambda.
func (d *deployment) subscribe(f topology.Function) {
	topic := d.topics[f.Topic.Name]
	subscription := awssnssubscriptions.NewLambdaSubscription(d.functions[f.Name], &awssnssubscriptions.LambdaSubscriptionProps{
		DeadLetterQueue: d.newDeadLetters(topic, f.Topic.Name+"-dead"),
	})
	topic.AddSubscription(subscription)
}
