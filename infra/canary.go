package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodedeploy"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"

	"github.com/parley-im/parley/pkg/topology"
)

// addCanary has CodeDeploy move the alias of each function: a tenth of the invocations go to the new version for ten minutes,
// then all, unless an alarm rings: then everything goes back and CloudFormation undoes the rest. The functions move side by
// side, so two versions of all of them run at once (infra/UPGRADING.md).
//
// Ten minutes, because the alarms want five in a row and their metrics come a minute or two late.
func (d *deployment) addCanary() {
	if !d.canary {
		return
	}
	group := d.group("Canary")
	application := awscodedeploy.NewLambdaApplication(group, jsii.String("Application"), &awscodedeploy.LambdaApplicationProps{
		ApplicationName: jsii.String(topology.Name + "-" + d.stage),
	})
	role := d.mover()
	for _, f := range topology.Functions {
		awscodedeploy.NewLambdaDeploymentGroup(group, jsii.String(f.Name), &awscodedeploy.LambdaDeploymentGroupProps{
			Application:         application,
			DeploymentGroupName: d.name(f.Name),
			Alias:               d.live[f.Name],
			DeploymentConfig:    awscodedeploy.LambdaDeploymentConfig_CANARY_10PERCENT_10MINUTES(),
			Alarms:              &d.watch,
			AutoRollback:        &awscodedeploy.AutoRollbackConfig{FailedDeployment: jsii.Bool(true), DeploymentInAlarm: jsii.Bool(true)},
			Role:                role,
		})
	}
}

// mover may look at alarms and move the aliases of the stage, and nothing else: AWS's own policy for CodeDeploy names every
// function of the account.
func (d *deployment) mover() awsiam.IRole {
	var aliases []string
	for _, f := range topology.Functions {
		aliases = append(aliases, *d.functions[f.Name].FunctionArn()+":"+live, *d.functions[f.Name].FunctionArn())
	}
	statements := []awsiam.PolicyStatement{
		allow([]string{"cloudwatch:DescribeAlarms"}, "*"),
		allow([]string{"lambda:GetAlias", "lambda:GetProvisionedConcurrencyConfig", "lambda:UpdateAlias"}, aliases...),
	}
	role := awsiam.NewRole(d.group("Mover"), jsii.String("Role"), &awsiam.RoleProps{
		Description: jsii.String("CodeDeploy moves the aliases of the functions"),
		AssumedBy:   awsiam.NewServicePrincipal(jsii.String("codedeploy.amazonaws.com"), nil),
		InlinePolicies: &map[string]awsiam.PolicyDocument{
			"grants": awsiam.NewPolicyDocument(&awsiam.PolicyDocumentProps{Statements: &statements}),
		},
	})
	return role.WithoutPolicyUpdates(nil)
}
