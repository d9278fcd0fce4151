// Package main is the CDK app: one stack per stage, made by ranging over [topology]. What topology lists is what is
// deployed, so nothing is named here a second time, and the policy of a function is its list of grants.
//
// Start at newStack, which names the construct groups in the order in which they need each other; each group is a file.
// config.go holds what a deployer may choose.
package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudwatch"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/parley-im/parley/pkg/topology"
)

// synthesize writes the cloud assembly of the stage that the context names to where the CDK CLI asks for it.
func synthesize() error {
	defer jsii.Close()
	app := awscdk.NewApp(nil)
	if err := addStage(app); err != nil {
		return err
	}
	app.Synth(nil)
	return nil
}

// addStage adds the stack of the stage that the app's context describes.
func addStage(app awscdk.App) error {
	c, err := loadConfig(func(key string) any { return app.Node().TryGetContext(jsii.String(key)) })
	if err != nil {
		return err
	}
	if c.firewall {
		newFirewall(app, c)
		return nil
	}
	if err := c.findZips(); err != nil {
		return err
	}
	if err := c.findWeb(); err != nil {
		return err
	}
	newStack(app, c)
	return nil
}

// deployment is one stage while it is put together: what each construct group leaves for those after it, by topology name.
type deployment struct {
	config
	stack  awscdk.Stack
	tables map[string]awsdynamodb.ITableV2
	topics map[string]awssns.Topic
	queues map[string]awssqs.Queue
	// deadLetters hold what was given up, by whatever feeds them.
	deadLetters map[string]awssqs.Queue
	buckets     map[string]awss3.Bucket
	api         awsapigatewayv2.WebSocketApi
	// functions are what is deployed, and live the aliases under which they are invoked.
	functions map[string]awslambda.Function
	live      map[string]awslambda.Alias
	// keys are the deployer's own, by class of data.
	keys map[string]awskms.Key
	// site holds the web app, which people open at webURL.
	site   awss3.Bucket
	webURL string
	// edgeKeys are what CloudFront says to the authorizer, the newest first.
	edgeKeys []string
	// watch are the alarms that turn a deployment back.
	watch []interfacesawscloudwatch.IAlarmRef
}

// newStack puts one stage together.
func newStack(app awscdk.App, c config) {
	d := &deployment{
		config:      c,
		deadLetters: map[string]awssqs.Queue{},
		stack: awscdk.NewStack(app, jsii.String("Parley-"+c.stage), &awscdk.StackProps{
			Description: jsii.String("Parley, a serverless messaging backend, stage " + c.stage),
		}),
	}
	d.addKeys()
	d.addTables()
	d.addTopics()
	d.addQueues()
	d.addAPI()
	d.addWeb()
	d.addBuckets()
	d.addIdentity()
	d.addWebFiles()
	d.addEdgeKeys()
	d.addFunctions()
	d.addRoutes()
	d.addEdge()
	d.addTriggers()
	d.addDashboard()
	d.addAlarms()
	d.addCanary()
	d.addOutputs()
	d.warnWithoutIssuer()

	d.keepNoLogs()
	tag(d.stack, c.stage)
}

// tag gives everything the tags that Cost Explorer groups the bill by, once they are activated as cost allocation tags. A
// dashboard's tags are too new for what checks templates.
func tag(stack awscdk.Stack, stage string) {
	tagged := &awscdk.TagProps{ExcludeResourceTypes: jsii.Strings("AWS::CloudWatch::Dashboard")}
	awscdk.Tags_Of(stack).Add(jsii.String("app"), jsii.String(topology.Name), tagged)
	awscdk.Tags_Of(stack).Add(jsii.String("stage"), jsii.String(stage), tagged)
}

// group is the scope of one file's constructs, and the first part of their logical ids.
func (d *deployment) group(name string) constructs.Construct {
	return constructs.NewConstruct(d.stack, jsii.String(name))
}

// name is what the account calls the resource: unique among stages, and found without looking up a generated suffix.
// A fixed name also keeps CloudFormation from replacing a table, which would lose what is in it.
func (d *deployment) name(resource string) *string {
	return jsii.String(topology.Name + "-" + d.stage + "-" + resource)
}

// removal is what deleting the stack does to what holds people's data: prod keeps it.
func (d *deployment) removal() awscdk.RemovalPolicy {
	if d.production() {
		return awscdk.RemovalPolicy_RETAIN
	}
	return awscdk.RemovalPolicy_DESTROY
}

// warnWithoutIssuer lets a fresh clone synthesize and keeps it from being deployed: without an issuer no token is valid.
func (d *deployment) warnWithoutIssuer() {
	if d.issuer != "" {
		return
	}
	const message = "no issuer is set, so nobody could connect and CloudFormation will refuse to deploy this: " +
		"pass -c issuer=https://issuer.example.com or set it in the context of cdk.json"
	awscdk.Annotations_Of(d.stack).AddWarningV2(jsii.String("parley:issuer"), jsii.String(message))
	awscdk.NewCfnRule(d.stack, jsii.String("IssuerIsSet"), &awscdk.CfnRuleProps{
		Assertions: &[]*awscdk.CfnRuleAssertion{{
			Assert:            awscdk.Fn_ConditionEquals("the issuer", "set"),
			AssertDescription: jsii.String(message),
		}},
	})
}
