package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/parley-im/parley/infra/fidelity"
)

// fallback is the key of every route response and integration response.
const fallback = "$default"

// gateway is one API, made of the resources of CloudFormation themselves: the constructs above them grant each function
// behind a route the permission that one route must lack.
type gateway struct {
	scope constructs.Construct
	stack awscdk.Stack
	api   awsapigatewayv2.CfnApi
	fidelity.API
}

// newGateway creates an API with its stage, without routes.
func newGateway(stack awscdk.Stack, api fidelity.API) *gateway {
	scope := constructs.NewConstruct(stack, jsii.String(api.Name))
	g := &gateway{scope: scope, stack: stack, API: api}
	g.api = awsapigatewayv2.NewCfnApi(scope, jsii.String("Api"), &awsapigatewayv2.CfnApiProps{
		Name: jsii.String(api.Name), ProtocolType: jsii.String("WEBSOCKET"), RouteSelectionExpression: jsii.String(api.RouteSelection),
	})
	awsapigatewayv2.NewCfnStage(scope, jsii.String("Stage"), &awsapigatewayv2.CfnStageProps{
		ApiId: g.api.Ref(), StageName: jsii.String(fidelity.Stage), AutoDeploy: jsii.Bool(true), StageVariables: api.StageVariables,
	})
	return g
}

// address is the URL of the stage.
func (g *gateway) address(scheme string) *string {
	return jsii.String(fmt.Sprintf("%s://%s.execute-api.%s.%s/%s",
		scheme, *g.api.Ref(), *g.stack.Region(), *g.stack.UrlSuffix(), fidelity.Stage))
}

// arn is that of a resource of the API.
func (g *gateway) arn(resource string) string {
	return fmt.Sprintf("arn:%s:execute-api:%s:%s:%s/%s", *g.stack.Partition(), *g.stack.Region(), *g.stack.Account(), *g.api.Ref(), resource)
}

func (g *gateway) addRoutes(actor, stranger awslambda.Function) error {
	if g.IdentitySource != "" {
		awslambda.NewCfnPermission(g.scope, jsii.String("Permission"), &awslambda.CfnPermissionProps{
			Action: jsii.String("lambda:InvokeFunction"), FunctionName: actor.FunctionArn(),
			Principal: jsii.String("apigateway.amazonaws.com"), SourceArn: jsii.String(g.arn("*")),
		})
	}
	for _, r := range g.Routes {
		scope := constructs.NewConstruct(g.scope, jsii.String(r.Key))
		var integration awsapigatewayv2.CfnIntegration
		switch {
		case r.Mock != "":
			integration = g.mock(scope, r.Mock)
		case r.Unpermitted:
			integration = g.proxy(scope, stranger, r.Timeout)
		default:
			integration = g.proxy(scope, actor, r.Timeout)
		}
		if err := g.addRoute(scope, r, integration, actor); err != nil {
			return fmt.Errorf("route %s: %w", r.Key, err)
		}
	}
	return nil
}

func (g *gateway) addRoute(scope constructs.Construct, r fidelity.Route, integration awsapigatewayv2.CfnIntegration, actor awslambda.Function) error {
	props := &awsapigatewayv2.CfnRouteProps{
		ApiId: g.api.Ref(), RouteKey: jsii.String(r.Key), Target: jsii.String("integrations/" + *integration.Ref()),
	}
	if r.Key == "$connect" && g.IdentitySource != "" {
		props.AuthorizationType = jsii.String("CUSTOM")
		props.AuthorizerId = g.authorizer(scope, actor).Ref()
	}
	if r.Response {
		props.RouteResponseSelectionExpression = jsii.String(fallback)
	}
	if r.Model != "" {
		model, err := g.model(scope, r)
		if err != nil {
			return err
		}
		props.ModelSelectionExpression = jsii.String(g.RouteSelection)
		props.RequestModels = map[string]*string{r.Key: model.Name()}
	}
	route := awsapigatewayv2.NewCfnRoute(scope, jsii.String("Route"), props)
	if r.Response {
		awsapigatewayv2.NewCfnRouteResponse(scope, jsii.String("Response"), &awsapigatewayv2.CfnRouteResponseProps{
			ApiId: g.api.Ref(), RouteId: route.Ref(), RouteResponseKey: jsii.String(fallback),
		})
	}
	return nil
}

// invocation is how the API refers to a function.
func (g *gateway) invocation(f awslambda.Function) *string {
	return jsii.String(fmt.Sprintf("arn:%s:apigateway:%s:lambda:path/2015-03-31/functions/%s/invocations",
		*g.stack.Partition(), *g.stack.Region(), *f.FunctionArn()))
}

func (g *gateway) proxy(scope constructs.Construct, f awslambda.Function, timeout time.Duration) awsapigatewayv2.CfnIntegration {
	return awsapigatewayv2.NewCfnIntegration(scope, jsii.String("Integration"), &awsapigatewayv2.CfnIntegrationProps{
		ApiId: g.api.Ref(), IntegrationType: jsii.String("AWS_PROXY"), IntegrationUri: g.invocation(f),
		TimeoutInMillis: jsii.Number(cmp.Or(timeout, 29*time.Second).Milliseconds()),
	})
}

// mock takes its status from the request template; the template that is chosen for that status is the body.
func (g *gateway) mock(scope constructs.Construct, body string) awsapigatewayv2.CfnIntegration {
	const ok = "200"
	integration := awsapigatewayv2.NewCfnIntegration(scope, jsii.String("Integration"), &awsapigatewayv2.CfnIntegrationProps{
		ApiId: g.api.Ref(), IntegrationType: jsii.String("MOCK"), TemplateSelectionExpression: jsii.String(ok),
		RequestTemplates: map[string]string{ok: `{"statusCode":200}`},
	})
	awsapigatewayv2.NewCfnIntegrationResponse(scope, jsii.String("IntegrationResponse"), &awsapigatewayv2.CfnIntegrationResponseProps{
		ApiId: g.api.Ref(), IntegrationId: integration.Ref(), IntegrationResponseKey: jsii.String(fallback),
		TemplateSelectionExpression: jsii.String(ok), ResponseTemplates: map[string]string{ok: body},
	})
	return integration
}

func (g *gateway) authorizer(scope constructs.Construct, f awslambda.Function) awsapigatewayv2.CfnAuthorizer {
	return awsapigatewayv2.NewCfnAuthorizer(scope, jsii.String("Authorizer"), &awsapigatewayv2.CfnAuthorizerProps{
		ApiId: g.api.Ref(), Name: jsii.String("actor"), AuthorizerType: jsii.String("REQUEST"), AuthorizerUri: g.invocation(f),
		IdentitySource: jsii.Strings(g.IdentitySource),
	})
}

func (g *gateway) model(scope constructs.Construct, r fidelity.Route) (awsapigatewayv2.CfnModel, error) {
	var schema map[string]any
	if err := json.Unmarshal([]byte(r.Model), &schema); err != nil {
		return nil, fmt.Errorf("decode model: %w", err)
	}
	return awsapigatewayv2.NewCfnModel(scope, jsii.String("Model"), &awsapigatewayv2.CfnModelProps{
		ApiId: g.api.Ref(), Name: jsii.String(r.Key), ContentType: jsii.String("application/json"), Schema: schema,
	}), nil
}
