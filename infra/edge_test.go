package main

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/parley-im/parley/pkg/topology"
)

func TestTheAPIIsBehindTheEdgeIfAskedFor(t *testing.T) {
	changes := everything()
	changes["web"], changes["webDomain"], changes["webCertificate"] = "off", "", ""
	stack := templateOf(t, changes)
	config := at(t, stack.Resources[stack.only(t, "AWS::CloudFront::Distribution")].Properties, "DistributionConfig")
	api := stack.only(t, "AWS::ApiGatewayV2::Api")
	origin := at(t, config, "Origins", 0)
	if at(t, origin, "DomainName") != "${"+api+"}.execute-api.${AWS::Region}.${AWS::URLSuffix}" || at(t, origin, "OriginPath") != "/prod" ||
		at(t, origin, "CustomOriginConfig", "OriginProtocolPolicy") != "https-only" {
		t.Errorf("%v", origin)
	}
	header := at(t, origin, "OriginCustomHeaders", 0)
	keys := strings.Split(at(t, stack.Resources[stack.function(t, "authorizer")].Properties, "Environment", "Variables", topology.EnvEdgeKeys).(string), ",")
	if len(keys) != 2 || keys[0] == keys[1] || at(t, header, "HeaderName") != topology.EdgeHeader || at(t, header, "HeaderValue") != keys[0] {
		t.Errorf("CloudFront says %v, the authorizer knows %v", header, keys)
	}
	for _, key := range keys {
		if !strings.HasPrefix(key, "{{resolve:secretsmanager:") {
			t.Errorf("the template holds %s", key)
		}
	}
	if at(t, config, "WebACLId") != changes["webAcl"] || at(t, config, "Aliases", 0) != "chat.example.org" ||
		at(t, config, "ViewerCertificate", "MinimumProtocolVersion") != "TLSv1.2_2021" {
		t.Errorf("%v", config)
	}
	if stack.Outputs["WebSocketUrl"].Value != "wss://chat.example.org" || !strings.Contains(stack.Outputs["DomainTarget"].Value, ".DomainName}") {
		t.Errorf("%v", stack.Outputs)
	}
	for id, r := range stack.Resources {
		if r.Type == "AWS::ApiGatewayV2::DomainName" {
			t.Errorf("%s leads past the edge", id)
		}
	}
	if first := templateOf(t, with(changes, "edgeKey", "1")); len(all[struct{}](t, first, "AWS::SecretsManager::Secret")) != 1 {
		t.Error("the first key has one before it")
	}
	for id, r := range productionTemplate(t).Resources {
		if r.Type == "AWS::SecretsManager::Secret" || at(t, productionTemplate(t).Resources[productionTemplate(t).function(t, "authorizer")].Properties,
			"Environment", "Variables").(map[string]any)[topology.EnvEdgeKeys] != nil {
			t.Errorf("%s although there is no edge", id)
		}
	}
}

func with(changes map[string]any, key string, value any) map[string]any {
	changes = maps.Clone(changes)
	changes[key] = value
	return changes
}

func TestADomainCanBeTheOnlyWayIn(t *testing.T) {
	const certificate = "arn:aws:acm:eu-west-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef"
	stack := templateOf(t, map[string]any{"domain": "chat.example.com", "certificate": certificate, "lock": "true"})
	if api := stack.Resources[stack.only(t, "AWS::ApiGatewayV2::Api")].Properties; api["DisableExecuteApiEndpoint"] != true {
		t.Errorf("%v", api)
	}
	if got := at(t, stack.Resources[stack.function(t, "message")].Properties, "Environment", "Variables", topology.Posts.Env); got != "https://chat.example.com" {
		t.Errorf("functions post to %v", got)
	}
	if got := stack.Outputs["WebSocketUrl"].Value; got != "wss://chat.example.com" {
		t.Errorf("clients connect to %v", got)
	}
}

