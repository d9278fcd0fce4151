package main

import (
	"strings"
	"testing"

	"github.com/parley-im/parley/pkg/topology"
)

// What a stage keeps and what it costs when nobody uses it differ; what it does is the same.
func TestStagesDifferInWhatTheyKeep(t *testing.T) {
	for stage, want := range map[string]struct{ recoverable, emptied, reserved bool }{
		"dev":     {false, true, false},
		"staging": {true, true, false},
		"prod":    {true, false, true},
	} {
		stack := templateOf(t, map[string]any{"stage": stage})
		for id, table := range all[tableProperties](t, stack, "AWS::DynamoDB::GlobalTable") {
			if got := table.Replicas[0].PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled; got != want.recoverable {
				t.Errorf("%s: recovery of %s is %v", stage, id, got)
			}
		}
		emptied := false
		for _, r := range stack.Resources {
			emptied = emptied || r.Type == "Custom::S3AutoDeleteObjects"
		}
		if emptied != want.emptied {
			t.Errorf("%s: the bucket is emptied with the stack: %v", stage, emptied)
		}
		for _, f := range topology.Functions {
			_, reserved := stack.Resources[stack.named(t, "AWS::Lambda::Function", "FunctionName", "parley-"+stage+"-"+f.Name)].Properties["ReservedConcurrentExecutions"]
			if reserved != (want.reserved && f.Concurrency > 0) {
				t.Errorf("%s: %s has concurrency of its own: %v", stage, f.Name, reserved)
			}
		}
	}
}

func TestAnAccountWithASmallQuotaReservesNothing(t *testing.T) {
	stack := templateOf(t, map[string]any{"reserve": "false"})
	for id, r := range stack.Resources {
		if r.Properties["ReservedConcurrentExecutions"] != nil {
			t.Errorf("%s reserves", id)
		}
	}
}

func TestAUserPoolIsTheIssuerIfThereIsNoOther(t *testing.T) {
	stack := templateOf(t, map[string]any{"issuer": "cognito", "jwksUrl": ""})
	pool, client := stack.only(t, "AWS::Cognito::UserPool"), stack.only(t, "AWS::Cognito::UserPoolClient")
	env := stack.Resources[stack.function(t, "authorizer")].Properties["Environment"].(map[string]any)["Variables"].(map[string]any)
	for name, want := range map[string]string{
		topology.EnvIssuer:   "${" + pool + ".ProviderURL}",
		topology.EnvJWKS:     "${" + pool + ".ProviderURL}/.well-known/jwks.json",
		topology.EnvAudience: "${" + client + "}",
	} {
		if env[name] != want {
			t.Errorf("%s is %v, want %s", name, env[name], want)
		}
	}
	if r := stack.Resources[client].Properties; r["GenerateSecret"] != false || r["PreventUserExistenceErrors"] != "ENABLED" {
		t.Errorf("the client is %v", r)
	}
	if r := stack.Resources[pool]; r.DeletionPolicy != "Retain" || r.Properties["DeletionProtection"] != "ACTIVE" {
		t.Errorf("the users go with the stack of prod: %s, %v", r.DeletionPolicy, r.Properties["DeletionProtection"])
	}
	if stack.Outputs["UserPool"].Value != "${"+pool+"}" || stack.Outputs["UserPoolClient"].Value != "${"+client+"}" {
		t.Errorf("%v", stack.Outputs)
	}
	for id, r := range productionTemplate(t).Resources {
		if strings.HasPrefix(r.Type, "AWS::Cognito") {
			t.Errorf("%s is there although there is another issuer", id)
		}
	}
}

func TestADomainLeadsToTheStage(t *testing.T) {
	const certificate = "arn:aws:acm:eu-west-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef"
	stack := templateOf(t, map[string]any{"domain": "chat.example.com", "certificate": certificate})
	name := stack.only(t, "AWS::ApiGatewayV2::DomainName")
	if got := stack.Resources[name].Properties; got["DomainName"] != "chat.example.com" ||
		got["DomainNameConfigurations"].([]any)[0].(map[string]any)["CertificateArn"] != certificate {
		t.Errorf("%v", got)
	}
	mapping := stack.Resources[stack.only(t, "AWS::ApiGatewayV2::ApiMapping")].Properties
	if mapping["Stage"] != "prod" || mapping["DomainName"] != "${"+name+"}" {
		t.Errorf("%v", mapping)
	}
	if stack.Outputs["DomainUrl"].Value != "wss://chat.example.com" {
		t.Errorf("%v", stack.Outputs["DomainUrl"])
	}
}

// What is destroyed leaves nothing that costs or that stands in the way of the next stage of that name, the logs of the functions
// that CloudFormation itself calls among them.
func TestDevLeavesNothing(t *testing.T) {
	changes := with(everything(), "stage", "dev")
	changes["accessLog"] = "false" // whose role is the account's
	stack := templateOf(t, changes)
	logs := map[string]bool{}
	for _, r := range stack.Resources {
		if name, ok := r.Properties["LogGroupName"].(string); ok && r.Type == "AWS::Logs::LogGroup" {
			logs[name] = true
		}
	}
	for id, r := range stack.Resources {
		if r.DeletionPolicy != "" && r.DeletionPolicy != "Delete" {
			t.Errorf("%s: %s on delete", id, r.DeletionPolicy)
		}
		if r.Type != "AWS::Lambda::Function" {
			continue
		}
		if config, _ := r.Properties["LoggingConfig"].(map[string]any); config["LogGroup"] == nil && !logs["/aws/lambda/${"+id+"}"] {
			t.Errorf("the log of %s stays", id)
		}
	}
}
