package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/parley-im/parley/pkg/topology"
)

// addQueues creates the queues, each with the dead-letter queue behind it.
func (d *deployment) addQueues() {
	group := d.group("Queues")
	d.queues = map[string]awssqs.Queue{}
	for _, q := range granted[topology.Queue]() {
		d.queues[q.Name] = awssqs.NewQueue(group, jsii.String(q.Name), &awssqs.QueueProps{
			QueueName:         d.name(q.Name),
			VisibilityTimeout: seconds(q.Visibility),
			DeadLetterQueue: &awssqs.DeadLetterQueue{
				Queue:           d.addDeadLetters(group, q.DeadLetter),
				MaxReceiveCount: jsii.Number(q.MaxReceives),
			},
			Encryption: awssqs.QueueEncryption_SQS_MANAGED,
			EnforceSSL: jsii.Bool(true),
		})
	}
}

// addDeadLetters creates a queue for what was given up. It keeps it for the longest that SQS can, 14 days, so that a weekend
// does not lose it.
func (d *deployment) addDeadLetters(scope constructs.Construct, dead topology.DeadLetters) awssqs.Queue {
	queue := awssqs.NewQueue(scope, jsii.String(dead.Name), &awssqs.QueueProps{
		QueueName:       d.name(dead.Name),
		RetentionPeriod: awscdk.Duration_Days(jsii.Number(14)),
		Encryption:      awssqs.QueueEncryption_SQS_MANAGED,
		EnforceSSL:      jsii.Bool(true),
	})
	d.deadLetters[dead.Name] = queue
	return queue
}
