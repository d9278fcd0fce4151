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
		d.queues[q.Name] = awssqs.NewQueue(group, jsii.String(q.Name), d.sealed(&awssqs.QueueProps{
			QueueName:         d.name(q.Name),
			VisibilityTimeout: seconds(q.Visibility),
			DeadLetterQueue: &awssqs.DeadLetterQueue{
				Queue:           d.addDeadLetters(group, q.DeadLetter),
				MaxReceiveCount: jsii.Number(q.MaxReceives),
			},
		}))
	}
}

// addDeadLetters creates a queue for what was given up. It keeps it for the longest that SQS can, 14 days, so that a weekend
// does not lose it.
func (d *deployment) addDeadLetters(scope constructs.Construct, dead topology.DeadLetters) awssqs.Queue {
	queue := awssqs.NewQueue(scope, jsii.String(dead.Name), d.sealed(&awssqs.QueueProps{
		QueueName:       d.name(dead.Name),
		RetentionPeriod: awscdk.Duration_Days(jsii.Number(14)),
	}))
	d.deadLetters[dead.Name] = queue
	return queue
}

// sealed is a queue that is encrypted, at rest and on the way.
func (d *deployment) sealed(q *awssqs.QueueProps) *awssqs.QueueProps {
	q.EnforceSSL, q.Encryption = jsii.Bool(true), awssqs.QueueEncryption_SQS_MANAGED
	if key, ok := d.keys[queueData]; ok {
		q.Encryption, q.EncryptionMasterKey = awssqs.QueueEncryption_KMS, key
	}
	return q
}
