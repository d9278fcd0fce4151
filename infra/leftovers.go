package main

import (
	"maps"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"
)

// keepNoLogs makes the log of the function that empties buckets the stack's. Lambda would make it by itself, for ever, and it
// would be all that is left of a stage.
func (d *deployment) keepNoLogs() {
	provider := d.stack.Node().TryFindChild(jsii.String("Custom::S3AutoDeleteObjectsCustomResourceProvider"))
	if provider == nil {
		return
	}
	handler := provider.Node().FindChild(jsii.String("Handler")).(awscdk.CfnResource)
	logs := awslogs.NewLogGroup(d.group("Leftovers"), jsii.String("Logs"), &awslogs.LogGroupProps{
		LogGroupName: awscdk.Fn_Join(jsii.String(""), &[]*string{jsii.String("/aws/lambda/"), handler.Ref()}),
		Retention:    awslogs.RetentionDays_TWO_WEEKS, RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
	})
	for _, bucket := range d.emptied() {
		bucket.Node().FindChild(jsii.String("AutoDeleteObjectsCustomResource")).Node().AddDependency(logs) // there before it is written to, and after
	}
}

// emptied are the buckets that go with the stack.
func (d *deployment) emptied() (all []awss3.Bucket) {
	if d.site != nil {
		all = append(all, d.site)
	}
	if !d.production() {
		all = slices.AppendSeq(all, maps.Values(d.buckets))
	}
	return all
}
