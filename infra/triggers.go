package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awseventstargets"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambdadestinations"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssnssubscriptions"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/parley-im/parley/pkg/topology"
)

// addTriggers connects functions with the topic, the queue and the rule that invoke them.
func (d *deployment) addTriggers() {
	rules := d.group("Rules")
	for _, f := range topology.Functions {
		if f.Topic != nil {
			d.subscribe(f)
		}
		if f.Rule != nil {
			d.addRule(rules, f)
		}
		if f.Queue != nil {
			d.live[f.Name].AddEventSourceMapping(jsii.String("Queue"), &awslambda.EventSourceMappingOptions{
				EventSourceArn:          d.queues[f.Queue.Name].QueueArn(),
				BatchSize:               jsii.Number(f.Queue.Batch),
				ReportBatchItemFailures: jsii.Bool(true),
			})
		}
	}
}

// addRule has EventBridge invoke the function at a rate. What it cannot hand to Lambda within a minute it need not: the next
// event makes up for it. The permission to invoke is the function's, so its role stays as it is.
func (d *deployment) addRule(scope constructs.Construct, f topology.Function) {
	awsevents.NewRule(scope, jsii.String(f.Rule.Name), &awsevents.RuleProps{
		RuleName:    d.name(f.Rule.Name),
		Description: jsii.String(f.Name + ": " + f.About),
		Schedule:    awsevents.Schedule_Rate(awscdk.Duration_Minutes(jsii.Number(f.Rule.Every.Minutes()))),
		Targets: &[]awsevents.IRuleTarget{awseventstargets.NewLambdaFunction(d.live[f.Name], &awseventstargets.LambdaFunctionProps{
			MaxEventAge: awscdk.Duration_Minutes(jsii.Number(1)),
		})},
	})
}

// subscribe has the topic invoke the function. What SNS cannot hand to Lambda at all goes to the dead-letter queue, and so
// does an event that the function has failed at three times.
func (d *deployment) subscribe(f topology.Function) {
	dead := d.deadLetters[f.Topic.DeadLetter.Name]
	awscdk.Annotations_Of(d.live[f.Name]).AcknowledgeWarning(jsii.String("CloudFormation-Validate::W3694"),
		jsii.String("SNS invokes an alias by its ARN like a function: the permission is the alias's"))
	d.topics[f.Topic.Name].AddSubscription(awssnssubscriptions.NewLambdaSubscription(d.live[f.Name],
		&awssnssubscriptions.LambdaSubscriptionProps{DeadLetterQueue: dead}))
	d.live[f.Name].ConfigureAsyncInvoke(&awslambda.EventInvokeConfigOptions{
		RetryAttempts: jsii.Number(2),
		OnFailure:     awslambdadestinations.NewSqsDestination(dead),
	})
}