func TestTheFirewallIsWhereCloudFrontLooks(t *testing.T) {
	stack := templateOf(t, map[string]any{"firewall": "true"})
	if len(stack.Resources) != 1 {
		t.Errorf("%d resources", len(stack.Resources))
	}
	acl := stack.Resources[stack.only(t, "AWS::WAFv2::WebACL")].Properties
	if acl["Scope"] != "CLOUDFRONT" || len(acl["Rules"].([]any)) != 4 || at(t, acl, "Rules", 0, "Statement", "RateBasedStatement", "AggregateKeyType") != "IP" {
		t.Errorf("%v", acl)
	}
	if stack.Outputs["WebAcl"].Value == "" {
		t.Errorf("%v", stack.Outputs)
	}
}

func TestWhatIsLoggedOfAnAccessTellsNobodysTokenOrName(t *testing.T) {
	stack := templateOf(t, map[string]any{"accessLog": "true"})
	settings := at(t, stack.Resources[stack.only(t, "AWS::ApiGatewayV2::Stage")].Properties, "AccessLogSettings")
	format := at(t, settings, "Format").(string)
	for _, secret := range []string{"querystring", "header", "sourceIp", "userAgent", "principalId", "authorizer.user", "body", "path", "protocol"} {
		if strings.Contains(format, secret) {
			t.Errorf("an access log tells %s: %s", secret, format)
		}
	}
	for _, told := range []string{"$context.routeKey", "$context.status", "$context.connectionId"} {
		if !strings.Contains(format, told) {
			t.Errorf("an access log lacks %s", told)
		}
	}
	account := stack.Resources[stack.only(t, "AWS::ApiGateway::Account")]
	if account.DeletionPolicy != "Retain" {
		t.Errorf("other stages would write with a role that is gone: %s", account.DeletionPolicy)
	}
	if got := productionTemplate(t).Resources[productionTemplate(t).only(t, "AWS::ApiGatewayV2::Stage")].Properties["AccessLogSettings"]; got != nil {
		t.Errorf("%v is logged although nobody asked", got)
	}
}

func TestEveryFunctionSendsTracesIfAskedFor(t *testing.T) {
	stack := templateOf(t, map[string]any{"traces": "0.01"})
	for _, f := range topology.Functions {
		env := at(t, stack.Resources[stack.function(t, f.Name)].Properties, "Environment", "Variables").(map[string]any)
		if env[topology.EnvTraces] != "https://xray.${AWS::Region}.${AWS::URLSuffix}/v1/traces" || env[topology.EnvTraceRate] != "0.01" {
			t.Errorf("%s: %v", f.Name, env)
		}
	}
	if n := strings.Count(fmt.Sprint(stack.Resources), "xray:PutTraceSegments"); n != len(topology.Functions) {
		t.Errorf("%d functions may send traces", n)
	}
	for _, name := range []string{"why was this message slow", "what did this conversation cost"} {
		id := stack.named(t, "AWS::Logs::QueryDefinition", "Name", "parley/prod/"+name)
		if got := stack.Resources[id].Properties; fmt.Sprint(got["LogGroupNames"]) != "[aws/spans]" || !strings.Contains(got["QueryString"].(string), "parley.conversation") {
			t.Errorf("%v", got)
		}
	}
	if raw := string(productionTemplate(t).raw); strings.Contains(raw, "xray") || strings.Contains(raw, topology.EnvTraces) {
		t.Error("there are traces although nobody asked")
	}
}

func TestConfigurationsOfTheEdgeThatCannotWorkAreRefused(t *testing.T) {
	for name, changes := range map[string]map[string]any{
		"lock without a domain":         {"lock": "true"},
		"lock behind an edge":           with(everything(), "lock", "true"),
		"edge without a firewall":       with(everything(), "webAcl", ""),
		"edge without a domain":         with(with(everything(), "domain", ""), "certificate", ""),
		"certificate of another region": with(everything(), "certificate", "arn:aws:acm:eu-west-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef"),
		"a regional firewall":           with(everything(), "webAcl", "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/x/01234567-89ab"),
		"web domain, no certificate":    with(everything(), "webCertificate", ""),
		"a key of no number":            with(everything(), "edgeKey", "0"),
		"more traces than messages":     {"traces": "2"},
		"a path to sign in at":          {"webConnect": "https://login.example.com/x"},
		"a policy in an origin":         {"webConnect": "https://a.example.com; script-src *"},
	} {
		s := settings()
		maps.Copy(s, changes)
		if _, err := loadConfig(func(key string) any { return s[key] }); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}
