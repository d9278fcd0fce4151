package main

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/parley-im/parley/pkg/topology"
)

// addOutputs prints what clients and operators ask for after a deployment.
func (d *deployment) addOutputs() {
	address := d.url("wss")
	if d.edge || d.lock { // its own leads nowhere
		address = d.socketURL()
	}
	d.output("WebSocketUrl", "where clients connect", address)
	if d.issuer != "" {
		d.output("Issuer", "whose tokens are good", jsii.String(d.issuer))
	}
	for _, t := range topology.Tables {
		d.output(title(t.Name)+"Table", "the table "+t.Name, d.tables[t.Name].TableName())
	}
	for _, b := range granted[topology.Bucket]() {
		d.output(title(b.Name)+"Bucket", "the bucket "+b.Name, d.buckets[b.Name].BucketName())
	}
	for _, t := range granted[topology.Topic]() {
		d.output(title(t.Name)+"Topic", "the topic "+t.Name, d.topics[t.Name].TopicArn())
	}
}

func (d *deployment) output(id, description string, value *string) {
	awscdk.NewCfnOutput(d.stack, jsii.String(id), &awscdk.CfnOutputProps{Description: jsii.String(description), Value: value})
}

func title(name string) string { return strings.ToUpper(name[:1]) + name[1:] }
