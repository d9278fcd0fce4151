package main

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/parley-im/parley/pkg/topology"
)

type groupProperties struct {
	DeploymentConfigName      string
	ServiceRoleArn            string
	AutoRollbackConfiguration struct {
		Enabled bool
		Events  []string
	}
	AlarmConfiguration struct {
		Enabled bool
		Alarms  []struct{ Name string }
	}
}

func TestEveryFunctionMovesToItsNewVersionByACanaryThatAlarmsTurnBack(t *testing.T) {
	stack := productionTemplate(t)
	groups := all[groupProperties](t, stack, "AWS::CodeDeploy::DeploymentGroup")
	if len(groups) != len(topology.Functions) {
		t.Errorf("%d deployment groups for %d functions", len(groups), len(topology.Functions))
	}
	alarms := all[struct {
		AlarmName         string
		EvaluationPeriods int
	}](t, stack, "AWS::CloudWatch::Alarm")
	for _, f := range topology.Functions {
		update, _ := stack.Resources[stack.alias(t, f.Name)].UpdatePolicy["CodeDeployLambdaAliasUpdate"].(map[string]any)
		id, _ := update["DeploymentGroupName"].(string)
		group, ok := groups[strings.Trim(id, "${}")]
		if !ok {
			t.Errorf("the alias of %s is moved by %v", f.Name, update)
			continue
		}
		if r := group.AutoRollbackConfiguration; !r.Enabled || !slices.Contains(r.Events, "DEPLOYMENT_STOP_ON_ALARM") || !slices.Contains(r.Events, "DEPLOYMENT_FAILURE") {
			t.Errorf("%s goes back on %+v", f.Name, r)
		}
		minutes, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(group.DeploymentConfigName, "CodeDeployDefault.LambdaCanary10Percent"), "Minutes"))
		if err != nil {
			t.Fatalf("%s moves by %s", f.Name, group.DeploymentConfigName)
		}
		kinds := map[string]bool{}
		for _, a := range group.AlarmConfiguration.Alarms {
			alarm := alarms[strings.Trim(a.Name, "${}")]
			kinds[strings.TrimRight(strings.TrimPrefix(alarm.AlarmName, "parley-prod-"), "-0123456789")] = true
			if late := 2; alarm.EvaluationPeriods+late > minutes {
				t.Errorf("%s would ring after %d minutes, when %s has moved after %d", alarm.AlarmName, alarm.EvaluationPeriods+late, f.Name, minutes)
			}
		}
		for _, kind := range []string{"function-errors", "gateway-errors", "latency"} {
			if !group.AlarmConfiguration.Enabled || !kinds[kind] {
				t.Errorf("%s does not turn %s back", kind, f.Name)
			}
		}
	}
}

func TestWhoMovesAliasesMayDoNothingElse(t *testing.T) {
	stack := productionTemplate(t)
	var want []string
	for _, f := range topology.Functions {
		arn := "${" + stack.function(t, f.Name) + ".Arn}"
		for _, action := range []string{"lambda:GetAlias", "lambda:GetProvisionedConcurrencyConfig", "lambda:UpdateAlias"} {
			want = append(want, action+" on "+arn, action+" on "+arn+":live")
		}
	}
	want = append(want, "cloudwatch:DescribeAlarms on *")
	slices.Sort(want)
	found := 0
	for id, role := range all[roleProperties](t, stack, "AWS::IAM::Role") {
		if role.AssumeRolePolicyDocument.Statement[0].Principal.Service != "codedeploy.amazonaws.com" {
			continue
		}
		found++
		if got := role.permissions(t); len(role.ManagedPolicyArns) > 0 || !slices.Equal(got, want) {
			t.Errorf("%s may %v and has %v, want %v", id, got, role.ManagedPolicyArns, want)
		}
	}
	if found != 1 {
		t.Errorf("%d roles for CodeDeploy", found)
	}
}

func TestEverythingInvokesTheAlias(t *testing.T) {
	stack := productionTemplate(t)
	for _, f := range topology.Functions {
		alias := stack.Resources[stack.alias(t, f.Name)]
		if alias.Properties["Name"] != live || !strings.Contains(alias.Properties["FunctionVersion"].(string), ".Version}") {
			t.Errorf("%s is invoked as %v", f.Name, alias.Properties)
		}
	}
	for id, r := range stack.Resources {
		switch r.Type {
		case "AWS::Lambda::Permission", "AWS::Lambda::EventSourceMapping":
			if name, _ := r.Properties["FunctionName"].(string); !strings.Contains(name, "Live") {
				t.Errorf("%s is about %s", id, name)
			}
		}
	}
	retried := stack.Resources[stack.only(t, "AWS::Lambda::EventInvokeConfig")]
	if want := "${" + stack.alias(t, "push") + "}"; retried.Properties["Qualifier"] != want {
		t.Errorf("what is tried again is that of %v, want %s", retried.Properties["Qualifier"], want)
	}
}

func TestWithoutACanaryAliasesMoveAtOnce(t *testing.T) {
	for _, settings := range []map[string]any{{"stage": "staging"}, {"canary": "false"}, {"alarmEmail": ""}} {
		stack := templateOf(t, settings)
		for id, r := range stack.Resources {
			if strings.HasPrefix(r.Type, "AWS::CodeDeploy") || r.Type == "AWS::Lambda::Alias" && r.UpdatePolicy != nil {
				t.Errorf("%v: %s (%s)", settings, id, r.Type)
			}
		}
		if n := len(all[struct{}](t, stack, "AWS::Lambda::Alias")); n != len(topology.Functions) {
			t.Errorf("%v: %d aliases", settings, n)
		}
	}
}

func TestARestoredTableTakesThePlaceOfTheStacksOwn(t *testing.T) {
	const restored = "parley-prod-conversations-20261122"
	stack := templateOf(t, map[string]any{"conversations": restored, "epoch": "1795299780"})
	functions := all[functionProperties](t, stack, "AWS::Lambda::Function")
	own := "${" + stack.table(t, topology.Conversations.Name) // it stays
	used := 0
	for _, f := range topology.Functions {
		env := functions[stack.function(t, f.Name)].Environment.Variables
		if table, ok := env[topology.Conversations.EnvName()]; ok {
			used++
			if table != restored || env[topology.EnvEpoch] != "1795299780" {
				t.Errorf("%s uses %s of epoch %s", f.Name, table, env[topology.EnvEpoch])
			}
		}
		for _, permission := range roleOf(t, stack, f.Name).permissions(t) {
			if strings.Contains(permission, own) {
				t.Errorf("%s may %s", f.Name, permission)
			}
		}
	}
	if used == 0 || stack.Outputs["ConversationsTable"].Value != restored {
		t.Errorf("%d functions use it, and the output says %s", used, stack.Outputs["ConversationsTable"].Value)
	}
	if !strings.Contains(string(stack.raw), `"Value": "`+restored+`"`) {
		t.Error("nobody watches it")
	}
	text, err := os.ReadFile("runbook/restore.md")
	if err != nil || !strings.Contains(string(text), "-c conversations=") {
		t.Errorf("the page does not say how: %v", err)
	}
}
