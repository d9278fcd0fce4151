package main

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/parley-im/parley/pkg/topology"
)

type routeProperties struct {
	RouteKey                         string
	Target                           string
	AuthorizationType                string
	AuthorizerId                     string
	ApiKeyRequired                   bool
	RouteResponseSelectionExpression string
}

type integrationProperties struct {
	IntegrationType             string
	IntegrationUri              string
	RequestTemplates            map[string]string
	TemplateSelectionExpression string
	TimeoutInMillis             int
}

// routes gives every route with the id of its resource, by route key.
func routes(t *testing.T, stack template) map[string]struct {
	id string
	routeProperties
} {
	t.Helper()
	found := map[string]struct {
		id string
		routeProperties
	}{}
	for id, r := range all[routeProperties](t, stack, "AWS::ApiGatewayV2::Route") {
		found[r.RouteKey] = struct {
			id string
			routeProperties
		}{id, r}
	}
	return found
}

// integrationOf follows a route's target.
func integrationOf(t *testing.T, stack template, r routeProperties) (string, integrationProperties) {
	t.Helper()
	id := strings.TrimSuffix(strings.TrimPrefix(r.Target, "integrations/${"), "}")
	integration, ok := all[integrationProperties](t, stack, "AWS::ApiGatewayV2::Integration")[id]
	if !ok {
		t.Fatalf("route %s leads to %s", r.RouteKey, r.Target)
	}
	return id, integration
}

func TestEveryRouteLeadsToItsFunction(t *testing.T) {
	stack := productionTemplate(t)
	found := routes(t, stack)
	served := len(topology.MockRoutes)
	for _, f := range topology.Functions {
		served += len(f.Routes)
		for _, key := range f.Routes {
			_, integration := integrationOf(t, stack, found[key].routeProperties)
			if want := "functions/${" + stack.alias(t, f.Name) + "}/invocations"; !strings.HasSuffix(integration.IntegrationUri, want) {
				t.Errorf("route %s invokes %s, want %s", key, integration.IntegrationUri, want)
			}
			if integration.IntegrationType != "AWS_PROXY" || integration.TimeoutInMillis != 29_000 {
				t.Errorf("route %s has the integration %+v", key, integration)
			}
		}
	}
	if len(found) != served {
		t.Errorf("the API has the routes %v, topology lists %d", slices.Sorted(maps.Keys(found)), served)
	}
}

func TestRoutesAnswerExactlyWhereTopologySays(t *testing.T) {
	stack := productionTemplate(t)
	responses := map[string]string{}
	for _, r := range all[struct{ RouteId, RouteResponseKey string }](t, stack, "AWS::ApiGatewayV2::RouteResponse") {
		responses[r.RouteId] = r.RouteResponseKey
	}
	for key, route := range routes(t, stack) {
		want := ""
		if topology.Responds(key) {
			want = "$default"
		}
		if got := responses["${"+route.id+"}"]; got != want || route.RouteResponseSelectionExpression != want {
			t.Errorf("route %s has the response %q selected by %q, want %q", key, got, route.RouteResponseSelectionExpression, want)
		}
	}
}

func TestOnlyConnectIsAuthorized(t *testing.T) {
	stack := productionTemplate(t)
	id := stack.only(t, "AWS::ApiGatewayV2::Authorizer")
	authorizer := all[struct {
		AuthorizerType, AuthorizerUri string
		IdentitySource                []string
	}](t, stack, "AWS::ApiGatewayV2::Authorizer")[id]
	if authorizer.AuthorizerType != "REQUEST" || !slices.Equal(authorizer.IdentitySource, []string{topology.IdentitySource}) {
		t.Errorf("the authorizer is %+v", authorizer)
	}
	if want := "functions/${" + stack.alias(t, "authorizer") + "}/invocations"; !strings.HasSuffix(authorizer.AuthorizerUri, want) {
		t.Errorf("the authorizer invokes %s, want %s", authorizer.AuthorizerUri, want)
	}
	for key, route := range routes(t, stack) {
		kind, by := "NONE", ""
		if key == topology.RouteConnect {
			kind, by = "CUSTOM", "${"+id+"}"
		}
		if route.AuthorizationType != kind || route.AuthorizerId != by || route.ApiKeyRequired {
			t.Errorf("route %s is authorized by %s %q", key, route.AuthorizationType, route.AuthorizerId)
		}
	}
}

