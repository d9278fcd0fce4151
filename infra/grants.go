package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"

	"github.com/parley-im/parley/pkg/topology"
)

// granted lists every resource of one kind that functions are granted, once: what nobody may use need not exist.
func granted[R interface {
	topology.Resource
	comparable
}]() []R {
	var found []R
	for _, f := range topology.Functions {
		for _, g := range f.Grants {
			if r, ok := g.On.(R); ok && !slices.Contains(found, r) {
				found = append(found, r)
			}
		}
	}
	return found
}

// address is what the environment says of a resource: the form in which its own API wants to be told.
func (d *deployment) address(on topology.Resource) *string {
	switch on := on.(type) {
	case topology.Table:
		return d.tables[on.Name].TableName()
	case topology.Topic:
		return d.topics[on.Name].TopicArn()
	case topology.Queue:
		return d.queues[on.Name].QueueUrl()
	case topology.Bucket:
		return d.buckets[on.Name].BucketName()
	case topology.Connections:
		return d.posts()
	case topology.PushApplications:
		return jsii.String(d.pushApplications())
	case topology.Parameter:
		return jsii.String(d.parameter(on))
	}
	panic(fmt.Sprintf("topology grants a %T, which has no address", on))
}

// statements turns a grant into policy statements that name one resource each, or the paths under one where AWS knows no
// name beforehand: the objects of a bucket, the connections of a stage, the endpoints of a platform application.
func (d *deployment) statements(g topology.Grant) []awsiam.PolicyStatement {
	switch on := g.On.(type) {
	case topology.Table:
		return []awsiam.PolicyStatement{allow(g.Actions, *d.tables[on.Name].TableArn())}
	case topology.Index:
		return []awsiam.PolicyStatement{allow(g.Actions, *d.tables[on.Table].TableArn()+"/index/"+on.Name)}
	case topology.Topic:
		return []awsiam.PolicyStatement{allow(g.Actions, *d.topics[on.Name].TopicArn())}
	case topology.Queue:
		return []awsiam.PolicyStatement{allow(g.Actions, *d.queues[on.Name].QueueArn())}
	case topology.DeadLetters:
		return []awsiam.PolicyStatement{allow(g.Actions, *d.deadLetters[on.Name].QueueArn())}
	case topology.Bucket:
		return []awsiam.PolicyStatement{allow(g.Actions, *d.buckets[on.Name].ArnForObjects(jsii.String("*")))}
	case topology.Connections:
		return []awsiam.PolicyStatement{allow([]string{"execute-api:ManageConnections"}, d.connections(g.Actions)...)}
	case topology.PushApplications:
		return d.pushStatements(g.Actions)
	case topology.Parameter:
		return d.parameterStatements(on, g.Actions)
	}
	panic(fmt.Sprintf("topology grants a %T, which has no ARN", g.On))
}

// connections are the ARNs of every connection of this stage, under each method: IAM knows one action for all of them.
func (d *deployment) connections(methods []string) []string {
	var arns []string
	for _, method := range methods {
		arns = append(arns, *d.stack.FormatArn(&awscdk.ArnComponents{
			Service:      jsii.String("execute-api"),
			Resource:     d.api.ApiId(),
			ResourceName: jsii.String(d.stage + "/" + method + "/@connections/*"),
		}))
	}
	return arns
}

// pushStatements allows the actions on the applications and on their endpoints. An endpoint is created in an application; for
// the others SNS has been seen to ask for the application although the endpoint is named ("not authorized to perform
// SNS:SetEndpointAttributes on resource: …:app/GCM/…"), so both are named. Without applications there is nothing to allow.
func (d *deployment) pushStatements(actions []string) []awsiam.PolicyStatement {
	if len(d.push) == 0 {
		return nil
	}
	var arns []string
	for _, a := range d.push {
		arns = append(arns, a.arn, a.endpoints())
	}
	return []awsiam.PolicyStatement{allow(actions, arns...)}
}

// parameterStatements allows the actions on one parameter. That it can be decrypted as well follows from the policy of the key
// of AWS with which Parameter Store encrypts by default: whoever may read a parameter may (KMS guide, "AWS managed keys").
func (d *deployment) parameterStatements(p topology.Parameter, actions []string) []awsiam.PolicyStatement {
	name := d.parameter(p)
	if name == "" {
		return nil
	}
	return []awsiam.PolicyStatement{allow(actions, *d.stack.FormatArn(&awscdk.ArnComponents{
		Service: jsii.String("ssm"), Resource: jsii.String("parameter"), ResourceName: jsii.String(strings.TrimPrefix(name, "/")),
	}))}
}

func allow(actions []string, resources ...string) awsiam.PolicyStatement {
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Actions:   jsii.Strings(actions...),
		Resources: jsii.Strings(resources...),
	})
}
