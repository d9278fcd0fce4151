package main

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"

	"github.com/parley-im/parley/pkg/topology"
)

// The classes of data that may have a key of the customer's each.
const (
	tableData = "tables"
	mediaData = "media"
	topicData = "topics"
	queueData = "queues"
)

var dataClasses = []string{tableData, mediaData, topicData, queueData}

// addKeys creates a key for each class of data that the deployer asks for. KMS bills each key and its requests, which AWS's own
// keys do not: whoever needs to see, rotate or withdraw them pays for that.
func (d *deployment) addKeys() {
	d.keys = map[string]awskms.Key{}
	for _, class := range d.kms {
		d.keys[class] = awskms.NewKey(d.group("Keys"+title(class)), jsii.String("Key"), &awskms.KeyProps{
			Alias:             jsii.String("alias/" + *d.name(class)),
			Description:       jsii.String("Parley, stage " + d.stage + ": " + class),
			EnableKeyRotation: jsii.Bool(true),
			// Without the key, what it encrypted is gone: prod's outlives its stack like the data.
			RemovalPolicy: d.removal(),
			PendingWindow: awscdk.Duration_Days(jsii.Number(30)),
		})
	}
	if key, ok := d.keys[queueData]; ok { // what a subscription gives up is queued by SNS itself
		key.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
			Principals: &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(jsii.String("sns.amazonaws.com"), nil)},
			Actions:    jsii.Strings("kms:Decrypt", "kms:GenerateDataKey"),
			Resources:  jsii.Strings("*"), // of a key's policy: the key
			Conditions: &map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": d.stack.Account()}},
		}), nil)
	}
}

// dataClass is the class of what a resource holds, "" for what holds nothing.
func dataClass(on topology.Resource) string {
	switch on.(type) {
	case topology.Table, topology.Index:
		return tableData
	case topology.Bucket:
		return mediaData
	case topology.Topic:
		return topicData
	case topology.Queue, topology.DeadLetters:
		return queueData
	default:
		return ""
	}
}

// keyStatements lets a function use the keys of what it is granted, and no others.
func (d *deployment) keyStatements(f topology.Function) []awsiam.PolicyStatement {
	var statements []awsiam.PolicyStatement
	for _, class := range dataClasses {
		key, ok := d.keys[class]
		if ok && slices.ContainsFunc(f.Grants, func(g topology.Grant) bool { return dataClass(g.On) == class }) {
			statements = append(statements, allow([]string{"kms:Decrypt", "kms:GenerateDataKey"}, *key.KeyArn()))
		}
	}
	return statements
}
