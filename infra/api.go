package main

import (
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2authorizers"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2integrations"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"github.com/parley-im/parley/pkg/topology"
)

// addAPI creates the WebSocket API and its stage, without routes: functions need the API's id, and routes need functions.
// The stage's throttle is left at the account's (10,000 requests a second, with bursts of 5,000).
func (d *deployment) addAPI() {
	group := d.group("Gateway")
	d.api = awsapigatewayv2.NewWebSocketApi(group, jsii.String("Api"), &awsapigatewayv2.WebSocketApiProps{
		ApiName:                  jsii.String(topology.Name + "-" + d.stage),
		Description:              jsii.String("Parley, stage " + d.stage),
		RouteSelectionExpression: jsii.String(topology.RouteSelection),
	})
	stage := awsapigatewayv2.NewWebSocketStage(group, jsii.String("Stage"), &awsapigatewayv2.WebSocketStageProps{
		WebSocketApi: d.api,
		StageName:    jsii.String(d.stage),
		AutoDeploy:   jsii.Bool(true),
	})
	d.addDomain(stage)
	d.addAccessLog(stage)
}

// apiHost is the API's own host name.
func (d *deployment) apiHost() string {
	return fmt.Sprintf("%s.execute-api.%s.%s", *d.api.ApiId(), *d.stack.Region(), *d.stack.UrlSuffix())
}

// socketURL is where clients are told to connect: at the domain if there is one.
func (d *deployment) socketURL() *string {
	if d.domain != "" {
		return jsii.String("wss://" + d.domain)
	}
	return d.url("wss")
}

// socketOrigin is that of the address where clients connect.
func (d *deployment) socketOrigin() string {
	if d.domain != "" {
		return "wss://" + d.domain
	}
	return "wss://" + d.apiHost()
}

// url is the address of the stage. It is put together from the API's id and not asked of the stage, so that functions do
// not wait for the stage while the stage's routes wait for them.
func (d *deployment) url(scheme string) *string {
	return jsii.String(scheme + "://" + d.apiHost() + "/" + d.stage)
}

// addRoutes connects every route key with the function that serves it, and puts the authorizer before $connect.
func (d *deployment) addRoutes() {
	for _, f := range topology.Functions {
		if len(f.Routes) == 0 {
			continue
		}
		integration := awsapigatewayv2integrations.NewWebSocketLambdaIntegration(jsii.String(f.Name), d.live[f.Name],
			&awsapigatewayv2integrations.WebSocketLambdaIntegrationProps{
				// The longest there is. The function's own timeout ends an invocation, and does not count a cold start.
				Timeout: awscdk.Duration_Seconds(jsii.Number(29)),
			})
		for _, route := range f.Routes {
			options := &awsapigatewayv2.WebSocketRouteOptions{
				Integration:    integration,
				ReturnResponse: jsii.Bool(topology.Responds(route)),
			}
			if route == topology.RouteConnect {
				options.Authorizer = d.authorizer()
			}
			d.api.AddRoute(jsii.String(route), options)
		}
	}
	for _, route := range slices.Sorted(maps.Keys(topology.MockRoutes)) {
		d.addMockRoute(route, topology.MockRoutes[route])
	}
}

func (d *deployment) authorizer() awsapigatewayv2.IWebSocketRouteAuthorizer {
	return awsapigatewayv2authorizers.NewWebSocketLambdaAuthorizer(jsii.String("Authorizer"), d.decider(),
		&awsapigatewayv2authorizers.WebSocketLambdaAuthorizerProps{
			IdentitySource: jsii.Strings(topology.IdentitySource),
		})
}

func (d *deployment) decider() awslambda.IFunction {
	for _, f := range topology.Functions {
		if f.Authorizer {
			return d.live[f.Name]
		}
	}
	panic("topology lists no authorizer")
}

// addMockRoute answers a route in the gateway itself. The mock takes its status from the request template, and the
// template that is chosen for that status is the frame.
func (d *deployment) addMockRoute(route, frame string) {
	const ok = "200"
	const mock = "Mock"
	added := d.api.AddRoute(jsii.String(route), &awsapigatewayv2.WebSocketRouteOptions{
		Integration: awsapigatewayv2integrations.NewWebSocketMockIntegration(jsii.String(mock),
			&awsapigatewayv2integrations.WebSocketMockIntegrationProps{
				RequestTemplates:            &map[string]*string{ok: jsii.String(`{"statusCode":200}`)},
				TemplateSelectionExpression: jsii.String(ok),
			}),
		ReturnResponse: jsii.Bool(topology.Responds(route)),
	})
	integration := added.Node().FindChild(jsii.String(mock)).(awsapigatewayv2.WebSocketIntegration)
	awsapigatewayv2.NewCfnIntegrationResponse(added, jsii.String("MockResponse"), &awsapigatewayv2.CfnIntegrationResponseProps{
		ApiId:                       d.api.ApiId(),
		IntegrationId:               integration.IntegrationId(),
		IntegrationResponseKey:      jsii.String("$default"),
		ResponseTemplates:           map[string]string{ok: frame},
		TemplateSelectionExpression: jsii.String(ok),
	})
}
