package main

import (
	"maps"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/parley-im/parley/pkg/topology"
)

// live is the alias under which everything invokes a function: what it stands for moves from one version to the next, at once
// or as canary.go says.
const live = "live"

// addFunctions creates every function with its log group, its role and its alias. What invokes them is in api.go and triggers.go.
func (d *deployment) addFunctions() {
	group := d.group("Functions")
	d.functions, d.live = map[string]awslambda.Function{}, map[string]awslambda.Alias{}
	for _, f := range topology.Functions {
		scope := constructs.NewConstruct(group, jsii.String(f.Name))
		d.functions[f.Name] = d.newFunction(scope, f)
		d.live[f.Name] = awslambda.NewAlias(scope, jsii.String("Live"), &awslambda.AliasProps{
			AliasName: jsii.String(live), Version: d.functions[f.Name].CurrentVersion(),
		})
	}
}

func (d *deployment) newFunction(scope constructs.Construct, f topology.Function) awslambda.Function {
	name := d.name(f.Name)
	logs := awslogs.NewLogGroup(scope, jsii.String("Logs"), &awslogs.LogGroupProps{
		LogGroupName: jsii.String("/aws/lambda/" + *name),
		Retention:    awslogs.RetentionDays_TWO_WEEKS,
		// In every stage: kept past its stack, the name would stand in the way of the next one.
		RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
	})
	return awslambda.NewFunction(scope, jsii.String("Function"), &awslambda.FunctionProps{
		FunctionName:                 name,
		Description:                  jsii.String(f.About),
		Code:                         awslambda.Code_FromAsset(jsii.String(d.zip(f.Name)), nil),
		Runtime:                      awslambda.Runtime_PROVIDED_AL2023(),
		Architecture:                 awslambda.Architecture_ARM_64(),
		Handler:                      jsii.String("bootstrap"),
		MemorySize:                   jsii.Number(f.Memory),
		Timeout:                      seconds(f.Timeout),
		ReservedConcurrentExecutions: d.reserved(f),
		Environment:                  d.environment(f),
		Role:                         d.newRole(scope, f, logs),
		LogGroup:                     logs,
		LoggingFormat:                awslambda.LoggingFormat_JSON,
		// Above INFO Lambda leaves out START, END and REPORT, whose ingest costs a quarter of storing a message.
		SystemLogLevelV2: awslambda.SystemLogLevel_WARN,
	})
}

// newRole lets the function write its own log and do what topology grants it. It is handed out closed, so that no
// construct of the CDK can add a permission on its own account.
func (d *deployment) newRole(scope constructs.Construct, f topology.Function, logs awslogs.LogGroup) awsiam.IRole {
	statements := []awsiam.PolicyStatement{allow([]string{"logs:CreateLogStream", "logs:PutLogEvents"}, *logs.LogGroupArn())}
	for _, g := range f.Grants {
		statements = append(statements, d.statements(g)...)
	}
	statements = append(statements, d.keyStatements(f)...)
	statements = append(statements, d.traceStatements()...)
	role := awsiam.NewRole(scope, jsii.String("Role"), &awsiam.RoleProps{
		Description: jsii.String(f.Name + ": " + f.About),
		AssumedBy:   awsiam.NewServicePrincipal(jsii.String("lambda.amazonaws.com"), nil),
		InlinePolicies: &map[string]awsiam.PolicyDocument{
			"grants": awsiam.NewPolicyDocument(&awsiam.PolicyDocumentProps{Statements: &statements}),
		},
	})
	return role.WithoutPolicyUpdates(nil)
}

// environment tells the function where each resource is that it is granted, and the settings that it reads.
func (d *deployment) environment(f topology.Function) *map[string]*string {
	env := map[string]*string{}
	for _, g := range f.Grants {
		if name := g.On.EnvName(); name != "" {
			env[name] = d.address(g.On)
		}
	}
	if _, ok := env[topology.Conversations.EnvName()]; ok && d.epoch != "" {
		env[topology.EnvEpoch] = jsii.String(d.setting(topology.EnvEpoch))
	}
	for _, name := range f.Env {
		env[name] = jsii.String(d.setting(name))
	}
	if f.Authorizer && d.edge {
		env[topology.EnvEdgeKeys] = jsii.String(d.knownEdgeKeys())
	}
	maps.Copy(env, d.traceSettings())
	return &env
}

func seconds(t time.Duration) awscdk.Duration {
	return awscdk.Duration_Seconds(jsii.Number(t.Seconds()))
}

// reserved is nil for none, because a reservation of 0 would switch the function off.
func (d *deployment) reserved(f topology.Function) *float64 {
	if f.Concurrency == 0 || !d.reserve {
		return nil
	}
	return jsii.Number(f.Concurrency)
}
