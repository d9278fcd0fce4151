package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"

	"github.com/parley-im/parley/pkg/topology"
)

// addTopics creates the topics; who listens is in triggers.go.
func (d *deployment) addTopics() {
	group := d.group("Topics")
	d.topics = map[string]awssns.Topic{}
	for _, t := range granted[topology.Topic]() {
		props := &awssns.TopicProps{TopicName: d.name(t.Name), EnforceSSL: jsii.Bool(true)}
		if key, ok := d.keys[topicData]; ok {
			props.MasterKey = key
		}
		d.topics[t.Name] = awssns.NewTopic(group, jsii.String(t.Name), props)
		d.addDeadLetters(group, t.DeadLetter)
	}
}
