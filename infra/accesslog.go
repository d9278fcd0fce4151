package main

import (
	"encoding/json"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"
)

// accessLine is what API Gateway writes of each frame and handshake. There is no token in it, neither headers nor query nor body, and
// nobody's name or address (API Gateway guide, "Configure logging for WebSocket APIs").
var accessLine = map[string]string{
	"at": "$context.requestTime", "request": "$context.requestId", "connection": "$context.connectionId",
	"event": "$context.eventType", "route": "$context.routeKey", "status": "$context.status",
	"authorizer": "$context.authorizer.status", "integration": "$context.integrationStatus",
	"integration_ms": "$context.integrationLatency", "error": "$context.error.responseType",
}

// addAccessLog has the stage write a line for each frame that comes in, if the deployer asks for it: some 400 bytes, $0.20 per million
// frames, a twentieth of what a message costs. The meter and the metrics of the stage say the same in sum.
//
// API Gateway writes with one role for all of the account and region. It stays when the stack goes, because other stages may
// write with it by then.
func (d *deployment) addAccessLog(stage awsapigatewayv2.WebSocketStage) {
	if !d.accessLog {
		return
	}
	group := d.group("AccessLog")
	format, err := json.Marshal(accessLine)
	if err != nil { // strings only: cannot happen
		panic(err)
	}
	logs := awslogs.NewLogGroup(group, jsii.String("Logs"), &awslogs.LogGroupProps{
		LogGroupName: jsii.String("/aws/apigateway/" + *d.name("access")),
		Retention:    awslogs.RetentionDays_TWO_WEEKS, RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
	})
	writer := awsiam.NewRole(group, jsii.String("Writer"), &awsiam.RoleProps{
		Description: jsii.String("API Gateway writes the logs of all APIs of this region"),
		AssumedBy:   awsiam.NewServicePrincipal(jsii.String("apigateway.amazonaws.com"), nil),
		ManagedPolicies: &[]awsiam.IManagedPolicy{awsiam.ManagedPolicy_FromAwsManagedPolicyName(
			jsii.String("service-role/AmazonAPIGatewayPushToCloudWatchLogs"))},
	})
	account := awsapigateway.NewCfnAccount(group, jsii.String("Account"), &awsapigateway.CfnAccountProps{CloudWatchRoleArn: writer.RoleArn()})
	account.ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN, nil)
	writer.ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN)

	plain := stage.Node().DefaultChild().(awsapigatewayv2.CfnStage)
	plain.SetAccessLogSettings(&awsapigatewayv2.CfnStage_AccessLogSettingsProperty{
		DestinationArn: logs.LogGroupArn(), Format: jsii.String(string(format)),
	})
	plain.AddResourceDependency(account, nil)
}