func TestMockRoutesAnswerInTheGateway(t *testing.T) {
	stack := productionTemplate(t)
	type properties struct {
		IntegrationId, IntegrationResponseKey, TemplateSelectionExpression string
		ResponseTemplates                                                  map[string]string
	}
	responses := map[string]properties{}
	for _, r := range all[properties](t, stack, "AWS::ApiGatewayV2::IntegrationResponse") {
		responses[r.IntegrationId] = r
	}
	if len(responses) != len(topology.MockRoutes) {
		t.Errorf("%d integration responses for %d mock routes", len(responses), len(topology.MockRoutes))
	}
	found := routes(t, stack)
	for key, frame := range topology.MockRoutes {
		id, mock := integrationOf(t, stack, found[key].routeProperties)
		if mock.IntegrationType != "MOCK" || mock.RequestTemplates[mock.TemplateSelectionExpression] != `{"statusCode":200}` {
			t.Errorf("route %s has the integration %+v", key, mock)
		}
		r := responses["${"+id+"}"]
		if r.IntegrationResponseKey != "$default" || r.ResponseTemplates[r.TemplateSelectionExpression] != frame {
			t.Errorf("route %s answers %+v, want %s", key, r, frame)
		}
	}
}

func TestStageDeploysItselfUnderItsName(t *testing.T) {
	stack := productionTemplate(t)
	api := stack.Resources[stack.only(t, "AWS::ApiGatewayV2::Api")].Properties
	if api["ProtocolType"] != "WEBSOCKET" || api["RouteSelectionExpression"] != topology.RouteSelection {
		t.Errorf("the API is %v", api)
	}
	stage := stack.Resources[stack.only(t, "AWS::ApiGatewayV2::Stage")].Properties
	if stage["AutoDeploy"] != true || stage["StageName"] != "prod" || stage["DefaultRouteSettings"] != nil {
		t.Errorf("the stage is %v", stage)
	}
}

// Who may invoke a function is as much a permission as what it may do.
func TestFunctionsAreInvokedByTheirTriggersOnly(t *testing.T) {
	stack := productionTemplate(t)
	api := "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${" + stack.only(t, "AWS::ApiGatewayV2::Api") + "}"
	var want []string
	for _, f := range topology.Functions {
		function := "${" + stack.alias(t, f.Name) + "} by "
		for _, key := range f.Routes {
			want = append(want, function+"apigateway.amazonaws.com for "+api+"/*"+key)
		}
		if f.Authorizer {
			want = append(want, function+"apigateway.amazonaws.com for "+api+"/authorizers/${"+stack.only(t, "AWS::ApiGatewayV2::Authorizer")+"}")
		}
		if f.Topic != nil {
			want = append(want, function+"sns.amazonaws.com for ${"+stack.topic(t, f.Topic.Name)+"}")
		}
		if f.Rule != nil {
			want = append(want, function+"events.amazonaws.com for ${"+stack.named(t, "AWS::Events::Rule", "Name", "parley-prod-"+f.Rule.Name)+".Arn}")
		}
	}
	var got []string
	for _, p := range all[struct{ Action, FunctionName, Principal, SourceArn string }](t, stack, "AWS::Lambda::Permission") {
		if p.Action != "lambda:InvokeFunction" {
			t.Errorf("unexpected permission %+v", p)
		}
		got = append(got, p.FunctionName+" by "+p.Principal+" for "+p.SourceArn)
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("invocations allowed:\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}
